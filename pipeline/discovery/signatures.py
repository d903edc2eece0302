"""Addresses without what must not be kept: signatures that expire, tokens, passwords."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

# Azure shared access signatures, Amazon and Google signed URLs, CloudFront, common token names.
AZURE = {
    "se", "sig", "ske", "skoid", "sks", "skt", "sktid", "skv", "sp", "spr", "sr", "srt", "ss",
    "st", "sv", "sip", "si", "sdd", "saoid", "suoid", "scid",
}  # fmt: skip
SIGNED = {"awsaccesskeyid", "googleaccessid", "signature", "expires", "policy", "key-pair-id"}
TOKENS = {
    "token", "access_token", "apikey", "api_key", "api-key", "key", "subscription-key",
    "password", "secret", "auth", "authorization", "jwt",
}  # fmt: skip
PREFIXES = ("x-amz-", "x-goog-", "x-oss-", "x-ms-")


def without_secrets(href: str) -> str:
    """`href` without user, password, fragment and the query parameters of signatures.

    An address without any of these comes back as it was.
    """
    try:
        parts = urlsplit(href)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return href.partition("?")[0]
    kept = [(name, value) for name, value in pairs if not is_secret_parameter(name)]
    place = parts.netloc.rpartition("@")[2]
    if len(kept) == len(pairs) and place == parts.netloc and not parts.fragment:
        return href
    query = urlencode(kept, quote_via=quote) if len(kept) != len(pairs) else parts.query
    return urlunsplit((parts.scheme, place, parts.path, query, ""))


def is_secret_parameter(name: str) -> bool:
    """Whether a query parameter signs an address or opens it."""
    lower = name.lower()
    return lower in AZURE | SIGNED | TOKENS or lower.startswith(PREFIXES)
