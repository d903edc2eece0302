"""Files from S3 servers, by s3fs: an object, or every object below a prefix (`.../X.SAFE/`)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from pipeline.discovery.candidate import RemoteFile
from pipeline.fetching.errors import ArchiveFault, FetchError, SourceBroken
from pipeline.fetching.href import shown
from pipeline.fetching.settings import S3Access
from pipeline.fetching.transport import Answer

BLOCK_BYTES = 8 * 2**20  # of one request
# Buckets that are not at Amazon, and where they are: Copernicus Data Space, documentation of 2024.
ENDPOINTS = {"eodata": "https://eodata.dataspace.copernicus.eu"}
NO_S3FS = "Reading s3:// needs the extra `s3`: pip install 'icelines[s3]'."
KEYS = (
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and ICELINES_S3_ENDPOINT where the bucket is "
    "not at Amazon; ICELINES_S3_REQUESTER_PAYS=true where we pay; ICELINES_S3_ANONYMOUS=true for "
    "an open bucket)."
)


class S3Files:
    """Connections to S3, made when first asked for, one for each endpoint."""

    def __init__(self, access: S3Access, *, timeout_s: float) -> None:
        self._access = access
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._systems: dict[str, Any] = {}

    @contextmanager
    def open(self, href: str, start: int, version: str | None) -> Iterator[Answer]:
        system = self._system(href)
        with _said_plainly(href):
            about = system.info(_key(href), refresh=True)
            # s3fs sends the ETag as If-Match, so that no answer mixes two versions.
            stream = system.open(_key(href), "rb", block_size=BLOCK_BYTES, cache_type="readahead")
        now = about.get("ETag")
        begin = start if version is not None and version == now else 0
        with stream:
            stream.seek(begin)
            yield Answer(begin, int(about["size"]), now, _chunks(stream, href))

    def files_below(self, href: str) -> tuple[RemoteFile, ...] | None:
        system, key = self._system(href), _key(href).rstrip("/")
        with _said_plainly(href):
            if not href.endswith("/") and system.info(key, refresh=True)["type"] == "file":
                return None
            found = system.find(key, detail=True, refresh=True)
        if not found:
            raise FetchError("there is nothing below this prefix.", where=shown(href))
        return tuple(
            RemoteFile(path.removeprefix(f"{key}/"), f"s3://{path}", size_bytes=int(about["size"]))
            for path, about in sorted(found.items())
            if not path.endswith("/")
        )

    def _system(self, href: str) -> Any:
        bucket = urlsplit(href).netloc
        endpoint = self._access.endpoint or ENDPOINTS.get(bucket, "")
        with self._lock:
            if endpoint not in self._systems:
                self._systems[endpoint] = self._connect(endpoint)
            return self._systems[endpoint]

    def _connect(self, endpoint: str) -> Any:
        try:
            import s3fs
        except ModuleNotFoundError as error:
            raise ArchiveFault("s3fs is not installed.", remedy=NO_S3FS) from error
        return s3fs.S3FileSystem(
            anon=self._access.anonymous,
            endpoint_url=endpoint or None,  # None: AWS_ENDPOINT_URL, or Amazon
            requester_pays=self._access.requester_pays,
            config_kwargs={
                "connect_timeout": self._timeout_s,
                "read_timeout": self._timeout_s,
                "retries": {"max_attempts": 1},  # ours count
            },
            use_listings_cache=False,
            skip_instance_cache=True,
        )


def _key(href: str) -> str:
    # Not by urlsplit: `?` and `#` are letters like others in the name of an object.
    return href.split("://", 1)[1]


def _chunks(stream: BinaryIO, href: str) -> Iterator[bytes]:
    while True:
        with _said_plainly(href):
            chunk = stream.read(BLOCK_BYTES)
        if not chunk:
            return
        yield chunk


@contextmanager
def _said_plainly(href: str) -> Iterator[None]:
    """Errors of s3fs and botocore in our words: theirs may hold what should not be shown."""
    try:
        yield
    except FileNotFoundError as error:
        raise FetchError(
            "is not at the archive.", where=shown(href), remedy="Discover the month again."
        ) from error
    except PermissionError as error:
        raise _refused(href) from error
    except Exception as error:
        # botocore, aiohttp and s3fs have no common base, and none is imported before it is needed.
        if type(error).__name__ == "NoCredentialsError":
            raise _refused(href) from error
        if type(error).__name__ == "FileExpired" or _code(error) == "PreconditionFailed":
            raise SourceBroken("the file changed on the way", is_useless=True) from error
        raise SourceBroken(f"the connection broke ({type(error).__name__})") from error


def _refused(href: str) -> ArchiveFault:
    return ArchiveFault("the archive refuses us.", where=shown(href), remedy=KEYS)


def _code(error: BaseException) -> str:
    response = getattr(error, "response", None) or getattr(error.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))
