"""A folder that shows an evaluation: a page of Markdown with its plots, and all figures as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalog.atomic import write_bytes, write_text
from pipeline.evaluation.labelled_document import json_bytes
from pipeline.evaluation.plots import case_plots, labelled_plots, scene_plots
from pipeline.evaluation.tables import (
    case_rows,
    case_uncertainty_rows,
    labelled_rows,
    markdown,
    scene_rows,
    uncertainty_rows,
)

PAGE, FIGURES = "evaluation.md", "evaluation.json"
CAPTIONS = {
    "groups.svg": "Front distance by group",
    "errors.svg": "Distribution of front distances",
    "reliability.svg": "Reliability of the probability of ocean",
    "position.svg": "Stated and observed position uncertainty",
    "scenes.svg": "Front distance of traced fronts",
    "cases.svg": "Front distance in simulated hard cases",
}


def write_report(document: Mapping[str, Any], folder: Path) -> Path:
    """Write the page, the plots and the figures; returns the path of the page."""
    draw, write = KINDS[document["kind"]]
    plots = draw(document)
    for name, drawn in plots.items():
        write_text(folder / name, drawn)
    write_bytes(folder / FIGURES, json_bytes(document))
    write_text(folder / PAGE, write(document, plots))
    return folder / PAGE


def labelled_page(document: Mapping[str, Any], plots: Mapping[str, str]) -> str:
    scores, unreadable = document["all"], document["unreadable"]
    paragraphs = [
        f"# {document['model_id']} on {document['folder']}",
        f"{scores['images']} labelled images, {len(unreadable)} more could not be read. Weights "
        f"SHA-256 `{document['weights_sha256']}`, index SHA-256 `{document['index_sha256']}`.",
        "## Fronts",
        "MDE is CaFFe's mean distance error: nearest distances from prediction to truth and from "
        "truth to prediction, pooled by pixel. Images without a predicted front have no distance; "
        "their count stands beside it. HD95 is the larger of both ways' 95th percentiles, its mean "
        "over images.",
        markdown(labelled_rows(document)),
        f"One-sided, from prediction to truth only: {_px(scores['one_sided_predicted_to_true_px'])}"
        ". This is not to be compared with an MDE.",
        *_shown(plots, "groups.svg", "errors.svg"),
        "## Probability, position, confidence",
        "Two statements are checked: that a pixel called ocean with probability p is ocean in a "
        "share p of all cases, and that 68 % of front pixels lie within one stated sigma of the "
        "true front. The scale is fitted on every other image and checked on those between. "
        f"Confidence should rank images with a mean error over "
        f"{document['confidence']['large_error_px']:g} px.",
        markdown([["", "measured"], *uncertainty_rows(document)]),
        *_shown(plots, "reliability.svg", "position.svg"),
        "## How fronts were found",
        _procedure(document["procedure"]),
    ]
    if unreadable:
        faults = "\n".join(f"- {each['id']}: {each['fault']}" for each in unreadable)
        paragraphs += ["## Left out", faults]
    return "\n\n".join(paragraphs) + "\n"


def simulated_page(document: Mapping[str, Any], plots: Mapping[str, str]) -> str:
    scores = [[name, f"{value:,g}"] for name, value in document["scores"].items()]
    paragraphs = [
        f"# {document['model_id']} on simulated tiles",
        "All images here are simulated; real ones are harder. Weights SHA-256 "
        f"`{document['weights_sha256']}`, seed {document['seed']}.",
        markdown([["tiles drawn at random", ""], *scores]),
    ]
    if document["cases"]:
        described = "\n".join(f"- {row['case']}: {row['description']}" for row in document["cases"])
        paragraphs += [
            "## Hard cases",
            markdown(case_rows(document)),
            markdown(case_uncertainty_rows(document)),
            described,
            *_shown(plots, "cases.svg"),
        ]
    return "\n\n".join(paragraphs) + "\n"


def scene_page(document: Mapping[str, Any], plots: Mapping[str, str]) -> str:
    missing = document["not_traced"]
    paragraphs = [
        "# Traced fronts of simulated scenes",
        "All scenes here are simulated; real ones are harder. MDE: both ways, at points every 40 m "
        "of the lines, pooled. The uncertainty is that of the lines' vertices.",
        markdown(scene_rows(document)),
        f"Scenes with a true front and no traced one: {len(missing)}.",
        "\n".join(f"- {scene}" for scene in missing),
        *_shown(plots, "scenes.svg"),
    ]
    return "\n\n".join(filter(None, paragraphs)) + "\n"


KINDS = {
    "labelled images": (labelled_plots, labelled_page),
    "simulated tiles": (case_plots, simulated_page),
    "simulated scenes": (scene_plots, scene_page),
}


def _shown(plots: Mapping[str, str], *names: str) -> list[str]:
    return [f"![{CAPTIONS[name]}]({name})" for name in names if name in plots]


def _procedure(procedure: Mapping[str, Any]) -> str:
    viewing = procedure["viewing"]
    scales = ", ".join(f"{scale:g}" for scale in viewing["scales"])
    lines = [
        f"- seen at {scales} of full size, in {viewing['symmetries']} orientations",
        f"- second pass on a crop: {_said(procedure['second_pass'])}",
        f"- averaged with neighbouring dates: {_said(procedure['neighbours'])}",
        f"- stated uncertainty multiplied by {_scale(procedure['position_scale'])}",
        f"- front: {_said(procedure['rule'])}",
    ]
    return "\n".join(lines)


def _scale(position_scale: float | None) -> str:
    # Several models in one document have no one scale.
    return "each model's own scale" if position_scale is None else f"{position_scale:g}"


def _said(options: Mapping[str, Any] | None) -> str:
    if options is None:
        return "no"
    return ", ".join(f"{name} {value}" for name, value in options.items())


def _px(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.2f} px"
