"""Whether a product is one of our own simulations: its name does not say, its files do."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pipeline.safe.xml import XML_LIMIT_BYTES

# What `icelines simulate` writes into manifest and annotation, for people and for us.
MARK = b"IceLines simulation"
SPEAKING = (".safe", ".xml")


def says_simulated(path: Path) -> bool:
    """Whether any text in the zip file of a product says so: one that is left is enough."""
    with zipfile.ZipFile(path) as archive:
        return any(
            MARK in archive.open(entry).read(XML_LIMIT_BYTES)
            for entry in archive.infolist()
            if entry.filename.lower().endswith(SPEAKING)
        )
