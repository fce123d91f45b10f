"""Passwords: drawn evenly, kept as argon2id, worth nothing without the key."""

import secrets

import pytest
from account_tools import CHEAP
from argon2.exceptions import VerifyMismatchError

from bot.accounts.passwords import ARGON2ID, Passwords, new_password
from bot.accounts.pseudonyms import Pseudonyms

PASSWORD = "01234567"


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(Pseudonyms(b"k" * 32), CHEAP)


@pytest.mark.parametrize(("drawn", "password"), [(0, "00000000"), (42, "00000042"), (99_999_999, "99999999")])
def test_a_password_has_8_digits_leading_zeros_included(
    monkeypatch: pytest.MonkeyPatch, drawn: int, password: str
) -> None:
    monkeypatch.setattr(secrets, "randbelow", lambda below: drawn if below == 10**8 else -1)
    assert new_password() == password


def test_the_hash_is_argon2id_and_salted(passwords: Passwords) -> None:
    one, two = passwords.hash(PASSWORD), passwords.hash(PASSWORD)
    assert one.startswith("$argon2id$")
    assert one != two
    assert PASSWORD not in one


def test_only_the_same_password_is_verified(passwords: Passwords) -> None:
    stored = passwords.hash(PASSWORD)
    assert passwords.verify(stored, PASSWORD)
    for wrong in ("", "1234567", "01234568", PASSWORD + "0", PASSWORD + " "):
        assert not passwords.verify(stored, wrong)


def test_where_no_password_is_stored_none_is_right(passwords: Passwords) -> None:
    assert not passwords.verify(None, PASSWORD)
    assert not passwords.verify("", PASSWORD)


def test_a_hash_is_worth_nothing_without_the_key(passwords: Passwords) -> None:
    stored = passwords.hash(PASSWORD)
    with pytest.raises(VerifyMismatchError):
        CHEAP.verify(stored, PASSWORD)
    assert not Passwords(Pseudonyms(b"x" * 32), CHEAP).verify(stored, PASSWORD)


def test_by_default_argon2id_works_as_hard_as_owasp_asks() -> None:
    assert ARGON2ID.type.name == "ID"
    assert (ARGON2ID.memory_cost, ARGON2ID.time_cost, ARGON2ID.parallelism) == (19 * 1024, 2, 1)
