"""Training: recipes, what is shown, what counts as wrong, and the loop that can be interrupted.

Everything that is random is drawn from the recipe's seed and the number of the step, never from a
running generator: a run that was killed goes on as if it had not been.
"""
