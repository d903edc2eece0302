"""The XML files of a product in ESA's format, written from values.

Element names, order and number formats follow ESA's schemas (s1-level-1-product.xsd and its
companions). What a simulation knows stands in them; what only an instrument could know (downlink,
replicas, antenna) is there as the schema demands it, as zeros and empty lists, or as that of an
ideal instrument.
"""
