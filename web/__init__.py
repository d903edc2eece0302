"""The web room: what the catalogue knows, as pages for people and as an API for programs.

It owns `site` (static pages, maps and charts as files that any host can serve), `api` (the STAC
API) and the program that serves both. It reads records and frozen release folders and changes
neither. It imports `catalog` and no other room of the house, and neither torch nor rasterio.
"""
