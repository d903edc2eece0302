from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import urlsplit

import pytest
from lxml import html

from catalog.front import Origin
from catalog.release import ReleaseState, Version
from tests.factories import make_front
from tests.web.site.samples import (
    amery,
    annual,
    citation,
    monthly,
    shelf_content,
    site_content,
    unknown_shelf,
    write_release,
)
from web.cli.serve import DEFAULT_PORT
from web.site.content import SiteContent
from web.site.pages import all_files, file_count

Pages = dict[str, html.HtmlElement]


def files_of(content: SiteContent) -> dict[str, bytes]:
    return {file.path: file.content for file in all_files(content)}


def pages_of(content: SiteContent) -> Pages:
    return {p: html.fromstring(b) for p, b in files_of(content).items() if p.endswith(".html")}


def spaced(element: html.HtmlElement) -> str:
    """The words of an element; cells and lines stay apart."""
    return " ".join(" ".join(element.itertext()).split())


def text_of(page: html.HtmlElement) -> str:
    return spaced(page.find("body"))


@pytest.fixture
def content(tmp_path: Path) -> SiteContent:
    return site_content(tmp_path)


@pytest.fixture
def pages(content: SiteContent) -> Pages:
    return pages_of(content)


def test_the_permanent_paths_are_where_they_were_promised(content: SiteContent) -> None:
    assert {
        "index.html",
        "404.html",
        "shelves/Amery/index.html",
        "shelves/Ross/index.html",
        "releases/index.html",
        "releases/2026.11/index.html",
        "releases/2026.11/citation.bib",
        "releases/latest/index.html",
        "static/site.css",
        "static/fonts/OFL.txt",
    } <= set(files_of(content))


def test_the_progress_bar_knows_how_many_files_there_are(content: SiteContent) -> None:
    assert file_count(content) == len(list(all_files(content)))


def test_every_link_leads_to_a_file_and_every_fragment_to_its_place(
    content: SiteContent, pages: Pages
) -> None:
    offered = {f"releases/2026.11/files/{f.path}" for f in content.releases[0].release.files}
    known = {*files_of(content), *offered}
    for path, page in pages.items():
        if path == "404.html":
            continue  # served for any address, so its links start at the root
        for element, _, link, _ in page.iterlinks():
            parts = urlsplit(link)
            if parts.scheme or element.tag == "form":
                continue
            target = normpath(str(PurePosixPath(path).parent / parts.path)) if parts.path else path
            assert target in known, f"{path} links to {link}"
            if parts.fragment:
                assert pages[target].get_element_by_id(parts.fragment, None) is not None


def test_ids_are_unique_within_each_page(pages: Pages) -> None:
    for path, page in pages.items():
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), path


def test_no_page_runs_a_script_or_has_inline_style(pages: Pages) -> None:
    for page in pages.values():
        kinds = page.xpath("//script/@type")
        assert len(kinds) == len(page.xpath("//script"))
        assert set(kinds) <= {"application/ld+json"}
        assert not page.xpath("//@style | //style")


def test_pages_have_one_main_heading_a_language_a_title_and_landmarks(pages: Pages) -> None:
    for path, page in pages.items():
        assert len(page.xpath("//h1")) == 1, path
        assert page.get("lang") == "en"
        assert (page.findtext("head/title") or "").strip()
        assert len(page.xpath("//main")) == 1
        assert all(t.find("caption") is not None for t in page.xpath("//table"))


def test_headings_never_skip_a_level(pages: Pages) -> None:
    for path, page in pages.items():
        levels = [int(h.tag[1]) for h in page.xpath("//h1|//h2|//h3|//h4")]
        assert all(b - a <= 1 for a, b in pairwise(levels)), path


def test_the_home_page_says_what_this_is_how_current_it_is_and_where_to_get_it(
    pages: Pages,
) -> None:
    text = text_of(pages["index.html"])
    assert "Where Antarctica’s ice shelves end" in text
    assert "Latest front 28 August 2026" in text
    assert "Download and cite" in text
    assert "No fronts yet: Bach" in text


def test_the_list_has_name_change_period_date_and_review(pages: Pages) -> None:
    rows = pages["index.html"].xpath("//table[contains(@class,'shelves')]/tbody/tr")
    first = spaced(rows[0])
    assert len(rows) == 2
    assert "Amery" in first
    assert "\u221292.0 km²" in first
    assert "Jan 2026–Aug 2026" in first
    assert "1 under review" in first


def test_a_shelf_page_has_figures_with_units_and_dates(pages: Pages) -> None:
    figures = pages["shelves/Amery/index.html"].xpath("//dl[@class='figures']/div")
    words = [spaced(figure) for figure in figures]
    assert len(words) == 4
    assert words[0] == "Area 59 912 km² Aug 2026"
    assert "not known" in words[2]


def test_a_shelf_page_says_how_current_it_is_and_what_is_under_review(pages: Pages) -> None:
    text = text_of(pages["shelves/Amery/index.html"])
    assert "Current to Aug 2026" in text
    assert "1 under review" in text
    assert "under review: advances faster than the shelf can flow" in text


def test_a_shelf_page_shows_what_each_front_was_made_from(pages: Pages) -> None:
    table = pages["shelves/Amery/index.html"].xpath("//table[@class='provenance']")[0]
    text = table.text_content()
    assert "SIM_EW_GRDM_1SDH_20260912T081233_Amery" in text
    assert "hedunet-hh-1" in text
    assert "Amery_monthly_20260801_sentinel1" in text
    assert len(table.xpath("tbody/tr")) == 9


def test_a_shelf_offers_its_own_files_with_size_and_whole_hash(
    content: SiteContent, pages: Pages
) -> None:
    (row,) = pages["shelves/Amery/index.html"].xpath("//table[@class='files']/tbody/tr")
    record = next(f for f in content.releases[0].release.files if f.path.startswith("shelves/"))
    assert row.xpath(".//code")[0].text == record.sha256
    assert row.xpath(".//a/@href") == [
        "../../releases/2026.11/files/shelves/Amery/Amery-fronts.gpkg"
    ]


def test_a_shelf_without_files_of_its_own_offers_those_for_all(pages: Pages) -> None:
    rows = pages["shelves/Ross/index.html"].xpath("//table[@class='files']/tbody/tr")
    assert [row.xpath(".//a")[0].text for row in rows] == ["icelines-fronts.gpkg"]
    assert "the column shelf says Ross" in text_of(pages["shelves/Ross/index.html"])


def test_snippets_name_the_file_the_layer_and_the_api(pages: Pages) -> None:
    code = pages["shelves/Amery/index.html"].xpath("string(//section[@id='code'])")
    base = "https://icelines.example.org"
    assert f"{base}/releases/2026.11/files/shelves/Amery/Amery-fronts.gpkg" in code
    assert 'layer="fronts_monthly"' in code
    assert f'Client.open("{base}/stac/")' in code


def test_the_numbers_of_a_chart_stand_beside_it(content: SiteContent) -> None:
    files = files_of(content)
    table = files["shelves/Amery/area-Amery-monthly-sentinel1.csv"].decode().splitlines()
    document = json.loads(files["shelves/Amery/area-Amery-monthly-sentinel1.json"])
    assert len(table) == 1 + len(document["fronts"]) == 10
    assert table[0].startswith("id,shelf,unit,origin")
    assert table[-1].split(",")[11:] == ["in_review", "advance_too_fast"]
    assert document["units"]["area_km2"] == "km2"
    assert document["release"] == "2026.11"


def test_imported_fronts_ask_for_the_citation_of_their_source(pages: Pages) -> None:
    for path in ("shelves/Ross/index.html", "releases/2026.11/index.html"):
        assert "10.1038/s41586-022-05037-w" in text_of(pages[path])
        assert "Licence MIT" in text_of(pages[path])


def test_what_is_simulated_says_so_on_every_page_that_shows_it(tmp_path: Path) -> None:
    content = site_content(tmp_path)
    simulated = shelf_content("Bach", [make_front(unit="Bach", shelf="Bach")])
    record = replace(content.releases[0].release, has_simulated=True)
    mixed = replace(
        content,
        shelves=(*content.shelves[:1], simulated),
        releases=(replace(content.releases[0], release=record),),
    )
    pages = pages_of(mixed)
    for path in ("index.html", "shelves/Bach/index.html", "releases/2026.11/index.html"):
        assert "They are not observations of Antarctica" in text_of(pages[path]), path
    assert "not observations" not in text_of(pages["shelves/Amery/index.html"])


def test_without_a_release_the_pages_say_that_nothing_may_be_cited(tmp_path: Path) -> None:
    pages = pages_of(site_content(tmp_path, releases=()))
    for path in ("index.html", "shelves/Amery/index.html"):
        assert "must not be cited" in text_of(pages[path])
    assert not pages["shelves/Amery/index.html"].xpath("//section[@id='citation']")


def test_names_from_data_are_shown_and_never_run(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    content = site_content(tmp_path, shelves=(unknown_shelf(evil),), title=evil)
    files = files_of(content)
    assert all(b"<script>alert" not in data for p, data in files.items() if p.endswith(".html"))
    folders = {PurePosixPath(p).parts[1] for p in files if p.startswith("shelves/")}
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in folders)
    assert evil in text_of(html.fromstring(files["index.html"]))


def test_two_names_that_look_alike_in_an_address_keep_a_page_each(tmp_path: Path) -> None:
    content = site_content(tmp_path, shelves=(unknown_shelf("A b"), unknown_shelf("A/b")))
    assert sum(p.endswith("index.html") for p in files_of(content) if "shelves/" in p) == 2


def test_a_site_without_a_public_address_claims_none(tmp_path: Path) -> None:
    pages = pages_of(site_content(tmp_path, public_url=None, contact=None))
    assert not pages["index.html"].xpath("//link[@rel='canonical']")
    assert f"http://127.0.0.1:{DEFAULT_PORT}/stac/" in text_of(pages["index.html"])


def test_the_not_found_page_works_at_any_depth_and_below_a_path(tmp_path: Path) -> None:
    content = site_content(tmp_path, public_url="https://example.org/icelines")
    page = pages_of(content)["404.html"]
    links = [link for _, _, link, _ in page.iterlinks()]
    assert all(link.startswith("/icelines/") for link in links)


def test_a_shelf_whose_fronts_are_all_under_review_has_a_page(tmp_path: Path) -> None:
    shelf = replace(amery(), released=())
    page = pages_of(site_content(tmp_path, shelves=(shelf,)))["shelves/Amery/index.html"]
    assert "No front released yet" in text_of(page)
    assert "1 under review" in text_of(page)


def test_fronts_without_area_are_listed_and_not_charted(tmp_path: Path) -> None:
    shelf = shelf_content("Ross", [annual(2019, None), annual(2020, None)])
    page = pages_of(site_content(tmp_path, shelves=(shelf,)))["shelves/Ross/index.html"]
    assert not page.xpath("//*[contains(@class,'chart wide')]")
    assert "No area is known" in text_of(page)
    assert page.xpath("//*[contains(@class,'map fronts')]")


def test_a_shelf_with_two_origins_has_a_chart_for_each(tmp_path: Path) -> None:
    fronts = [monthly(1, 10.0), monthly(2, 11.0), make_front(origin=Origin.SIMULATED)]
    content = site_content(tmp_path, shelves=(shelf_content("Amery", fronts),))
    titles = pages_of(content)["shelves/Amery/index.html"].xpath("//section[@id='area']//h3/text()")
    assert len(titles) == 2
    assert "Sentinel-1" in titles[0]
    assert "simulated" in titles[1]


def test_latest_is_the_newest_published_release(tmp_path: Path) -> None:
    older = write_release(tmp_path, "2026.10")
    newer = write_release(tmp_path, "2026.11")
    frozen = write_release(tmp_path, "2026.12", state=ReleaseState.FROZEN, published_on=None)
    pages = pages_of(site_content(tmp_path, releases=(frozen, newer, older)))
    latest = pages["releases/latest/index.html"]
    assert latest.findtext(".//h1") == "Release 2026.11"
    assert latest.xpath("//link[@rel='canonical']/@href") == [
        "https://icelines.example.org/releases/2026.11/"
    ]
    assert len(pages["releases/index.html"].xpath("//tbody/tr")) == 3


def test_a_frozen_release_is_shown_only_while_none_is_published(tmp_path: Path) -> None:
    frozen = write_release(tmp_path, "2026.12", state=ReleaseState.FROZEN, published_on=None)
    content = site_content(tmp_path, releases=(frozen,))
    assert content.shown is frozen
    assert citation().licence in text_of(pages_of(content)["releases/2026.12/index.html"])
    assert frozen.release.version == Version(2026, 12)
