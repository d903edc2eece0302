"""The permanent paths, decided once. They are relative to the root of the site.

/                               index.html
/shelves/{Shelf}/               a shelf, with the numbers of its charts beside it
/releases/                      all releases
/releases/{version}/            the landing page that a DOI leads to
/releases/{version}/files/...   its frozen files
/releases/latest/               the landing page of the newest published release
/404.html  /static/...
"""

from __future__ import annotations

import re

from catalog.canonical import sha256_hex

HOME = "index.html"
NOT_FOUND = "404.html"
RELEASES = "releases/index.html"
LATEST = "latest"
UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
DIGEST_LETTERS = 8


def folder_name(shelf: str) -> str:
    """A name that is safe in paths and addresses; names that are changed stay distinct."""
    safe = UNSAFE.sub("-", shelf).strip("-")
    if safe == shelf:
        return safe
    return f"{safe or 'shelf'}-{sha256_hex(shelf.encode())[:DIGEST_LETTERS]}"


def shelf_folder(shelf: str) -> str:
    return f"shelves/{folder_name(shelf)}/"


def shelf_page(shelf: str) -> str:
    return f"{shelf_folder(shelf)}index.html"


def release_folder(version: str) -> str:
    return f"releases/{version}/"


def release_page(version: str) -> str:
    return f"{release_folder(version)}index.html"


def release_shelf_folder(shelf: str) -> str:
    """Where a release keeps the files of one shelf, below its own folder."""
    return f"shelves/{shelf}/"


def release_files(version: str) -> str:
    return f"{release_folder(version)}files/"
