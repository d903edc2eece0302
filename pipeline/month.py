"""The pipeline's steps of the monthly job."""

from __future__ import annotations

from catalog.cli.month import MonthJob, Step, StepReport
from catalog.cli.output import track


def fetch_month(job: MonthJob) -> StepReport:
    """Bring the candidates up to and including the month into the store."""
    from pipeline.cli.fetch import fetch_wanted, summary_of

    report = fetch_wanted(job.context, job.month)
    summary = summary_of(report).splitlines()[0]
    if report.quarantined:
        summary += f", {len(report.quarantined)} in quarantine"
    return StepReport(summary, failures=tuple(failure.fault for failure in report.failures))


def discover_month(job: MonthJob) -> StepReport:
    """Look for the scenes of the month, where an archive is configured."""
    from pipeline.cli.discover import chosen_parts, search_and_record, summary_of, wanted_scenes
    from pipeline.discovery.archives import SET_ENDPOINT, chosen_archive, load_archive_settings

    settings = load_archive_settings()
    archive = chosen_archive(settings)
    if archive is None:
        return StepReport(f"no archive is configured, nothing was looked for. {SET_ENDPOINT}")
    wanted = wanted_scenes(job.month, settings)
    report = search_and_record(
        job.context, archive, settings, wanted, chosen_parts(()), is_narrowed=False, list_only=False
    )
    summary = summary_of(report).splitlines()[0]
    if report.refused:
        summary += f", {len(report.refused)} items could not be used"
    return StepReport(summary, failures=tuple(failure.fault for failure in report.failures))


def process_month(job: MonthJob) -> StepReport:
    """Process the scenes up to and including the month that are still to be done."""
    from catalog.shelf import all_parts
    from pipeline.cli.process import summary_of
    from pipeline.run import Bench, process_scenes, scenes_on_record
    from pipeline.settings import load_processing_settings

    with job.context.open_store() as store:
        scenes = scenes_on_record(store, job.month)
        bench = Bench(store, all_parts(), load_processing_settings())
        report = process_scenes(bench, track(scenes, "Scenes"))
    summary = summary_of(report).splitlines()[0]
    if report.quarantined:
        summary += f", {len(report.quarantined)} scenes in quarantine"
    failures = tuple(failure.fault for failure in report.failures)
    return StepReport(summary, (str(job.context.settings.workspace.store),), failures)


def check_month(job: MonthJob) -> StepReport:
    """Check all series."""
    from pipeline.cli.check import run_check, summary_of

    with job.context.open_store() as store:
        report = run_check(store)
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(report.by_status.items()))
    return StepReport(f"{summary_of(report).splitlines()[0]}: {statuses or 'none'}")


def calve_month(job: MonthJob) -> StepReport:
    """Find calving events in our own fronts, and in those of others that the release includes."""
    from catalog.query import FrontFilter
    from pipeline.cli.calve import headline
    from pipeline.run_calve import calve_catalogue
    from pipeline.settings import load_processing_settings

    rules = load_processing_settings().calving_rules
    with job.context.open_store() as store:
        summary = headline(calve_catalogue(store, FrontFilter(), rules))
        if job.included_sources:
            others = calve_catalogue(store, FrontFilter(sources=job.included_sources), rules)
            summary += f"; of {', '.join(job.included_sources)}: {headline(others)}"
    return StepReport(summary)


def average_month(job: MonthJob) -> StepReport:
    """Average all series up to and including the month, and join the parts of shelves."""
    from pipeline.average_scope import AverageScope
    from pipeline.cli.average import headline, run_average

    with job.context.open_store() as store:
        report = run_average(store, AverageScope(job.month))
    failures = tuple(str(error) for error in report.failures)
    return StepReport(headline(report), failures=failures)


FETCH = Step("fetch", 20, "Scenes from the archives", fetch_month)
DISCOVER = Step("discover", 10, "Scenes in the archive", discover_month)
PROCESS = Step("process", 30, "Scenes to fronts", process_month)
CHECK = Step("check", 40, "Check of the time series", check_month)
CALVE = Step("calve", 46, "Calving events", calve_month)
AVERAGE = Step("average", 50, "Averages and joined shelves", average_month)
