"""ocfl-py, imported so that it leaves logging alone.

It brings `pairtree`, which turns on the INFO messages of every library when it is imported, unless
somebody handles log messages already.
"""

from __future__ import annotations

import logging

_somebody = logging.NullHandler()
logging.getLogger().addHandler(_somebody)

import ocfl  # noqa: E402

logging.getLogger().removeHandler(_somebody)

__all__ = ["ocfl"]
