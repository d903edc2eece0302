from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import LabelledDataError
from pipeline.labelled.folder import open_labelled
from tests.pipeline.labelled.samples import write_labelled_folder


def test_the_real_set_has_490_images_of_four_sites(shared_data: Path) -> None:
    folder = open_labelled(shared_data / "training" / "caffe256")
    assert len(folder.rows) == 490
    assert folder.sites == ("DBE", "JAC", "Jorum", "SI")
    image = folder.read(folder.rows[0])
    assert image.sigma0_db.shape == (1, 256, 256)
    assert image.row.date == date(1995, 11, 16)
    # The shares that the index of the set states itself.
    assert image.ocean.mean() == pytest.approx(0.0224, abs=5e-5)
    assert 1 - image.known.mean() == pytest.approx(0.1811, abs=5e-5)
    assert image.front.sum() == 213


def test_an_image_comes_with_its_labels(tmp_path: Path) -> None:
    folder = open_labelled(write_labelled_folder(tmp_path, sites=("A", "B")))
    image = folder.read(folder.rows[1])
    assert image.row.site == "B"
    assert image.ocean.any()
    assert image.front.any()
    assert not (image.ocean & ~image.known).any()


@pytest.mark.parametrize("kind", ["images", "zones", "fronts"])
def test_a_broken_picture_is_named(tmp_path: Path, kind: str) -> None:
    root = write_labelled_folder(tmp_path)
    (path,) = (root / kind).iterdir()
    path.write_bytes(path.read_bytes()[:40])
    folder = open_labelled(root)
    with pytest.raises(LabelledDataError, match=path.name):
        folder.read(folder.rows[0])


def test_pictures_of_different_sizes_are_refused(tmp_path: Path) -> None:
    root = write_labelled_folder(tmp_path)
    (path,) = (root / "zones").iterdir()
    Image.fromarray(np.ones((8, 8), dtype=np.uint8)).save(path)
    folder = open_labelled(root)
    with pytest.raises(LabelledDataError, match="another size"):
        folder.read(folder.rows[0])


def test_zones_of_other_numbers_are_refused(tmp_path: Path) -> None:
    root = write_labelled_folder(tmp_path)
    (path,) = (root / "zones").iterdir()
    Image.fromarray(np.full((64, 64), 7, dtype=np.uint8)).save(path)
    folder = open_labelled(root)
    with pytest.raises(LabelledDataError, match="other than 1 to 4"):
        folder.read(folder.rows[0])


@pytest.mark.parametrize(
    ("index", "fault"),
    [
        (None, "cannot be read"),
        ("", "lacks id, site"),
        ("id,site\n", "has no rows"),
    ],
)
def test_an_index_that_cannot_be_used_is_refused(
    tmp_path: Path, index: str | None, fault: str
) -> None:
    if index is not None:
        (tmp_path / "index.csv").write_text(index)
    with pytest.raises(LabelledDataError, match=fault):
        open_labelled(tmp_path)


@pytest.mark.parametrize(
    ("row", "fault"),
    [("x,A,soon", "soon"), ("../../secret,A,", "no plain name"), ("x,,", "no site"), ("x", "site")],
)
def test_a_row_that_cannot_be_used_does_not_take_the_others_with_it(
    tmp_path: Path, row: str, fault: str
) -> None:
    root = write_labelled_folder(tmp_path)
    with (root / "index.csv").open("a") as index:
        index.write(row + "\n")
    folder = open_labelled(root)
    assert folder.read(folder.rows[0]).ocean.any()
    with pytest.raises(LabelledDataError, match=rf"index\.csv.*{fault}"):
        folder.read(folder.rows[1])
