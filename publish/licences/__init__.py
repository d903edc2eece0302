"""The licences that a release comes under, in full where we hold the text."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

from catalog.publisher import Publisher
from catalog.source import Source

TEXTS = {"CC-BY-4.0": "CC-BY-4.0.txt", "MIT": "MIT.txt"}
NAMES = {
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "CC0-1.0": "Creative Commons Zero 1.0 Universal",
    "MIT": "MIT License",
}
ADDRESSES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/legalcode",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
}
SIMULATED = "Fronts with the origin 'simulated' are made up and show nothing of Antarctica.\n"
RULE = "=" * 80


def licence_name(spdx: str) -> str:
    return NAMES.get(spdx, spdx)


def licence_address(spdx: str) -> str | None:
    """Where a licence can be read; None for what SPDX has no name for."""
    return None if spdx == "other" else ADDRESSES.get(spdx, f"https://spdx.org/licenses/{spdx}")


def licence_text(
    publisher: Publisher, sources: Iterable[Source], years: str, *, has_simulated: bool
) -> str:
    """`LICENSE.txt` of a release: ours, then those of each source whose fronts are in it."""
    sections = [_opening(publisher, years) + (SIMULATED if has_simulated else "")]
    sections += [_of_source(source) for source in sources]
    sections += [_full_text(publisher.licence)]
    return f"\n{RULE}\n\n".join(section for section in sections if section)


def _opening(publisher: Publisher, years: str) -> str:
    attribution = f"{publisher.attribution_for(years)}\n" if years else ""
    return (
        f"{publisher.title}\n\n"
        f"Fronts made by {publisher.name}, and this collection of fronts, come under\n"
        f"{licence_name(publisher.licence)} ({publisher.licence}): "
        f"{licence_address(publisher.licence) or 'ask the publisher'}\n\n"
        f"{attribution}"
        "Fronts of other data sets keep their own licences, named in each feature.\n"
    )


def _of_source(source: Source) -> str:
    named = (
        f"Fronts with the source '{source.name}'\n\n"
        f"{source.title}, by {source.provider or 'the authors cited'}\n"
        f"Cite: {source.citation}\n"
        + (f"https://doi.org/{source.doi}\n" if source.doi else "")
        + f"Licence: {source.licence}\n"
    )
    # Permissive licences of software ask that their text goes with every copy.
    asked_for = _full_text(source.licence) if source.licence == "MIT" else ""
    holder = source.provider or source.title
    return named + (f"\n{asked_for.replace('<holder>', holder)}" if asked_for else "")


def _full_text(spdx: str) -> str:
    name = TEXTS.get(spdx)
    return resources.files(__name__).joinpath(name).read_text("utf-8") if name else ""
