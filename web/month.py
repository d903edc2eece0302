"""The site as a step of the monthly job."""

from __future__ import annotations

from catalog.cli.month import MonthJob, Step, StepReport


def build_month_site(job: MonthJob) -> StepReport:
    """Build the site from what is on record."""
    from web.cli.site import build_from_catalogue, summary_of

    report = build_from_catalogue(job.context)
    return StepReport(
        summary_of(report),
        places=(str(report.folder / "index.html"),),
        failures=report.failures,
    )


SITE = Step("site", 90, "Static site", build_month_site)
