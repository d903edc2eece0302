"""Hrefs as they may be shown: without user, password, signature or token."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit


def scheme_of(href: str) -> str:
    """`https`, `s3`, `file`; empty for a path."""
    return urlsplit(href).scheme.lower() if "://" in href or href.startswith("file:") else ""


def shown(href: str) -> str:
    """The href without what may be a secret: user and password, query (signed URLs), fragment."""
    if not scheme_of(href):
        return href
    parts = urlsplit(href)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
