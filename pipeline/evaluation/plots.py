"""What an evaluation looks like, drawn from its document alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.evaluation.svg import (
    BLUE,
    INK,
    ORANGE,
    PALE,
    QUIET,
    Frame,
    box,
    dot,
    heading,
    picture,
    round_up_step,
    stroke,
    words,
)

WIDTH, HEIGHT = 640, 420
BAR_PX, GAP_PX = 18, 6
LABEL_PX, NOTE_PX = 170, 190
HISTOGRAM_BINS = 20
WIDEST_SHARE = 0.98  # of the images; the last bin holds the rest


def labelled_plots(document: Mapping[str, Any]) -> dict[str, str]:
    """File names and SVG texts; a plot with nothing to show is left out."""
    plots = {
        "reliability.svg": reliability_plot(document),
        "errors.svg": error_plot(document),
        "groups.svg": group_plot(document),
        "position.svg": position_plot(document),
    }
    return {name: drawn for name, drawn in plots.items() if drawn}


def case_plots(document: Mapping[str, Any]) -> dict[str, str]:
    drawn = case_plot(document)
    return {"cases.svg": drawn} if drawn else {}


def scene_plots(document: Mapping[str, Any]) -> dict[str, str]:
    """Mean distance of all traced fronts, and of those of each model."""
    named = [("all fronts", document["all"]), *document["models"].items()]
    bars = [
        (name, each["front_distance_m"], f"{each['fronts']} fronts of simulated scenes")
        for name, each in named
    ]
    note = "Simulated scenes only. Symmetric mean distance of whole lines"
    return {"scenes.svg": _bars("Front distance of traced fronts", note, bars, "m")}


def reliability_plot(document: Mapping[str, Any]) -> str:
    """Observed share over predicted probability, and how many pixels each bin holds."""
    bins = [each for each in document["probability"]["bins"] if each["pixels"]]
    if not bins:
        return ""
    frame = Frame(80, 76, 600, 300, 1.0, 1.0)
    places = [(frame.x(b["mean_probability"]), frame.y(b["observed_share"])) for b in bins]
    total = sum(each["pixels"] for each in bins)
    error = document["probability"]["expected_calibration_error"]
    note = f"Expected calibration error {error:.3f} over {total:,} pixels; dashed: as it should be"
    parts = heading("Is a probability of ocean what it says?", note)
    parts += frame.axes("", "share that is ocean")
    parts.append(stroke([(frame.x(0), frame.y(0)), (frame.x(1), frame.y(1))], QUIET, 1, "5 4"))
    parts.append(stroke(places, BLUE, 2.5))
    for (x, y), each in zip(places, bins, strict=True):
        hint = f"{each['pixels']:,} pixels: said {each['mean_probability']:.2f}"
        parts.append(dot(x, y, 5, BLUE, f"{hint}, observed {each['observed_share']:.2f}"))
    parts += _bin_shares(frame, bins, total)
    parts.append(words((frame.left + frame.right) / 2, 408, "predicted probability", "middle"))
    return picture(WIDTH, HEIGHT, "Reliability of the probability of ocean", *parts)


def _bin_shares(frame: Frame, bins: Sequence[Mapping[str, Any]], total: int) -> list[str]:
    """A strip of bars under the plot: the share of pixels in each bin, in per cent."""
    parts = [words(frame.left - 8, 362, "pixels", "end", 12, QUIET)]
    largest = max(each["pixels"] for each in bins) / total
    for each in bins:
        share, x = each["pixels"] / total, frame.x(each["from"])
        height, width = max(1.0, 34 * share / largest), frame.x(each["to"]) - x - 4
        parts.append(box(x + 2, 366 - height, width, height, PALE))
        label = f"{100 * share:.0f} %" if share >= 0.005 else "< 1 %"
        parts.append(words(x + 2 + width / 2, 382, label, "middle", 11, QUIET))
    return parts


def histogram(values: Sequence[float]) -> tuple[float, list[int]]:
    """The width of its bins from 0 on, and their counts of sorted values; the last is open."""
    widest = values[math.ceil(WIDEST_SHARE * len(values)) - 1]
    step = round_up_step(max(widest, 1.0) / HISTOGRAM_BINS)
    counts = [0] * (max(1, math.ceil(widest / step)) + 1)
    for value in values:
        counts[min(len(counts) - 1, int(value / step))] += 1
    return step, counts


def error_plot(document: Mapping[str, Any]) -> str:
    """How many images have which mean distance."""
    values = sorted(
        image["front_distance_px"]
        for image in document["images"]
        if image["front_distance_px"] is not None
    )
    if not values:
        return ""
    step, counts = histogram(values)
    bins = len(counts) - 1
    frame = Frame(80, 76, 600, 350, step * (bins + 1), max(counts) * 1.08)
    scores = document["all"]
    note = (
        f"{len(values)} images; without a predicted front and in no distance: "
        f"{scores['without_predicted_front']} of {scores['with_true_front']}"
    ) + f"; pale: {bins * step:g} px and more" * bool(counts[bins])
    parts = heading("How far fronts lie from the true ones", note)
    parts += frame.axes("symmetric mean distance of an image, px", "images")
    for number, count in enumerate(counts):
        x, y = frame.x(number * step), frame.y(count)
        width = frame.x(step) - frame.left
        last = number == bins
        said = f"{number * step:g} px and more" if last else f"from {number * step:g} px"
        fill = PALE if last else BLUE
        parts.append(box(x + 1, y, width - 2, frame.bottom - y, fill, f"{said}: {count} images"))
    marks = (
        ("median", scores["front_distance_px_median_per_image"], INK),
        ("MDE (by pixel)", scores["front_distance_px"], ORANGE),
    )
    for row, (name, value, colour) in enumerate(marks):
        x = frame.x(min(value, frame.x_end))
        parts.append(stroke([(x, frame.top), (x, frame.bottom)], colour, 2, "6 4"))
        label = f"{name} {value:.1f} px"
        parts.append(words(frame.right, frame.top + 14 + 18 * row, label, "end", 13, colour, "600"))
    return picture(WIDTH, HEIGHT, "Distribution of front distances", *parts)


def group_plot(document: Mapping[str, Any]) -> str:
    """Mean distance of every group, grouping by grouping."""
    rows = [("all images", document["all"])]
    for grouping, groups in document["groups"].items():
        if len(groups) > 1:
            rows += [(f"{grouping}: {name}", summary) for name, summary in groups.items()]
    bars = [
        (
            name,
            each["front_distance_px"],
            f"{each['images']} images, {each['without_predicted_front']} without a front",
        )
        for name, each in rows
    ]
    note = "CaFFe's mean distance error in pixels: both ways, pooled by pixel"
    return _bars("Front distance by group", note, bars, "px")


def case_plot(document: Mapping[str, Any]) -> str:
    """Mean distance of every simulated hard case."""
    bars = [
        (
            case["case"],
            case["front_distance_m"],
            f"{case['missed_fronts']} of {case['fronts']} missed, "
            f"{case['false_fronts']} of {case['frontless']} false",
        )
        for case in document["cases"]
    ]
    note = "Simulated scenes only. Symmetric mean distance, pooled by pixel"
    return _bars("Front distance in simulated hard cases", note, bars, "m") if bars else ""


def position_plot(document: Mapping[str, Any]) -> str:
    """Stated against observed sigma of front pixels."""
    position = document["position"]
    bins = position["by_stated_sigma"]
    if not bins:
        return ""
    end = 1.1 * max(max(each["stated_sigma_px"], each["observed_sigma_px"]) for each in bins)
    frame = Frame(80, 76, 600, 350, end, end)
    note = (
        f"{100 * position['coverage']:.0f} % of {position['front_pixels']:,} front pixels lie "
        f"within 1 sigma (stated: {100 * position['stated_share']:.0f} %); dashed: as it should be"
    )
    parts = heading("Is the stated position uncertainty true?", note)
    parts += frame.axes(
        "stated sigma, px", f"within this lie {100 * position['stated_share']:.0f} %, px"
    )
    parts.append(stroke([(frame.x(0), frame.y(0)), (frame.x(end), frame.y(end))], QUIET, 1, "5 4"))
    places = [(frame.x(b["stated_sigma_px"]), frame.y(b["observed_sigma_px"])) for b in bins]
    parts.append(stroke(places, BLUE, 2.5))
    parts += [
        dot(x, y, 5, BLUE, f"{each['pixels']:,} pixels")
        for (x, y), each in zip(places, bins, strict=True)
    ]
    return picture(WIDTH, HEIGHT, "Stated and observed position uncertainty", *parts)


def _bars(title: str, note: str, bars: Sequence[tuple[str, float | None, str]], unit: str) -> str:
    """Horizontal bars with their figures and a remark; a dash where nothing was measured."""
    known = [value for _, value, _ in bars if value is not None]
    longest = max(known, default=0.0) or 1.0
    room = WIDTH - LABEL_PX - NOTE_PX - 24 - 60
    parts = heading(title, note)
    for number, (name, value, remark) in enumerate(bars):
        y = 72 + number * (BAR_PX + GAP_PX)
        length = room * (value or 0.0) / longest
        figure = "–" if value is None else f"{value:,.1f} {unit}"
        parts.append(words(LABEL_PX, y + 14, name, "end"))
        parts.append(box(LABEL_PX + 8, y, max(length, 1.0), BAR_PX, BLUE if number else INK))
        parts.append(words(LABEL_PX + 14 + length, y + 14, figure, weight="600"))
        parts.append(words(WIDTH - 24, y + 14, remark, "end", 11, QUIET))
    height = 72 + len(bars) * (BAR_PX + GAP_PX) + 18
    return picture(WIDTH, height, title, *parts)
