from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import torch
from click.testing import CliRunner

from catalog.cli.context import CommandContext
from pipeline.cli.doctor import doctor, doctor_text
from pipeline.golden_line import record_golden
from pipeline.machine_faults import machine_faults
from pipeline.network.weights import weights_bytes
from pipeline.run_doctor import Finding, Health, examine_models
from tests.pipeline.machines import SOUND
from tests.pipeline.network.models import store_model
from tests.pipeline.networks import threshold_network

GOLDEN = record_golden(threshold_network(), ("HH",))
CPU = torch.device("cpu")


def store(folder: Path, threshold_db: float = -11.5, golden: dict[str, Any] = GOLDEN) -> Path:
    network = threshold_network(threshold_db=threshold_db)
    content = weights_bytes(network, half_precision=False)
    return store_model(folder, "threshold", network, content, golden=golden)


def run(tmp_path: Path, weights: Path) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(
        doctor,
        ["--weights", str(weights), "--device", "cpu", "--json"],
        obj=CommandContext(tmp_path / "workspace"),
        standalone_mode=False,
        catch_exceptions=False,
    )
    return result.return_value, orjson.loads(result.stdout)


def test_a_model_that_draws_its_line_again_passes(tmp_path: Path) -> None:
    code, document = run(tmp_path, store(tmp_path))
    (finding,) = document["models"]
    assert (code, document["passed"], finding["health"]) == (0, True, "pass")
    assert finding["mean_m"] < 0.1
    assert document["machine"]["libraries"]["torch"] == torch.__version__


def test_a_line_that_moved_fails_with_a_remedy(tmp_path: Path) -> None:
    code, document = run(tmp_path, store(tmp_path, threshold_db=-10.5))
    (finding,) = document["models"]
    assert (code, document["passed"], finding["health"]) == (1, False, "fail")
    assert 1.0 < finding["mean_m"] < 100.0
    assert "driver" in finding["remedy"]


def test_a_line_that_is_gone_fails(tmp_path: Path) -> None:
    (finding,) = examine_models([store(tmp_path, threshold_db=30.0)], CPU)
    assert (finding.health, finding.said) == (Health.FAIL, "it draws no line here")


def test_a_card_without_a_golden_line_is_no_failure(tmp_path: Path) -> None:
    code, document = run(tmp_path, store(tmp_path, golden={}))
    assert code == 0
    assert document["models"][0]["health"] == "not recorded"
    empty = {**GOLDEN, "line": "MULTILINESTRING EMPTY"}
    (finding,) = examine_models([store(tmp_path, golden=empty)], CPU)
    assert finding.health is Health.NOT_RECORDED


@pytest.mark.parametrize("content", [b"", b"not weights"])
def test_broken_weights_fail_and_the_others_are_examined(content: bytes, tmp_path: Path) -> None:
    good = store(tmp_path)
    broken = store_model(tmp_path, "broken", content=content)
    first, second = examine_models([broken, good], CPU)
    assert (first.model, first.health) == ("broken", Health.FAIL)
    assert second.health is Health.PASS


@pytest.mark.skipif(torch.cuda.is_available(), reason="has a graphics card")
def test_a_device_that_is_not_there_fails_in_plain_words(tmp_path: Path) -> None:
    (finding,) = examine_models([store(tmp_path)], torch.device("cuda"))
    assert finding.health is Health.FAIL
    assert finding.said.startswith("torch failed: ")


def test_the_text_has_the_facts_and_a_verdict_for_each_model() -> None:
    findings = (
        Finding("one", Health.PASS, "cpu", "line moved by 0.02 m"),
        Finding("two", Health.FAIL, "cpu", "it draws no line here", "Go back."),
    )
    text = doctor_text(SOUND, machine_faults(SOUND, {}), findings)
    for said in ("A processor", "AVX512", "32.0 GB", "PROJ 9.5.1", "PASS         one on cpu"):
        assert said in text
    assert text.endswith("FAIL         two on cpu: it draws no line here\n             Go back.")


def test_without_models_it_says_how_to_get_one() -> None:
    assert "icelines model train" in doctor_text(SOUND, (), ())
