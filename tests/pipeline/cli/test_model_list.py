from __future__ import annotations

from datetime import date
from pathlib import Path

import orjson
from click.testing import CliRunner

from catalog.cli import program
from pipeline.cli.model_list import models_text
from pipeline.network.architecture import Architecture
from pipeline.network.choice import known_models
from tests.pipeline.network.models import small_network, store_model

SCORES = {
    "simulated_tiles": 400.0,
    "simulated_ice_iou": 0.9625,
    "simulated_front_distance_m": 72.3,
    "simulated_front_distance_p95_m": 310.0,
}


def store_two(folder: Path) -> None:
    store_model(folder, "one", scores=SCORES, licence="CC-BY-4.0", trained_on=date(2026, 5, 6))
    store_model(folder, "two-dual", small_network(Architecture(("HH", "HV"), 2)))


def test_the_table_has_a_row_for_each_model_and_the_scores_that_matter(tmp_path: Path) -> None:
    store_two(tmp_path)
    lines = models_text(known_models(tmp_path)).splitlines()
    assert lines[0].split() == ["Model", "Channels", "Parameters", "MB", "Licence", "Trained", "on"]
    assert lines[1].split()[:2] == ["one", "HH"]
    assert lines[1].split()[-2:] == ["CC-BY-4.0", "2026-05-06"]
    assert [line.split() for line in lines[2:4]] == [
        ["simulated_ice_iou", "0.9625"],
        ["simulated_front_distance_m", "72.3"],
    ]
    assert lines[4].split()[:2] == ["two-dual", "HH+HV"]
    assert lines[0].index("Channels") == lines[1].index("HH") == lines[4].index("HH+HV")


def test_json_has_the_whole_cards(tmp_path: Path) -> None:
    store_two(tmp_path)
    arguments = ["model", "list", "--folder", str(tmp_path), "--json"]
    result = CliRunner().invoke(program, arguments, catch_exceptions=False)
    first, second = orjson.loads(result.stdout)["models"]
    assert first["scores"] == SCORES
    assert first["trained_on"] == "2026-05-06"
    assert second["architecture_document"]["channels"] == ["HH", "HV"]


def test_the_shipped_models_are_listed() -> None:
    result = CliRunner().invoke(program, ["model", "list"], catch_exceptions=False)
    assert result.exit_code == 0
    assert all(card.id in result.stdout for card in known_models())
