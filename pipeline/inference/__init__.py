"""Inference at any size: how a scene is cut, what runs the network, how tiles are blended."""
