"""The checksums that a product carries of its own files: MD5 in `manifest.safe`.

Archives that rename files (`productInfo.json` says how) make new rasters as well, so there the
checksums hold for the annotation only.
"""

from __future__ import annotations

import orjson

from pipeline.errors import SceneError
from pipeline.safe.container import Container
from pipeline.safe.manifest import parse_manifest
from pipeline.safe.xml import XML_LIMIT_BYTES

MANIFEST, PRODUCT_INFO = "manifest.safe", "productInfo.json"
# What the result depends on; a faulty preview costs nobody a scene.
NEEDED = ("annotation/", "measurement/")
KEPT_WHEN_RENAMED = ("annotation/",)


def manifest_checksums(product: Container) -> dict[str, str]:
    """MD5 (hex) by place in the product, of the files that ought to be ESA's byte for byte.

    Empty where there is no manifest that can be read: the reader of products says what that means.
    """
    try:
        content = product.read(MANIFEST, XML_LIMIT_BYTES)
        listed = {f.name: f.md5 for f in parse_manifest(content, MANIFEST).files if f.md5}
    except (SceneError, KeyError):
        return {}
    renamed = _renamed(product)
    same = {name: md5 for name, md5 in listed.items() if name.startswith(NEEDED)}
    moved = {
        renamed[name]: md5
        for name, md5 in listed.items()
        if renamed.get(name, "").startswith(KEPT_WHEN_RENAMED)
    }
    return same | moved


def _renamed(product: Container) -> dict[str, str]:
    if PRODUCT_INFO not in product.sizes():
        return {}
    try:
        names = orjson.loads(product.read(PRODUCT_INFO, XML_LIMIT_BYTES)).get("filenameMap", {})
    except (SceneError, ValueError, AttributeError):
        return {}
    return {str(old): str(new) for old, new in names.items()} if isinstance(names, dict) else {}
