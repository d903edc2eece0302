from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalog.errors import InputError
from pipeline.evaluation.labelled_document import labelled_document
from pipeline.evaluation.procedure import Procedure
from pipeline.evaluation.viewing import Viewing
from pipeline.labelled.folder import open_labelled
from pipeline.network.card_files import read_card
from pipeline.run_cross_validate import cross_validate, folds_of
from pipeline.run_train import Commission
from tests.pipeline.labelled.samples import write_labelled_folder
from tests.pipeline.training.examples import recipe

LEARNING = {
    "network": {"channels": ["HH"], "base_channels": 2},
    "stages": [{"steps": 1, "tile_px": 64, "batch_size": 2}],
    "stopping": {"every_steps": 1, "tiles": 2},
    "simulated": {"share": 0.0},
    "labelled": {"share": 1.0},
}
LOOK = Procedure(Viewing((1.0,), 1))


def commission(folder: Path, data: Path) -> Commission:
    wanted = recipe().model_validate({"name": "tiny", **LEARNING})
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


def test_one_site_cannot_be_left_out(tmp_path: Path) -> None:
    data = write_labelled_folder(tmp_path / "data", ("A",), each=8)
    with pytest.raises(InputError, match="1 site"):
        list(folds_of(commission(tmp_path, data), open_labelled(data)))
