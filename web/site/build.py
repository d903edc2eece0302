"""The site, from records to files: the recipe of `icelines site build`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from catalog import atomic
from catalog.canonical import sha256_of_file
from catalog.release import ReleaseFile
from web.site.content import ReleaseContent, SiteContent
from web.site.folder import SiteFolder
from web.site.pages import all_files
from web.site.paths import release_files
from web.site.rendering import SiteFile

Watch = Callable[[Iterable[SiteFile]], Iterator[SiteFile]]


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What a build did: files in all, files written, files removed, files withheld and why."""

    folder: Path
    files: int
    changed: int
    removed: int
    failures: tuple[str, ...]


def build_site(content: SiteContent, folder: Path, watch: Watch = iter) -> SiteReport:
    """Write the whole site into `folder`; what is there already is not written again.

    A file of a release that does not match its record is withheld, named in the report and on
    the release's page; everything else is built. `watch` may show progress.
    """
    atomic.remove_partials(folder)
    checked, failures = check_downloads(content)
    site = SiteFolder(folder)
    files = 0
    for file in watch(all_files(checked)):
        site.put(file)
        files += 1
    for release in checked.releases:
        files += _offer_files(release, site)
    return SiteReport(folder, files, site.changed, site.finish(), tuple(failures))


def check_downloads(content: SiteContent) -> tuple[SiteContent, list[str]]:
    """The content with every release file withheld whose bytes differ from its record."""
    releases, failures = [], []
    for release in content.releases:
        faults = {f.path: fault for f in release.release.files if (fault := _fault(release, f))}
        failures += [f"{release.version}/{path}: {fault}" for path, fault in faults.items()]
        releases.append(replace(release, withheld=frozenset(faults)))
    return replace(content, releases=tuple(releases)), failures


def _fault(release: ReleaseContent, file: ReleaseFile) -> str | None:
    path = release.folder / file.path
    if not path.is_file():
        return "is missing from the release folder. Restore it from the archive."
    if path.stat().st_size != file.size_bytes or sha256_of_file(path) != file.sha256:
        return "differs from the manifest. Restore it from the archive."
    return None


def _offer_files(release: ReleaseContent, site: SiteFolder) -> int:
    for file in release.offered:
        site.link(release_files(release.version) + file.path, release.folder / file.path)
    return len(release.offered)
