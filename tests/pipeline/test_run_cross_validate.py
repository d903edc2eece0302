from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalog.errors import InputError
from pipeline.errors import ModelError
from pipeline.evaluation.labelled_document import labelled_document
from pipeline.evaluation.procedure import Procedure
from pipeline.evaluation.viewing import Viewing
from pipeline.labelled.folder import open_labelled
from pipeline.network.card_files import read_card
from pipeline.run_cross_validate import cross_validate, folds_of
from pipeline.run_train import Commission, train_model
from tests.pipeline.labelled.samples import write_labelled_folder
from tests.pipeline.training.examples import recipe

LEARNING = {
    "network": {"channels": ["HH"], "base_channels": 2},
    "stages": [{"steps": 1, "tile_px": 64, "batch_size": 2}],
    "stopping": {"every_steps": 1, "tiles": 2},
    "simulated": {"share": 0.0},
    "labelled": {"share": 1.0},
}
SERIES = ("HH", "PERSISTENCE", "AGREEMENT")
LOOK = Procedure(Viewing((1.0,), 1))


def commission(folder: Path, data: Path) -> Commission:
    wanted = recipe().model_validate({"name": "tiny", **LEARNING})
    return Commission(wanted, folder, date(2026, 1, 1), data)


def series_commission(folder: Path, data: Path, **changes: object) -> Commission:
    network = {"channels": list(SERIES), "base_channels": 2}
    wanted = recipe().model_validate({"name": "tiny", **LEARNING, "network": network, **changes})
    return Commission(wanted, folder, date(2026, 1, 1), data)


def test_every_image_is_scored_once_by_a_model_that_never_saw_its_site(tmp_path: Path) -> None:
    data = write_labelled_folder(tmp_path / "data", ("A", "B"), each=8)
    found = labelled_document(cross_validate(commission(tmp_path, data), LOOK))
    assert len({image["id"] for image in found["images"]}) == 16
    assert set(found["groups"]["site"]) == {"A", "B"}
    for site, other in (("a", "B"), ("b", "A")):
        card = read_card(tmp_path / f"tiny-without-{site}.json")
        (source,) = card.sources
        assert source.note == f"sites {other}"


def test_a_model_that_sees_other_dates_is_trained_and_scored_in_the_same_way(
    tmp_path: Path,
) -> None:
    data = write_labelled_folder(tmp_path / "data", ("A", "B"), each=8)
    (data / "images" / "B_009.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="B_009"):  # nobody trains on what cannot be read
        cross_validate(series_commission(tmp_path / "all", data), LOOK)
    index = (data / "index.csv").read_text().splitlines()
    (data / "index.csv").write_text("\n".join(line for line in index if "B_009" not in line))
    found = labelled_document(cross_validate(series_commission(tmp_path, data), LOOK))
    assert len({image["id"] for image in found["images"]}) == 15
    card = read_card(tmp_path / "tiny-without-a.json")
    assert card.input_channels == SERIES
    assert "several co-registered images" in card.limits
    assert "simulated" not in card.limits  # it never saw a simulated tile


def test_simulated_tiles_have_no_other_dates(tmp_path: Path) -> None:
    data = write_labelled_folder(tmp_path / "data", ("A",), each=8)
    both = series_commission(tmp_path, data, simulated={"share": 0.5})
    with pytest.raises(ModelError, match=r"simulated tiles have none.*share = 0"):
        train_model(both)


def test_one_site_cannot_be_left_out(tmp_path: Path) -> None:
    data = write_labelled_folder(tmp_path / "data", ("A",), each=8)
    with pytest.raises(InputError, match="1 site"):
        list(folds_of(commission(tmp_path, data), open_labelled(data)))
