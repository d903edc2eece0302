"""Texts without case and accents, and patterns, each the same wherever it is computed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SPECIAL_IN_GLOB = "*?["
GLOB_LETTERS = {"%": "*", "_": "?"}
PATTERN_PIECE = re.compile(r"\\.|.", re.DOTALL)


@lru_cache(maxsize=4096)
def fold(text: str, *, case: bool, accents: bool) -> str:
    """The text without its case, its accents, or both, in Unicode's composed form (NFC).

    Case is folded in full (Unicode, section 3.13: `ß` becomes `ss`). Accents are the combining
    marks of the decomposed form (NFD); letters with a stroke (`ø`, `đ`, `ł`) have none.
    """
    letters = unicodedata.normalize("NFD", text)
    if case:
        letters = unicodedata.normalize("NFD", letters.casefold())
    if accents:
        letters = "".join(c for c in letters if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", letters)


def glob_of(pattern: str) -> str:
    """A pattern of LIKE for SQLite's GLOB, which tells small from capital letters."""
    return "".join(map(_glob_piece, PATTERN_PIECE.findall(pattern)))


def like_of(pattern: str) -> str:
    """A pattern for LIKE proper, which does not end in a lone backslash."""
    return "".join(
        piece * 2 if piece == "\\" else piece for piece in PATTERN_PIECE.findall(pattern)
    )


def _glob_piece(piece: str) -> str:
    if piece in GLOB_LETTERS:
        return GLOB_LETTERS[piece]
    return f"[{piece[-1]}]" if piece[-1] in SPECIAL_IN_GLOB else piece[-1]
