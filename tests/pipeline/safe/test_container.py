from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import SceneError
from pipeline.safe import container
from pipeline.safe.container import open_container
from tests.pipeline.safe.synthetic import NAME, write_folder, write_zip

FILES = {"manifest.safe": b"m", "annotation/a.xml": b"<a/>"}


@pytest.mark.parametrize("top", ["", "X.SAFE/", "download/X.SAFE/"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_names_count_from_the_product_however_deep_it_lies(
    tmp_path: Path, top: str, method: int
) -> None:
    with open_container(write_zip(tmp_path, FILES, top=top, method=method)) as files:
        assert files.sizes() == {"manifest.safe": 1, "annotation/a.xml": 4}
        assert files.read("annotation/a.xml", 10) == b"<a/>"
        assert files.inner == top.rstrip("/")


def test_a_folder_around_the_product_is_seen_through(tmp_path: Path) -> None:
    write_folder(tmp_path / "outer", FILES, "X.SAFE")
    with open_container(tmp_path / "outer") as files:
        assert files.inner == "X.SAFE"
        assert Path(files.href("annotation/a.xml")).read_bytes() == b"<a/>"


def test_shadow_files_of_a_mac_are_passed_over(tmp_path: Path) -> None:
    shadows = {"__MACOSX/X.SAFE/annotation/._a.xml": b"?", "X.SAFE/annotation/._a.xml": b"?"}
    product = {f"X.SAFE/{name}": content for name, content in FILES.items()}
    with open_container(write_zip(tmp_path, product | shadows, top="")) as files:
        assert set(files.sizes()) == set(FILES)


def test_two_products_in_one_file_are_refused(tmp_path: Path) -> None:
    two = {f"{top}/{name}": b"" for top in ("A.SAFE", "B.SAFE") for name in FILES}
    with (
        pytest.raises(SceneError, match=r"2 products \(A\.SAFE, B\.SAFE\)"),
        open_container(write_zip(tmp_path, two, top="")),
    ):
        pass


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "a/../../evil.xml", "a\\evil.xml"]
)
def test_a_name_that_leaves_the_product_is_refused(tmp_path: Path, name: str) -> None:
    with (
        pytest.raises(SceneError, match="unsafe file name"),
        open_container(write_zip(tmp_path, {name: b"<a/>"}, top="")),
    ):
        pass


def test_a_file_name_with_a_line_break_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES | {"a\nb.xml": b"<a/>"})
    with pytest.raises(SceneError, match="unsafe file name"), open_container(folder):
        pass


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"a.xml": b"1", "b.xml": b"2"}, top="")
    path.write_bytes(path.read_bytes().replace(b"b.xml", b"a.xml"))
    with pytest.raises(SceneError, match="two files of the same name"), open_container(path):
        pass


def test_a_file_without_a_name_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"a": b"1", "b": b"2"}, top="")
    path.write_bytes(path.read_bytes().replace(b"a", b"\0"))  # zipfile cuts names at a null byte
    with pytest.raises(SceneError, match="unsafe file name ''"), open_container(path):
        pass


def test_a_link_in_a_zip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("annotation/a.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/hostname")
    with pytest.raises(SceneError, match="is a link"), open_container(path):
        pass


def test_a_link_out_of_a_folder_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES)
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>")
    (folder / "annotation" / "b.xml").symlink_to(secret)
    with pytest.raises(SceneError, match=r"b\.xml: is a link out"), open_container(folder):
        pass


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES)
    (folder / "a.xml").symlink_to("b.xml")
    (folder / "b.xml").symlink_to("a.xml")
    with pytest.raises(SceneError, match="is a link out"), open_container(folder):
        pass


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES)
    os.mkfifo(folder / "annotation" / "b.xml")
    with open_container(folder) as files:
        assert set(files.sizes()) == set(FILES)


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path, FILES)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1  # general purpose flag of the first entry
    path.write_bytes(content)
    with pytest.raises(SceneError, match="is encrypted"), open_container(path):
        pass


def test_another_packing_method_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path, FILES, method=zipfile.ZIP_LZMA)
    with pytest.raises(SceneError, match="other than deflate"), open_container(path):
        pass


def test_a_bomb_is_unpacked_no_further_than_the_limit(tmp_path: Path) -> None:
    path = write_zip(tmp_path, FILES | {"annotation/b.xml": b"\0" * 5_000_000})
    assert path.stat().st_size < 10_000
    with (
        open_container(path) as files,
        pytest.raises(SceneError, match=r"b\.xml: is larger than 1 MB"),
    ):
        files.read("annotation/b.xml", 2**20)


def test_a_lie_about_the_size_does_not_lift_the_limit(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"annotation/b.xml": b"\0" * 5_000_000})
    size = (5_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (5).to_bytes(4, "little")))
    with open_container(path) as files, pytest.raises(SceneError):
        files.read("annotation/b.xml", 2**20)


def test_a_file_in_a_folder_is_read_no_further_than_the_limit(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES)
    with open_container(folder) as files, pytest.raises(SceneError, match="is larger"):
        files.read("annotation/a.xml", 3)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_FILES", 1)
    for path in (write_zip(tmp_path, FILES), write_folder(tmp_path, FILES)):
        with pytest.raises(SceneError, match="no single product"), open_container(path):
            pass


@pytest.mark.parametrize("content", [b"", b"no zip file", b"PK\x03\x04 cut"])
def test_what_is_no_zip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / f"{NAME}.zip"
    path.write_bytes(content)
    with pytest.raises(SceneError, match="no whole zip file"), open_container(path):
        pass


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="does not exist"), open_container(tmp_path / "none"):
        pass
