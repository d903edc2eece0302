"""How a series of fronts is judged: as distances along the paths of its unit.

profile    a series as a table of distances
screens    what speaks against a front by itself
speeds     how fast the shelf flows, from its own history or a map of velocity
physics    how far one front lies beyond what another allows
chain      the longest plausible succession of fronts
envelope   where the trusted fronts around it allow a front to be
verdict    what is said of a front, and why
rules      the bounds of a plausible series

All are pure: a verdict depends on the series, on people's decisions and on nothing else.
"""
