"""Antarctic scenes with known truth.

A simulated scene is a function of (part, moment, scenario, seed): the front lies where
`moving_front` says, `surfaces` covers the image, `backscatter` makes it measurable, `acquisition`
places it on the ground, `scene` composes, `geotiff` writes. `tiles` makes training tiles from the
same surfaces. Everything that comes of it says that it is simulated.
"""
