"""Write a simulated acquisition as a product in ESA's SAFE format.

Layout and names are ESA's, so that any reader of Sentinel-1 products opens it; the manifest, the
annotation and the image each say that it is a simulation. The same values give the same bytes.
"""

from __future__ import annotations

import binascii
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from catalog.atomic import PARTIAL_PREFIX, staged_file, staged_folder, storage_errors
from catalog.scene import POLARISATIONS
from pipeline.errors import SceneError
from pipeline.safe.annotation import Annotation
from pipeline.safe.tables import CalibrationTable, NoiseTable
from pipeline.simulate.measurement import write_measurement
from pipeline.simulate.safe_xml.annotation import annotation_xml
from pipeline.simulate.safe_xml.calibration import calibration_xml
from pipeline.simulate.safe_xml.manifest import ProductFile, manifest_xml
from pipeline.simulate.safe_xml.noise import noise_xml
from pipeline.simulate.swath import swath_of

IPF = "003.71"
COPY_BYTES = 2**20
FILE_MODE = 0o644 << 16


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedChannel:
    """What is written of one polarisation; `blocks` are whole rows of DN, uint16, in order."""

    annotation: Annotation
    calibration: CalibrationTable
    noise: NoiseTable
    blocks: Iterable[npt.NDArray[np.uint16]]


@dataclass(frozen=True, slots=True)
class WrittenSafe:
    """The file or folder that was written, and the product's name (without .SAFE)."""

    path: Path
    name: str


def write_safe(target: Path, channels: Sequence[SimulatedChannel], ipf: str = IPF) -> WrittenSafe:
    """Write the channels of one scene, co-polarised first, as a product.

    `target` is a zip file to make (`*.zip`, which holds `<name>.SAFE/`), or a folder in which
    `<name>.SAFE` is made. Pixels are taken block by block; what is half written never has the
    final name. `ipf` is the processor version whose format is followed. Raises SceneError.
    """
    _check(channels)
    packed = target.suffix == ".zip"
    parent = target.parent if packed else target
    with storage_errors(target):
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent, prefix=PARTIAL_PREFIX) as temporary:
            name = _stage(Path(temporary), channels, ipf)
            if packed:
                with staged_file(target) as archive:
                    _pack(Path(temporary), archive, f"{name}.SAFE", channels[0].annotation.epoch)
                return WrittenSafe(target, name)
            return WrittenSafe(_placed(Path(temporary), target / f"{name}.SAFE"), name)


def product_name(annotations: Sequence[Annotation], checksum: int) -> str:
    """ESA's name of a product of these channels; the checksum is that of the manifest."""
    first = annotations[0]
    code = {tuple(p): code for code, p in POLARISATIONS.items()}
    polarisation = code[tuple(annotation.polarisation for annotation in annotations)]
    kind = f"{first.product_type}{swath_of(first.mode).resolution}"
    start, stop = (
        f"{first.epoch + timedelta(seconds=seconds):%Y%m%dT%H%M%S}"
        for seconds in (first.start_s, first.stop_s)
    )
    return (
        f"{first.platform}_{first.mode}_{kind}_1S{polarisation}_{start}_{stop}_"
        f"{first.absolute_orbit:06d}_{first.datatake:06X}_{checksum:04X}"
    )


def _check(channels: Sequence[SimulatedChannel]) -> None:
    said = tuple(channel.annotation.polarisation for channel in channels)
    if said not in POLARISATIONS.values():
        raise SceneError(
            f"no product holds the polarisations {', '.join(said) or '(none)'}.",
            remedy="HH, VV, HH and HV, or VV and VH.",
        )


def _stage(folder: Path, channels: Sequence[SimulatedChannel], ipf: str) -> str:
    """Write all files below `folder`; returns the product's name."""
    for inside in ("annotation/calibration", "measurement"):
        (folder / inside).mkdir(parents=True)
    files = [
        file
        for number, channel in enumerate(channels, start=1)
        for file in _stage_channel(folder, channel, number, ipf)
    ]
    annotations = [channel.annotation for channel in channels]
    manifest = manifest_xml(annotations, files, ipf)
    (folder / "manifest.safe").write_bytes(manifest)
    return product_name(annotations, binascii.crc_hqx(manifest, 0xFFFF))


def _stage_channel(
    folder: Path, channel: SimulatedChannel, number: int, ipf: str
) -> list[ProductFile]:
    annotation, stem = channel.annotation, _stem(channel.annotation, number)
    image = folder / "measurement" / f"{stem}.tiff"
    statistics = write_measurement(image, annotation, channel.blocks, ipf)
    documents = {
        "product": (f"{stem}.xml", annotation_xml(annotation, statistics, number)),
        "noise": (
            f"calibration/noise-{stem}.xml",
            noise_xml(annotation, channel.noise, ipf, number),
        ),
        "calibration": (
            f"calibration/calibration-{stem}.xml",
            calibration_xml(annotation, channel.calibration, number),
        ),
    }
    for name, content in documents.values():
        (folder / "annotation" / name).write_bytes(content)
    names = {kind: f"annotation/{name}" for kind, (name, _) in documents.items()}
    names["measurement"] = f"measurement/{stem}.tiff"
    return [_listed(folder, kind, annotation.polarisation, name) for kind, name in names.items()]


def _stem(annotation: Annotation, number: int) -> str:
    """`s1a-ew-grd-hh-<start>-<stop>-<orbit>-<datatake>-001`."""
    start, stop = (
        f"{annotation.epoch + timedelta(seconds=seconds):%Y%m%dt%H%M%S}"
        for seconds in (annotation.start_s, annotation.stop_s)
    )
    kind = f"{annotation.platform}-{annotation.mode}-{annotation.product_type}".lower()
    return (
        f"{kind}-{annotation.polarisation.lower()}-{start}-{stop}-"
        f"{annotation.absolute_orbit:06d}-{annotation.datatake:06x}-{number:03d}"
    )


def _listed(folder: Path, kind: str, polarisation: str, name: str) -> ProductFile:
    with (folder / name).open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    size = (folder / name).stat().st_size
    return ProductFile(kind, polarisation, name, size, digest.hexdigest())


def _pack(folder: Path, archive: Path, inner: str, when: datetime) -> None:
    """Images are stored, so that rows can be read where they lie; metadata is deflated."""
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = f"{inner}/{path.relative_to(folder).as_posix()}"
            entry = zipfile.ZipInfo(name, when.timetuple()[:6])
            entry.external_attr = FILE_MODE
            entry.file_size = path.stat().st_size
            is_image = path.suffix == ".tiff"
            entry.compress_type = zipfile.ZIP_STORED if is_image else zipfile.ZIP_DEFLATED
            with path.open("rb") as source, packed.open(entry, "w") as sink:
                shutil.copyfileobj(source, sink, COPY_BYTES)


def _placed(made: Path, target: Path) -> Path:
    """The files below their final name, instead of what a former run has left there."""
    shutil.rmtree(target, ignore_errors=True)
    with staged_folder(target) as partial:
        for path in made.iterdir():
            path.rename(partial / path.name)
    return target
