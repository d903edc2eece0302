"""Model cards as files: `NAME.json` for programs and `NAME.md` for people, beside the weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from catalog.atomic import write_bytes, write_text
from catalog.canonical import canonical_json
from catalog.model_card import DataSource, ModelCard
from pipeline.errors import ModelError
from pipeline.network.architecture import RETRAIN
from pipeline.network.card_text import markdown_card

JSON, MARKDOWN = ".json", ".md"
RECIPE_SHA256 = "recipe_sha256"
TEXTS = (
    "id", "architecture", "weights_sha256", "weights_href", "training_data", "limits",
    "framework", "framework_version", "licence",
)  # fmt: skip
INTEGERS = ("parameters", "weights_size_bytes", "training_seed")
MAPPINGS = ("scores", "architecture_document", "recipe", "calibration", "golden")
NUMBERS_BY_NAME = ("scores", "calibration")
LISTS = ("input_channels", "sources", "pixel_sizes_m")
OPTIONAL_TEXTS = ("pretrained_on",)
SOURCE_TEXTS = ("name", "licence", "citation", "note")


def write_cards(card: ModelCard, path: Path) -> None:
    """Both cards of the weights in `path` (any suffix), each whole or not at all.

    Raises StorageError, and RecordError where a number of the card is not finite.
    """
    write_card(card, path.with_suffix(JSON))
    write_text(path.with_suffix(MARKDOWN), markdown_card(card))


def write_card(card: ModelCard, path: Path) -> None:
    """The JSON card alone."""
    document = card_document(card)
    canonical_json(document)  # refuses what is not finite, which orjson would write as null
    write_bytes(path, orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n")


def card_document(card: ModelCard) -> dict[str, Any]:
    """The card as plain JSON, with the digest of its recipe."""
    values = {field.name: _plain(getattr(card, field.name)) for field in fields(card)}
    return {**values, RECIPE_SHA256: card.recipe_sha256}


def read_card(path: Path) -> ModelCard:
    """The card in a JSON file; raises ModelError.

    A field that is not known is refused: it may say what this version would ignore.
    """
    try:
        document = orjson.loads(path.read_bytes())
        return _card_of(document)
    except OSError as error:
        raise ModelError(
            f"the model card cannot be read ({error.strerror}).",
            where=path,
            remedy="The card lies beside the weights, with the same name. " + RETRAIN,
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"is no model card ({error}).", where=path, remedy=RETRAIN) from error


def _card_of(document: Any) -> ModelCard:
    if not isinstance(document, dict):
        raise TypeError("not an object")
    pinned = document.pop(RECIPE_SHA256, None)
    unknown = set(document) - {field.name for field in fields(ModelCard)}
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    _check_types(document)
    values = {
        **document,
        "input_channels": tuple(document["input_channels"]),
        "trained_on": date.fromisoformat(document["trained_on"]),
        "sources": tuple(map(_source_of, document.get("sources", ()))),
        "pixel_sizes_m": tuple(map(float, document.get("pixel_sizes_m", ()))),
    }
    card = ModelCard(**values)
    if pinned is not None and pinned != card.recipe_sha256:
        raise ValueError("its recipe is not the one of its digest")
    return card


def _check_types(document: Mapping[str, Any]) -> None:
    _check_kinds(document, {TEXTS: str, INTEGERS: int, MAPPINGS: dict, LISTS: list})
    said = {name: document[name] for name in OPTIONAL_TEXTS if document.get(name) is not None}
    _check_kinds(said, {OPTIONAL_TEXTS: str})
    if not all(isinstance(name, str) for name in document["input_channels"]):
        raise TypeError("input_channels are no texts")
    for name in NUMBERS_BY_NAME:
        if not all(_is_number(value) for value in document.get(name, {}).values()):
            raise TypeError(f"{name} are no numbers")


def _check_kinds(values: Mapping[str, Any], kinds: Mapping[tuple[str, ...], type]) -> None:
    for names, kind in kinds.items():
        wrong = [name for name in names if name in values and type(values[name]) is not kind]
        if wrong:
            raise TypeError(f"{wrong[0]} is no {kind.__name__}")


def _source_of(document: Mapping[str, Any]) -> DataSource:
    source = DataSource(**document)
    _check_kinds(document, {SOURCE_TEXTS: str, ("images",): int})
    if source.sha256 is not None and type(source.sha256) is not str:
        raise TypeError("sha256 is no str")
    return source


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, DataSource):
        return asdict(value)
    return value.isoformat() if isinstance(value, date) else value
