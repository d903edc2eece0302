"""Accounts from the command line: made from a script, and refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalog.cli import program
from catalog.errors import InputError
from catalog.settings import load_settings
from tests.web.review.sample import PASSWORD
from web.review.errors import BadName, NameTaken, NoSuchAccount, WeakPassword
from web.review.passwords import Passwords
from web.review.register import Register


def run(folder: Path, *words: str, typed: str = "") -> Result:
    command = ["--workspace", str(folder), "review", *words]
    return CliRunner().invoke(program, command, input=typed)


def test_an_account_made_from_a_script_can_log_in(tmp_path: Path) -> None:
    result = run(tmp_path, "add-user", "ada", typed=f"{PASSWORD}\n")
    assert result.exit_code == 0
    assert "icelines serve" in result.output
    assert PASSWORD not in result.output
    register = Register.open(load_settings(tmp_path))
    kept = register.password_hash("ada")
    register.close()
    assert kept is not None
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,")
    assert Passwords().matches(PASSWORD, kept)


def test_accounts_are_listed_changed_and_removed(tmp_path: Path) -> None:
    assert "add-user" in run(tmp_path, "users").output
    run(tmp_path, "add-user", "ada", typed=f"{PASSWORD}\n")
    run(tmp_path, "set-password", "ada", typed="nine white seals\n")
    assert json.loads(run(tmp_path, "users", "--json").output) == {"users": ["ada"]}
    run(tmp_path, "remove-user", "ada")
    assert json.loads(run(tmp_path, "users", "--json").output) == {"users": []}


@pytest.mark.parametrize(
    ("words", "typed", "refusal"),
    [
        (("add-user", "Ada Lovelace"), PASSWORD, BadName),
        (("add-user", "ada"), "short", WeakPassword),
        (("add-user", "ada"), "", InputError),
        (("add-user", "bob"), PASSWORD, NameTaken),
        (("set-password", "zoe"), PASSWORD, NoSuchAccount),
        (("remove-user", "zoe"), "", NoSuchAccount),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    tmp_path: Path, words: tuple[str, ...], typed: str, refusal: type[InputError]
) -> None:
    if refusal is NameTaken:
        run(tmp_path, "add-user", "bob", typed=f"{PASSWORD}\n")
    before = run(tmp_path, "users", "--json").output
    result = run(tmp_path, *words, typed=f"{typed}\n")
    assert isinstance(result.exception, refusal)
    assert run(tmp_path, "users", "--json").output == before
