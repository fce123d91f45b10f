"""One clock for all calls: every 20 ms on the whole, and it knows when the machine is behind."""

import asyncio

import pytest

from bot.gateway import ticker
from bot.gateway.ticker import LONGEST_LAG, PERIOD, Ticker


class Time:
    """Passes only while somebody sleeps, and as much longer as a test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.busy: list[float] = []
        monkeypatch.setattr(ticker.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(ticker.asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.busy:
            self.now += self.busy.pop(0)


async def beats(time: Time, count: int) -> tuple[list[float], list[float]]:
    """When the next ticks came, and how late."""
    lags: list[float] = []
    at: list[float] = []
    beating = Ticker(lags.append)

    def tick(late: float) -> None:
        at.append(round(time.now, 6))
        if len(at) == count:
            raise asyncio.CancelledError

    with beating.beats(tick), pytest.raises(asyncio.CancelledError):
        await beating.run()
    return at, lags


async def test_it_beats_every_20_ms(monkeypatch: pytest.MonkeyPatch) -> None:
    at, lags = await beats(Time(monkeypatch), 5)
    assert at == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.10])
    assert max(lags) == pytest.approx(0)


async def test_what_was_missed_is_caught_up_with(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time(monkeypatch)
    time.busy = [0.0, 0.07]
    at, lags = await beats(time, 8)
    assert at == pytest.approx([0.02, 0.11, 0.11, 0.11, 0.11, 0.12, 0.14, 0.16])
    assert max(lags) == pytest.approx(0.07)


async def test_a_machine_that_slept_does_not_beat_for_the_night(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time(monkeypatch)
    time.busy = [8 * 3600.0]
    at, _ = await beats(time, 200)
    late = [each for each in at if each == at[0]]
    assert len(late) <= LONGEST_LAG / PERIOD + 2


def test_who_has_left_hears_no_beat_and_may_leave_during_one() -> None:
    beating = Ticker(lambda late: None)
    heard: list[str] = []
    with beating.beats(lambda late: heard.append("stays")):
        with beating.beats(lambda late: heard.append("left")):
            pass
        beating.beat(0)
    beating.beat(0)
    assert heard == ["stays"]
