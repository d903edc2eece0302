"""The release as a step of the monthly job."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from catalog.cli.month import MonthJob, Step, StepReport
from catalog.cli.output import track

if TYPE_CHECKING:
    from catalog.release import Release, Version
    from publish.run import Built


def release_month(job: MonthJob) -> StepReport:
    """Build and publish the version that the month asks for; without credentials, rehearse it."""
    from publish.errors import NothingNew

    if job.release is None:
        return StepReport("no release was asked for")
    if _is_published(job, job.release):
        return StepReport(f"{job.release} is published already")
    try:
        built = _build(job, job.release)
    except NothingNew as refusal:
        return StepReport(f"no release: {refusal}")
    published = _publish(job, built)
    how = "rehearsed, no DOI was registered" if published.dry_run else "published"
    summary = f"{published.version}, {len(published.files)} files, {how}: {published.doi}"
    return StepReport(summary, places=(str(built.folder),))


def _is_published(job: MonthJob, version: Version) -> bool:
    from catalog.release import ReleaseState

    with job.context.open_store() as store:
        states = {r.state for r in store.releases() if r.version == version and not r.dry_run}
    return ReleaseState.PUBLISHED in states


def _build(job: MonthJob, version: Version) -> Built:
    from publish.content import Inclusion
    from publish.freeze import default_cut_off
    from publish.run import build_release
    from publish.settings import publisher_of

    settings, inclusion = job.context.settings, Inclusion.parse(job.include)
    publisher = publisher_of(settings)
    with job.context.open_store() as store:
        return build_release(
            store,
            settings.workspace,
            publisher,
            version,
            inclusion,
            default_cut_off(version),
            follow=partial(track, title="Packing shelves"),
        )


def _publish(job: MonthJob, built: Built) -> Release:
    from datetime import UTC, datetime

    from publish.registries import registry_for
    from publish.run import publish_release
    from publish.settings import DataCiteSettings, publisher_of

    settings, datacite = job.context.settings, DataCiteSettings()
    publisher = publisher_of(settings)
    dry_run = job.doi_dry_run or not datacite.is_complete
    registry = registry_for(datacite, publisher.doi_prefix, dry_run=dry_run)
    with job.context.open_store() as store:
        return publish_release(
            store,
            settings.workspace,
            publisher,
            built.release.version,
            registry,
            datetime.now(UTC),
            dry_run=dry_run,
        )


RELEASE = Step("release", 70, "Release", release_month)
