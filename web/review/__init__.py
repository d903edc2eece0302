"""The review desk: pages on which people judge doubtful fronts, behind a login.

What a decision is, which lines may be drawn and what stands in the queue is the catalogue's
(`catalog.review`, `catalog.line_rules`); here are accounts, sessions, pages and the map. The desk
records decisions and changes no front: `icelines check` and `icelines average` apply them.
"""
