"""Open a product: its channels, and in words what is missing or doubtful.

What one polarisation lacks costs that polarisation; missing noise costs the denoising; only where
no channel is left, or the files contradict each other, is the product refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from catalog.errors import InvalidName
from catalog.scene import ProductName, parse_product_name
from pipeline.errors import SceneError
from pipeline.safe.annotation import Annotation
from pipeline.safe.channel import open_channel
from pipeline.safe.container import Container, open_container
from pipeline.safe.contents import Contents, read_contents
from pipeline.safe.integrity import checksum_notes, name_notes, size_notes
from pipeline.safe.manifest import Manifest, parse_manifest
from pipeline.safe.order import Parsed
from pipeline.safe.product import Channel, SafeProduct
from pipeline.safe.xml import FETCH_AGAIN, XML_LIMIT_BYTES

MANIFEST = "manifest.safe"


def open_product(path: Path) -> SafeProduct:
    """The GRD product in a `.SAFE` folder or a zip file of one, in ESA's or the cloud layout.

    Reads the metadata, not the pixels: `Channel.measurement` is what rasterio opens, and opening
    it may still fail. Raises SceneError that names the file, the fault and the remedy.
    """
    try:
        with open_container(path) as files:
            return _read_product(files)
    except SceneError as error:
        where = f"{path}/{error.where}" if error.where else path
        remedy = error.remedy or FETCH_AGAIN
        raise SceneError(error.fault, where=where, remedy=remedy) from error


def _read_product(files: Container) -> SafeProduct:
    contents = read_contents(files)
    manifest = _read_manifest(files)
    name = _product_name(files)
    channels = _open_channels(contents, name, files)
    first = channels.value[0].annotation
    return SafeProduct(
        path=files.path,
        name=name.text if name is not None else _plain_name(files),
        ipf=manifest.value.ipf,
        start=_moment(first, first.start_s),
        stop=_moment(first, first.stop_s),
        channels=channels.value,
        degradations=(
            *channels.notes,
            *manifest.notes,
            *name_notes(name, first),
            *checksum_notes(contents, manifest.value),
            *size_notes(contents, manifest.value),
        ),
    )


def _open_channels(
    contents: Contents, name: ProductName | None, files: Container
) -> Parsed[tuple[Channel, ...]]:
    """Every channel that can be used; raises SceneError where there is none."""
    said = contents.polarisations()
    wanted = said + tuple(p for p in (name.polarisations if name else ()) if p not in said)
    opened = [open_channel(contents, polarisation, files) for polarisation in wanted]
    channels = tuple(each.channel for each in opened if each.channel is not None)
    notes = (*contents.broken, *(note for each in opened for note in each.notes))
    if not channels:
        reasons = "; ".join(notes)[:2000] or "there is no annotation."
        raise SceneError(f"no polarisation can be used: {reasons}", remedy=FETCH_AGAIN)
    _check_agreement(channels)
    return Parsed(channels, notes)


def _check_agreement(channels: tuple[Channel, ...]) -> None:
    """One geocoding serves all channels: they have to be of one scene and one size."""
    first, *others = (channel.annotation for channel in channels)
    for other in others:
        if _scene(other) != _scene(first) or abs(_apart_s(other, first)) > first.line_interval_s:
            raise SceneError(
                f"{first.polarisation} and {other.polarisation} are of different scenes.",
                remedy=FETCH_AGAIN,
            )


def _scene(annotation: Annotation) -> tuple[object, ...]:
    identity = (annotation.platform, annotation.mode, annotation.absolute_orbit)
    return (*identity, annotation.datatake, annotation.lines, annotation.pixels)


def _apart_s(one: Annotation, other: Annotation) -> float:
    return (one.epoch - other.epoch).total_seconds()


def _read_manifest(files: Container) -> Parsed[Manifest]:
    nothing = Manifest(None, None, ())
    if MANIFEST not in files.sizes():
        return Parsed(nothing, (f"{MANIFEST}: is missing, the processor version is not known",))
    try:
        manifest = parse_manifest(files.read(MANIFEST, XML_LIMIT_BYTES), MANIFEST)
    except SceneError as error:
        return Parsed(nothing, (f"{MANIFEST}: {error.fault} The processor version is not known",))
    if manifest.ipf is None:
        return Parsed(manifest, (f"{MANIFEST}: does not say the processor version",))
    return Parsed(manifest)


def _product_name(files: Container) -> ProductName | None:
    for text in (PurePosixPath(files.inner).name, files.path.absolute().name):
        try:
            return parse_product_name(text)
        except InvalidName:
            continue
    return None


def _plain_name(files: Container) -> str:
    name = PurePosixPath(files.inner).name or files.path.absolute().name
    return name.removesuffix(".zip").removesuffix(".SAFE")


def _moment(annotation: Annotation, seconds: float) -> datetime:
    return annotation.epoch + timedelta(seconds=seconds)
