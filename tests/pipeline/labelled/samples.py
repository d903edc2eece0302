"""A small folder of the CaFFe layout, made by code: bright glacier left, dark ocean right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

SIDE_PX = 64


def write_labelled_folder(root: Path, sites: tuple[str, ...] = ("A",), each: int = 1) -> Path:
    """`each` images of every site, the front one pixel farther right from image to image."""
    for kind in ("images", "zones", "fronts"):
        (root / kind).mkdir(parents=True)
    lines = ["id,site,date,sensor,orig_res_m,quality"]
    for number, site in enumerate(site for site in sites for _ in range(each)):
        name = f"{site}_{number:03d}"
        _write_image(root, name, SIDE_PX // 2 + number % 8, number)
        lines.append(f"{name},{site},2020-{1 + number % 12:02d}-15,S1,20,1")
    (root / "index.csv").write_text("\n".join(lines) + "\n")
    return root


def _write_image(root: Path, name: str, front_column: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    zones = np.full((SIDE_PX, SIDE_PX), 3, dtype=np.uint8)
    zones[:, front_column:] = 4
    zones[:8, :8] = 1
    zones[-6:, :10] = 2
    grey = np.where(zones == 4, 40, 170) + rng.normal(0, 12, zones.shape)
    front = np.zeros_like(zones)
    front[:, front_column] = 255
    for kind, suffix, picture in (
        ("images", "", np.clip(grey, 1, 255).astype(np.uint8)),
        ("zones", "_zones", zones),
        ("fronts", "_front", front),
    ):
        Image.fromarray(picture).save(root / kind / f"{name}{suffix}.png")
