"""What mending each fault of the published loss brings: the same small training, one thing changed.

Everything but the loss is alike: tiles, order, starting weights, steps.
"""
