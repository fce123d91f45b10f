"""Attackers with many lines for an hour, against the rule alone: how many of their guesses are looked at.

A call by keys takes 6.25 s until its answer begins (measured over real WebSockets), so a line makes 576 calls an hour.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count, cycle

import pytest

from bot.accounts.schema import State
from bot.accounts.throttle import CAP, GUESSES, HOUR, STRANGERS, Asked, Throttle
from bot.settings import Settings

CALLS_AN_HOUR = 576
"""Of one line."""

START = datetime(2026, 3, 1)
S = Settings()
THROTTLE = Throttle(S.max_failures, timedelta(seconds=S.lock_seconds), S.max_resets, S.max_refusals)
VICTIM, NUMBER = "victim's phone", "victim's number"
Pair = tuple[str, str]


class Book:
    """The store's rows in memory. Every pair of `accounts` belongs together."""

    def __init__(self, accounts: set[Pair]) -> None:
        self._accounts = accounts
        self._by_phone: dict[str, list[Asked]] = defaultdict(list)
        self._by_number: dict[str, list[Asked]] = defaultdict(list)
        self._guesses: list[datetime] = []

    def ask(self, pair: Pair, now: datetime, heard: bool = True) -> State:
        """What becomes of a call; a password that is given is heard, or not."""
        phone, number = pair
        recent = len(self._guesses) - bisect_right(self._guesses, now - HOUR)
        by_phone, by_number = self._by_phone[phone], self._by_number[number]
        state = THROTTLE.judge(pair in self._accounts, number, by_phone, by_number, recent, now)
        if state is State.PENDING:
            state = State.ACTIVE if heard else State.DISCARDED
        if state is State.ACTIVE or state in GUESSES:
            by_phone.append(Asked(now, state, number))
            by_number.append(Asked(now, state, phone))
        if state in GUESSES:
            self._guesses.append(now)
        return state


def everywhere() -> Iterator[Pair]:
    """Another phone and another number in each call."""
    return ((f"phone {n}", f"number {n}") for n in count())


def numbers_of_a_phone() -> Iterator[Pair]:
    return ((VICTIM, f"number {n}") for n in count())


def phones_of_a_number() -> Iterator[Pair]:
    return ((f"phone {n}", NUMBER) for n in count())


def known_pairs() -> Iterator[Pair]:
    """A stolen list whose pairs are tested: the attacker hangs up when the password begins."""
    return cycle((f"citizen {n}", f"number of citizen {n}") for n in range(100_000))


def hour_of(calls: int, attack: Iterator[Pair], book: Book, start: datetime = START) -> int:
    """How many of an hour's calls are looked at."""
    times = (start + HOUR * n / calls for n in range(calls))
    return sum(book.ask(next(attack), at, heard=False) in GUESSES for at in times)


def citizens() -> set[Pair]:
    return {(VICTIM, NUMBER), *((f"citizen {n}", f"number of citizen {n}") for n in range(100_000))}


LINES = (1, 10, 100)


@pytest.mark.parametrize(
    ("attack", "looked_at"),
    [
        (everywhere, (500, 500, 500)),
        (numbers_of_a_phone, (10, 10, 10)),
        (phones_of_a_number, (55, 55, 55)),
        (known_pairs, (500, 500, 500)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_guesses_an_hour(
    attack: Callable[[], Iterator[Pair]], looked_at: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    found = tuple(hour_of(lines * CALLS_AN_HOUR, attack(), Book(citizens())) for lines in LINES)
    with capsys.disabled():
        shown = ", ".join(f"{n:,} lines {each}" for n, each in zip(LINES, found, strict=True))
        print(f"\n    guesses an hour, {attack.__name__.replace('_', ' ')}: {shown}")
    assert found == looked_at


def test_a_phone_and_a_number_are_guessed_a_hundred_times_and_no_more() -> None:
    for attack, days in ((numbers_of_a_phone(), 6), (phones_of_a_number(), 4)):
        book = Book(citizens())
        guesses = sum(hour_of(60, attack, book, START + hour * HOUR) for hour in range(24 * days))
        assert guesses == CAP


def test_while_all_lines_guess_who_was_served_before_is_served() -> None:
    book = Book(citizens())
    assert book.ask((VICTIM, NUMBER), START) is State.ACTIVE
    hour_of(100 * CALLS_AN_HOUR, everywhere(), book)
    assert book.ask((VICTIM, NUMBER), START + HOUR - timedelta(seconds=1)) is State.ACTIVE


def test_strangers_with_a_victims_number_must_be_many_before_the_victim_waits() -> None:
    book, strangers = Book(citizens()), phones_of_a_number()
    for n in range(S.max_failures * STRANGERS - 1):
        book.ask(next(strangers), START + timedelta(seconds=n))
    assert book.ask((VICTIM, NUMBER), START + timedelta(minutes=2)) is State.ACTIVE
