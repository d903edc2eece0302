"""A simulated scene: one product of one pass, and the front that is known to be in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import shapely
from shapely import LineString, MultiLineString, MultiPolygon

from catalog.shelf import Part
from pipeline.geometry.footprint import footprint
from pipeline.safe.annotation import Annotation
from pipeline.simulate.acquisition import Imaging, acquisition_of, slices_of
from pipeline.simulate.annotation import Acquisition, simulated_annotation
from pipeline.simulate.backscatter import speckle
from pipeline.simulate.digital_numbers import DigitalNumbers, SyntheticDn
from pipeline.simulate.moving_front import calved_bergs, front_at, front_line, shelf_polygon
from pipeline.simulate.noise import rng_of
from pipeline.simulate.radar_frame import RadarFrame
from pipeline.simulate.safe_product import SimulatedChannel
from pipeline.simulate.scenario import Conditions, Scenario, conditions_at, slices_taken
from pipeline.simulate.scenery import Scenery
from pipeline.simulate.swath import swath_of
from pipeline.simulate.tables import calibration_table, noise_table

PLATFORM = "simulated"
BLOCK_ROWS = 512
EQUIVALENT_LOOKS = {"EW": 10.7, "IW": 4.4}  # of GRDM and GRDH (ESA's product definition)
SLICE_SHARES = 0.4, 0.6  # of an image's lines, between which it is cut


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedScene:
    """One product and its truth.

    `scenery` is that of the whole image, of which the product shows the rows from `first_row` on.
    `truth` is the front in EPSG:3031 as far as the product shows it, within the part's region.
    """

    id: str
    part: str
    start: datetime
    end: datetime
    imaging: Imaging
    frame: RadarFrame
    scenery: Scenery
    first_row: int
    footprint: MultiPolygon
    truth: MultiLineString
    conditions: Conditions
    seed: int

    @property
    def polarisations(self) -> tuple[str, ...]:
        return self.conditions.polarisations

    @property
    def surface_height_m(self) -> float:
        """Of all that the scene shows, above the ellipsoid."""
        return self.frame.height_m

    def channels(self) -> tuple[SimulatedChannel, ...]:
        """What is written of each polarisation; its pixels are worked out as they are taken."""
        return tuple(self._channel(polarisation) for polarisation in self.polarisations)

    def _channel(self, polarisation: str) -> SimulatedChannel:
        annotation = replace(self.frame.annotation, polarisation=polarisation)
        calibration, noise = calibration_table(annotation), noise_table(annotation)
        numbers = SyntheticDn(calibration, noise, annotation.pixels)
        return SimulatedChannel(annotation, calibration, noise, self._blocks(polarisation, numbers))

    def _blocks(self, polarisation: str, numbers: SyntheticDn) -> Iterator[DigitalNumbers]:
        for first in range(0, self.frame.rows, BLOCK_ROWS):
            last = min(first + BLOCK_ROWS, self.frame.rows)
            rows = slice(self.first_row + first, self.first_row + last)
            (sigma0,) = self.scenery.sigma0(rows, (polarisation,))
            rng = rng_of(self.seed, "speckle", self.id, polarisation, first)
            yield numbers.block(first, sigma0, speckle(sigma0.shape, self._looks, rng))

    @property
    def _looks(self) -> float:
        return EQUIVALENT_LOOKS[self.imaging.mode]


def scene_id(
    part_name: str, moment: datetime, polarisations: tuple[str, ...], mode: str = "EW"
) -> str:
    """`SIM_EW_GRDM_1SSH_<YYYYMMDDTHHMMSS>_<Part>`; 1SDH where there is HV too."""
    klass = "1SDH" if len(polarisations) > 1 else "1SSH"
    return f"SIM_{mode}_{product_type(mode)}_{klass}_{moment:%Y%m%dT%H%M%S}_{part_name}"


def product_type(mode: str) -> str:
    return f"GRD{swath_of(mode).resolution}"


def simulate_scenes(
    part: Part,
    moment: datetime,
    scenario: Scenario,
    seed: int,
    imaging: Imaging | None = None,
) -> tuple[SimulatedScene, ...]:
    """The products of a pass over `part` whose first line is seen at `moment` (UTC).

    One, or two where the pass comes in slices and none is missing; the same for the same
    arguments. Raises SceneError where no pass sees the front.
    """
    chosen = imaging or Imaging()
    conditions = conditions_at(moment, part.name, scenario, seed)
    if chosen.polarisations is not None:
        conditions = replace(conditions, polarisations=chosen.polarisations)
    acquisition = acquisition_of(part, moment, moment.toordinal(), seed, chosen)
    frame, front = _frame(acquisition), front_at(part, moment, scenario, seed)
    bergs = list(calved_bergs(part, moment, scenario, seed))
    rng = rng_of(seed, "scene", part.name, moment.isoformat())
    whole = SimulatedScene(
        id=scene_id(part.name, moment, conditions.polarisations, chosen.mode),
        part=part.name,
        start=moment,
        end=_end(frame.annotation),
        imaging=chosen,
        frame=frame,
        scenery=Scenery.of(frame, shelf_polygon(front), bergs, conditions, rng),
        first_row=0,
        footprint=footprint(frame.outline()),
        truth=_shown(front_line(part, front), frame),
        conditions=conditions,
        seed=seed,
    )
    return _slices(whole, acquisition, slices_taken(moment, part.name, scenario, seed))


def _frame(acquisition: Acquisition) -> RadarFrame:
    annotation = simulated_annotation(acquisition, "HH")
    return RadarFrame.of(annotation, acquisition.height_m)


def _end(annotation: Annotation) -> datetime:
    return annotation.epoch + timedelta(seconds=annotation.stop_s)


def _slices(
    scene: SimulatedScene, acquisition: Acquisition, taken: tuple[int, ...]
) -> tuple[SimulatedScene, ...]:
    """The slices that came, of a pass in two; the scene itself where it came in one piece."""
    if not taken:
        return (scene,)
    share = rng_of(scene.seed, "slices", scene.id).uniform(*SLICE_SHARES)
    line = round(share * scene.frame.rows)
    pieces = slices_of(acquisition, line)
    return tuple(_slice(scene, pieces[number], number * line) for number in taken)


def _slice(scene: SimulatedScene, acquisition: Acquisition, first_row: int) -> SimulatedScene:
    frame = _frame(acquisition)
    start = frame.annotation.epoch
    return replace(
        scene,
        id=scene_id(scene.part, start, scene.polarisations, scene.imaging.mode),
        start=start,
        end=_end(frame.annotation),
        frame=frame,
        first_row=first_row,
        footprint=footprint(frame.outline()),
        truth=_shown(scene.truth, frame),
    )


def _shown(front: MultiLineString, frame: RadarFrame) -> MultiLineString:
    """The front as far as a frame shows it."""
    outline = frame.outline()
    if outline.contains(front):
        return front
    pieces = shapely.get_parts(shapely.intersection(front, outline))
    lines = [piece for piece in pieces if isinstance(piece, LineString) and not piece.is_empty]
    return MultiLineString(lines)
