"""What the check says of real fronts, on a few shelves: the whole table is that of checking.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas
import pytest

from benchmarks.checking.real import flags_of
from catalog.front import Front, Status
from catalog.importing.read import ReadOptions, read_fronts
from catalog.source import KNOWN_SOURCES
from pipeline.check import check_series
from pipeline.checking.rules import CheckRules
from pipeline.checking.verdict import Verdict

FILE = "fronts/greene2022_fronts_epsg3031.gpkg"
SHELVES = {"Crosson": "Crosson", "Larsen_C": "LarsenC", "Wordie": "Wordie"}
Judged = tuple[Sequence[Front], Sequence[Verdict]]


@pytest.fixture(scope="module")
def judged(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    target = tmp_path_factory.mktemp("fronts") / "few.gpkg"
    names = ", ".join(f"'{name}'" for name in SHELVES)
    geopandas.read_file(shared_data / FILE, where=f"shelf in ({names})").to_file(target)
    outcomes = read_fronts(target, KNOWN_SOURCES["greene2022"], ReadOptions())
    fronts = sorted((o for o in outcomes if isinstance(o, Front)), key=lambda front: front.start)
    series = {unit: [f for f in fronts if f.unit == unit] for unit in SHELVES.values()}
    return {unit: (each, check_series(each, CheckRules())) for unit, each in series.items()}


def in_review(judged: Judged) -> list[int]:
    fronts, verdicts = judged
    return [
        front.start.year
        for front, verdict in zip(fronts, verdicts, strict=True)
        if verdict.status is Status.IN_REVIEW
    ]


def test_one_bad_front_of_crosson_does_not_doubt_all_that_follow(judged: dict[str, Judged]) -> None:
    assert len(judged["Crosson"][0]) == 24
    assert 1 <= len(in_review(judged["Crosson"])) <= 5
    assert max(in_review(judged["Crosson"])) <= 2004


def test_the_calving_of_a68_is_not_doubted(judged: dict[str, Judged]) -> None:
    assert not {2017, 2018} & set(in_review(judged["LarsenC"]))


def test_a_row_says_what_is_flagged_why_and_how_far_aside_it_lies(
    judged: dict[str, Judged],
) -> None:
    rows = list(flags_of(*judged["Wordie"]))
    apart = [row for row in rows if "disintegration" in row]
    assert apart[-1].startswith("| Wordie 2008-03-14 | retreat confirmed, disintegration |")
    assert "mostly behind" in apart[-1]
    assert len(rows) == len(in_review(judged["Wordie"])) + len(apart)
