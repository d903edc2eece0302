"""Values to STAC items and back, without loss.

What these modules write is the canonical record: no hosts, no links to the future, no run times.
"""
