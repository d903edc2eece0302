"""The same preparation through ESA's SNAP, where it is installed: its `gpt` does the work.

`graph` says what SNAP shall do, `gpt` runs it, `raster` checks and reads what it wrote, `source`
hands that to the preparation, and `preparation` puts them together. What SNAP wants is known from
its public sources and documentation; none of this was run against a real SNAP.
"""
