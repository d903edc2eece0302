from __future__ import annotations

import json
import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from catalog.release import ReleaseState, Version
from tests.web.site.samples import CREATOR, citation, site_content, write_release
from web.site.content import ReleaseContent, SiteContent
from web.site.release_page import release_pages
from web.site.structured import json_ld, signposts


def page_of(release: ReleaseContent, content: SiteContent) -> html.HtmlElement:
    path = f"releases/{release.version}/index.html"
    pages = {f.path: f.content for f in release_pages(replace(content, releases=(release,)))}
    return html.fromstring(pages[path])


def spaced(element: html.HtmlElement) -> str:
    """The words of an element; cells and lines stay apart."""
    return " ".join(" ".join(element.itertext()).split())


def text_of(page: html.HtmlElement) -> str:
    return spaced(page.find("body"))


@pytest.fixture
def content(tmp_path: Path) -> SiteContent:
    return site_content(tmp_path)


@pytest.fixture
def release(content: SiteContent) -> ReleaseContent:
    return content.releases[0]


def test_the_page_says_what_the_release_is(release: ReleaseContent, content: SiteContent) -> None:
    text = text_of(page_of(release, content))
    for fact in (
        "Release 2026.11",
        "published on 3 November 2026",
        "cut-off 31 October 2026",
        "15 March 1998 to 28 August 2026",
        "nothing, it is the first",
        "19 fronts new, 0 revised, 0 unchanged, 0 withdrawn",
        "8 scenes, by hedunet-hh-1",
        "CC-BY-4.0",
        "Contains modified Copernicus Sentinel data 2026",
        "10.5072/icelines.2026.11",
    ):
        assert fact in text, fact


def test_every_file_stands_with_its_whole_hash(
    release: ReleaseContent, content: SiteContent
) -> None:
    page = page_of(release, content)
    shown = {
        row.xpath("string(.//a)"): row.xpath("string(.//code)")
        for row in page.xpath("//table[@class='files']/tbody/tr")
    }
    assert shown == {file.path: file.sha256 for file in release.release.files}


def test_the_line_for_sha256sum_is_one_that_it_understands(
    release: ReleaseContent, content: SiteContent
) -> None:
    page = page_of(release, content)
    commands = [pre.text_content() for pre in page.xpath("//section[@id='files']//pre")]
    assert commands[0] == "sha256sum -c --ignore-missing SHA256SUMS"
    words = shlex.split(commands[1])
    file = release.release.files[0]
    assert words == ["echo", f"{file.sha256}  {file.path}", "|", "sha256sum", "-c"]


def test_the_citation_can_be_copied_and_downloaded(content: SiteContent) -> None:
    files = {file.path: file.content for file in release_pages(content)}
    assert files["releases/2026.11/citation.bib"].startswith(b"@dataset{")
    assert files["releases/2026.11/citation.ris"] == b"TY  - DATA\r\nER  - \r\n"
    assert json.loads(files["releases/2026.11/citation.csl.json"])["id"] == "icelines-2026.11"


def test_a_rehearsed_release_says_that_its_doi_leads_nowhere(
    release: ReleaseContent, content: SiteContent
) -> None:
    rehearsed = replace(release, release=replace(release.release, dry_run=True))
    page = page_of(rehearsed, content)
    text = text_of(page)
    assert "DOI not registered" in text
    assert "rehearsed, not published" in text
    assert "must not be used yet" in text
    assert not page.xpath("//a[contains(@href,'doi.org/10.5072')]")
    assert not page.xpath("//link[@rel='cite-as']")
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_a_frozen_release_says_that_it_is_not_published(
    release: ReleaseContent, content: SiteContent
) -> None:
    record = replace(release.release, state=ReleaseState.FROZEN, published_on=None)
    page = page_of(replace(release, release=record), content)
    assert "has not been published" in text_of(page)
    assert not page.xpath("//link[@rel='cite-as']")


def test_a_withdrawn_release_keeps_its_page_and_offers_no_files(
    release: ReleaseContent, content: SiteContent
) -> None:
    record = replace(release.release, state=ReleaseState.WITHDRAWN)
    page = page_of(replace(release, release=record), content)
    assert "must not be used" in text_of(page)
    assert not page.xpath("//table[@class='files']")
    assert page.xpath("//link[@rel='cite-as']")
    assert not page.xpath("//link[@rel='item']")


def test_a_withheld_file_is_named_and_not_offered(
    release: ReleaseContent, content: SiteContent
) -> None:
    page = page_of(replace(release, withheld=frozenset({"README.md"})), content)
    assert "Withheld" in text_of(page)
    shown = [a.text for a in page.findall(".//a") if a.get("download") is not None]
    assert "SHA256SUMS" in shown
    assert "README.md" not in shown


def test_names_that_nobody_filled_in_are_not_passed_on_to_machines(
    release: ReleaseContent, content: SiteContent
) -> None:
    unnamed = replace(release, citation=replace(citation(), is_filled_in=False))
    page = page_of(unnamed, content)
    assert "have not been filled in" in text_of(page)
    assert not page.xpath("//link[@rel='author']")
    assert "creator" not in json.loads(json_ld(unnamed, None))


def test_a_correction_leads_back_to_what_it_replaces(tmp_path: Path, content: SiteContent) -> None:
    corrected = write_release(tmp_path, "2026.11.1", predecessor=Version(2026, 11))
    both = replace(content, releases=(corrected, content.releases[0]))
    pages = {file.path: file.content for file in release_pages(both)}
    page = html.fromstring(pages["releases/2026.11.1/index.html"])
    links = [a.get("href") for a in page.iter("a")]
    assert "../../releases/2026.11/index.html" in links
    assert "Replaces release 2026.11 " in text_of(page)


def test_the_json_ld_is_a_dataset_with_files_authors_and_coverage(release: ReleaseContent) -> None:
    page_url = "https://icelines.example.org/releases/2026.11/"
    document = json.loads(json_ld(release, page_url))
    assert document["@context"] == {"@vocab": "http://schema.org/"}
    assert document["@type"] == "Dataset"
    assert document["identifier"] == "https://doi.org/10.5072/icelines.2026.11"
    assert document["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert document["temporalCoverage"] == "1998-03-15/2026-08-28"
    assert document["datePublished"] == date(2026, 11, 3).isoformat()
    assert document["creator"][0]["@id"] == CREATOR.orcid
    downloads = {d["contentUrl"]: d["sha256"] for d in document["distribution"]}
    file = release.release.files[0]
    assert downloads[f"{page_url}files/{file.path}"] == file.sha256


def test_a_title_cannot_end_the_block_of_json_ld(
    release: ReleaseContent, content: SiteContent
) -> None:
    title = "</script><script>alert(1)</script>"
    named = replace(release, citation=replace(citation(), title=title))
    (script,) = page_of(named, content).xpath("//script")
    assert json.loads(script.text)["name"] == title


def test_signposts_name_identifier_licence_author_metadata_and_items(
    release: ReleaseContent,
) -> None:
    found = {(link.relation, link.href) for link in signposts(release, "files/")}
    assert {
        ("cite-as", "https://doi.org/10.5072/icelines.2026.11"),
        ("type", "https://schema.org/Dataset"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
        ("author", CREATOR.orcid),
        ("describedby", "files/datacite.json"),
        ("item", "files/icelines-fronts.gpkg"),
    } <= found


def test_an_unknown_licence_leads_to_its_spdx_page(
    release: ReleaseContent, content: SiteContent
) -> None:
    other = replace(release, citation=replace(citation(), licence="MIT"))
    assert page_of(other, content).xpath("//link[@rel='license']/@href") == [
        "https://spdx.org/licenses/MIT.html"
    ]


@pytest.mark.parametrize(("events", "words"), [(0, ""), (1, "1 calving event"), (48, "48 calving")])
def test_calving_events_are_counted_for_people_and_for_machines(
    release: ReleaseContent, content: SiteContent, events: int, words: str
) -> None:
    counted = replace(release, calving_events=events)
    description = json.loads(json_ld(counted, None))["description"]
    for text in (text_of(page_of(counted, content)), description):
        assert words in text.replace("\u2009", " ")
        assert ("calving event" in text) == (events > 0)
