"""The static site: a home with the map, a page for each shelf, a landing page for each release.

    gather -> pages (series, charts, maps, citing) -> folder

`gather` alone reads the catalogue; `folder` alone writes. Between them everything is a pure
function from `SiteContent` to bytes, so two builds of the same records give the same files.
The pages need no JavaScript and no server: links between them are relative.
"""
