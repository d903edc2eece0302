"""The weakest echo that is told from none."""

from __future__ import annotations

SIGMA0_FLOOR = 1e-4  # linear; -40 dB, well below the noise floor of EW GRD
