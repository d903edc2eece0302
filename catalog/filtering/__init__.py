"""Filters on items in CQL2 (OGC 21-065r2): from text or JSON to bound SQL.

`limits` bounds what is read, before anything is parsed. `reading` makes the typed tree of
`expression` from it, by the names and kinds in `queryables`. `compiling` says the tree in SQL,
with the functions of `sql`, which `sqlite` and `postgresql` have names for; what they compute on
SQLite stands in `text`, `arithmetic` and `places`. What the operations mean is written down in
docs/filtering.md.
"""
