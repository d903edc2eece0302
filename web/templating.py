"""Templates of site and desk: everything is escaped, an unknown name is an error."""

from __future__ import annotations

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from web.site import words


def environment_of(*packages: str) -> Environment:
    """Templates of these packages, the first that has one; with the filters that both rooms use."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        area=words.area,
        count=words.count,
        day=words.day,
        number=words.number,
        signed_area=words.signed_area,
        size=words.size,
    )
    return environment
