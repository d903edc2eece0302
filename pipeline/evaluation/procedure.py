"""Everything that is done between an image and its front, as one value that goes into reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from catalog.errors import InputError
from pipeline.evaluation.distances import Mask
from pipeline.evaluation.front_pixels import FrontRule, front_pixels
from pipeline.evaluation.neighbours import Neighbours, series_of, smoothed
from pipeline.evaluation.second_pass import SecondPass, look_again
from pipeline.evaluation.viewing import Prediction, Viewing, predict
from pipeline.labelled.folder import LabelledFolder, LabelledImage, LabelledRow
from pipeline.labelled.persistence import with_persistence
from pipeline.network.channels import sees_other_dates
from pipeline.network.hedunet import HedUnet


@dataclass(frozen=True, slots=True)
class Procedure:
    """How fronts are found in images.

    `position_scale` multiplies the stated uncertainty; None: as the card of the model says.
    """

    viewing: Viewing = field(default_factory=Viewing)
    rule: FrontRule = field(default_factory=FrontRule)
    second_pass: SecondPass | None = None
    neighbours: Neighbours | None = None
    position_scale: float | None = None

    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An image that was left out, and why."""

    id: str
    fault: str


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """An image and what was said of it; arrays (H, W)."""

    image: LabelledImage
    prediction: Prediction
    has_data: Mask
    front: Mask


def look_at_all(
    folder: LabelledFolder,
    network: HedUnet,
    procedure: Procedure,
    leave_out: Callable[[Unreadable], None],
) -> Iterator[Seen]:
    """Every image of the folder, series by series; those that cannot be read are left out."""
    for images in _series(folder, network, leave_out):
        looks = ((image, look_at(network, image, procedure)) for image in images)
        if procedure.neighbours is None:
            yield from (_seen(image, prediction, procedure) for image, prediction in looks)
        else:
            held = list(looks)
            rows, predictions = [image.row for image, _ in held], [said for _, said in held]
            together = smoothed(rows, predictions, procedure.neighbours)
            for (image, _), prediction in zip(held, together, strict=True):
                yield _seen(image, prediction, procedure)


def look_at(network: HedUnet, image: LabelledImage, procedure: Procedure) -> Prediction:
    """One image by itself: the first look and, where wanted, the second."""
    first = predict(network, image.bands, procedure.viewing)
    if procedure.second_pass is None:
        return first
    front = front_pixels(first.ocean, first.edge, has_data(image), procedure.rule)
    return look_again(network, image.bands, first, front, procedure.second_pass)


def has_data(image: LabelledImage) -> Mask:
    return np.asarray(~np.isnan(image.sigma0_db).any(axis=0))


def _series(
    folder: LabelledFolder, network: HedUnet, leave_out: Callable[[Unreadable], None]
) -> Iterator[Iterator[LabelledImage]]:
    """Images of one site and sensor together, by date.

    A site is held in memory where the network sees other dates, else one image.
    """
    if not sees_other_dates(network.architecture.channels):
        yield from (_readable(folder, rows, leave_out) for rows in series_of(folder.rows))
        return
    for site in folder.sites:
        images = with_persistence(_readable(folder, folder.of_site(site).rows, leave_out))
        by_id = {image.row.id: image for image in images}
        for rows in series_of(image.row for image in by_id.values()):
            yield (by_id[row.id] for row in rows)


def _readable(
    folder: LabelledFolder,
    rows: Iterable[LabelledRow],
    leave_out: Callable[[Unreadable], None],
) -> Iterator[LabelledImage]:
    for row in rows:
        try:
            yield folder.read(row)
        except InputError as error:
            leave_out(Unreadable(row.id, str(error)))


def _seen(image: LabelledImage, prediction: Prediction, procedure: Procedure) -> Seen:
    known = has_data(image)
    front = front_pixels(prediction.ocean, prediction.edge, known, procedure.rule)
    return Seen(image, prediction, known, front)
