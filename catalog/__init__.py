"""The record: what a shelf, scene, front, model and release are, and where they are kept.

Owns the values, their STAC form, the tables and the store, the readers of fronts made by others,
and the frame of the command line. Imports no other room, and neither torch nor rasterio.
"""
