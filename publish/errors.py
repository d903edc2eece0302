"""Why a release is not built, or not published.

PublicationError
├── EmptyRelease           nothing accepted to release
├── NothingNew             the same records as the predecessor
├── BadVersionOrder        a version that does not follow the published ones
├── ReleaseIsImmutable     it is archived under its DOI: only a correction can follow
├── DanglingLineage        a record names an input that is not on record or not in the release
├── DecisionsNotApplied    people decided what its record does not tell yet
├── PackagingFailed        a file could not be written as its format demands
├── NotForPublication      simulated fronts, placeholders, a stale build
├── NoCredentials          no access to DataCite and no dry run asked for
├── ReleaseDamaged         files differ from the manifest
├── DepositFailed          DataCite refused, or could not be reached
└── ArchiveFailed          the OCFL archive refused
"""

from __future__ import annotations

from catalog.errors import PublicationError


class EmptyRelease(PublicationError):
    """There is no accepted front to release."""


class NothingNew(PublicationError):
    """The release would pin exactly what its predecessor pins."""


class BadVersionOrder(PublicationError):
    """The version does not follow the releases that are published."""


class ReleaseIsImmutable(PublicationError):
    """The release is archived under its DOI and stays as it is."""


class DanglingLineage(PublicationError):
    """A record names an input that the catalogue, or the release, does not hold."""


class DecisionsNotApplied(PublicationError):
    """People decided about a front, and its record does not tell it yet."""


class PackagingFailed(PublicationError):
    """A file of the release could not be written as its format demands."""


class NotForPublication(PublicationError):
    """The release may not get a live DOI as it is."""


class NoCredentials(PublicationError):
    """DataCite needs a user and a password."""


class ReleaseDamaged(PublicationError):
    """The files of a release are not those that were frozen."""


class DepositFailed(PublicationError):
    """DataCite refused, answered with something else than asked, or could not be reached."""


class ArchiveFailed(PublicationError):
    """The archive could not take or check a release."""
