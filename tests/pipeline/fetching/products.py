"""Products to fetch: the real EW annotation moved to the Ross ice shelf, with small rasters."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import zipfile
from pathlib import Path

ARCHIVE = "sentinel1/stactools_EW_GRDM_SAFE.tar.xz"
PRODUCT = "S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15"
TO_ROSS_DEG = 90.0  # eastward, over the antimeridian
RASTER = b"II*\0" + bytes(range(256)) * 64


def northern_files(shared_data: Path) -> dict[str, bytes]:
    """The files of the real product by their place in it, as the archive of the cloud has them."""
    with tarfile.open(shared_data / ARCHIVE) as archive:
        members = [m for m in archive.getmembers() if m.isfile() and f"{PRODUCT}/" in m.name]
        return {m.name.split(f"{PRODUCT}/")[1]: _content(archive, m) for m in members}


def southern_files(shared_data: Path) -> dict[str, bytes]:
    """The same with its geolocation over the Ross ice shelf; the manifest fits what was changed."""
    files = northern_files(shared_data)
    manifest = files["manifest.safe"].decode()
    for name, content in list(files.items()):
        if name.startswith("annotation/ew-"):
            files[name] = _moved(content.decode()).encode()
            manifest = manifest.replace(_md5(content), _md5(files[name]))
        elif name.startswith("measurement/"):
            files[name] = RASTER + name.encode()
    return {**files, "manifest.safe": manifest.encode()}


def esa_files(shared_data: Path) -> dict[str, bytes]:
    """The southern product under ESA's names; the manifest holds for the rasters, too."""
    files = southern_files(shared_data)
    del files["productInfo.json"]
    manifest = files["manifest.safe"].decode()
    for channel in ("hh", "hv"):
        raster = files.pop(f"measurement/ew-{channel}.tiff")
        name = re.search(rf"measurement/s1a-ew-grd-{channel}[^\"]*\.tiff", manifest)
        assert name is not None
        files[name[0]] = raster
        before = rf"({re.escape(name[0])}\".*?<checksum[^>]*>)[0-9a-f]+"
        manifest = re.sub(before, rf"\g<1>{_md5(raster)}", manifest, flags=re.DOTALL)
    return {**files, "manifest.safe": manifest.encode()}


def write_safe(files: dict[str, bytes], parent: Path, product: str = PRODUCT) -> Path:
    """A `.SAFE` folder below `parent`."""
    folder = parent / f"{product}.SAFE"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def zip_of(files: dict[str, bytes], product: str = PRODUCT) -> bytes:
    """A zip file as an archive delivers it: deflated."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(f"{product}.SAFE/{name}", body)
    return content.getvalue()


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    assert stream is not None
    return stream.read()


def _moved(annotation: str) -> str:
    south = re.sub(r"<latitude>([-+]?)", r"<latitude>-\1", annotation).replace("-+", "-")
    return re.sub(r"<longitude>([^<]+)<", lambda m: f"<longitude>{_east(m[1])}<", south)


def _east(text: str) -> str:
    return f"{(float(text) + TO_ROSS_DEG + 180.0) % 360.0 - 180.0:.15e}"


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
