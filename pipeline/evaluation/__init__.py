"""How good a model is: against labelled images, simulated tiles and simulated hard cases.

Distances, overlap and calibration are pure functions of arrays; `viewing` and `procedure` say how a
network looks at an image; `summary` pools what single images scored. Imports torch only where a
network runs.
"""
