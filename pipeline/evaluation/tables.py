"""Scores as plain text tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Sequence[str]

LABELLED_COLUMNS = {
    "images": "images",
    "without_predicted_front": "no front",
    "front_distance_px": "MDE px",
    "front_distance_px_median_per_image": "median px",
    "hausdorff95_px": "HD95 px",
    "ocean_iou": "ocean IoU",
    "not_ocean_iou": "rest IoU",
    "mean_iou": "mean IoU",
}
METRE_COLUMNS = {"front_distance_m": "MDE m", "hausdorff95_m": "HD95 m"}
SHARES = ("iou", "coverage", "auroc", "calibration")


def labelled_rows(document: Mapping[str, Any]) -> list[Row]:
    """Head, all images, then one row per group."""
    columns = {**LABELLED_COLUMNS}
    if "front_distance_m" in document["all"]:
        columns |= METRE_COLUMNS
    named = [("all", document["all"])] + [
        (f"{grouping} {name}", summary)
        for grouping, summaries in document["groups"].items()
        for name, summary in summaries.items()
    ]
    rows = [[name, *(figure(key, each.get(key)) for key in columns)] for name, each in named]
    return [["", *columns.values()], *rows]


def uncertainty_rows(document: Mapping[str, Any]) -> list[Row]:
    """What is stated of probability, position and confidence, against what is so."""
    position, check = document["position"], document["position"]["cross_check"]
    best = document["confidence"]["auroc_of_large_error"]
    return [
        ["expected calibration error", figure(ECE, document["probability"][ECE])],
        ["fronts covered by 1 sigma", figure("coverage", position["coverage"])],
        ["scale fitted on one half", figure("", check["position_scale"])],
        ["covered with it in the other", figure("coverage", check["coverage_checked"])],
        *([f"AUROC of {name}", figure("auroc", value)] for name, value in best.items()),
    ]


SCENE_COLUMNS = {
    "fronts": "fronts",
    "front_distance_m": "MDE m",
    "front_distance_m_median_per_front": "median m",
    "front_distance_p95_m": "p95 m",
    "coverage": "in 1 sigma",
    "position_scale_fitted_here": "scale to 68 %",
    "confidence_auroc_of_error_over_120_m": "AUROC",
}


def scene_rows(document: Mapping[str, Any]) -> list[Row]:
    """All traced fronts of simulated scenes, then one row per model."""
    named = [("all", document["all"]), *document["models"].items()]
    rows = [[name, *(figure(key, each[key]) for key in SCENE_COLUMNS)] for name, each in named]
    return [["simulated scenes", *SCENE_COLUMNS.values()], *rows]


CASE_COLUMNS = {
    "fronts": "fronts",
    "missed_fronts": "missed",
    "front_distance_m": "distance m",
    "hausdorff95_m": "HD95 m",
    "ice_iou": "ice IoU",
    "frontless": "frontless",
    "false_fronts": "false fronts",
    "coverage": "in 1 sigma",
    "calibration_error": "calibration error",
}


def case_rows(document: Mapping[str, Any]) -> list[Row]:
    """One row per simulated hard case."""
    body = [
        [case["case"], *(figure(key, case[key]) for key in CASE_COLUMNS)]
        for case in document["cases"]
    ]
    return [["simulated case", *CASE_COLUMNS.values()], *body]


def case_uncertainty_rows(document: Mapping[str, Any]) -> list[Row]:
    """Over the fronts of all hard cases together."""
    found = document["uncertainty"] or {}
    return [
        ["over all cases", "value"],
        ["fronts", figure("", found.get("fronts"))],
        ["of them with a mean error over 3 px", figure("", found.get("large_errors"))],
        ["front pixels within 1 sigma", figure("coverage", found.get("coverage"))],
        ["AUROC of the confidence", figure("auroc", found.get("confidence_auroc"))],
    ]


ECE = "expected_calibration_error"


def figure(name: str, value: float | None) -> str:
    """Counts whole, shares with three digits, lengths with two; a dash for what is not known."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if any(word in name for word in SHARES) else f"{value:,.2f}"


def aligned(rows: Sequence[Row]) -> str:
    """Columns of one width, the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not n else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def markdown(rows: Sequence[Row]) -> str:
    """The same as a table of Markdown."""
    head, *body = rows
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *body))
