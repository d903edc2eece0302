from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import RecordError
from catalog.model_card import DataSource, ModelCard
from pipeline.errors import ModelError
from pipeline.network.card_files import card_document, read_card, write_card, write_cards
from pipeline.network.card_text import markdown_card
from tests.pipeline.network.models import make_card, small_network

CARD = make_card("small-hh", small_network(), b"weights")
FULL_CARD = replace(
    CARD,
    licence="CC-BY-4.0",
    sources=(
        DataSource("simulated tiles", "CC0-1.0", "IceLines", 16_000, note="seed | 2026"),
        DataSource("CaFFe", "CC-BY-4.0", "Gourmelon et al. 2022", 490, "ab" * 32),
    ),
    recipe={"steps": 20, "rates": [0.1, 0.01], "inner": {"ema": None}},
    pixel_sizes_m=(40.0,),
    scores={"simulated_front_distance_m": 72.25, "real_ice_iou": 0.875},
    calibration={"position_scale": 1.25},
    golden={"tile_sha256": "cd" * 32, "line": "MULTILINESTRING ((0 10, 20 30))"},
    pretrained_on="simulated tiles",
)


@pytest.mark.parametrize("card", [CARD, FULL_CARD], ids=["short", "full"])
def test_a_card_comes_back_as_it_was(card: ModelCard, tmp_path: Path) -> None:
    write_card(card, tmp_path / "card.json")
    assert read_card(tmp_path / "card.json") == card


def test_both_cards_lie_beside_the_weights(tmp_path: Path) -> None:
    write_cards(FULL_CARD, tmp_path / "small-hh.safetensors")
    assert read_card(tmp_path / "small-hh.json") == FULL_CARD
    assert (tmp_path / "small-hh.md").read_text() == markdown_card(FULL_CARD)


def test_the_card_for_people_says_what_has_to_be_known() -> None:
    text = markdown_card(FULL_CARD)
    for said in (
        "# small-hh",
        "HED-UNet, 2 base channels",
        "Licence of the weights: CC-BY-4.0",
        "| CaFFe | 490 | CC-BY-4.0 | Gourmelon et al. 2022 |",
        "seed \\| 2026",
        "| `simulated_front_distance_m` | 72.25 |",
        "| `position_scale` | 1.25 |",
        "of no use",
        '"steps": 20',
        "Weights from before: simulated tiles",
        FULL_CARD.weights_sha256,
        str(FULL_CARD.recipe_sha256),
    ):
        assert said in text


def test_the_card_for_people_leaves_out_what_is_not_known() -> None:
    text = markdown_card(replace(CARD, licence="other"))
    assert "Licence of the weights: none stated" in text
    assert "Not scored." in text
    assert "## Uncertainty" not in text
    assert "## Golden tile" not in text


def test_a_score_that_is_no_number_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        write_card(replace(CARD, scores={"iou": float("nan")}), tmp_path / "card.json")
    assert not list(tmp_path.iterdir())


SOURCE = {"name": "x", "licence": "MIT", "citation": "y", "images": 3}


def write_changed(folder: Path, **changes: Any) -> Path:
    path = folder / "card.json"
    path.write_bytes(orjson.dumps({**card_document(FULL_CARD), **changes}))
    return path


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"colour": "blue"}, "unknown fields"),
        ({"parameters": "many"}, "parameters is no int"),
        ({"parameters": True}, "parameters is no int"),
        ({"id": 5}, "id is no str"),
        ({"scores": [1]}, "scores is no dict"),
        ({"scores": {"iou": "good"}}, "scores are no numbers"),
        ({"scores": {"iou": None}}, "scores are no numbers"),
        ({"calibration": {"position_scale": "x"}}, "calibration are no numbers"),
        ({"input_channels": [1]}, "input_channels are no texts"),
        ({"trained_on": "yesterday"}, "is no model card"),
        ({"sources": [{"name": "x"}]}, "is no model card"),
        ({"sources": 4}, "sources is no list"),
        ({"sources": [{**SOURCE, "images": "many"}]}, "images is no int"),
        ({"sources": [{**SOURCE, "sha256": 1}]}, "sha256 is no str"),
        ({"sources": [{**SOURCE, "colour": "blue"}]}, "is no model card"),
        ({"input_channels": "HH"}, "input_channels is no list"),
        ({"pixel_sizes_m": "40"}, "pixel_sizes_m is no list"),
        ({"pretrained_on": 4}, "pretrained_on is no str"),
        ({"pixel_sizes_m": ["wide"]}, "is no model card"),
        ({"recipe": {"steps": 21}}, "its recipe is not the one of its digest"),
    ],
)
def test_a_card_that_was_tampered_with_is_named(
    changes: dict[str, Any], fault: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=r"card\.json: is no model card") as refused:
        read_card(write_changed(tmp_path, **changes))
    assert fault in refused.value.fault


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"id": "x"}', b"\xff\xfe"])
def test_what_is_no_card_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"card\.json: is no model card"):
        read_card(path)


CONTENT = orjson.dumps(card_document(FULL_CARD))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(CONTENT) - 1), st.integers(0, 255))
def test_a_changed_byte_is_a_card_or_a_model_error(
    tmp_path_factory: pytest.TempPathFactory, position: int, flips: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.json"
    damaged = bytearray(CONTENT)
    damaged[position] ^= flips
    path.write_bytes(damaged if flips else CONTENT[:position])
    try:
        card = read_card(path)
    except ModelError:
        return
    assert flips  # a shorter file is never a card
    assert markdown_card(card)


def test_a_card_of_before_reads_with_what_it_says(tmp_path: Path) -> None:
    short = {
        name: value
        for name, value in card_document(CARD).items()
        if name not in {"licence", "sources", "recipe", "recipe_sha256", "golden", "calibration"}
    }
    (tmp_path / "card.json").write_bytes(orjson.dumps(short))
    assert read_card(tmp_path / "card.json") == CARD
