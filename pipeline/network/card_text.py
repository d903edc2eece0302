"""A model card for people, in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from catalog.model_card import NO_LICENCE_STATED, ModelCard

MEGABYTE = 1e6


def markdown_card(card: ModelCard) -> str:
    """What the model is, what it learned from and under which terms, how good it is, its limits."""
    sections = (
        ("What it is", _what_it_is(card)),
        ("Training data and licences", _data(card)),
        ("Scores", _scores(card)),
        ("Uncertainty", _table(("Quantity", "Value"), _numbers(card.calibration))),
        ("Limits", card.limits),
        ("Recipe", _recipe(card)),
        ("Golden tile", _golden(card)),
        ("Digests", _digests(card)),
    )
    parts = [f"## {title}\n\n{text}\n" for title, text in sections if text]
    return f"# {card.id}\n\n" + "\n".join(parts)


def _what_it_is(card: ModelCard) -> str:
    facts = [
        ("Architecture", card.architecture),
        ("Parameters", f"{card.parameters:,}"),
        ("Input channels", ", ".join(card.input_channels)),
        ("Output", "logits of ice and of an edge, one of each for every pixel"),
        ("Pixel size", ", ".join(f"{size:g} m" for size in card.pixel_sizes_m)),
        ("Licence of the weights", _licence(card.licence)),
        ("Trained on", str(card.trained_on)),
        ("Weights from before", card.pretrained_on or ""),
        ("Framework", f"{card.framework} {card.framework_version}"),
    ]
    return "\n".join(f"- {name}: {value}" for name, value in facts if value)


def _data(card: ModelCard) -> str:
    rows = (
        (s.name, f"{s.images:,}", _licence(s.licence), s.citation, s.note, _code(s.sha256))
        for s in card.sources
    )
    header = ("Source", "Images", "Licence", "Citation", "Note", "SHA-256 of its index")
    return "\n\n".join(text for text in (card.training_data, _table(header, rows)) if text)


def _scores(card: ModelCard) -> str:
    rows = _numbers(card.scores)
    said = "Measured on data that training did not see; names carry the unit."
    return f"{said}\n\n{_table(('Score', 'Value'), rows)}" if rows else "Not scored."


def _recipe(card: ModelCard) -> str:
    if not card.recipe:
        return f"Seed {card.training_seed}."
    recipe = json.dumps(dict(card.recipe), indent=2, sort_keys=True, ensure_ascii=False)
    return f"Seed {card.training_seed}.\n\n```json\n{recipe}\n```"


def _golden(card: ModelCard) -> str:
    if not card.golden:
        return ""
    return "`icelines doctor` repeats the line that this model drew on the golden tile."


def _digests(card: ModelCard) -> str:
    size = f"{card.weights_size_bytes / MEGABYTE:.1f} MB"
    lines = [f"- Weights `{card.weights_href}` ({size}): {_code(card.weights_sha256)}"]
    if card.recipe_sha256:
        lines.append(f"- Recipe: {_code(card.recipe_sha256)}")
    return "\n".join(lines)


def _numbers(values: Mapping[str, float]) -> list[tuple[str, str]]:
    return [(f"`{name}`", f"{value:.10g}") for name, value in values.items()]


def _table(header: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    """Empty without rows."""
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(header)} |", "|---" * len(header) + "|", *lines])


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _licence(licence: str) -> str:
    return "none stated" if licence == NO_LICENCE_STATED else licence


def _code(digest: str | None) -> str:
    return f"`{digest}`" if digest else ""
