"""The landing page of a release, which its DOI leads to; the list of releases; `latest`."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.release import Release, ReleaseFile, ReleaseState
from web.site.content import ReleaseContent, SiteContent
from web.site.paths import LATEST, RELEASES, release_files, release_folder, release_page
from web.site.rendering import SIMULATED_BANNER, Banner, SiteFile, absolute_url, render_page
from web.site.structured import is_citable, json_ld, licence_url, signposts
from web.site.words import STATE_WORDS

CHECKSUMS = "SHA256SUMS"
DATA_SUFFIXES = (".gpkg", ".parquet", ".zip", ".csv")


def release_pages(content: SiteContent) -> Iterator[SiteFile]:
    """A page for every release, one for `latest`, and the list of them all."""
    for release in content.releases:
        yield _landing_page(release, release_page(release.version), content)
        folder, citation = release_folder(release.version), release.citation
        yield SiteFile(f"{folder}citation.bib", citation.bibtex.encode("utf-8"))
        yield SiteFile(f"{folder}citation.ris", citation.ris.encode("utf-8"))
        yield SiteFile(f"{folder}citation.csl.json", citation.csl.encode("utf-8"))
    if content.shown is not None:
        yield _landing_page(content.shown, release_page(LATEST), content)
    yield render_page("releases.html.j2", RELEASES, content, banners=[], states=states_of(content))


def _landing_page(release: ReleaseContent, path: str, content: SiteContent) -> SiteFile:
    permanent = absolute_url(content, release_page(release.version))
    own_files = "files/" if path == release_page(release.version) else ""
    root = "../" * path.count("/")
    offered = release.offered
    return render_page(
        "release.html.j2",
        path,
        content,
        banners=release_banners(release),
        entry=release,
        release=release.release,
        permanent=permanent,
        is_alias=path != release_page(release.version),
        here=f"{root}{release_folder(release.version)}",
        files_root=own_files or f"{root}{release_files(release.version)}",
        state=state_words(release.release),
        is_citable=is_citable(release),
        is_withdrawn=release.release.state is ReleaseState.WITHDRAWN,
        is_final=is_citable(release),
        whole=sorted((f for f in offered if "/" not in f.path), key=reading_order),
        by_shelf=[f for f in offered if "/" in f.path],
        checksums=next((f for f in release.release.files if f.path == CHECKSUMS), None),
        citation=release.citation,
        licence_url=licence_url(release.citation.licence),
        json_ld=json_ld(release, permanent),
        signposts=signposts(release, own_files or f"{root}{release_files(release.version)}"),
        others=[other for other in content.releases if other is not release],
        states=states_of(content),
    )


def states_of(content: SiteContent) -> dict[str, str]:
    return {entry.version: state_words(entry.release) for entry in content.releases}


def reading_order(file: ReleaseFile) -> tuple[bool, bool, str]:
    """Data first, in the order of their names, then items, then the papers."""
    return (not file.path.endswith(DATA_SUFFIXES), file.path.startswith("items-"), file.path)


def state_words(release: Release) -> str:
    """The state of a release; a rehearsal is never called published."""
    if release.dry_run and release.state is ReleaseState.PUBLISHED:
        return "rehearsed, not published"
    return STATE_WORDS[release.state]


def release_banners(release: ReleaseContent) -> list[Banner]:
    """Withdrawn, not published, not registered, simulated: each said before anything else."""
    record = release.release
    found = []
    if record.state is ReleaseState.WITHDRAWN:
        found.append(Banner("Withdrawn", "This release must not be used. Its record stays here."))
    elif record.state is not ReleaseState.PUBLISHED:
        found.append(Banner("Not published", "This release is frozen but has not been published."))
    if record.dry_run:
        found.append(
            Banner(
                "DOI not registered",
                f"The publication of this release was a rehearsal: {record.doi} leads nowhere.",
            )
        )
    return [*found, SIMULATED_BANNER] if record.has_simulated else found
