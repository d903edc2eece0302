"""Accounts: passwords kept as hashes, guessing locked out, sessions that end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Literal

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from catalog.settings import load_settings
from web.review.errors import BadName, LockedOut, NameTaken, NoSuchAccount, WeakPassword, WrongLogin
from web.review.lockout import ACCOUNT_RULE, ADDRESS_RULE, Attempts, address_group, after_attempt
from web.review.login import add_account, change_password, log_in
from web.review.passwords import Passwords, checked_name, checked_password
from web.review.register import SESSION_LASTS, Register

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GOOD = "seven grey icebergs"
HOME = "192.0.2.7"
GUESSERS = 12


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class CountingHasher(PasswordHasher):
    """Counts how often a password is verified."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.verified += 1
        return super().verify(hash, password)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def register(tmp_path: Path, clock: Hands) -> Iterator[Register]:
    opened = Register.open(load_settings(tmp_path), clock)
    yield opened
    opened.close()


@pytest.fixture
def hasher() -> CountingHasher:
    return CountingHasher()


@pytest.fixture
def passwords(hasher: CountingHasher, register: Register) -> Passwords:
    made = Passwords(hasher)
    add_account(register, made, "ada", GOOD)
    return made


def fail(register: Register, passwords: Passwords, name: str, times: int, address: str) -> None:
    for _ in range(times):
        with pytest.raises(WrongLogin):
            log_in(register, passwords, name, "not the password", address)


# --- names and passwords ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "a", "Ada", "1ada", "ada lovelace", "a" * 33, "ädä", "a\nb"])
def test_a_name_that_breaks_the_grammar_is_refused(name: str) -> None:
    with pytest.raises(BadName):
        checked_name(name)


@pytest.mark.parametrize("password", ["", "short", "x" * 600, "abababababab", "ada lovelace 1815"])
def test_a_password_that_would_be_guessed_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        checked_password(password, "ada")


def test_the_database_holds_no_password_and_no_session_secret(
    register: Register, passwords: Passwords, tmp_path: Path
) -> None:
    token = log_in(register, passwords, "ada", GOOD, HOME)
    fail(register, passwords, "typed-by-mistake", 1, HOME)
    register.close()
    database = sqlite3.connect(tmp_path / "catalog.sqlite")
    everything = "\n".join(database.iterdump())
    database.close()
    assert "$argon2id$" in everything
    for secret in (GOOD, token, "typed-by-mistake", "not the password"):
        assert secret not in everything


def test_two_accounts_cannot_have_one_name(register: Register, passwords: Passwords) -> None:
    with pytest.raises(NameTaken):
        add_account(register, passwords, "ada", "another long password")
    assert register.names() == ("ada",)


def test_a_new_password_ends_the_sessions_and_the_old_one(
    register: Register, passwords: Passwords
) -> None:
    token = log_in(register, passwords, "ada", GOOD, HOME)
    change_password(register, passwords, "ada", "nine white seals")
    assert register.session(token) is None
    fail(register, passwords, "ada", 1, HOME)
    with pytest.raises(WrongLogin):
        log_in(register, passwords, "ada", GOOD, HOME)
    assert log_in(register, passwords, "ada", "nine white seals", HOME)


def test_a_removed_account_is_out_at_once(register: Register, passwords: Passwords) -> None:
    token = log_in(register, passwords, "ada", GOOD, HOME)
    register.remove_account("ada")
    assert register.session(token) is None
    with pytest.raises(NoSuchAccount):
        register.remove_account("ada")


def test_a_hash_of_weaker_parameters_is_renewed_at_login(register: Register) -> None:
    weak = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    add_account(register, weak, "ada", GOOD)
    before = register.password_hash("ada")
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    token = log_in(register, stronger, "ada", GOOD, HOME)
    after = register.password_hash("ada")
    assert before is not None
    assert after is not None
    assert ("t=1" in before, "t=2" in after) == (True, True)
    assert register.session(token) is not None


# --- sessions --------------------------------------------------------------------------------


def test_a_session_knows_who_it_is_and_ends_by_itself(
    register: Register, passwords: Passwords, clock: Hands
) -> None:
    token = log_in(register, passwords, "ada", GOOD, HOME)
    session = register.session(token)
    assert session is not None
    assert (session.name, session.expires_at) == ("ada", NOW + SESSION_LASTS)
    clock.now = session.expires_at
    assert register.session(token) is None


def test_logging_out_closes_one_session_and_not_the_other(
    register: Register, passwords: Passwords
) -> None:
    here, there = (log_in(register, passwords, "ada", GOOD, HOME) for _ in range(2))
    register.close_session(here)
    assert register.session(here) is None
    assert register.session(there) is not None
    assert register.session("made up") is None


# --- guessing --------------------------------------------------------------------------------


def test_an_unknown_name_costs_the_same_work_and_gives_the_same_words(
    register: Register, passwords: Passwords, hasher: CountingHasher
) -> None:
    said = []
    for name in ("ada", "nobody"):
        hasher.verified = 0
        with pytest.raises(WrongLogin) as refused:
            log_in(register, passwords, name, "not the password", HOME)
        said.append((str(refused.value), hasher.verified))
    assert said[0] == said[1]
    assert said[0][1] == 1


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_guessing_at_an_account_locks_it_whether_or_not_it_exists(
    register: Register, passwords: Passwords, clock: Hands, hasher: CountingHasher, name: str
) -> None:
    fail(register, passwords, name, ACCOUNT_RULE.most, HOME)
    hasher.verified = 0
    with pytest.raises(LockedOut) as refused:
        log_in(register, passwords, name, GOOD, "198.51.100.9")
    assert refused.value.until == NOW + ACCOUNT_RULE.lock
    assert "09:15 UTC" in str(refused.value)
    assert hasher.verified == 0


@pytest.mark.usefixtures("either_database")
def test_many_guesses_at_once_are_no_way_around_the_limit(tmp_path: Path, clock: Hands) -> None:
    together = Barrier(GUESSERS)

    def guess(_number: int) -> bool:
        own = Register.open(load_settings(tmp_path), clock)
        try:
            together.wait(timeout=30)
            own.count_attempts([("account ada", ACCOUNT_RULE), ("address here", ADDRESS_RULE)])
        except LockedOut:
            return False
        finally:
            own.close()
        return True

    Register.open(load_settings(tmp_path), clock).close()
    with ThreadPoolExecutor(GUESSERS) as pool:
        outcomes = list(pool.map(guess, range(GUESSERS)))
    assert outcomes.count(True) == ACCOUNT_RULE.most


def test_a_locked_account_opens_again_and_waiting_at_the_door_does_not_lengthen_it(
    register: Register, passwords: Passwords, clock: Hands
) -> None:
    fail(register, passwords, "ada", ACCOUNT_RULE.most, HOME)
    clock.move(minutes=14)
    with pytest.raises(LockedOut):
        log_in(register, passwords, "ada", GOOD, HOME)
    clock.move(minutes=1)
    assert log_in(register, passwords, "ada", GOOD, HOME)


def test_a_login_that_succeeds_forgets_the_slips_before_it(
    register: Register, passwords: Passwords
) -> None:
    for _ in range(3):
        fail(register, passwords, "ada", ACCOUNT_RULE.most - 1, HOME)
        assert log_in(register, passwords, "ada", GOOD, HOME)


def test_guessing_at_many_names_locks_the_address_even_with_an_account_of_ones_own(
    register: Register, passwords: Passwords
) -> None:
    guesses = 0
    while guesses < ADDRESS_RULE.most:
        fail(register, passwords, f"name{guesses}", 1, HOME)
        guesses += 1
        if guesses == ADDRESS_RULE.most // 2:
            log_in(register, passwords, "ada", GOOD, HOME)
    with pytest.raises(LockedOut):
        log_in(register, passwords, "ada", GOOD, HOME)
    assert log_in(register, passwords, "ada", GOOD, "198.51.100.9")


def test_addresses_of_one_subscriber_count_as_one() -> None:
    assert address_group("2001:db8:1:2::5") == address_group("2001:db8:1:2:ffff::1")
    assert address_group("2001:db8:1:3::5") != address_group("2001:db8:1:2::5")
    assert address_group("::ffff:192.0.2.7") == "192.0.2.7"
    assert address_group("fe80::1%eth0") == address_group("fe80::1")
    assert address_group("testclient") == "testclient"


@given(st.lists(st.integers(1, 600), min_size=1, max_size=60))
def test_no_pace_of_guessing_gets_more_than_the_rule_allows(seconds_between: list[int]) -> None:
    now, attempts, tried = NOW, None, []
    for pause in seconds_between:
        now += timedelta(seconds=pause)
        if attempts is not None and attempts.is_locked(now):
            continue
        attempts = after_attempt(attempts, ACCOUNT_RULE, now)
        tried.append(now)
    for first, last in zip(tried, tried[2 * ACCOUNT_RULE.most :], strict=False):
        assert last - first > ACCOUNT_RULE.within


def test_old_slips_do_not_add_up() -> None:
    slips = Attempts(ACCOUNT_RULE.most - 1, NOW)
    later = after_attempt(slips, ACCOUNT_RULE, NOW + ACCOUNT_RULE.within + timedelta(seconds=1))
    assert (later.count, later.locked_until) == (1, None)
