"""Guessing: three refusals of a phone or of an insurance number within an hour lock it for an hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count

import pytest
from account_tools import Clock, Open
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts import Accounts
from bot.accounts.demo import DEMO
from bot.accounts.throttle import Throttle
from bot.errors import VoicebotError

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO
STRANGERS = ("0966000001", "0966000002", "0966000003", "0966000004")


class Caller:
    """Asks in a new call each time."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self._calls = count()

    def asks(self, phone: str | None = PHONE, number: str = NUMBER) -> bool:
        return self.accounts.begin_reset(f"call {next(self._calls)}", phone, number) is not None


@pytest.fixture
def caller(accounts: Accounts) -> Caller:
    return Caller(accounts)


def test_a_phone_is_locked_after_three_wrong_numbers(caller: Caller) -> None:
    for wrong in ("1111111111", "2222222222", "3333333333"):
        assert not caller.asks(number=wrong)
    assert not caller.asks()


def test_two_wrong_numbers_lock_nothing(caller: Caller) -> None:
    assert not caller.asks(number="1111111111")
    assert not caller.asks(number="2222222222")
    assert caller.asks()


def test_a_number_is_locked_after_three_wrong_phones(caller: Caller) -> None:
    for stranger in STRANGERS[:3]:
        assert not caller.asks(stranger)
    assert not caller.asks()
    assert caller.asks(OTHER_PHONE, OTHER_NUMBER)


def test_withheld_phones_count_against_the_number(caller: Caller) -> None:
    for _ in range(3):
        assert not caller.asks(None)
    assert not caller.asks()


def test_a_lock_lasts_an_hour_from_the_refusal_that_brought_it(caller: Caller, clock: Clock) -> None:
    for _ in range(3):
        caller.asks(number=OTHER_NUMBER)
        clock.advance(minutes=10)
    clock.advance(minutes=49)
    assert not caller.asks()
    clock.advance(minutes=1)
    assert caller.asks()


def test_calling_on_does_not_prolong_a_lock(caller: Caller, clock: Clock) -> None:
    for _ in range(6):
        caller.asks(number=OTHER_NUMBER)
    clock.advance(minutes=59)
    assert not caller.asks()
    clock.advance(minutes=1)
    assert caller.asks()


def test_refusals_far_apart_lock_nothing(caller: Caller, clock: Clock) -> None:
    for _ in range(6):
        assert not caller.asks(number=OTHER_NUMBER)
        clock.advance(minutes=30)
    assert caller.asks()


def test_a_success_does_not_wipe_the_refusals_out(caller: Caller) -> None:
    caller.asks(number=OTHER_NUMBER)
    caller.asks(number=OTHER_NUMBER)
    assert caller.asks()
    caller.asks(number=OTHER_NUMBER)
    assert not caller.asks()


def test_a_lock_does_not_stop_a_password_that_is_being_read_out(caller: Caller, accounts: Accounts) -> None:
    password = accounts.begin_reset("reading", PHONE, NUMBER)
    for _ in range(3):
        caller.asks(number=OTHER_NUMBER)
    assert password is not None
    assert accounts.activate("reading")
    assert accounts.verify(PHONE, password)


def test_guessing_from_many_lines_at_once_gains_no_guess(accounts: Accounts, open_store: Open) -> None:
    stores = [accounts, open_store(), open_store()]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: stores[i % 3].begin_reset(f"call {i}", PHONE, f"99{i:08}"), range(24)))
    assert accounts.show(PHONE).failures == 3


# ── operators ─────────────────────────────────────────────────────────────────────────────────────


def test_an_operator_sees_and_ends_a_lock(caller: Caller, accounts: Accounts, clock: Clock) -> None:
    assert (accounts.show(PHONE).state, accounts.show(PHONE).failures) == ("new", 0)
    for _ in range(3):
        caller.asks(number=OTHER_NUMBER)
    shown = accounts.show(PHONE)
    assert (shown.state, shown.failures) == ("locked", 3)
    assert shown.locked_until == clock.now + timedelta(hours=1)
    assert accounts.unlock(PHONE) == 3
    assert accounts.show(PHONE).failures == 0
    assert caller.asks()


def test_unlocking_a_phone_unlocks_its_insurance_number_too(caller: Caller, accounts: Accounts) -> None:
    for stranger in STRANGERS[:3]:
        caller.asks(stranger)
    assert accounts.show(PHONE).state == "locked"
    accounts.unlock(PHONE)
    assert caller.asks()


def test_unlocking_leaves_other_accounts_locked(caller: Caller, accounts: Accounts) -> None:
    for wrong in ("1111111111", "2222222222", "3333333333"):
        caller.asks(PHONE, wrong)
        caller.asks(OTHER_PHONE, wrong + "00")
    accounts.unlock(PHONE)
    assert not caller.asks(OTHER_PHONE, OTHER_NUMBER)


def test_what_is_not_locked_can_be_unlocked(accounts: Accounts) -> None:
    assert accounts.unlock(PHONE) == 0


def test_an_unknown_phone_cannot_be_shown_or_unlocked(accounts: Accounts) -> None:
    for ask in (accounts.show, accounts.unlock):
        with pytest.raises(VoicebotError, match="no account") as caught:
            ask(STRANGERS[0])
        assert STRANGERS[0] not in str(caught.value)


# ── the rule by itself ────────────────────────────────────────────────────────────────────────────

START = datetime(2026, 3, 1)
HOUR = timedelta(hours=1)


@given(
    st.lists(st.integers(0, 4 * 3600), max_size=12).map(sorted),
    st.integers(1, 5),
    st.integers(0, 6 * 3600),
)
def test_locked_means_that_enough_refusals_lay_within_an_hour_and_the_last_within_this_one(
    seconds: list[int], max_failures: int, now: int
) -> None:
    seconds = [second for second in seconds if second <= now]
    expected = any(
        now - last < 3600 and sum(last - 3600 < second <= last for second in seconds[: i + 1]) >= max_failures
        for i, last in enumerate(seconds)
    )
    refusals = [START + timedelta(seconds=second) for second in seconds]
    throttle = Throttle(max_failures, HOUR)
    at = START + timedelta(seconds=now)
    assert throttle.locked(refusals, at) == expected
    assert throttle.locked([r for r in refusals if r > throttle.since(at)], at) == expected
