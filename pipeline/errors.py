"""What the pipeline refuses, as kinds that a caller may handle.

InputError (catalog)
├── SceneError       a scene cannot be read, placed on the ground or used
├── TileSizeError    a tile whose sides the network cannot halve five times
├── ModelError       a weights file or its card is missing, broken or does not fit
├── LabelledDataError  labelled images for training or scoring are missing or broken
├── VelocityError    an ice-velocity raster is missing, broken, or does not cover a front
│   └── VelocityGap  it knows no velocity around a whole shelf
├── MaskError        a mask cannot be drawn: no front near enough, or too many to choose from
└── ArchiveError     an archive of scenes cannot be reached, or does not answer as it should
"""

from __future__ import annotations

from catalog.errors import InputError


class SceneError(InputError):
    """A scene cannot be read, has no position on the ground, or holds no usable pixels."""


class TileSizeError(InputError):
    """A tile whose sides are not multiples of the network's stride."""


class ModelError(InputError):
    """A weights file or its card is missing, broken, or made for another input."""


class LabelledDataError(InputError):
    """Labelled images, or the index of their folder, are missing, broken or do not fit."""


class VelocityError(InputError):
    """An ice-velocity raster is missing, broken, or knows no velocity where a front lies."""


class VelocityGap(VelocityError):
    """An ice-velocity raster does not reach a shelf, or has no data there."""


class MaskError(InputError):
    """A mask cannot be drawn: no front is near enough, or it is not said which ones to take."""


class ArchiveError(InputError):
    """An archive of scenes cannot be reached, or does not answer as a STAC API does."""
