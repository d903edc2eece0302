"""Addresses are kept without what signs or opens them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.discovery.signatures import is_secret_parameter, without_secrets


@pytest.mark.parametrize(
    ("signed", "kept"),
    [
        (
            "https://a.blob.core.windows.net/c/x.tiff?st=2026&se=2027&sp=rl&sv=2024&sr=c&sig=ab%2F",
            "https://a.blob.core.windows.net/c/x.tiff",
        ),
        (
            "https://b.s3.amazonaws.com/k.xml?X-Amz-Signature=1&X-Amz-Credential=2&versionId=3",
            "https://b.s3.amazonaws.com/k.xml?versionId=3",
        ),
        ("https://user:word@host.org/x.zip", "https://host.org/x.zip"),
        ("https://host.org:8443/x?access_token=1#frag", "https://host.org:8443/x"),
        (
            "https://host.org/Products(1)/$value?x-goog-signature=1",
            "https://host.org/Products(1)/$value",
        ),
    ],
)
def test_signatures_tokens_and_passwords_go(signed: str, kept: str) -> None:
    assert without_secrets(signed) == kept


@pytest.mark.parametrize(
    "href",
    [
        "s3://eodata/Sentinel-1/SAR/x.SAFE/manifest.safe",
        "https://host.org/odata/Products(0a-1b)/$value?$format=zip&a=%2F+b",
        "../relative/x.xml",
        "file:///data/x.SAFE",
    ],
)
def test_an_address_without_secrets_stays_as_it_is(href: str) -> None:
    assert without_secrets(href) == href


@given(st.text())
def test_any_text_has_an_answer_without_a_signature(text: str) -> None:
    assert "sig=hidden" not in without_secrets(
        f"https://h.org/x?{text}&sig=hidden".replace("#", "")
    )


def test_names_of_parameters_count_in_any_case() -> None:
    assert is_secret_parameter("X-AMZ-Signature")
    assert is_secret_parameter("SIG")
    assert not is_secret_parameter("version")
