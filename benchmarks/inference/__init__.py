"""The network's speed: ratios to the plain eager reference, and what they cost in metres."""
