from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SceneError
from pipeline.safe import xml
from pipeline.safe.xml import XmlNode, parse_xml

LAUGHS = (
    b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>"""
)


def test_a_document_is_asked_for_typed_values() -> None:
    root = parse_xml(b"<a><n>1.5</n><i>7</i><t>2026-01-02T03:04:05.000006</t></a>", "f.xml")
    assert root.number("n") == 1.5
    assert root.integer("i") == 7
    assert root.moment("t").isoformat() == "2026-01-02T03:04:05.000006+00:00"


def test_a_declared_offset_is_turned_to_utc() -> None:
    root = parse_xml(b"<a><t>2026-01-02T03:04:05+02:00</t></a>", "f.xml")
    assert root.moment("t").isoformat() == "2026-01-02T01:04:05+00:00"


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
    ],
)
def test_a_document_type_is_refused(content: bytes) -> None:
    with pytest.raises(SceneError, match="document type"):
        parse_xml(content, "f.xml")


def test_a_document_type_hidden_in_another_encoding_is_refused() -> None:
    hidden = '<?xml version="1.0" encoding="utf-16"?>' + LAUGHS.decode().split("?>")[1]
    with pytest.raises(SceneError, match="UTF-8"):
        parse_xml(hidden.encode("utf-16"), "f.xml")


def test_a_declared_encoding_does_not_change_what_is_read() -> None:
    content = b'<?xml version="1.0" encoding="utf-7"?><a>+ADw-b/+AD4-</a>'
    assert parse_xml(content, "f.xml").element.text == "+ADw-b/+AD4-"


def test_an_entity_of_nobody_is_refused() -> None:
    with pytest.raises(SceneError, match="not well-formed"):
        parse_xml(b"<a>&x;</a>", "f.xml")


def test_nothing_is_included_from_other_files() -> None:
    content = (
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<xi:include href="/etc/hostname" parse="text"/></a>'
    )
    assert list(parse_xml(content, "f.xml").element.itertext()) == []


def test_a_document_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "XML_LIMIT_BYTES", 10)
    with pytest.raises(SceneError, match="larger than"):
        parse_xml(b"<a>12345678</a>", "f.xml")


def test_a_document_of_endless_depth_is_refused() -> None:
    with pytest.raises(SceneError, match="not well-formed"):
        parse_xml(b"<a>" * 5000 + b"</a>" * 5000, "f.xml")


@pytest.mark.parametrize("content", [b"", b"  \n", b"<a>", b"<a/><b/>", b"\xff\xfe", b"<a>\0</a>"])
def test_what_is_no_document_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(SceneError, match=r"^f\.xml: .+ Fetch the product again\.$"):
        parse_xml(content, "f.xml")


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1e999", "1 2"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    root = parse_xml(f"<a><n>{text}</n></a>".encode(), "f.xml")
    with pytest.raises(SceneError, match="<n>"):
        root.number("n")


@pytest.mark.parametrize("text", ["1.5", "1e300", "x"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(SceneError, match="<n>"):
        parse_xml(f"<a><n>{text}</n></a>".encode(), "f.xml").integer("n")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00:00", "2026-01-01T00:00:61"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(SceneError, match="<t>"):
        parse_xml(f"<a><t>{text}</t></a>".encode(), "f.xml").moment("t")


@pytest.mark.parametrize("text", ["1 x", "1 99999999999999999999999", "1.5 2"])
def test_whole_numbers_in_a_list_are_checked(text: str) -> None:
    with pytest.raises(SceneError, match="no numbers"):
        parse_xml(f"<a><n>{text}</n></a>".encode(), "f.xml").integers("n")


def test_a_list_that_is_shorter_than_its_count_is_refused() -> None:
    root = parse_xml(b'<a><n count="3">1 2</n><l count="2"><m/></l></a>', "f.xml")
    with pytest.raises(SceneError, match="holds 2 values but says count='3'"):
        root.numbers("n")
    with pytest.raises(SceneError, match="holds 1 values but says count='2'"):
        root.listed("l", "m")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_come_back_as_they_were_written(values: list[float]) -> None:
    text = " ".join(map(repr, values))
    root = parse_xml(f'<a><n count="{len(values)}">{text}</n></a>'.encode(), "f.xml")
    assert root.numbers("n").tolist() == values


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_a_refusal(content: bytes) -> None:
    with suppress(SceneError):
        assert isinstance(parse_xml(content, "f.xml"), XmlNode)
