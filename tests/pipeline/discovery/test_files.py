"""Files of a product are known by where they lie, never by the key of their asset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.scene import parse_product_name
from pipeline.discovery.files import OfferedFiles, offered_files
from pipeline.discovery.refusal import Unusable
from tests.pipeline.discovery.items import EW_ITEM, FOLDER, NAME, files_of, real_item

BASE = "https://archive.example.org/v1/collections/c/items/i"
PRODUCT = parse_product_name(NAME)
ROOT = f"{FOLDER}/{NAME}.SAFE"


def offered(*assets: Any, base: str = BASE, local: bool = False) -> OfferedFiles:
    named = {f"asset-{i}": asset for i, asset in enumerate(assets)}
    return offered_files({"assets": named}, PRODUCT, base, local_allowed=local)


def names(found: OfferedFiles) -> list[str]:
    return [file.name for file in found.files]


def test_all_files_apart_are_kept_under_their_path_in_the_product() -> None:
    found = offered(*files_of(NAME).values())
    assert names(found) == [
        "annotation/calibration/calibration-s1a-ew-grd-hh.xml",
        "annotation/calibration/calibration-s1a-ew-grd-hv.xml",
        "annotation/calibration/noise-s1a-ew-grd-hh.xml",
        "annotation/calibration/noise-s1a-ew-grd-hv.xml",
        "annotation/s1a-ew-grd-hh.xml",
        "annotation/s1a-ew-grd-hv.xml",
        "manifest.safe",
        "measurement/s1a-ew-grd-hh.tiff",
        "measurement/s1a-ew-grd-hv.tiff",
    ]
    assert found.files[-1].href == f"{ROOT}/measurement/s1a-ew-grd-hv.tiff"
    assert found.notes == ()


def test_of_a_real_item_whose_keys_mislead_it_is_said_what_is_missing(shared_data: Path) -> None:
    item = real_item(shared_data, EW_ITEM)
    product = parse_product_name(item["properties"]["s1:product_identifier"])
    found = offered_files(item, product, BASE, local_allowed=False)
    # `schema-product-hh` leads to annotation/rfi/rfi-ew-hh.xml.
    assert "annotation/rfi/rfi-ew-hh.xml" in names(found)
    assert "annotation/ew-hh.xml" not in names(found)
    assert found.notes == ("not among the assets: annotation files",)
    assert not any(name.endswith(".png") for name in names(found))


def test_a_whole_product_is_taken_where_its_files_are_not_all_there() -> None:
    whole = {"href": "https://d.org/odata/Products(1)/$value", "type": "application/zip"}
    found = offered(whole, {"href": f"{ROOT}/manifest.safe"})
    assert [(f.name, f.href) for f in found.files] == [(f"{NAME}.zip", whole["href"])]
    assert offered(whole, *files_of(NAME).values()).files == offered(*files_of(NAME).values()).files


@pytest.mark.parametrize(
    "href",
    [
        ROOT,
        f"{ROOT}/",
        f"https://d.org/GRD_MD/{NAME}.zip",
        f"{FOLDER}/{NAME}",
        f"{FOLDER}/{NAME}_COG.SAFE",
    ],
)
def test_a_folder_or_zip_file_is_the_whole_product(href: str) -> None:
    assert names(offered({"href": href})) == [href.rstrip("/").rpartition("/")[2]]


def test_an_address_relative_to_the_item_is_completed() -> None:
    found = offered({"href": f"../../data/{NAME}.zip"})
    assert found.files[0].href == f"https://archive.example.org/v1/collections/data/{NAME}.zip"


def test_steps_up_in_an_address_are_gone_as_clients_go_them() -> None:
    found = offered({"href": f"https://d.org/stac/../data/./{NAME}.zip"})
    assert found.files[0].href == f"https://d.org/data/{NAME}.zip"


def test_signatures_are_taken_off_and_that_is_said() -> None:
    found = offered({"href": f"https://d.org/{NAME}.zip?sv=1&sig=secret&sp=r"})
    assert found.files[0].href == f"https://d.org/{NAME}.zip"
    assert found.notes == ("signed addresses were kept without their signatures",)


@pytest.mark.parametrize(
    "inside",
    [
        "../../../etc/x.xml",
        "annotation/%2e%2e/%2e%2e/x.xml",
        "annotation/..%5c..%5cx.xml",
        "a%00/x.xml",
    ],
)
def test_no_name_leads_out_of_the_product(inside: str) -> None:
    with pytest.raises(Unusable, match="no file of the product"):
        offered({"href": f"{ROOT}/{inside}"}, {"href": f"https://d.org/{NAME}.SAFE/{inside}"})


def test_files_of_another_product_are_left_out() -> None:
    other = NAME.replace("081233", "091233").replace("081337", "091337")
    found = offered(*files_of(NAME).values(), {"href": f"{FOLDER}/{other}.SAFE/annotation/x.xml"})
    assert "annotation/x.xml" not in names(found)
    assert found.notes == ("an address of another product was left out",)


def test_an_address_that_cannot_be_fetched_from_gives_way_to_its_alternate() -> None:
    href = f"https://d.org/{NAME}.zip"
    found = offered({"href": f"gs://b/{NAME}.zip", "alternate": {"https": {"href": href}}})
    assert found.files[0].href == href


def test_files_of_this_machine_are_offered_by_this_machine_only() -> None:
    asset = {"href": f"file:///archive/{NAME}.SAFE"}
    assert offered(asset, local=True).files[0].href == asset["href"]
    with pytest.raises(Unusable):
        offered(asset)


@pytest.mark.parametrize(
    ("multihash", "checksum"),
    [
        ("d50110" + "0a" * 16, "md5:" + "0a" * 16),
        ("1220" + "AB" * 32, "sha256:" + "ab" * 32),
        ("1620" + "cd" * 32, "sha3-256:" + "cd" * 32),
        ("1220" + "zz" * 32, None),
        ("1220ab", None),
        (17, None),
    ],
)
def test_checksums_of_archives_are_read(multihash: Any, checksum: str | None) -> None:
    asset = {"href": ROOT, "file:checksum": multihash, "file:size": 12}
    file = offered(asset).files[0]
    assert (file.checksum, file.size_bytes) == (checksum, 12)


@pytest.mark.parametrize("size", [-1, True, "12", None, 1.5])
def test_a_size_that_is_none_is_not_believed(size: Any) -> None:
    assert offered({"href": ROOT, "file:size": size}).files[0].size_bytes is None


@pytest.mark.parametrize(
    "assets",
    [None, [], {}, {"a": None}, {"a": {}}, {"a": {"href": 3}}, {"a": {"href": "https:///x"}},
     {"a": {"href": "https://[/x"}}, {"a": {"href": f"https://d.org/{NAME}.png"}},
     {str(i): {"href": ROOT} for i in range(501)}],
)  # fmt: skip
def test_an_item_without_files_of_the_product_is_refused(assets: Any) -> None:
    with pytest.raises(Unusable):
        offered_files({"assets": assets}, PRODUCT, BASE, local_allowed=False)
