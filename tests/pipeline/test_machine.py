from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import machine_faults as faults_module
from pipeline.machine import Machine, driver_in, features_in, look_at_machine, processor_in
from pipeline.machine_faults import machine_faults
from tests.pipeline.machines import GRAPHICS, NO_GRAPHICS, SOUND

CPU_INFO = """processor\t: 0
model name\t: Intel(R) Xeon(R) Platinum 8480+
flags\t\t: fpu sse2 avx2 avx512f avx512_bf16 amx_bf16 amx_tile

processor\t: 1
model name\t: Something else
"""
DRIVER = """NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.161.08  Tue Mar  5 22:42:15 UTC 2024
GCC version:  gcc version 12.3.0 (Ubuntu 12.3.0-1ubuntu1~22.04)
"""


def test_the_processor_and_what_it_can_do_are_read() -> None:
    assert processor_in(CPU_INFO) == "Intel(R) Xeon(R) Platinum 8480+"
    assert features_in(CPU_INFO) == ("avx2", "avx512f", "avx512_bf16", "amx_bf16")
    assert (processor_in(""), features_in("")) == ("", ())


@pytest.mark.parametrize(("text", "version"), [(DRIVER, "535.161.08"), ("", None), ("?\n", None)])
def test_the_driver_version_is_read(text: str, version: str | None) -> None:
    assert driver_in(text) == version


def test_this_machine_can_be_looked_at(tmp_path: Path) -> None:
    machine = look_at_machine(tmp_path / "not" / "there")
    assert machine.cores >= 1
    assert machine.memory_bytes > 10**8
    assert machine.disk_free_bytes > 0
    assert {"torch", "GDAL", "PROJ", "numpy"} <= set(machine.libraries)
    assert machine.proj_data is not None


def test_a_sound_machine_has_no_faults() -> None:
    assert machine_faults(SOUND, {}) == ()
    assert machine_faults(replace(SOUND, graphics=GRAPHICS), {}) == ()


def graphics(**changes: object) -> Machine:
    return replace(SOUND, graphics=replace(GRAPHICS, **changes))  # type: ignore[arg-type]


BROKEN = {
    "no driver": (graphics(devices=(), driver=None), "no driver"),
    "an old driver": (
        graphics(devices=(), driver="470.1", complaint="The NVIDIA driver is too old"),
        r"cannot use the graphics card \(driver 470.1, torch for CUDA 12.8\): The NVIDIA driver",
    ),
    "a torch without CUDA": (
        replace(SOUND, graphics=replace(NO_GRAPHICS, driver="570.1")),
        "torch is built without CUDA",
    ),
    "a card that torch has no kernels for": (
        graphics(architectures_missing=("sm_120",)),
        "no kernels for the graphics card .sm_120",
    ),
    "an old processor": (replace(SOUND, torch_capability="DEFAULT"), "vector instructions"),
    "little memory": (replace(SOUND, memory_bytes=10**9), "Only 1.0 GB of memory"),
    "a full disk": (replace(SOUND, disk_free_bytes=10**9), "Only 1.0 GB of disk"),
    "no PROJ data": (replace(SOUND, proj_data=None), "PROJ does not find its data"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_such_a_system_is_said_with_a_remedy(name: str) -> None:
    machine, said = BROKEN[name]
    (fault,) = machine_faults(machine, {})
    assert re.search(said, fault.fault)
    assert fault.remedy


def test_foreign_projection_data_are_pointed_out() -> None:
    (fault,) = machine_faults(SOUND, {"PROJ_LIB": "/opt/other"})
    assert "PROJ_LIB is set (/opt/other)" in fault.fault


def test_a_projection_that_cannot_be_built_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults_module, "knows_antarctica", lambda: False)
    assert len(machine_faults(SOUND, {})) == 1
