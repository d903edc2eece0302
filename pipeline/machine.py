"""What this machine computes with: processor, memory, libraries, graphics driver."""

from __future__ import annotations

import os
import platform
import shutil
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyproj
import rasterio
import torch

CPU_INFO = Path("/proc/cpuinfo")
DRIVER_VERSION = Path("/proc/driver/nvidia/version")
MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")  # of the container
FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "bf16")
LIBRARIES = ("numba", "safetensors", "scipy", "shapely", "contourpy")


@dataclass(frozen=True, slots=True)
class Graphics:
    """CUDA as torch finds it. `complaint` is what the library says when it cannot be used."""

    devices: tuple[str, ...]
    driver: str | None
    built_for: str | None
    cudnn: int | None
    architectures_missing: tuple[str, ...] = ()
    complaint: str = ""

    @property
    def is_usable(self) -> bool:
        return bool(self.devices)


@dataclass(frozen=True, slots=True)
class Machine:
    """All that results and speed may depend on; sizes in bytes."""

    system: str
    python: str
    processor: str
    features: tuple[str, ...]
    torch_capability: str  # of the processor, by which torch chooses its kernels
    cores: int
    threads: int
    memory_bytes: int
    disk_free_bytes: int
    workspace: str
    graphics: Graphics
    libraries: dict[str, str]
    proj_data: str | None
    has_mkl: bool
    has_onednn: bool


def look_at_machine(workspace: Path) -> Machine:
    """The machine as it is now; nothing is changed on it."""
    info = CPU_INFO.read_text(errors="replace") if CPU_INFO.is_file() else ""
    return Machine(
        system=platform.platform(),
        python=platform.python_version(),
        processor=processor_in(info) or platform.processor() or platform.machine(),
        features=features_in(info),
        torch_capability=torch.backends.cpu.get_cpu_capability(),
        cores=_cores(),
        threads=torch.get_num_threads(),
        memory_bytes=_memory_bytes(),
        disk_free_bytes=shutil.disk_usage(_existing(workspace)).free,
        workspace=str(workspace),
        graphics=look_at_graphics(),
        libraries=_libraries(),
        proj_data=_proj_data(),
        has_mkl=torch.backends.mkl.is_available(),  # type: ignore[no-untyped-call]
        has_onednn=torch.backends.mkldnn.is_available(),  # type: ignore[no-untyped-call]
    )


def look_at_graphics() -> Graphics:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        usable = torch.cuda.is_available()
    complaint = " ".join(str(warning.message).split("\n")[0] for warning in said)
    numbers = range(torch.cuda.device_count()) if usable else range(0)
    return Graphics(
        devices=tuple(torch.cuda.get_device_name(number) for number in numbers),
        driver=driver_in(DRIVER_VERSION.read_text()) if DRIVER_VERSION.is_file() else None,
        built_for=torch.version.cuda,
        cudnn=torch.backends.cudnn.version() if usable else None,  # type: ignore[no-untyped-call]
        architectures_missing=tuple(filter(None, map(_missing_architecture, numbers))),
        complaint=complaint,
    )


def processor_in(info: str) -> str:
    """The name in the text of /proc/cpuinfo; empty where it has none."""
    return _first(info, "model name")


def features_in(info: str) -> tuple[str, ...]:
    """Those of the instruction sets that change results or speed."""
    flags = set((_first(info, "flags") or _first(info, "Features")).split())
    return tuple(name for name in FEATURES if name in flags)


def driver_in(text: str) -> str | None:
    """The version in the text of /proc/driver/nvidia/version."""
    line = next(iter(text.splitlines()), "")
    words = (word for word in line.split() if word[0].isdigit() and "." in word)
    return next(words, None)


def _first(info: str, key: str) -> str:
    lines = (line.partition(":") for line in info.splitlines())
    return next((value.strip() for name, _, value in lines if name.strip() == key), "")


def _missing_architecture(number: int) -> str | None:
    """`sm_90` where torch has kernels neither for this device nor for an older one of its line."""
    major, minor = torch.cuda.get_device_capability(number)
    built = [name for name in torch.cuda.get_arch_list() if name.startswith(f"sm_{major}")]
    fits = any(int(name.removeprefix(f"sm_{major}").rstrip("af")) <= minor for name in built)
    return None if fits else f"sm_{major}{minor}"


def _libraries() -> dict[str, str]:
    return {
        "torch": torch.__version__,
        "numpy": np.__version__,
        "rasterio": rasterio.__version__,
        "GDAL": rasterio.__gdal_version__,
        "pyproj": pyproj.__version__,
        "PROJ": pyproj.proj_version_str,
        **{name: version(name) for name in LIBRARIES},
    }


def _proj_data() -> str | None:
    """Where PROJ finds its data; None where it does not."""
    try:
        return str(pyproj.datadir.get_data_dir())
    except pyproj.exceptions.DataDirError:
        return None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_bytes() -> int:
    """Of the machine, or of the container where that has less."""
    installed = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = MEMORY_LIMIT.read_text().strip() if MEMORY_LIMIT.is_file() else ""
    return min(installed, int(limit)) if limit.isdigit() else installed


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.exists())
