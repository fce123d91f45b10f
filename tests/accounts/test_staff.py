"""Who may open the operator's page, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from account_tools import Clock, on_sqlite
from sqlalchemy import select

from bot.accounts import Accounts
from bot.accounts.schema import operators, sessions
from bot.errors import VoicebotError
from bot.operations.login_limit import FREE
from bot.operations.roles import Role
from bot.operations.staff import FEWEST, IDLE, LONGEST, NotLoggedIn, Staff, TooOften

WORD = "correct horse battery"


@pytest.fixture
def staff(accounts: Accounts) -> Staff:
    staff = Staff(accounts.backing, accounts.passwords, lambda: 0.0)
    staff.add("an", Role.OPERATOR, WORD)
    return staff


def acts(accounts: Accounts) -> list[tuple[str, str, str]]:
    return [(each.event, each.actor, each.detail) for each in accounts.audit.export()]


def test_who_is_added_may_log_in_and_is_known_by_the_token(staff: Staff) -> None:
    assert staff.any()
    assert staff.login("an", WORD, "token").role == "operator"
    member = staff.session("token")
    assert (member.name, member.role, member.actor) == ("an", "operator", "web:an")


def test_before_anybody_is_added_there_is_nobody(accounts: Accounts) -> None:
    assert not Staff(accounts.backing, accounts.passwords, lambda: 0.0).any()


@pytest.mark.parametrize(("name", "password"), [("an", "wrong"), ("binh", WORD), ("", ""), ("an", "")])
def test_name_and_password_must_belong_together(staff: Staff, name: str, password: str) -> None:
    with pytest.raises(NotLoggedIn):
        staff.login(name, password, "token")
    with pytest.raises(NotLoggedIn):
        staff.session("token")


def test_the_audit_trail_tells_of_logins_and_never_what_was_typed_as_a_name(staff: Staff, accounts: Accounts) -> None:
    staff.login("an", WORD, "token")
    staff.logout("token")
    for name in ("an", WORD):
        with pytest.raises(NotLoggedIn):
            staff.login(name, "wrong", "token")
    staff.remove("an")
    told = [(event, actor) for event, actor, _ in acts(accounts)][2:-1]
    assert [event for event, _ in told] == [
        "operator_add", "login", "logout", "login_refused", "login_refused", "operator_remove",
    ]  # fmt: skip
    assert [actor for event, actor in told if event.startswith("log")] == ["web:an", "web:an", "web:an", "web:?"]
    assert accounts.audit.verify().ok


def test_too_many_failures_have_to_wait_also_with_the_right_password(staff: Staff) -> None:
    for _ in range(FREE):
        with pytest.raises(NotLoggedIn):
            staff.login("an", "wrong", "token")
    with pytest.raises(TooOften, match="try again in 30 s"):
        staff.login("an", WORD, "token")


def test_a_session_ends_when_it_is_not_used(staff: Staff, clock: Clock) -> None:
    staff.login("an", WORD, "token")
    for _ in range(3):
        clock.advance(minutes=20)
        staff.session("token")
    clock.now += IDLE
    with pytest.raises(NotLoggedIn):
        staff.session("token")


def test_a_session_ends_after_a_working_day(staff: Staff, clock: Clock) -> None:
    staff.login("an", WORD, "token")
    for _ in range(int(LONGEST.total_seconds() // 1200) - 1):
        clock.advance(minutes=20)
        staff.session("token")
    clock.advance(minutes=20)
    with pytest.raises(NotLoggedIn):
        staff.session("token")


def test_logging_out_and_being_removed_end_sessions(staff: Staff) -> None:
    for token in ("one", "two"):
        staff.login("an", WORD, token)
    staff.logout("one")
    with pytest.raises(NotLoggedIn):
        staff.session("one")
    staff.session("two")
    staff.remove("an")
    with pytest.raises(NotLoggedIn):
        staff.session("two")
    with pytest.raises(VoicebotError, match="no operator of that name"):
        staff.remove("an")


def test_neither_password_nor_token_is_in_the_store(staff: Staff, accounts: Accounts) -> None:
    staff.login("an", WORD, "the token")
    with accounts.backing.database.reading() as connection:
        found = [*connection.execute(select(operators)), *connection.execute(select(sessions))]
    assert "$argon2id$" in str(found)
    assert WORD not in str(found)
    assert "the token" not in str(found)


@on_sqlite
@pytest.mark.parametrize(
    ("name", "password", "why"),
    [
        ("An", WORD, "a name has"),
        ("", WORD, "a name has"),
        ("a" * 33, WORD, "a name has"),
        ("binh", "x" * (FEWEST - 1), "password of 12"),
        ("an", WORD, "there already"),
    ],
)
def test_who_cannot_be_added_is_told_why(staff: Staff, name: str, password: str, why: str) -> None:
    with pytest.raises(VoicebotError, match=why):
        staff.add(name, Role.VIEWER, password)
