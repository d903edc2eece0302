from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.network.architecture import Architecture
from pipeline.network.choice import choose_model, default_model_path, known_models, named_model
from tests.pipeline.network.models import small_network, store_model


def store(folder: Path, name: str, *channels: str, trained_on: date = date(2026, 1, 1)) -> Path:
    network = small_network(Architecture(channels, 1))
    return store_model(folder, name, network, trained_on=trained_on)


def test_the_model_with_the_most_bands_that_the_scene_has_is_chosen(tmp_path: Path) -> None:
    single = store(tmp_path, "one", "HH")
    dual = store(tmp_path, "two", "HH", "HV")
    assert choose_model(("HH", "HV"), tmp_path).path == dual
    assert choose_model(("HV", "HH"), tmp_path).path == dual
    assert choose_model(("HH",), tmp_path).path == single
    assert default_model_path(("HH",), tmp_path) == single


def test_the_choice_says_why_and_what_else_would_have_worked(tmp_path: Path) -> None:
    store(tmp_path, "one", "HH")
    alone = choose_model(("HH", "HV"), tmp_path)
    assert alone.why == "uses HH of HH+HV; no model at hand uses more"
    store(tmp_path, "two", "HH", "HV")
    best = choose_model(("HH", "HV"), tmp_path)
    assert (best.card.id, best.why) == ("two", "uses all of HH+HV")
    assert best.considered == ("one", "two")


def test_a_ratio_needs_both_polarisations(tmp_path: Path) -> None:
    store(tmp_path, "one", "HH")
    ratio = store(tmp_path, "ratio", "HH", "HH/HV")
    assert choose_model(("HH",), tmp_path).card.id == "one"
    assert choose_model(("HH", "HV"), tmp_path).path == ratio


def test_heights_are_used_where_they_are_offered(tmp_path: Path) -> None:
    store(tmp_path, "one", "HH")
    with_heights = store(tmp_path, "heights", "HH", "DEM")
    assert choose_model(("HH",), tmp_path).card.id == "one"
    assert choose_model(("HH", "DEM"), tmp_path).path == with_heights


def test_a_model_that_sees_other_dates_is_not_taken_for_one_scene(tmp_path: Path) -> None:
    single = store(tmp_path, "one", "HH")
    store(tmp_path, "series", "HH", "PERSISTENCE")
    assert choose_model(("HH",), tmp_path).path == single


def test_of_models_that_use_the_same_the_youngest_is_taken(tmp_path: Path) -> None:
    store(tmp_path, "z-old", "HH")
    young = store(tmp_path, "a-young", "HH", trained_on=date(2026, 2, 1))
    assert choose_model(("HH",), tmp_path).path == young


def test_no_model_for_a_polarisation_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    store(tmp_path, "one", "HH")
    with pytest.raises(ModelError, match=r"no model works on VV.*--polarisation"):
        choose_model(("VV",), tmp_path)
    with pytest.raises(ModelError, match="no model works on no polarisation"):
        choose_model((), tmp_path)


def test_a_named_model_is_taken_as_it_is(tmp_path: Path) -> None:
    choice = named_model(store(tmp_path, "one", "HH"))
    assert (choice.card.id, choice.why) == ("one", "named by the user")


def test_other_files_in_the_folder_are_no_models(tmp_path: Path) -> None:
    path = store(tmp_path, "one", "HH")
    (tmp_path / "curves.json").write_text("[]")
    (tmp_path / "checkpoint.safetensors").write_bytes(path.read_bytes())
    assert [card.id for card in known_models(tmp_path)] == ["one"]


def test_the_models_that_come_with_the_program_can_be_chosen() -> None:
    assert choose_model(("HH",)).path.is_file()
