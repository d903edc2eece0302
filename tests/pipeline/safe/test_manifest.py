from __future__ import annotations

import hashlib

import numpy as np
import pytest

from pipeline.errors import SceneError
from pipeline.safe.manifest import parse_manifest
from tests.pipeline.safe.synthetic import manifest_xml, without

FILES = {"annotation/a.xml": b"<a/>", "measurement/a.tiff": b"1234567"}


def test_the_manifest_gives_processor_footprint_and_files() -> None:
    manifest = parse_manifest(manifest_xml(FILES), "manifest.safe")
    assert manifest.ipf == "004.03"
    assert manifest.footprint is not None
    np.testing.assert_array_equal(manifest.footprint[:2], [[70, -70], [71, -70]])
    assert [(file.name, file.size_bytes) for file in manifest.files] == [
        ("annotation/a.xml", 4),
        ("measurement/a.tiff", 7),
    ]
    assert manifest.files[0].md5 == hashlib.md5(b"<a/>").hexdigest()  # noqa: S324


@pytest.mark.parametrize("path", ["{*}dataObjectSection", ".//{*}footPrint", ".//{*}software"])
def test_every_part_may_be_missing(path: str) -> None:
    manifest = parse_manifest(without(manifest_xml(FILES), path), "manifest.safe")
    parts = (manifest.files, manifest.footprint is not None, manifest.ipf is not None)
    assert sum(map(bool, parts)) == 2


@pytest.mark.parametrize("text", ["", "1,2 3", "a,b c,d e,f", "nan,1 2,3 4,5", "1,2 3,4"])
def test_a_footprint_that_is_none_is_left_out(text: str) -> None:
    content = manifest_xml(FILES).replace(b"-70,70 -70,71 -71,71 -71,70", text.encode())
    assert parse_manifest(content, "manifest.safe").footprint is None


def test_nonsense_about_a_file_is_left_out() -> None:
    content = manifest_xml(FILES).replace(b'size="4"', b'size="many"')
    content = content.replace(hashlib.md5(b"<a/>").hexdigest().encode(), b"none")  # noqa: S324
    file = parse_manifest(content, "manifest.safe").files[0]
    assert (file.size_bytes, file.md5) == (None, None)


def test_another_document_is_no_manifest() -> None:
    with pytest.raises(SceneError, match="no manifest"):
        parse_manifest(b"<product/>", "manifest.safe")
