"""Citations and metadata: the same facts in every form, valid where there is a schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from datacite import schema45
from lxml import etree

from catalog.release import Doi
from catalog.source import KNOWN_SOURCES, Source
from publish.citation import bibtex, citation_cff, csl, ris
from publish.content import Inclusion
from publish.errors import PackagingFailed
from publish.freeze import default_cut_off, freeze
from publish.licences import licence_address, licence_text
from publish.metadata import concept_metadata, metadata_xml, refuse_invalid
from publish.package import citation_of
from tests.publish.records import NOVEMBER, BuiltHouse, House, fill, filled_in_publisher

KERNEL = "{http://datacite.org/schema/kernel-4}"


def metadata_of(built: BuiltHouse) -> dict[str, Any]:
    metadata: dict[str, Any] = json.loads((built.folder / "datacite.json").read_bytes())
    return metadata


def test_the_json_is_valid_datacite_4_5(built: BuiltHouse) -> None:
    assert list(schema45.validator.iter_errors(metadata_of(built))) == []


def test_the_xml_is_valid_under_kernel_4_7(built: BuiltHouse, shared_schemas: Path) -> None:
    folder = shared_schemas / "schema.datacite.org/meta/kernel-4.7"
    schema = etree.XMLSchema(etree.parse(str(folder / "metadata.xsd")))
    document = etree.parse(str(built.folder / "datacite.xml"))
    schema.assertValid(document)
    assert document.findtext(f"{KERNEL}identifier") == "10.5072/icelines.2026.11"


def test_the_concept_is_valid_in_both_forms_too(built: BuiltHouse, shared_schemas: Path) -> None:
    concept = Doi.of_concept("10.5072")
    metadata = concept_metadata(
        metadata_of(built), concept, "https://x.org/releases/latest/", [built.release.doi]
    )
    folder = shared_schemas / "schema.datacite.org/meta/kernel-4.7"
    schema = etree.XMLSchema(etree.parse(str(folder / "metadata.xsd")))
    refuse_invalid(metadata)
    schema.assertValid(etree.fromstring(metadata_xml(metadata).encode()))


def test_the_metadata_name_their_relatives(built: BuiltHouse) -> None:
    related = {
        (r["relationType"], r["relatedIdentifier"])
        for r in metadata_of(built)["relatedIdentifiers"]
    }
    assert related == {
        ("IsVersionOf", "10.5072/icelines"),
        ("IsDerivedFrom", "10.1038/s41586-022-05037-w"),
    }


def test_the_concept_stands_for_versions_and_has_none_itself(built: BuiltHouse) -> None:
    versions = [Doi("10.5072/icelines.2026.10"), built.release.doi]
    concept = concept_metadata(
        metadata_of(built), Doi("10.5072/icelines"), "https://x.org/", versions
    )
    related = [(r["relationType"], r["relatedIdentifier"]) for r in concept["relatedIdentifiers"]]
    assert related == [
        ("HasVersion", "10.5072/icelines.2026.10"),
        ("HasVersion", "10.5072/icelines.2026.11"),
        ("IsDerivedFrom", "10.1038/s41586-022-05037-w"),
    ]
    assert "version" not in concept
    assert not [d for d in concept["dates"] if d["dateType"] == "Issued"]


def test_each_licence_in_a_release_is_named_once(built: BuiltHouse) -> None:
    rights = [right["rightsIdentifier"] for right in metadata_of(built)["rightsList"]]
    assert rights == ["cc-by-4.0", "mit"]


def test_metadata_without_a_publisher_are_refused_with_the_place_to_mend(built: BuiltHouse) -> None:
    metadata = metadata_of(built)
    del metadata["publisher"]
    with pytest.raises(PackagingFailed, match=r"'publisher' is a required.*publisher\.toml"):
        refuse_invalid(metadata)


def test_every_form_of_the_citation_says_the_same(built: BuiltHouse) -> None:
    document = json.loads((built.folder / "citation.json").read_bytes())
    forms = [document["text"], document["bibtex"], document["ris"], json.dumps(document["csl"])]
    for form in forms:
        for fact in ("Carberry", "Josiah", "2026", "2026.11", "10.5072/icelines.2026.11"):
            assert fact in form
    assert document["concept_doi_url"] == "https://doi.org/10.5072/icelines"
    assert document["url"] == "https://icelines.example.org/releases/2026.11/"


def test_bibtex_keeps_its_special_characters_apart(built: BuiltHouse) -> None:
    document = json.loads((built.folder / "citation.json").read_bytes())
    assert r"publisher = {Institute of Ice \& Öcean}" in document["bibtex"]
    assert "url = {https://doi.org/10.5072/icelines.2026.11}" in document["bibtex"]


def test_ris_is_a_whole_record_with_the_line_ends_of_the_format(built: BuiltHouse) -> None:
    document = json.loads((built.folder / "citation.json").read_bytes())
    lines = document["ris"].split("\r\n")
    assert lines[0] == "TY  - DATA"
    assert lines[-2:] == ["ER  - ", ""]


def test_the_citation_file_lists_the_version_doi_first(built: BuiltHouse) -> None:
    text = (built.folder / "CITATION.cff").read_text(encoding="utf-8")
    values = [line.split('"')[1] for line in text.splitlines() if line.startswith("    value:")]
    assert values == ["10.5072/icelines.2026.11", "10.5072/icelines"]
    assert text.startswith("cff-version: 1.2.0\n")


def test_quotes_and_colons_in_a_title_break_no_form(tmp_path: Path) -> None:
    house = House(tmp_path)
    fill(house.store)
    title = 'Fronts: "lines" & #1\\'
    publisher = replace(house.publisher, title=title)
    content = freeze(house.store, NOVEMBER, Inclusion(), default_cut_off(NOVEMBER), ())
    citation = citation_of(content, publisher)
    house.store.close()
    assert f"title: {json.dumps(title)}" in citation_cff(citation)
    assert r"\& \#1" in bibtex(citation)
    assert csl(citation)["title"] == title
    assert f"TI  - {title}\r\n" in ris(citation)


def test_a_release_with_simulated_fronts_says_so_in_its_title(simulated: BuiltHouse) -> None:
    assert "simulated" in metadata_of(simulated)["titles"][0]["title"]
    assert "simulated" in (simulated.folder / "README.md").read_text(encoding="utf-8")


def test_the_licence_file_has_our_text_in_full_and_the_notice_of_others(tmp_path: Path) -> None:
    publisher = filled_in_publisher(tmp_path / "publisher.toml")
    source = replace(KNOWN_SOURCES["greene2022"], provider="Chad A. Greene")
    text = licence_text(publisher, [source], "2014-2026", has_simulated=False)
    assert "Contains modified Copernicus Sentinel data 2014-2026" in text
    assert "Creative Commons Attribution 4.0 International Public License" in text
    assert "Copyright (c) Chad A. Greene\n" in text
    assert "<holder>" not in text


def test_a_licence_without_a_name_has_no_address(tmp_path: Path) -> None:
    publisher = filled_in_publisher(tmp_path / "publisher.toml")
    source = Source("someone", "Some lines", "Someone (2020)", "other")
    assert licence_address("other") is None
    assert "Licence: other" in licence_text(publisher, [source], "", has_simulated=False)
