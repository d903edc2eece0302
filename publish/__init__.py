"""Recorded fronts in, one frozen and citable release out.

The room owns what a release is made of (files, metadata, manifest), how it gets its DOI and how
it is archived. Reading order: `run` (the two recipes: build, publish), then `freeze` (which
fronts), `package` (which files), `steps` (what a publication does, in order), `deposit` (DataCite),
`archive` (OCFL), `verify`. It may import `catalog` and no other room; readers of a release need
only its folder: `manifest.json`, `citation.json` and the files these name.
"""
