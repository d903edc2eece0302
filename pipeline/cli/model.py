"""`icelines model`: train, score and list the networks that find ice."""

from __future__ import annotations

import click

from pipeline.cli.model_cross_validate import cross_validate
from pipeline.cli.model_describe import describe
from pipeline.cli.model_evaluate import evaluate
from pipeline.cli.model_list import list_models
from pipeline.cli.model_train import train


@click.group()
def model() -> None:
    """Train, score, describe and list models."""


for command in (train, describe, evaluate, cross_validate, list_models):
    model.add_command(command)
