"""Access to DataCite, and the publisher as releases name it: read once, at the edge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from catalog.publisher import Publisher, load_publisher
from catalog.settings import Settings
from publish.errors import NoCredentials

if TYPE_CHECKING:
    from publish.deposit import Credentials


class DataCiteSettings(BaseSettings):
    """`ICELINES_DATACITE_USER`, `ICELINES_DATACITE_PASSWORD`, `ICELINES_DATACITE_URL`.

    For rehearsals with a real service, DataCite has https://api.test.datacite.org/.
    """

    model_config = SettingsConfigDict(env_prefix="ICELINES_DATACITE_", frozen=True, extra="ignore")

    user: str | None = None
    password: SecretStr | None = None
    url: str = "https://api.datacite.org/"

    @property
    def is_complete(self) -> bool:
        return bool(self.user and self.password)

    def credentials(self) -> Credentials:
        """Raises NoCredentials, which names the dry run."""
        from publish.deposit import Credentials

        if not self.user or not self.password:
            raise NoCredentials(
                "Registering a DOI needs ICELINES_DATACITE_USER and ICELINES_DATACITE_PASSWORD.",
                remedy="Set them, or rehearse everything but the registration: --doi-dry-run.",
            )
        return Credentials(self.user, self.password.get_secret_value(), self.url)


def publisher_of(settings: Settings) -> Publisher:
    """The publisher, with the public URL of the settings where they name one."""
    publisher = load_publisher(settings.publisher_file)
    if settings.public_url is None:
        return publisher
    unfilled = tuple(name for name in publisher.placeholders if name != "public_url")
    return replace(publisher, public_url=settings.public_url, placeholders=unfilled)
