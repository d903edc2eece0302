"""One channel of a product: annotation, calibration, noise and pixels that belong together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.errors import SceneError
from pipeline.safe.annotation import Annotation
from pipeline.safe.annotation_xml import annotation_of
from pipeline.safe.calibration_xml import calibration_of
from pipeline.safe.container import Container
from pipeline.safe.contents import Contents, Document, polarisation_in_name
from pipeline.safe.coverage import check_coverage, clip_blocks
from pipeline.safe.noise_xml import noise_of
from pipeline.safe.order import Parsed
from pipeline.safe.product import Channel
from pipeline.safe.tables import CalibrationTable, NoiseTable


@dataclass(frozen=True, slots=True, eq=False)
class OpenedChannel:
    """A channel, and notes; None where it had to be left out: the notes then say why."""

    channel: Channel | None
    notes: tuple[str, ...]


def open_channel(contents: Contents, polarisation: str, files: Container) -> OpenedChannel:
    """The channel of a polarisation. Never raises SceneError: faults become notes."""
    try:
        channel = _channel(contents, polarisation, files)
    except SceneError as error:
        return OpenedChannel(None, (f"{polarisation} is left out: {_words(error)}",))
    return OpenedChannel(channel.value, channel.notes)


def _channel(contents: Contents, polarisation: str, files: Container) -> Parsed[Channel]:
    document = contents.choose("product", polarisation)
    _check_name(document)
    annotation = annotation_of(document.root)
    measurement = _measurement(contents, document)
    calibration = _calibration(contents, document, annotation.value)
    noise = _noise_or_none(contents, document, annotation.value)
    channel = Channel(
        annotation.value, calibration.value, noise.value, files.href(measurement.value)
    )
    notes = annotation.notes + measurement.notes + calibration.notes + noise.notes
    return Parsed(channel, notes)


def _check_name(document: Document) -> None:
    """Pixels are told apart by name alone: a name against the content leaves no way to know."""
    named, said = polarisation_in_name(document.name), document.header.polarisation
    if named not in (None, said):
        raise SceneError(
            f"is named {named} but says {said}: which pixels are meant cannot be known.",
            where=document.name,
        )


def _calibration(
    contents: Contents, document: Document, annotation: Annotation
) -> Parsed[CalibrationTable]:
    chosen = _companion(contents, "calibration", document)
    table = calibration_of(chosen.value.root)
    coverage = check_coverage(table.value, annotation, chosen.value.name)
    return Parsed(table.value, chosen.notes + table.notes + coverage)


def _noise_or_none(
    contents: Contents, document: Document, annotation: Annotation
) -> Parsed[NoiseTable | None]:
    try:
        return _noise(contents, document, annotation)
    except SceneError as error:
        polarisation = annotation.polarisation
        return Parsed(None, (f"{polarisation} cannot be denoised: {_words(error)}",))


def _noise(contents: Contents, document: Document, annotation: Annotation) -> Parsed[NoiseTable]:
    chosen = _companion(contents, "noise", document)
    table = noise_of(chosen.value.root)
    coverage = check_coverage(table.value, annotation, chosen.value.name)
    clipped = clip_blocks(table.value, annotation)
    return Parsed(clipped, chosen.notes + table.notes + coverage)


def _companion(contents: Contents, kind: str, document: Document) -> Parsed[Document]:
    """The file of a kind that goes with an annotation: same polarisation, same product."""
    said = document.header.polarisation
    chosen = contents.choose(kind, said)
    if not chosen.header.is_same_product(document.header):
        raise SceneError(f"is of another product than {document.name}.", where=chosen.name)
    named = polarisation_in_name(chosen.name)
    if named in (None, said):
        return Parsed(chosen)
    return Parsed(chosen, (f"{chosen.name}: is named {named} but says {said}, and is used for it",))


def _measurement(contents: Contents, document: Document) -> Parsed[str]:
    said = document.header.polarisation
    found = [name for name in contents.measurements if polarisation_in_name(name) == said]
    if len(found) > 1:
        stem = PurePosixPath(document.name).stem
        found = [name for name in found if PurePosixPath(name).stem == stem] or found
    if len(found) == 1:
        return Parsed(found[0])
    if found:
        raise SceneError(f"{len(found)} measurement files are named {said}: {', '.join(found)}.")
    return _only_measurement(contents, said)


def _only_measurement(contents: Contents, said: str) -> Parsed[str]:
    """The measurement of a product that has one annotation and one image of unspeaking name."""
    names = [name for name in contents.measurements if polarisation_in_name(name) is None]
    if len(contents.measurements) == len(names) == len(contents.documents["product"]) == 1:
        return Parsed(names[0], (f"{names[0]}: taken as {said}, its name does not say",))
    raise SceneError(f"no measurement file is named {said}.")


def _words(error: SceneError) -> str:
    return f"{error.where}: {error.fault}" if error.where else error.fault
