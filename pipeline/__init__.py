"""Scenes in, checked fronts out.

The room owns everything between a Sentinel-1 scene and a recorded front line: simulating scenes
with known truth, finding and fetching real ones, preparing rasters, the HED-UNet and its
training, tracing and checking lines.
It may import `catalog` and no other room; it meets the others through stored records only.
Steps (discover, fetch, prepare, segment, trace, check, simulate) do not import each other: the
`run` modules compose them. Below the steps lie packages of one matter each: `discovery`,
`fetching`, `safe` (what a product says), `geometry`, `radiometry`, `scenes` and `snap`.
"""
