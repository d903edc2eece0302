"""The STAC extensions in use, with exact versions.

Set by hand because the URIs that pystac's own helpers write lag behind for `sar` and `sat`.
"""

from __future__ import annotations

_PUBLISHED = "https://stac-extensions.github.io"

CLASSIFICATION = f"{_PUBLISHED}/classification/v1.1.0/schema.json"
FILE = f"{_PUBLISHED}/file/v2.1.0/schema.json"
MLM = f"{_PUBLISHED}/mlm/v1.5.2/schema.json"
PROCESSING = f"{_PUBLISHED}/processing/v1.2.0/schema.json"
PROJECTION = f"{_PUBLISHED}/projection/v2.0.0/schema.json"
SAR = f"{_PUBLISHED}/sar/v1.3.0/schema.json"
SAT = f"{_PUBLISHED}/sat/v1.2.0/schema.json"
SCIENTIFIC = f"{_PUBLISHED}/scientific/v1.0.0/schema.json"
VERSION = f"{_PUBLISHED}/version/v1.2.0/schema.json"

# Our own properties. Canonical records name the schema without a host; the served form puts the
# public URL in front (`<public url>/schemas/icelines/v1.0.0/schema.json`), where it stays.
ICELINES_PATH = "schemas/icelines/v1.0.0/schema.json"
ICELINES = f"urn:icelines:{ICELINES_PATH}"


def published_uri(extension: str, public_url: str) -> str:
    """The address under which `extension` is found by others."""
    return f"{public_url}/{ICELINES_PATH}" if extension == ICELINES else extension
