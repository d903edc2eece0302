"""Exit codes of a month that has a damaged product in it, from fetching to fronts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from catalog.shelf import find_part
from tests.pipeline.cli.conftest import Program
from tests.pipeline.damaged_products import (
    SINGLE,
    Product,
    removed,
    renamed_by_the_cloud,
    simulated,
    truncated,
)
from tests.pipeline.fetching.products import zip_of
from tests.pipeline.networks import store_threshold_model

FIRST = datetime(2026, 11, 3, tzinfo=UTC)


def products(folder: Path) -> dict[str, Product]:
    """Of Bach, some days apart."""
    whole = simulated(SINGLE, folder, find_part("Bach"))
    damage = {
        "folder": lambda _files: None,
        "zip": lambda _files: None,
        "cloud": renamed_by_the_cloud,
        "no noise": removed("noise"),
        "cut image": truncated("measurement"),
        "no annotation": removed("annotation"),
    }
    return {
        name: whole.at(FIRST + number * timedelta(days=4)).damaged(change)
        for number, (name, change) in enumerate(damage.items())
    }


def test_damaged_products_make_the_exit_code_and_nothing_else(
    tmp_path: Path, program: Program
) -> None:
    made = products(tmp_path / "simulated")
    places = {name: str(product.write(tmp_path)) for name, product in made.items()}
    packed = tmp_path / f"{made['zip'].name}.zip"
    packed.write_bytes(zip_of(made["zip"].files, made["zip"].name))
    places["zip"] = str(packed)
    lost = places.pop("no annotation")

    assert program("fetch", *places.values())[0] == 0
    code, _, said = program("fetch", lost)
    assert code == 1
    assert f"{made['no annotation'].name}: no polarisation can be used" in said

    weights = ("--weights", str(store_threshold_model(tmp_path)))
    code, printed, said = program("process", *weights, "--json")
    assert code == 1
    document = orjson.loads(printed)
    assert document["fronts"]["new"] == 4
    (failure,) = document["failures"]
    assert failure["scene"] == made["cut image"].name
    assert failure["fault"] in said
    assert "Fetch the product again" in failure["fault"]
    assert "Traceback" not in said

    attempts = [program("process", *weights, "--json") for _ in range(3)]
    assert [code for code, _, _ in attempts] == [1, 1, 0]  # then it is in quarantine
    last = orjson.loads(attempts[-1][1])
    assert (last["done_before"], last["failures"]) == (4, [])
    assert last["quarantined"] == document["failures"]

    code, printed, said = program("month", "2026-11", "--no-release", "--json")
    assert code == 1  # with the model that comes with IceLines, so that all are tried again
    steps = {step["name"]: step for step in orjson.loads(printed)["steps"]}
    assert [made["cut image"].name in fault for fault in steps["process"]["failures"]] == [True]
    assert all(steps[name]["failures"] == [] for name in steps if name != "process")
    assert "Traceback" not in said
