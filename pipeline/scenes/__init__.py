"""What the preparation reads from, whatever the file: SAFE products and GeoTIFFs by one protocol.

`source` is the protocol, `safe_scene` and `geotiff_scene` keep it; `measurement` and `geotiff`
read pixels in strips; `resampling` interpolates between them.
"""
