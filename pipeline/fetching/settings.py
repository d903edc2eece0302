"""How archives are asked, and as whom: `ICELINES_FETCH_*`, `ICELINES_ARCHIVE_*`, `ICELINES_S3_*`.

Keys for S3 are the usual `AWS_*` variables; s3fs reads those by itself, they never pass here.
"""

from __future__ import annotations

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.errors import SettingsError

GIB = 2**30


class FetchSettings(BaseSettings):
    """How much at a time and how patiently. A product of 10 GiB is four times the largest GRD."""

    model_config = SettingsConfigDict(env_prefix="ICELINES_FETCH_", frozen=True, extra="ignore")

    parallel: int = Field(default=4, ge=1, le=64)
    attempts: int = Field(default=6, ge=1)
    first_wait_s: float = Field(default=1.0, ge=0)
    longest_wait_s: float = Field(default=300.0, ge=0)
    timeout_s: float = Field(default=60.0, gt=0)
    largest_bytes: int = Field(default=10 * GIB, ge=1)
    most_files: int = Field(default=1_000, ge=1)


class ArchiveAccess(BaseSettings):
    """Who we are at the one host that products are fetched from by HTTPS; no other is told.

    `ICELINES_ARCHIVE_HOST` (`host` or `host:port`), and `_TOKEN`, or `_USER` with `_PASSWORD`. A
    token without a host is for searching alone.
    """

    # Values stay out of the messages of pydantic.
    model_config = SettingsConfigDict(
        env_prefix="ICELINES_ARCHIVE_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    host: str | None = None
    token: SecretStr | None = None
    user: str | None = None
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _complete(self) -> ArchiveAccess:
        if (self.user is None) != (self.password is None):
            raise ValueError("ICELINES_ARCHIVE_USER and ICELINES_ARCHIVE_PASSWORD go together")
        if self.user and not self.host:
            raise ValueError("ICELINES_ARCHIVE_HOST must name the host that may see the secret")
        if self.token and self.user:
            raise ValueError("give either ICELINES_ARCHIVE_TOKEN or user and password, not both")
        return self


class S3Access(BaseSettings):
    """Where S3 is, and whether we pay for requests or come without keys."""

    model_config = SettingsConfigDict(
        env_prefix="ICELINES_S3_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    endpoint: str | None = None
    requester_pays: bool = False
    anonymous: bool = False


def load_fetch_settings() -> tuple[FetchSettings, ArchiveAccess, S3Access]:
    """Settings from the environment; raises SettingsError, without any value of a secret."""
    try:
        return FetchSettings(), ArchiveAccess(), S3Access()
    except ValueError as error:
        raise SettingsError(
            "The ICELINES_FETCH_*, ICELINES_ARCHIVE_* or ICELINES_S3_* variables cannot be used: "
            f"{error}"
        ) from None
