"""Does the check find false fronts, and does it leave the true ones alone?

truth       series of simulated fronts with calvings, traced with the errors of a trace
corruption  what makes fronts false: melt, fast ice, wrong lines, shifted scenes, half fronts
scoring     which false fronts are found, which true ones are doubted
real        what the check says of the fronts of 1997 to 2021
"""
