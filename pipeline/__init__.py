"""Scenes in, checked fronts out.

The room owns everything between a Sentinel-1 scene and a recorded front line: simulating scenes
with known truth, preparing rasters, the HED-UNet and its training, tracing and checking lines.
It may import `catalog` and no other room; it meets the others through stored records only.
Step modules (prepare, segment, trace, check, simulate) do not import each other's steps: `run`
composes them.
"""
