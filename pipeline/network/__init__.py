"""The network: what it sees, how it is built, how its weights are kept.

Imports torch; nothing here knows of scenes, training or scores.
"""
