from __future__ import annotations

import numpy as np
import pytest
import torch

from catalog.errors import SettingsError
from pipeline.inference import engine as engines
from pipeline.inference.choices import Device, EngineChoice, Kind, Precision
from pipeline.inference.engine import make_engine, threads_for_inference
from pipeline.inference.tiling import Core
from tests.pipeline.inference.networks import random_network, random_tiles

CORE = Core(16, 64, 0, 48)


def test_engines_agree_on_the_core() -> None:
    network, tiles = random_network(), random_tiles(1, 64)
    eager, folded = (
        make_engine(network, EngineChoice(kind))(tiles, CORE) for kind in (Kind.EAGER, Kind.FOLDED)
    )
    assert eager.shape == folded.shape == (2, 2, 48, 48)
    assert np.abs(eager - folded).max() < 1e-4


def test_half_precision_is_near_and_comes_out_as_floats() -> None:
    network, tiles = random_network(), random_tiles(1, 64)
    full = make_engine(network, EngineChoice())(tiles, CORE)
    half = make_engine(network, EngineChoice(precision=Precision.BF16))(tiles, CORE)
    assert half.dtype == np.float32
    assert 0 < np.abs(full - half).max() < 0.5


def test_without_a_compiler_it_runs_folded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "has_compiler", lambda: False)
    engine = make_engine(random_network(), EngineChoice(Kind.COMPILED))
    assert engine.choice.kind is Kind.FOLDED
    assert "No C++ compiler" in engine.remarks[0]


def test_a_gpu_that_is_not_there_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SettingsError, match="no CUDA device"):
        make_engine(random_network(), EngineChoice(device=Device.CUDA))
    assert make_engine(random_network(), EngineChoice()).device.type == "cpu"


def fail(threads: int) -> None:
    with threads_for_inference(threads):
        raise ValueError(f"stopped with {torch.get_num_threads()}")


def test_the_number_of_threads_is_given_back_after_an_error() -> None:
    before = torch.get_num_threads()
    with pytest.raises(ValueError, match=f"stopped with {before + 1}"):
        fail(before + 1)
    assert torch.get_num_threads() == before
