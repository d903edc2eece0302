"""Files from HTTP servers: ranges, validators, redirects, and who is told our secret.

RFC 9110: Range (14), If-Range (13.1.5), Retry-After (10.2.3). Redirects are followed here and not
by httpx, because each hop is asked anew whether it may see the credentials.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import httpx

from pipeline.discovery.candidate import RemoteFile
from pipeline.fetching.errors import ArchiveFault, FetchError, SourceBroken
from pipeline.fetching.href import shown
from pipeline.fetching.patience import Clock, retry_after_s
from pipeline.fetching.settings import ArchiveAccess
from pipeline.fetching.transport import Answer

MOST_REDIRECTS = 10
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
# Where URLs of a host are signed, for everybody: Planetary Computer, its documentation (belief).
SIGNERS = {
    "sentinel1euwest.blob.core.windows.net": (
        "https://planetarycomputer.microsoft.com/api/sas/v1/sign"
    ),
}
CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
MOVED = "The archive may have moved the product: discover the month again."
LET_IN = (
    "Set ICELINES_ARCHIVE_HOST and ICELINES_ARCHIVE_TOKEN (or _USER and _PASSWORD); a signed URL "
    "may have run out: discover the month again."
)
DEFAULT_PORTS = {"https": 443, "http": 80}


class HttpFiles:
    """One client for all threads. Close it, or use it as a context manager."""

    def __init__(
        self,
        access: ArchiveAccess,
        clock: Clock,
        *,
        timeout_s: float,
        parallel: int,
        signers: Mapping[str, str] = SIGNERS,
    ) -> None:
        self._signers = signers
        self._access = access
        self._clock = clock
        self._client = httpx.Client(
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=parallel),
            headers={"User-Agent": "icelines", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def open(self, href: str, start: int, version: str | None) -> Iterator[Answer]:
        wanted = {"Range": f"bytes={start}-"} if start else {}
        if start and version:
            wanted["If-Range"] = version
        try:
            with self._followed(href, wanted) as response:
                yield self._answer(response, href, start)
        except (httpx.TransportError, httpx.StreamError) as error:
            # Its text may name a signed URL; the kind says enough.
            raise SourceBroken(f"the connection broke ({type(error).__name__})") from error

    def files_below(self, href: str) -> tuple[RemoteFile, ...] | None:  # noqa: ARG002
        return None

    @contextmanager
    def _followed(self, href: str, wanted: Mapping[str, str]) -> Iterator[httpx.Response]:
        url = self._signed(href)
        for _ in range(MOST_REDIRECTS):
            with self._client.stream("GET", _plain(url), headers=self._headers(url, wanted)) as got:
                if got.status_code not in REDIRECTS:
                    yield got
                    return
                url = _next_hop(url, got.headers.get("Location", ""), href)
        raise FetchError("redirects in circles.", where=shown(href), remedy="Check the URL.")

    def _signed(self, href: str) -> str:
        """The URL with a fresh signature, where its host gives out files to signed URLs alone."""
        parts = urlsplit(href)
        signer = self._signers.get(parts.netloc)
        if signer is None or parts.query:
            return href
        response = self._client.get(signer, params={"href": href})
        if response.status_code != 200:
            raise self._refusal(response, signer)
        signed = _signed_in(response)
        if urlsplit(signed)[:3] != parts[:3]:
            raise FetchError("signs another URL than asked for.", where=shown(signer))
        return signed

    def _headers(self, url: str, wanted: Mapping[str, str]) -> dict[str, str]:
        return {**wanted, **self._credentials(url)}

    def _credentials(self, url: str) -> dict[str, str]:
        """The secret, for the configured host alone, and never in the clear over a network."""
        access = self._access
        if not access.host or not _is_host(url, access.host) or not _is_private(url):
            return {}
        if access.token:
            return {"Authorization": f"Bearer {access.token.get_secret_value()}"}
        if access.user and access.password:
            pair = f"{access.user}:{access.password.get_secret_value()}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return {}

    def _answer(self, response: httpx.Response, href: str, start: int) -> Answer:
        status = response.status_code
        if status == 206:
            return _part_of(response, start)
        if status == 416:
            return _nothing_left(response, start)
        if status == 200:
            _refuse_compressed(response, href)
            return Answer(0, _length(response), _version(response), _chunks(response))
        raise self._refusal(response, href)

    def _refusal(self, response: httpx.Response, href: str) -> Exception:
        status = response.status_code
        if status in PASSING:
            wait_s = retry_after_s(response.headers.get("Retry-After"), self._clock.now())
            return SourceBroken(f"the archive answered {status}", wait_s=wait_s)
        kind, remedy = (ArchiveFault, LET_IN) if status in (401, 403) else (FetchError, MOVED)
        return kind(f"the archive answered {status}.", where=shown(href), remedy=remedy)


def _plain(url: str) -> httpx.URL:
    # httpx would turn user and password in a URL into a header for whichever host it names.
    return httpx.URL(url).copy_with(username=None, password=None)


def _signed_in(response: httpx.Response) -> str:
    try:
        return str(response.json()["href"])
    except (ValueError, KeyError, TypeError):
        return ""


def _next_hop(url: str, location: str, href: str) -> str:
    following = urljoin(url, location)
    before, after = urlsplit(url).scheme, urlsplit(following).scheme
    if not location or after not in DEFAULT_PORTS or (before == "https" and after == "http"):
        raise FetchError(
            f"is redirected to where we do not follow ({shown(following)}).",
            where=shown(href),
            remedy="Name the product's own URL.",
        )
    return following


def _is_host(url: str, host: str) -> bool:
    parts, wanted = urlsplit(url), urlsplit(f"//{host}")
    default = DEFAULT_PORTS.get(parts.scheme)
    # Without a port the usual one is meant, not any.
    same_port = (parts.port or default) == (wanted.port or default)
    return parts.hostname == wanted.hostname and same_port


def _is_private(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _part_of(response: httpx.Response, start: int) -> Answer:
    found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None or found[1] is None or int(found[1]) != start:
        raise SourceBroken("the archive sent another range than asked for", is_useless=True)
    total = None if found[3] == "*" else int(found[3])
    return Answer(start, total, _version(response), _chunks(response))


def _nothing_left(response: httpx.Response, start: int) -> Answer:
    found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if found is None or found[3] != str(start):
        raise SourceBroken("the file at the archive is shorter than it was", is_useless=True)
    return Answer(start, start, _version(response), iter(()))


def _refuse_compressed(response: httpx.Response, href: str) -> None:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError(
            "is sent compressed although it was asked for as it is.", where=shown(href)
        )


def _length(response: httpx.Response) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _version(response: httpx.Response) -> str | None:
    """What may stand in If-Range: a strong ETag, or a date."""
    etag: str = response.headers.get("ETag", "")
    date: str = response.headers.get("Last-Modified", "")
    return etag if etag and not etag.startswith("W/") else date or None


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    # As they come: with a size of ours httpx would hold bytes back, and lose them with the line.
    return response.iter_raw()
