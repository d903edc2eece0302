"""Our speed beside the peers', as ratios within one run.

Each benchmark is a pair of functions that do the same work; they take turns, so that a busy
machine slows both, and the median of the ratios is what counts.
"""
