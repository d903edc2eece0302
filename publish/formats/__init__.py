"""The files of a release, one format a module: the same fronts give the same bytes.

`columns` is the data dictionary, `features` the fronts as rows of it; `gdal` and `zipping` keep
clocks and warnings out. The writers know nothing of each other.
"""
