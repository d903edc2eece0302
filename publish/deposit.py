"""DataCite: DOIs drafted, read back, made findable.

The package's client is wrapped because of what it does (measured with datacite 1.4.1): it takes a
PUT answered 201 for a failure though the DOI was made, forgets the status code of errors, changes
the caller's dictionaries, and DataCite passes over a wrong change of state in silence. So every
write here starts with a GET, copies what it sends, and ends with a GET that is checked.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from datacite import DataCiteRESTClient
from datacite.errors import DataCiteError, DataCiteNotFoundError, HttpError
from datacite.request import DataCiteRequest
from requests import Response

from catalog.release import Doi
from publish.errors import DepositFailed
from publish.registry import DoiRecord, DoiState, agrees

Answer = TypeVar("Answer")
Sleep = Callable[[float], None]

TIMEOUT_S = 30.0
WAITS_S = (1.0, 2.0, 4.0, 8.0, 16.0)
TOO_MANY_REQUESTS, CREATED, SERVER_ERROR = 429, 201, 500
# Else publishers and affiliations come back as strings, without their identifiers.
FULL_ANSWERS = {"publisher": "true", "affiliation": "true"}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Access to a DataCite repository; the password is never shown."""

    user: str
    password: str
    url: str = "https://api.datacite.org/"

    def __repr__(self) -> str:
        return f"Credentials({self.user!r}, ***, {self.url!r})"


class _Request(DataCiteRequest):  # type: ignore[misc]
    """Remembers the status that the client's errors leave out."""

    status: int | None = None

    def request(self, *args: Any, **options: Any) -> Response:
        response: Response = super().request(*args, **options)
        self.status = response.status_code
        return response


class _Client(DataCiteRESTClient):  # type: ignore[misc]
    """The package's client, with the status of its last answer and complete records."""

    last: _Request | None = None

    @property
    def status(self) -> int | None:
        return self.last.status if self.last else None

    def _create_request(self) -> _Request:
        self.last = _Request(
            base_url=self.api_url,
            username=self.username,
            password=self.password,
            default_params=dict(FULL_ANSWERS),
            timeout=self.timeout,
        )
        return self.last


class DataCiteRegistry:
    """The live registry. `sleep` waits between tries, in seconds."""

    def __init__(
        self,
        credentials: Credentials,
        prefix: str,
        sleep: Sleep,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._client = _Client(
            credentials.user, credentials.password, prefix, url=credentials.url, timeout=timeout_s
        )
        self._sleep = sleep

    def fetch(self, doi: Doi) -> DoiRecord | None:
        return self._with_retries(doi, lambda: self._fetch(doi))

    def save(self, doi: Doi, metadata: Mapping[str, Any], url: str) -> DoiRecord:
        # The GET is inside the retry: an answer that was lost after the commit is found by it.
        return self._with_retries(doi, lambda: self._save(doi, metadata, url))

    def make_findable(self, doi: Doi) -> DoiRecord:
        return self._with_retries(doi, lambda: self._make_findable(doi))

    def _fetch(self, doi: Doi) -> DoiRecord | None:
        try:
            found = self._client.get_metadata(str(doi))
        except DataCiteNotFoundError:
            return None
        return DoiRecord(doi, DoiState(found["state"]), found.get("url") or "", found)

    def _save(self, doi: Doi, metadata: Mapping[str, Any], url: str) -> DoiRecord:
        sent = {**copy.deepcopy(dict(metadata)), "url": url}
        before = self._fetch(doi)
        if before is not None and agrees(sent, before.metadata):
            return before
        if before is None:
            self._client.draft_doi(sent, str(doi))
        else:
            self._put({**sent, "doi": str(doi)}, doi)
        after = self._existing(doi)
        self._refuse_state(after, before.state if before else DoiState.DRAFT)
        return after

    def _make_findable(self, doi: Doi) -> DoiRecord:
        before = self._existing(doi)
        if before.state is DoiState.FINDABLE:
            return before
        self._put({"doi": str(doi), "event": "publish"}, doi)
        after = self._existing(doi)
        self._refuse_state(after, DoiState.FINDABLE)
        return after

    def _put(self, attributes: dict[str, Any], doi: Doi) -> None:
        try:
            self._client.put_doi(str(doi), {"type": "dois", "attributes": attributes})
        except DataCiteError:
            if self._client.status != CREATED:
                raise

    def _existing(self, doi: Doi) -> DoiRecord:
        record = self._fetch(doi)
        if record is None:
            raise DepositFailed(
                "is not there after it was written.",
                where=str(doi),
                remedy="Run the same command again.",
            )
        return record

    def _refuse_state(self, record: DoiRecord, wanted: DoiState) -> None:
        if record.state is not wanted:
            raise DepositFailed(
                f"is {record.state} where it should be {wanted}.",
                where=str(record.doi),
                remedy="Look at the DOI in DataCite Fabrica, then run the same command again.",
            )

    def _with_retries(self, doi: Doi, action: Callable[[], Answer]) -> Answer:
        for wait_s in WAITS_S:
            try:
                return action()
            except (DataCiteError, HttpError) as error:
                if not self._may_pass(error):
                    raise self._failure(doi, error) from error
            self._sleep(wait_s)
        try:
            return action()
        except (DataCiteError, HttpError) as error:
            raise self._failure(doi, error) from error

    def _may_pass(self, error: Exception) -> bool:
        status = self._client.status
        no_answer = isinstance(error, HttpError)
        return no_answer or status == TOO_MANY_REQUESTS or (status or 0) >= SERVER_ERROR

    def _failure(self, doi: Doi, error: Exception) -> DepositFailed:
        if isinstance(error, HttpError):
            fault = "DataCite could not be reached."
            remedy = "Nothing is lost: run the same command again later."
        else:
            fault = f"DataCite answered {self._client.status}: {str(error)[:300]}"
            remedy = "Check user, password and prefix (ICELINES_DATACITE_*), then run it again."
        return DepositFailed(fault, where=str(doi), remedy=remedy)
