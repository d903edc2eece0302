"""Sentinel-1 GRD products in ESA's SAFE format: what they say, before any pixel is changed.

`annotation` and `tables` are the values; the readers beside them make these values from the XML of
a product. Nothing here calibrates or geocodes: that is for the steps.

All times are seconds since the product's `epoch`, all image positions (line, pixel) count from 0
at the *centre* of the first pixel, as ESA's own tables do.
"""
