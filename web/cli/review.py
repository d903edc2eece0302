"""`icelines review add-user | set-password | remove-user | users`: who may use the review desk."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from catalog.cli.context import CommandContext, json_option, pass_context
from catalog.cli.output import show_result
from catalog.errors import InputError

if TYPE_CHECKING:
    from web.review.register import Register


@click.command("add-user")
@click.argument("name")
@json_option
@pass_context
def add_user(context: CommandContext, name: str, as_json: bool) -> None:
    """Let NAME log in to the review desk; the password is asked for, or read from standard input.

    \b
    Examples:
      icelines review add-user ada
      icelines review add-user ada < password.txt
    """
    from web.review.login import add_account
    from web.review.passwords import Passwords, checked_name

    checked_name(name)
    with _register(context) as register:
        add_account(register, Passwords(), name, _password())
    text = f"{name} may log in. Decisions carry this name, and so do the releases made of them.\n"
    text += "Next: `icelines serve`, then open /review."
    show_result(text, {"added": name}, as_json=as_json)


@click.command("set-password")
@click.argument("name")
@json_option
@pass_context
def set_password(context: CommandContext, name: str, as_json: bool) -> None:
    """Give NAME another password and end all sessions of this account.

    \b
    Example:
      icelines review set-password ada
    """
    from web.review.login import change_password
    from web.review.passwords import Passwords

    with _register(context) as register:
        change_password(register, Passwords(), name, _password())
    show_result(
        f"{name} has a new password; sessions are ended.", {"changed": name}, as_json=as_json
    )


@click.command("remove-user")
@click.argument("name")
@json_option
@pass_context
def remove_user(context: CommandContext, name: str, as_json: bool) -> None:
    """Close the account NAME at once; its decisions stay.

    \b
    Example:
      icelines review remove-user ada
    """
    with _register(context) as register:
        register.remove_account(name)
    show_result(f"{name} is out; the decisions stay.", {"removed": name}, as_json=as_json)


@click.command("users")
@json_option
@pass_context
def users(context: CommandContext, as_json: bool) -> None:
    """List the accounts of the review desk.

    \b
    Example:
      icelines review users
    """
    with _register(context) as register:
        names = register.names()
    text = "\n".join(names) or "Nobody yet. Next: `icelines review add-user NAME`."
    show_result(text, {"users": list(names)}, as_json=as_json)


@contextlib.contextmanager
def _register(context: CommandContext) -> Iterator[Register]:
    from web.review.register import Register

    with contextlib.closing(Register.open(context.settings)) as register:
        yield register


def _password() -> str:
    """Asked twice on a terminal; in a script the first line of standard input."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise InputError(
            "No password was given.",
            remedy="Type it on a terminal, or give it as the first line of standard input.",
        )
    return line
