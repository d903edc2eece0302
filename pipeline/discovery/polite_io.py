"""Requests to an archive that end: retried with back-off, limited in time and in size."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3
from pystac_client.stac_api_io import StacApiIO
from urllib3 import Retry

from pipeline.discovery.archives import Archive, ArchiveSettings
from pipeline.discovery.refusal import plain
from pipeline.errors import ArchiveError

RETRIED = (429, 500, 502, 503, 504)
LARGEST_ANSWER_BYTES = 64 << 20
READ_BYTES = 1 << 16
BODY_ATTEMPTS = 3
PATIENCE = 4.0  # an answer may take this many times the limit of one wait, start to end
TRY_LATER = "Try again later; nothing was recorded for what was not searched."
CHECK_ADDRESS = "Check the address and the network."
HEADERS = {"Accept": "application/geo+json, application/json", "User-Agent": "icelines"}


class PoliteIO(StacApiIO):
    """What pystac-client speaks through. Every failure is an ArchiveError without secrets."""

    def __init__(self, archive: Archive, settings: ArchiveSettings) -> None:
        self._archive = archive
        self._host = urlsplit(archive.url).hostname
        self._longest_s = PATIENCE * settings.timeout_s
        headers = dict(HEADERS)
        if archive.token is not None:
            headers["Authorization"] = f"Bearer {archive.token.get_secret_value()}"
        super().__init__(
            headers=headers, timeout=settings.timeout_s, max_retries=_retries(settings)
        )

    def request(
        self,
        href: str,
        method: str | None = None,
        headers: dict[str, str] | None = None,
        parameters: dict[str, Any] | None = None,
    ) -> str:
        """The body of an answer; raises ArchiveError, with the status where there was one."""
        url = self._own(href)
        for _ in range(BODY_ATTEMPTS):
            try:
                return self._exchange(url, (method or "GET").upper(), headers, parameters)
            except (requests.Timeout, urllib3.exceptions.TimeoutError):
                raise self.error("does not answer in time.", TRY_LATER) from None
            except urllib3.exceptions.ProtocolError:
                continue  # broken off after the status, where urllib3 does not retry
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                raise self._unreachable(error) from None
        raise self.error("breaks off in the middle of its answers.", TRY_LATER)

    def error(self, fault: str, remedy: str) -> ArchiveError:
        """A refusal that names the archive."""
        return ArchiveError(f"the archive {fault}", where=self._archive.address, remedy=remedy)

    def _exchange(
        self,
        url: str,
        method: str,
        headers: dict[str, str] | None,
        parameters: dict[str, Any] | None,
    ) -> str:
        is_post = method == "POST"
        answer = self.session.request(
            "POST" if is_post else "GET",
            url,
            params=None if is_post else parameters,
            json=(parameters or {}) if is_post else None,
            headers=headers,
            timeout=self.timeout,
            stream=True,
        )
        with answer:
            return self._text_of(answer)

    def _own(self, href: str) -> str:
        """`href` if it is at the archive's own host; a token is shown to nobody else."""
        parts = urlsplit(href)
        if parts.scheme not in ("http", "https") or parts.hostname != self._host:
            raise self.error("sends to another host for the rest of its answer.", CHECK_ADDRESS)
        if self._archive.url.startswith("https:") and parts.scheme == "http":
            # Behind a proxy an API may not know that it is spoken to through TLS.
            return urlunsplit(("https", *parts[1:]))
        return href

    def _text_of(self, answer: requests.Response) -> str:
        if not answer.ok:
            raise self._refused(answer)
        deadline = time.monotonic() + self._longest_s
        pieces: list[bytes] = []
        size = 0
        # read1, because read would wait until a whole block has trickled in.
        while piece := answer.raw.read1(READ_BYTES, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_ANSWER_BYTES:
                raise self.error("gives an answer of more than 64 MiB.", CHECK_ADDRESS)
            if time.monotonic() > deadline:
                raise self.error("answers too slowly.", TRY_LATER)
        return b"".join(pieces).decode("utf-8", errors="replace")

    def _refused(self, answer: requests.Response) -> ArchiveError:
        remedy = {
            401: "Set ICELINES_ARCHIVE_TOKEN.",
            403: "Set ICELINES_ARCHIVE_TOKEN, or ask for access.",
            404: CHECK_ADDRESS,
        }.get(answer.status_code, TRY_LATER)
        error = self.error(f"answers {answer.status_code} {plain(answer.reason)}.", remedy)
        return RefusedRequest(error.fault, error.where, error.remedy, answer.status_code)

    def _unreachable(self, error: Exception) -> ArchiveError:
        # The error's own text holds the whole address, with what must not be shown.
        kind = type(error).__name__
        return self.error(f"cannot be reached ({kind}).", CHECK_ADDRESS)


class RefusedRequest(ArchiveError):
    """An answer with an error status."""

    def __init__(self, fault: str, where: str, remedy: str, status: int) -> None:
        super().__init__(fault, where=where, remedy=remedy)
        self.status = status


def _retries(settings: ArchiveSettings) -> Retry:
    return Retry(
        total=settings.retries,
        backoff_factor=settings.backoff_s,
        backoff_max=settings.longest_wait_s,
        status_forcelist=RETRIED,
        allowed_methods=None,  # a search by POST changes nothing
        respect_retry_after_header=True,
        retry_after_max=round(settings.longest_wait_s),
        raise_on_status=False,
    )
