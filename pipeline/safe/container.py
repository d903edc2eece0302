"""Where the files of a product lie: a folder, or a zip file that is never unpacked."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from pipeline.errors import SceneError
from pipeline.safe.xml import FETCH_AGAIN

MOST_FILES = 2000  # a GRD product has about thirty
# What zipfile lets through where an archive lies about itself.
UNPACKING_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
UNTRUSTED = "Fetch the product from an archive you trust."


class Container(Protocol):
    """The files of one product, by names that count from the product's own folder."""

    @property
    def path(self) -> Path: ...

    @property
    def inner(self) -> str:
        """Folder of the product inside, "" at the top."""
        ...

    def sizes(self) -> dict[str, int]:
        """Size of every file in bytes, by name."""
        ...

    def read(self, name: str, limit_bytes: int) -> bytes:
        """The content of a file; SceneError where it is larger, or cannot be read."""
        ...

    def href(self, name: str) -> str:
        """What rasterio opens."""
        ...


@dataclass(frozen=True, slots=True)
class FolderContainer:
    path: Path
    inner: str
    files: dict[str, int]

    def sizes(self) -> dict[str, int]:
        return self.files

    def read(self, name: str, limit_bytes: int) -> bytes:
        try:
            with (self.path / self.inner / name).open("rb") as file:
                content = file.read(limit_bytes + 1)
        except OSError as error:
            fault = f"cannot be read: {error.strerror}."
            raise SceneError(fault, where=name, remedy="Check the file.") from error
        return _within_limit(content, limit_bytes, name)

    def href(self, name: str) -> str:
        return str((self.path / self.inner / name).absolute())


@dataclass(frozen=True, slots=True)
class ZipContainer:
    path: Path
    inner: str
    files: dict[str, int]
    archive: zipfile.ZipFile

    def sizes(self) -> dict[str, int]:
        return self.files

    def read(self, name: str, limit_bytes: int) -> bytes:
        # The size that the directory states may be a lie: what is unpacked is counted.
        try:
            with self.archive.open(str(PurePosixPath(self.inner, name))) as file:
                content = file.read(limit_bytes + 1)
        except UNPACKING_ERRORS as error:
            fault = f"cannot be unpacked: {str(error)[:120]}."
            raise SceneError(fault, where=name, remedy=FETCH_AGAIN) from error
        return _within_limit(content, limit_bytes, name)

    def href(self, name: str) -> str:
        # Braces: the path may end in anything, not only `.zip`.
        return f"/vsizip/{{{self.path.absolute()}}}/{PurePosixPath(self.inner, name)}"


@contextmanager
def open_container(path: Path) -> Iterator[Container]:
    """The files of the product at `path`; raises SceneError (where: the file inside, if any)."""
    if path.is_dir():
        files = _folder_files(path)
        inner = _product_folder(list(files))
        yield FolderContainer(path, inner, _below(files, inner))
    elif path.is_file():
        with _open_zip(path) as archive:
            files = _zip_files(archive)
            inner = _product_folder(list(files))
            yield ZipContainer(path, inner, _below(files, inner), archive)
    else:
        raise SceneError("does not exist.", remedy="Give a .SAFE folder or a zip file of one.")


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except UNPACKING_ERRORS as error:
        raise SceneError(
            f"is no folder and no whole zip file ({str(error)[:120]}).", remedy=FETCH_AGAIN
        ) from error


def _folder_files(path: Path) -> dict[str, int]:
    root = path.resolve()
    files: dict[str, int] = {}
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            _check_inside(file, root)
            if file.is_file():
                files[file.relative_to(root).as_posix()] = file.stat().st_size
        _check_number(len(files))
    return files


def _check_inside(file: Path, root: Path) -> None:
    name = file.relative_to(root).as_posix()
    _check_safe_name(name)
    try:
        inside = file.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # links in a circle
        inside = False
    if not inside:
        raise SceneError("is a link out of the product.", where=name, remedy=UNTRUSTED)


def _check_safe_name(name: str) -> None:
    """Names go into GDAL's paths and into the lineage."""
    unsafe = {"", "..", "."} & set(name.split("/")) or set("\\{}") & set(name)
    if unsafe or not name.isprintable():
        raise SceneError(f"holds the unsafe file name {name[:80]!r}.", remedy=UNTRUSTED)


def _zip_files(archive: zipfile.ZipFile) -> dict[str, int]:
    members = [member for member in archive.infolist() if member.filename[-1:] != "/"]
    _check_number(len(members))
    for member in members:
        _check_member(member)
    files = {member.filename: member.file_size for member in members}
    if len(files) != len(members):
        raise SceneError("holds two files of the same name.", remedy=UNTRUSTED)
    return files


def _check_member(member: zipfile.ZipInfo) -> None:
    _check_safe_name(member.filename)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise SceneError("is a link.", where=member.filename, remedy=UNTRUSTED)
    if member.flag_bits & 0x1:
        raise SceneError("is encrypted.", where=member.filename, remedy="Unlock the zip file.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SceneError(
            "is packed by a method other than deflate.",
            where=member.filename,
            remedy="Unpack the zip file and give the folder.",
        )


def _check_number(found: int) -> None:
    if found > MOST_FILES:
        raise SceneError(
            f"holds more than {MOST_FILES} files: no single product.",
            remedy="Give one .SAFE folder or a zip file of one.",
        )


def _product_folder(names: list[str]) -> str:
    """The folder that holds the product: that of the manifest, else of `annotation/`."""
    found = {_parent_of(name) for name in names if not _is_hidden(name)} - {None}
    if len(found) > 1:
        raise SceneError(
            f"holds {len(found)} products ({', '.join(sorted(map(str, found)))[:120]}).",
            remedy="Give them one by one.",
        )
    return next((folder for folder in found if folder is not None), "")


def _parent_of(name: str) -> str | None:
    *folders, base = name.split("/")
    if base == "manifest.safe":
        return "/".join(folders)
    return "/".join(folders[: folders.index("annotation")]) if "annotation" in folders else None


def _is_hidden(name: str) -> bool:
    # Archives packed on a Mac carry a shadow of every file.
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _below(files: dict[str, int], folder: str) -> dict[str, int]:
    start = f"{folder}/" if folder else ""
    inside = {name[len(start) :]: size for name, size in files.items() if name.startswith(start)}
    return {name: inside[name] for name in sorted(inside) if not _is_hidden(name)}


def _within_limit(content: bytes, limit_bytes: int, name: str) -> bytes:
    if len(content) > limit_bytes:
        fault = f"is larger than {limit_bytes // 2**20} MB: refused."
        raise SceneError(fault, where=name, remedy=UNTRUSTED)
    return content
