from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import orjson
import pytest

from pipeline.evaluation.plots import case_plots, histogram, labelled_plots
from pipeline.evaluation.report import write_report
from tests.pipeline.evaluation.documents import labelled, simulated


def words_in(drawn: str) -> str:
    return " | ".join(ElementTree.fromstring(drawn).itertext())  # noqa: S314 - our own text


def test_the_report_of_a_folder_shows_every_plot_it_has(tmp_path: Path) -> None:
    page = write_report(labelled(), tmp_path).read_text()
    plots = {path.name for path in tmp_path.glob("*.svg")}
    assert plots == {"reliability.svg", "errors.svg", "groups.svg", "position.svg"}
    assert all(f"]({name})" in page for name in plots)
    assert "3 more" not in page
    assert "1 more could not be read" in page
    assert "- i9: i9.png: cannot be read." in page
    assert "not to be compared with an MDE" in page
    assert orjson.loads((tmp_path / "evaluation.json").read_bytes()) == labelled()


def test_models_of_several_sites_have_no_one_scale(tmp_path: Path) -> None:
    document = labelled()
    document["procedure"]["position_scale"] = None
    assert "multiplied by each model's own scale" in write_report(document, tmp_path).read_text()


def test_the_same_evaluation_gives_the_same_bytes(tmp_path: Path) -> None:
    write_report(labelled(), tmp_path / "one")
    write_report(labelled(), tmp_path / "other")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


def test_a_simulated_report_says_that_it_is_simulated(tmp_path: Path) -> None:
    page = write_report(simulated(), tmp_path).read_text()
    assert "simulated; real ones are harder" in page
    assert "![Front distance in simulated hard cases](cases.svg)" in page
    assert "Simulated scenes only" in words_in((tmp_path / "cases.svg").read_text())


def test_plots_say_how_many_images_have_no_front() -> None:
    plots = labelled_plots(labelled())
    assert "in no distance: 1 of 4" in words_in(plots["errors.svg"])
    assert "2 images, 1 without a front" in words_in(plots["groups.svg"])


def test_without_fronts_what_cannot_be_drawn_is_left_out(tmp_path: Path) -> None:
    document = labelled(((30, None),))
    assert set(labelled_plots(document)) == {"reliability.svg", "groups.svg"}
    assert "not measured" in write_report(document, tmp_path).read_text()


def test_without_cases_there_is_no_plot_of_them() -> None:
    assert case_plots({"cases": []}) == {}


def test_a_histogram_holds_every_image_and_one_far_away_does_not_widen_it() -> None:
    step, counts = histogram([*(0.1 * n for n in range(99)), 500.0])
    assert sum(counts) == 100
    assert step == pytest.approx(0.5)
    assert len(counts) <= 22
    assert counts[-1] >= 1
