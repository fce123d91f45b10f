"""A reset in two phases: who gets a new password, and when it is in force."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from account_tools import Clock, Open

from bot.accounts import Accounts
from bot.accounts.demo import DEMO

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO


def granted(accounts: Accounts, call_id: str, phone: str | None = PHONE, number: str = NUMBER) -> str:
    password = accounts.begin_reset(call_id, phone, number)
    assert password is not None
    return password


# ── who gets one ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("phone", "number"), DEMO)
def test_the_right_number_from_the_right_phone_gets_a_password_of_8_digits(
    accounts: Accounts, phone: str, number: str
) -> None:
    password = granted(accounts, "call", phone, number)
    assert len(password) == 8
    assert password.isascii()
    assert password.isdigit()


@pytest.mark.parametrize("phone", ["+84912345678", "84912345678", "0912 345 678", "0084912345678"])
def test_the_line_may_write_the_phone_number_in_any_way(accounts: Accounts, phone: str) -> None:
    granted(accounts, "call", phone)


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        (OTHER_PHONE, NUMBER),
        (PHONE, OTHER_NUMBER),
        ("0912345679", NUMBER),
        (PHONE, "123456789"),
        (PHONE, NUMBER + "01"),
        (PHONE, NUMBER.lstrip("0")),
        (PHONE, ""),
        (None, NUMBER),
        ("", NUMBER),
        ("anonymous", NUMBER),
        ("' OR 1=1 --", NUMBER),
        ("０９１２３４５６７８", NUMBER),
        (NUMBER, PHONE),
    ],
)
def test_anything_else_is_refused(accounts: Accounts, phone: str | None, number: str) -> None:
    assert accounts.begin_reset("call", phone, number) is None


def test_a_call_is_given_one_password(accounts: Accounts) -> None:
    password = granted(accounts, "call")
    assert accounts.begin_reset("call", OTHER_PHONE, OTHER_NUMBER) is None
    assert accounts.begin_reset("call", PHONE, OTHER_NUMBER) is None
    assert accounts.begin_reset("call", OTHER_PHONE, NUMBER) is None
    assert accounts.begin_reset("call", None, NUMBER) is None
    assert accounts.activate("call")
    assert accounts.verify(PHONE, password)
    assert accounts.begin_reset("call", PHONE, NUMBER) is None
    assert accounts.verify(PHONE, password)


def test_an_answer_that_was_lost_is_given_anew_and_the_first_password_is_void(accounts: Accounts) -> None:
    """The process ended that was to tell it: the call asks once more, for the same phone and number."""
    lost, told = granted(accounts, "call"), granted(accounts, "call")
    assert lost != told
    assert accounts.activate("call")
    assert accounts.verify(PHONE, told)
    assert not accounts.verify(PHONE, lost)


def test_that_is_one_reset_and_leaves_the_time_for_it(accounts: Accounts, open_store: Open, clock: Clock) -> None:
    few = open_store(max_resets=2)
    granted(few, "first")
    for _ in range(5):
        clock.advance(minutes=1)
        granted(few, "first")
    clock.advance(minutes=5, seconds=1)
    assert few.begin_reset("first", PHONE, NUMBER) is None
    assert not few.activate("first")
    granted(few, "second")


def test_after_its_end_a_call_is_given_none(accounts: Accounts) -> None:
    granted(accounts, "call")
    accounts.discard("call")
    assert accounts.begin_reset("call", PHONE, NUMBER) is None


def test_a_refused_call_is_given_none(accounts: Accounts) -> None:
    assert accounts.begin_reset("call", PHONE, OTHER_NUMBER) is None
    assert accounts.begin_reset("call", PHONE, NUMBER) is None


def test_of_many_attempts_at_once_in_one_call_one_password_can_be_brought_into_force(
    accounts: Accounts, open_store: Open
) -> None:
    stores = [open_store(patience=30) for _ in range(3)]  # SQLite lets writers wait in no order
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: stores[i % 3].begin_reset("call", PHONE, NUMBER), range(12)))
    assert accounts.activate("call")
    assert sum(answer is not None and accounts.verify(PHONE, answer) for answer in answers) == 1


# ── when it is in force ───────────────────────────────────────────────────────────────────────────


def test_a_password_that_was_heard_is_in_force(accounts: Accounts) -> None:
    password = granted(accounts, "call")
    assert accounts.activate("call")
    assert accounts.verify(PHONE, password)
    assert not accounts.verify(OTHER_PHONE, password)
    assert not accounts.verify(PHONE, "00000000" if password != "00000000" else "00000001")


def test_a_pending_password_opens_nothing(accounts: Accounts) -> None:
    assert not accounts.verify(PHONE, granted(accounts, "call"))


def test_until_the_new_one_is_heard_the_old_one_stays_in_force(accounts: Accounts) -> None:
    old = granted(accounts, "first")
    accounts.activate("first")
    new = granted(accounts, "second")
    assert accounts.verify(PHONE, old)
    accounts.discard("second")
    assert accounts.verify(PHONE, old)
    assert not accounts.verify(PHONE, new)
    assert not accounts.activate("second")
    assert accounts.verify(PHONE, old)


def test_the_new_one_ends_the_old_one(accounts: Accounts) -> None:
    old = granted(accounts, "first")
    accounts.activate("first")
    new = granted(accounts, "second")
    accounts.activate("second")
    assert accounts.verify(PHONE, new)
    assert not accounts.verify(PHONE, old)


def test_activating_twice_is_activating_once(accounts: Accounts) -> None:
    password = granted(accounts, "call")
    assert accounts.activate("call")
    assert accounts.activate("call")
    assert accounts.verify(PHONE, password)


def test_hanging_up_after_the_first_reading_takes_nothing_back(accounts: Accounts) -> None:
    password = granted(accounts, "call")
    accounts.activate("call")
    accounts.discard("call")
    accounts.discard("call")
    assert accounts.verify(PHONE, password)
    assert accounts.activate("call")


def test_a_late_second_report_does_not_bring_an_old_password_back(accounts: Accounts) -> None:
    granted(accounts, "first")
    accounts.activate("first")
    new = granted(accounts, "second")
    accounts.activate("second")
    accounts.activate("first")
    assert accounts.verify(PHONE, new)


def test_calls_that_never_asked_have_nothing_to_activate_or_discard(accounts: Accounts) -> None:
    accounts.discard("unknown")
    assert not accounts.activate("unknown")
    assert accounts.begin_reset("refused", PHONE, OTHER_NUMBER) is None
    assert not accounts.activate("refused")


def test_a_pending_reset_waits_ten_minutes_and_no_longer(accounts: Accounts, clock: Clock) -> None:
    soon, late = granted(accounts, "soon"), granted(accounts, "late", OTHER_PHONE, OTHER_NUMBER)
    clock.advance(minutes=10)
    assert accounts.activate("soon")
    clock.advance(seconds=1)
    assert not accounts.activate("late")
    assert accounts.verify(PHONE, soon)
    assert not accounts.verify(OTHER_PHONE, late)


def test_a_reset_that_nobody_ended_is_swept_after_ten_minutes(
    accounts: Accounts, open_store: Open, clock: Clock
) -> None:
    """Its gateway was killed in the middle of the call. Looking after the store sweeps, as a starting gateway does at
    once and then every two seconds."""
    granted(accounts, "dead")
    clock.advance(minutes=5)
    granted(accounts, "alive", OTHER_PHONE, OTHER_NUMBER)
    clock.advance(minutes=5)
    assert open_store().check() == 0
    clock.advance(seconds=1)
    assert open_store().check() == 1  # a password that was not heard is a guess
    assert not accounts.activate("dead")
    assert accounts.activate("alive")


def test_a_reset_that_nobody_ended_counts_at_once_for_the_next_caller(
    accounts: Accounts, open_store: Open, clock: Clock
) -> None:
    """Where nothing looks after the store the next call sweeps, before it is judged."""
    granted(accounts, "dead")
    few = open_store(max_refusals=1)  # all callers together may guess once an hour
    clock.advance(minutes=10)
    assert few.begin_reset("soon", OTHER_PHONE, OTHER_NUMBER)
    clock.advance(seconds=1)
    assert few.begin_reset("late", OTHER_PHONE, OTHER_NUMBER) is None


def test_a_password_that_the_caller_was_told_is_void_comes_into_force_at_no_later_time(
    accounts: Accounts, clock: Clock
) -> None:
    soon, late = granted(accounts, "soon"), granted(accounts, "late", OTHER_PHONE, OTHER_NUMBER)
    until = clock.now.timestamp() + 10
    clock.advance(seconds=10)
    assert accounts.activate("soon", until)
    clock.advance(seconds=0.1)
    assert not accounts.activate("late", until)
    assert not accounts.activate("late")
    assert accounts.verify(PHONE, soon)
    assert not accounts.verify(OTHER_PHONE, late)


def test_the_two_phases_may_run_in_two_processes(accounts: Accounts, open_store: Open) -> None:
    password = granted(accounts, "call")
    assert open_store().activate("call")
    assert accounts.verify(PHONE, password)


def test_passwords_differ(accounts: Accounts) -> None:
    passwords = {granted(accounts, f"call {i} {phone}", phone, number) for i in range(4) for phone, number in DEMO}
    assert len(passwords) == 4 * len(DEMO)


# ── while an operator changes the account ─────────────────────────────────────────────────────────


def test_an_account_that_is_removed_during_a_call_gets_no_password(accounts: Accounts) -> None:
    granted(accounts, "call")
    accounts.remove(PHONE)
    assert not accounts.activate("call")
    assert accounts.begin_reset("again", PHONE, NUMBER) is None
    assert accounts.add(PHONE, NUMBER)
    assert not accounts.activate("call")


def test_a_phone_that_is_changed_during_a_call_gets_no_password(accounts: Accounts, clock: Clock) -> None:
    old = granted(accounts, "first")
    accounts.activate("first")
    granted(accounts, "call")
    accounts.change_phone(PHONE, "0966123123")
    assert not accounts.activate("call")
    assert accounts.verify("0966123123", old)
    assert accounts.begin_reset("old phone", PHONE, NUMBER) is None
    granted(accounts, "new phone", "0966123123")
