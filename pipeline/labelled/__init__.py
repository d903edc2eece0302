"""Radar images that people have labelled: read from folders of the CaFFe layout.

CaFFe: Gourmelon et al. 2022, doi:10.5194/essd-14-4287-2022.
"""
