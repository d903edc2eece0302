"""What is known to break or slow the work on a machine, and what to do about it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyproj

from pipeline.machine import Graphics, Machine

GIGABYTE = 1e9
LEAST_MEMORY_GB = 3.0  # a whole EW scene of two polarisations and room for the libraries
LEAST_DISK_GB = 10.0
PROJ_VARIABLES = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA")


@dataclass(frozen=True, slots=True)
class MachineFault:
    """Something that a person should mend, or know."""

    fault: str
    remedy: str


def machine_faults(
    machine: Machine, environment: Mapping[str, str] = os.environ
) -> tuple[MachineFault, ...]:
    """All that is known to be wrong with `machine`; empty where nothing is."""
    return (
        *_graphics_faults(machine.graphics),
        *_processor_faults(machine),
        *_room_faults(machine),
        *_projection_faults(machine, environment),
    )


def _graphics_faults(graphics: Graphics) -> Iterator[MachineFault]:
    if graphics.driver and not graphics.built_for:
        yield MachineFault(
            f"There is an NVIDIA driver ({graphics.driver}), but torch is built without CUDA.",
            "Install the CUDA build of torch to use the graphics card.",
        )
    elif graphics.driver and not graphics.is_usable:
        reason = f": {graphics.complaint}" if graphics.complaint else "."
        yield MachineFault(
            f"torch cannot use the graphics card (driver {graphics.driver}, torch for CUDA "
            f"{graphics.built_for}){reason}",
            f"Install a driver for CUDA {graphics.built_for} or newer, or a torch built for an "
            "older CUDA. Until then the processor is used.",
        )
    elif graphics.built_for and not graphics.is_usable:
        yield MachineFault(
            f"torch is built for CUDA {graphics.built_for}, but there is no driver.",
            "Without a graphics card this does no harm; in a container, pass the card through.",
        )
    if graphics.architectures_missing:
        missing = ", ".join(graphics.architectures_missing)
        yield MachineFault(
            f"This torch has no kernels for the graphics card ({missing}).",
            "Install a torch built for it, or hide the card with CUDA_VISIBLE_DEVICES=''.",
        )


def _processor_faults(machine: Machine) -> Iterator[MachineFault]:
    if machine.torch_capability in ("DEFAULT", "NO AVX"):
        yield MachineFault(
            "The processor has none of the vector instructions that torch is made for.",
            "Expect it to be slow, and the last bits of results to differ from other machines.",
        )


def _room_faults(machine: Machine) -> Iterator[MachineFault]:
    memory_gb, disk_gb = machine.memory_bytes / GIGABYTE, machine.disk_free_bytes / GIGABYTE
    if memory_gb < LEAST_MEMORY_GB:
        yield MachineFault(
            f"Only {memory_gb:.1f} GB of memory.", "Use smaller tiles, or a larger machine."
        )
    if disk_gb < LEAST_DISK_GB:
        yield MachineFault(
            f"Only {disk_gb:.1f} GB of disk are free for {machine.workspace}.",
            "Free some space, or choose another folder with --workspace.",
        )


def _projection_faults(machine: Machine, environment: Mapping[str, str]) -> Iterator[MachineFault]:
    if machine.proj_data is None or not knows_antarctica():
        yield MachineFault(
            "PROJ does not find its data, so nothing can be put on the map.",
            "Reinstall pyproj, and unset PROJ_LIB and PROJ_DATA.",
        )
    for name in PROJ_VARIABLES:
        if name in environment:
            yield MachineFault(
                f"{name} is set ({environment[name]}): data of another installation there would "
                "not fit the libraries in use.",
                f"Unset {name} unless it is meant.",
            )


def knows_antarctica() -> bool:
    """True where PROJ can build the polar stereographic system of the fronts."""
    try:
        return bool(pyproj.CRS("EPSG:3031").is_projected)
    except pyproj.exceptions.ProjError:
        return False
