from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
import shapely
import torch
from shapely import affinity

from catalog.atomic import write_text
from catalog.settings import load_settings
from catalog.store import CatalogStore
from pipeline.evaluation.scene_scores import scenes_of
from tests.pipeline.cli.conftest import Program
from tests.pipeline.cli.test_process import put_scenes
from tests.pipeline.labelled.samples import write_labelled_folder
from tests.pipeline.networks import store_threshold_model

FULL_SIZE = ("--scale", "1", "--symmetries", "1", "--threads", "1")


@pytest.fixture(autouse=True)
def _same_threads_afterwards() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    (tmp_path / "model").mkdir()
    return store_threshold_model(tmp_path / "model")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_labelled_folder(tmp_path / "labelled", ("A", "B"), each=3)


Evaluate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def evaluate(program: Program) -> Evaluate:
    """Runs `icelines model evaluate`; returns exit code, standard output and error."""
    return lambda *arguments: program("model", "evaluate", *map(str, arguments))


def test_a_folder_of_labelled_images_is_scored(
    evaluate: Evaluate, folder: Path, weights: Path, tmp_path: Path
) -> None:
    path = tmp_path / "scores.json"
    code, out, err = evaluate("--data", folder, "--weights", weights, "--json", path, *FULL_SIZE)
    assert code == 0, err
    scores = orjson.loads(path.read_bytes())
    assert scores["all"]["images"] == scores["all"]["with_true_front"] == 6
    assert scores["all"]["without_predicted_front"] == 0
    assert scores["all"]["front_distance_px"] < 2.0
    assert scores["all"]["mean_iou"] > 0.9
    assert "front_distance_m" not in scores["all"]
    assert set(scores["groups"]["site"]) == {"A", "B"}
    assert scores["procedure"]["viewing"] == {"scales": [1.0], "symmetries": 1}
    assert len(scores["images"]) == 6
    assert "site B" in out
    assert "no front" in out


def test_one_damaged_image_is_named_and_left_out(
    evaluate: Evaluate, folder: Path, weights: Path
) -> None:
    (folder / "images" / "A_001.png").write_bytes(b"no picture")
    code, out, err = evaluate("--data", folder, "--weights", weights, "--json", *FULL_SIZE)
    assert code == 0, err
    scores = orjson.loads(out)
    assert [each["id"] for each in scores["unreadable"]] == ["A_001"]
    assert scores["all"]["images"] == 5
    assert "A_001.png" in err


def test_a_folder_without_a_readable_image_is_refused(
    evaluate: Evaluate, folder: Path, weights: Path
) -> None:
    for picture in (folder / "images").iterdir():
        picture.unlink()
    code, _out, err = evaluate("--data", folder, "--weights", weights, *FULL_SIZE)
    assert code == 1
    assert "none of its 6 images can be read" in err


def test_a_model_of_two_channels_is_refused(
    evaluate: Evaluate, folder: Path, tmp_path: Path
) -> None:
    dual = store_threshold_model(tmp_path, ("HH", "HV"))
    code, _out, err = evaluate("--data", folder, "--weights", dual)
    assert code == 1
    assert "takes HH+HV" in err


def test_pixel_sizes_in_the_index_give_metres(
    evaluate: Evaluate, folder: Path, weights: Path
) -> None:
    index = folder / "index.csv"
    head, *rows = index.read_text().splitlines()
    index.write_text("\n".join([f"{head},pixel_m", *(f"{row},25" for row in rows)]) + "\n")
    _code, out, _err = evaluate("--data", folder, "--weights", weights, "--json", *FULL_SIZE)
    scores = orjson.loads(out)["all"]
    assert scores["front_distance_m"] == pytest.approx(25 * scores["front_distance_px"], rel=1e-3)


def test_every_option_of_the_procedure_is_reported(
    evaluate: Evaluate, folder: Path, weights: Path
) -> None:
    options = ("--second-pass", "--neighbours", "1", "--position-scale", "2.5")
    _code, out, _err = evaluate(
        "--data", folder, "--weights", weights, "--json", *FULL_SIZE, *options
    )
    scores = orjson.loads(out)
    used = scores["procedure"]
    assert used["second_pass"]["margin_px"] > 0
    assert used["neighbours"]["count"] == 1
    assert used["position_scale"] == scores["position"]["position_scale_used"] == 2.5


def test_a_report_with_plots_is_left_in_a_folder(
    evaluate: Evaluate, folder: Path, weights: Path, tmp_path: Path
) -> None:
    code, _, err = evaluate(
        "--data", folder, "--weights", weights, "--out", tmp_path / "report", *FULL_SIZE
    )
    assert code == 0, err
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert {"evaluation.md", "evaluation.json", "errors.svg", "groups.svg"} <= names
    assert "evaluation.md" in err


def test_without_labelled_images_simulated_tiles_are_scored(
    evaluate: Evaluate, weights: Path
) -> None:
    code, out, err = evaluate("--weights", weights, "--tiles", "2", "--cases", "0", "--json")
    assert code == 0, err
    assert orjson.loads(out)["scores"]["simulated_tiles"] == 2


def test_traced_fronts_of_simulated_scenes_are_scored(
    evaluate: Evaluate, program: Program, weights: Path, tmp_path: Path
) -> None:
    workspace = put_scenes(tmp_path, 1)
    assert evaluate("--scenes")[0] == 1
    assert program("process", "--weights", str(weights))[0] == 0
    with CatalogStore.open(load_settings(workspace)) as store:
        (front,) = store.fronts()
    truth = shapely.to_geojson(affinity.translate(front.line, 30.0, 40.0))
    feature = f'{{"features": [{{"type": "Feature", "geometry": {truth}}}]}}'
    write_text(workspace / "truth" / f"{scenes_of(front)[0]}.geojson", feature)
    write_text(workspace / "truth" / "unseen.geojson", feature)
    code, out, err = evaluate("--scenes", "--json", "--out", tmp_path / "report")
    assert code == 0, err
    document = orjson.loads(out)
    assert document["all"]["fronts"] == 1
    assert 20.0 < document["all"]["front_distance_m"] <= 50.0
    assert document["not_traced"] == ["unseen"]
    assert "MDE m" in (tmp_path / "report" / "evaluation.md").read_text()


def test_scenes_are_scored_as_they_were_processed(evaluate: Evaluate, weights: Path) -> None:
    assert evaluate("--scenes", "--weights", weights)[0] == 2
