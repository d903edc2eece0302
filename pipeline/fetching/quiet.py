"""Libraries that log what they send: signed URLs, headers with tokens."""

from __future__ import annotations

import logging

# At INFO httpx logs whole URLs, at DEBUG the others log headers and signatures.
TALKATIVE = ("httpx", "httpcore", "s3fs", "fsspec", "botocore", "aiobotocore", "aiohttp")


def quiet_libraries() -> None:
    """Warnings only, whatever level the program logs at: a log is no place for a secret."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
