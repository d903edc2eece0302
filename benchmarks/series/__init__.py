"""What check, average and calving events cost over many fronts, and how the cost grows.

generated   fronts of all parts, every few days, with calvings
stages      what is measured: one function for each step, and how many fronts it was given
measuring   one stage over one number of fronts, in a process of its own
"""
