"""The STAC API: what the catalogue holds, for programs.

    parameters, filtering -> Search -> CatalogStore -> served_items -> documents

`client` is what stac-fastapi calls, `stac` puts it together. Answers are bytes: items are served
as they were built once, never parsed and written again. `refusals` is the one place that turns
errors into status codes.
"""

from __future__ import annotations

import logging

# It warns of default titles when it is imported, which is before anybody can set them.
logging.getLogger("stac_fastapi.types.config").setLevel(logging.ERROR)
