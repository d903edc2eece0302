"""A SNAP for tests: the fake gpt as an executable, and a product that it may open."""

from __future__ import annotations

import sys
from pathlib import Path

FAKE = Path(__file__).with_name("fake_gpt.py")
PRODUCT = "S1A_EW_GRDM_1SDH_20260305T073000_20260305T073100_052000_0649AB_C0DE.SAFE"


def install_fake(folder: Path) -> Path:
    """A script, as the real gpt is one: the work is done by its child."""
    program = folder / "gpt"
    program.write_text(f'#!/bin/sh\n"{sys.executable}" "{FAKE}" "$@"\n')
    program.chmod(0o755)
    return program


def make_product(folder: Path, name: str = PRODUCT) -> Path:
    product = folder / name
    product.mkdir()
    (product / "manifest.safe").write_text("<xfdu/>")
    return product
