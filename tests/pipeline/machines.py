"""A machine on which all is well."""

from __future__ import annotations

from pipeline.machine import Graphics, Machine

NO_GRAPHICS = Graphics(devices=(), driver=None, built_for=None, cudnn=None)
GRAPHICS = Graphics(devices=("A card",), driver="570.86.10", built_for="12.8", cudnn=91_000)
SOUND = Machine(
    system="Linux",
    python="3.11.9",
    processor="A processor",
    features=("avx2", "avx512f"),
    torch_capability="AVX512",
    cores=8,
    threads=8,
    memory_bytes=32 * 10**9,
    disk_free_bytes=200 * 10**9,
    workspace="workspace",
    graphics=NO_GRAPHICS,
    libraries={"torch": "2.13.0", "PROJ": "9.5.1"},
    proj_data="share/proj",
    has_mkl=True,
    has_onednn=True,
)
