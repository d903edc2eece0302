"""Offline validation of items: STAC core, every extension they name, and our own schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from jsonschema_rs import Draft7Validator

from catalog.errors import InputError
from catalog.extensions import ICELINES, ICELINES_PATH
from catalog.items.envelope import STAC_VERSION, Item

CORE_ITEM = f"https://schemas.stacspec.org/v{STAC_VERSION}/item-spec/json-schema/item.json"
LONGEST_MESSAGE = 300


class ItemValidator:
    """Validates without network.

    `schema_folder` mirrors the URLs of the extension schemas
    (`stac-extensions.github.io/file/v2.1.0/schema.json`); the core schemas come with pystac.
    """

    def __init__(self, schema_folder: Path) -> None:
        self._folder = schema_folder
        self._validators: dict[str, Draft7Validator] = {}

    def faults(self, item: Item) -> Iterator[str]:
        """What is wrong with `item`, one sentence each; nothing if it is valid."""
        for uri in [CORE_ITEM, *item["stac_extensions"]]:
            for error in self._validator(uri).iter_errors(item):
                place = "/".join(map(str, error.instance_path))
                yield f"{item.get('id')}: {place} {error.message[:LONGEST_MESSAGE]} ({uri})"

    def _validator(self, uri: str) -> Draft7Validator:
        if uri not in self._validators:
            self._validators[uri] = Draft7Validator(self._schema(uri), retriever=self._schema)
        return self._validators[uri]

    def _schema(self, uri: str) -> Any:
        schema = _own_schema() if is_own_schema(uri) else self._stored_schema(uri)
        # Some schemas carry an $id that is not their address (processing 1.1.0 says 1.0.0):
        # the address that was asked for is what counts.
        return {**schema, "$id": uri}

    def _stored_schema(self, uri: str) -> dict[str, Any]:
        for path in self._candidates(uri):
            if path.is_file():
                schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
                return schema
        raise InputError(
            f"has no schema for {uri}.",
            where=self._folder,
            remedy="Put it under a path like its URL.",
        )

    def _candidates(self, uri: str) -> Iterator[Path]:
        address = urlparse(uri)
        relative = f"{address.netloc}{address.path}"
        yield self._folder / relative
        yield from _shipped_with_pystac(address.netloc, address.path)
        yield from _shipped_with_pyproj(address.netloc, address.path)


def is_own_schema(uri: str) -> bool:
    """Whether `uri` is our schema, in its canonical or any published form."""
    return uri == ICELINES or uri.endswith(f"/{ICELINES_PATH}")


def own_schema_bytes() -> bytes:
    """Our schema as it is published."""
    return resources.files("catalog").joinpath("schemas/icelines-v1.0.0.json").read_bytes()


def _own_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(own_schema_bytes())
    return schema


def _shipped_with_pystac(host: str, path: str) -> Iterator[Path]:
    import pystac.validation

    folder = Path(pystac.validation.__file__).parent / "jsonschemas"
    name = path.rsplit("/", 1)[-1]
    if host == "schemas.stacspec.org":
        yield folder / "stac-spec" / f"v{STAC_VERSION}" / name
    elif host == "geojson.org":
        yield folder / "geojson" / name


def _shipped_with_pyproj(host: str, path: str) -> Iterator[Path]:
    import pyproj

    if host == "proj.org":
        yield Path(pyproj.datadir.get_data_dir()) / path.rsplit("/", 1)[-1]
