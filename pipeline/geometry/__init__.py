"""Where a pixel lies on the ground, and how high the ground stands there.

`orbit` and `range_doppler` are the physics of one product, `terrain_map` lays it on a map;
`geocoding` is the map's side, and what stands in where there is no orbit: splines through control
points. `heights` are surfaces made of the bundled `geoid`, a `dem` or a constant;
`surface_choice` picks one before a scene is known; `footprint` is a scene's outline on the globe.
"""
