"""Guessing: who guesses waits longer and longer, who does not is not kept waiting, and nobody can tell which."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count

import pytest
from account_tools import LIMITS, Clock, Open
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts import Accounts
from bot.accounts.demo import DEMO
from bot.accounts.schema import State
from bot.accounts.throttle import CAP, DAY, FIRST_WAIT, STRANGERS, UNTIL_UNLOCKED, Allowance, Asked, guesses
from bot.errors import VoicebotError

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO
FREE = LIMITS["max_failures"]
MAX_RESETS = LIMITS["max_resets"]
MAX_REFUSALS = LIMITS["max_refusals"]


class Caller:
    """Asks in a new call each time."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self._calls = count()
        self._wrong = count(1_000_000)
        self.last = ""

    def asks(self, phone: str | None = PHONE, number: str = NUMBER) -> bool:
        self.last = f"call {next(self._calls)}"
        return self.accounts.begin_reset(self.last, phone, number) is not None

    def resets(self, phone: str = PHONE, number: str = NUMBER) -> bool:
        """Whether a password was given; it is heard."""
        return self.asks(phone, number) and self.accounts.activate(self.last)

    def guesses(self, times: int, phone: str = PHONE) -> None:
        """Gives so many wrong numbers from a phone."""
        for _ in range(times):
            assert not self.asks(phone, f"77{next(self._wrong):08}")

    def is_guessed_by_strangers(self, times: int, number: str = NUMBER) -> None:
        """The number is given from so many other phones."""
        for _ in range(times):
            assert not self.asks(f"096{next(self._wrong):07}", number)


@pytest.fixture
def caller(accounts: Accounts) -> Caller:
    return Caller(accounts)


@pytest.fixture
def states(accounts: Accounts) -> Callable[[], list[str]]:
    """What became of the calls, in order."""

    def states() -> list[str]:
        with accounts._database.reading() as connection:
            return [row[0] for row in connection.exec_driver_sql("SELECT state FROM resets ORDER BY at, call_id")]

    return states


# ── one phone ─────────────────────────────────────────────────────────────────────────────────────


def test_a_phone_waits_after_three_wrong_numbers(caller: Caller) -> None:
    caller.guesses(FREE)
    assert not caller.asks()


def test_two_wrong_numbers_keep_nobody_waiting(caller: Caller) -> None:
    caller.guesses(FREE - 1)
    assert caller.asks()


def test_each_further_guess_doubles_the_wait_up_to_the_longest(caller: Caller, clock: Clock) -> None:
    caller.guesses(FREE)
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        clock.advance(minutes=minutes, seconds=-1)
        caller.asks()  # not looked at: neither granted nor a guess
        clock.advance(seconds=1)
        caller.guesses(1)
    clock.advance(minutes=60)
    assert caller.asks()


def test_calling_on_does_not_prolong_a_wait(caller: Caller, clock: Clock) -> None:
    caller.guesses(FREE + 20)
    clock.advance(minutes=1)
    assert caller.asks()


def test_the_same_wrong_number_again_is_no_further_guess(caller: Caller) -> None:
    """Somebody who has the wrong paper at hand guesses nothing."""
    for _ in range(20):
        assert not caller.asks(number=OTHER_NUMBER)
    assert caller.asks()


def test_after_a_day_guesses_make_waits_no_longer(caller: Caller, clock: Clock) -> None:
    caller.guesses(FREE)
    clock.advance(days=1)
    caller.guesses(FREE - 1)
    assert caller.asks()


def test_a_password_that_was_heard_ends_the_row_of_guesses(caller: Caller, clock: Clock) -> None:
    caller.guesses(FREE - 1)
    clock.advance(seconds=1)
    assert caller.resets()
    clock.advance(seconds=1)
    caller.guesses(FREE - 1)
    assert caller.asks()


def test_a_password_that_was_not_heard_ends_nothing(caller: Caller) -> None:
    caller.guesses(FREE - 1)
    assert caller.asks()
    caller.guesses(1)
    assert not caller.asks()


def test_after_a_hundred_guesses_however_slow_only_an_operator_unlocks(
    caller: Caller, accounts: Accounts, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(CAP):
        assert "only an operator" not in caplog.text
        caller.guesses(1)
        clock.advance(hours=12)
    assert "only an operator" in caplog.text
    clock.advance(days=1000)
    assert not caller.asks()
    shown = accounts.show(PHONE)
    assert (shown.state, shown.failures, shown.locked_until) == ("locked", CAP, None)
    assert accounts.unlock(PHONE) == CAP
    assert caller.asks()


# ── one insurance number ──────────────────────────────────────────────────────────────────────────


def test_strangers_who_give_a_number_do_not_lock_its_owner_out(caller: Caller) -> None:
    caller.is_guessed_by_strangers(FREE * STRANGERS - 1)
    assert caller.asks()


def test_but_many_of_them_are_made_to_wait_as_well(caller: Caller, clock: Clock) -> None:
    caller.is_guessed_by_strangers(FREE * STRANGERS)
    assert not caller.asks()
    clock.advance(minutes=1)
    assert caller.asks()


def test_a_number_too_can_be_guessed_a_hundred_times_in_a_row(caller: Caller, clock: Clock) -> None:
    for _ in range(CAP):
        caller.is_guessed_by_strangers(1)
        clock.advance(hours=12)
    clock.advance(days=1000)
    assert not caller.asks()
    assert caller.asks(OTHER_PHONE, OTHER_NUMBER)


def test_calls_without_a_number_to_call_from_count_against_nobody(
    caller: Caller, states: Callable[[], list[str]]
) -> None:
    for _ in range(FREE * STRANGERS):
        assert not caller.asks(None)
    assert caller.asks()
    assert set(states()) == {"locked", "pending"}


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_given_so_many_passwords_a_day(caller: Caller, clock: Clock) -> None:
    for _ in range(MAX_RESETS):
        assert caller.resets()
        clock.advance(hours=1)
    assert not caller.resets()
    assert caller.resets(OTHER_PHONE, OTHER_NUMBER)
    clock.advance(hours=24 - MAX_RESETS, seconds=-1)
    assert not caller.resets()
    clock.advance(seconds=1)
    assert caller.resets()


def test_a_password_that_is_not_heard_to_its_end_is_a_guess(caller: Caller, accounts: Accounts) -> None:
    """Who wants to know whether a pair is right hangs up when the password begins."""
    for _ in range(FREE):
        assert caller.asks()
        accounts.discard(caller.last)
    assert accounts.show(PHONE).failures == FREE
    assert not caller.asks()


def test_whether_the_caller_hangs_up_or_the_process_dies(caller: Caller, accounts: Accounts, clock: Clock) -> None:
    for _ in range(FREE):
        assert caller.asks()
    clock.advance(minutes=10, seconds=1)
    accounts.check()
    assert accounts.show(PHONE).failures == FREE
    with accounts._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM resets WHERE password IS NOT NULL").scalar() == 0


def test_a_wait_does_not_stop_a_password_that_is_being_read_out(caller: Caller, accounts: Accounts) -> None:
    password = accounts.begin_reset("reading", PHONE, NUMBER)
    caller.guesses(FREE)
    assert password is not None
    assert accounts.activate("reading")
    assert accounts.verify(PHONE, password)


# ── all callers ───────────────────────────────────────────────────────────────────────────────────


def guess_everywhere(caller: Caller, times: int) -> None:
    for _ in range(times):
        caller.guesses(1, f"097{next(caller._wrong):07}")


def test_the_guesses_of_all_callers_are_limited_and_who_was_served_before_is_not_touched(
    caller: Caller, accounts: Accounts, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert caller.resets()
    guess_everywhere(caller, MAX_REFUSALS - 1)
    assert caller.resets(OTHER_PHONE, OTHER_NUMBER)
    assert accounts.check() == MAX_REFUSALS - 1
    guess_everywhere(caller, 1)
    assert "guessing" not in caplog.text
    guess_everywhere(caller, 20)
    assert accounts.check() == MAX_REFUSALS
    third, fourth = DEMO[2:4]
    assert not caller.asks(*third)
    assert caller.asks()
    assert [record.levelname for record in caplog.records if "guessing" in record.message] == ["ERROR"]
    clock.advance(hours=1)
    assert caller.asks(*fourth)
    assert [record.levelname for record in caplog.records if "guessing" in record.message] == ["ERROR", "WARNING"]


def test_guessing_from_many_lines_at_once_gains_no_guess(accounts: Accounts, open_store: Open) -> None:
    stores = [accounts, open_store(), open_store()]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: stores[i % 3].begin_reset(f"call {i}", PHONE, f"99{i:08}"), range(24)))
    assert accounts.show(PHONE).failures == FREE


# ── operators ─────────────────────────────────────────────────────────────────────────────────────


def test_an_operator_sees_and_ends_a_wait(caller: Caller, accounts: Accounts, clock: Clock) -> None:
    assert (accounts.show(PHONE).state, accounts.show(PHONE).failures) == ("new", 0)
    caller.guesses(FREE)
    shown = accounts.show(PHONE)
    assert (shown.state, shown.failures) == ("locked", FREE)
    assert shown.locked_until == clock.now + FIRST_WAIT
    assert accounts.unlock(PHONE) == FREE
    assert accounts.show(PHONE).failures == 0
    assert caller.asks()


def test_unlocking_a_phone_unlocks_its_insurance_number_too(caller: Caller, accounts: Accounts) -> None:
    caller.is_guessed_by_strangers(FREE * STRANGERS)
    assert accounts.show(PHONE).state == "locked"
    accounts.unlock(PHONE)
    assert caller.asks()


def test_unlocking_leaves_other_accounts_locked(caller: Caller, accounts: Accounts) -> None:
    caller.guesses(FREE)
    caller.guesses(FREE, OTHER_PHONE)
    accounts.unlock(PHONE)
    assert caller.asks()
    assert not caller.asks(OTHER_PHONE, OTHER_NUMBER)


def test_what_is_not_locked_can_be_unlocked(accounts: Accounts) -> None:
    assert accounts.unlock(PHONE) == 0


def test_an_unknown_phone_cannot_be_shown_or_unlocked(accounts: Accounts) -> None:
    for ask in (accounts.show, accounts.unlock):
        with pytest.raises(VoicebotError, match="no account") as caught:
            ask("0966000001")
        assert "0966000001" not in str(caught.value)


# ── the rule by itself ────────────────────────────────────────────────────────────────────────────

START = datetime(2026, 3, 1)
HOUR = timedelta(hours=1)


@given(
    st.lists(st.integers(0, 3 * 86400), max_size=CAP - 1).map(sorted),
    st.integers(1, 5),
    st.integers(0, 86400),
)
def test_a_wait_follows_the_last_guess_and_is_at_most_the_longest(seconds: list[int], free: int, later: int) -> None:
    made = [START + timedelta(seconds=second) for second in seconds]
    now = (made[-1] if made else START) + timedelta(seconds=later)
    recent = [at for at in made if now - at < DAY]
    ends = Allowance(free, HOUR).wait_ends(made, now)
    if len(recent) < free:
        assert ends is None
    else:
        wait = min(HOUR, FIRST_WAIT * 2 ** (len(recent) - free))
        assert ends == (recent[-1] + wait if now < recent[-1] + wait else None)


def test_a_hundred_guesses_wait_for_the_operator_for_ever() -> None:
    assert Allowance(5, HOUR).wait_ends([START] * CAP, datetime.max) == UNTIL_UNLOCKED


def test_guesses_are_counted_since_the_last_password_in_force() -> None:
    def asked(hour: int, state: State) -> Asked:
        return Asked(START + hour * HOUR, state, "other")

    history = [
        asked(0, State.REFUSED),
        asked(1, State.ACTIVE),
        asked(2, State.REFUSED),
        asked(3, State.PENDING),
        asked(4, State.DISCARDED),
    ]
    assert guesses(history) == [START + 2 * HOUR, START + 4 * HOUR]
