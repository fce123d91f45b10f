"""A line lives while it gives sound. Times are ticks of 20 ms; FRAME is the sound of one."""

import pytest

from bot.telephony.liveness import LEAST_SHARE, PATIENCE_TICKS, WINDOW_SECONDS, Liveness

FRAME = 160
WINDOW = round(WINDOW_SECONDS * 50)


def line(ticks: int, *, silent: range = range(0)) -> Liveness:
    """A line that was played to for so many ticks, and gave sound in all but the silent ones."""
    liveness = Liveness(8000)
    for tick in range(ticks):
        if tick not in silent:
            liveness.sound(FRAME)
        liveness.tick()
    liveness.ask()
    return liveness


def wait(liveness: Liveness, ticks: int = PATIENCE_TICKS) -> bool | None:
    for _ in range(ticks):
        liveness.tick()
    return liveness.heard


@pytest.mark.parametrize("ticks", [0, 1, 50, WINDOW, 10 * WINDOW])
def test_a_line_that_gave_sound_all_along_shows_it_with_its_next_frame(ticks: int) -> None:
    liveness = line(ticks)
    assert liveness.heard is None
    liveness.sound(FRAME)
    assert liveness.heard is True


def test_a_line_that_falls_silent_at_the_end_has_not_heard_the_end() -> None:
    liveness = line(WINDOW)
    assert wait(liveness, PATIENCE_TICKS - 1) is None
    assert wait(liveness, 1) is False


@pytest.mark.parametrize("ticks", [1, WINDOW, 10 * WINDOW])
def test_a_line_that_never_gave_sound_has_heard_nothing(ticks: int) -> None:
    assert wait(line(ticks, silent=range(ticks))) is False


@pytest.mark.parametrize(("longer", "verdict"), [(0, True), (2, False)])
@pytest.mark.parametrize("before_the_end", [1, 50, 140])
def test_a_gap_of_a_second_is_heard_over_and_a_longer_one_is_not(
    before_the_end: int, longer: int, verdict: bool
) -> None:
    ends = 3 * WINDOW - before_the_end
    liveness = line(3 * WINDOW, silent=range(ends - round(WINDOW * (1 - LEAST_SHARE)) - longer, ends))
    for _ in range(PATIENCE_TICKS):
        liveness.sound(FRAME)
        if liveness.heard is not None:
            break
        liveness.tick()
    assert liveness.heard is verdict


def test_a_line_that_comes_back_at_the_last_moment_has_not_heard_the_reading() -> None:
    liveness = line(2 * WINDOW, silent=range(WINDOW // 2, 2 * WINDOW - 5))
    liveness.sound(FRAME)
    assert wait(liveness) is False


def test_sound_that_was_held_up_counts_when_it_comes() -> None:
    late = 40
    liveness = line(2 * WINDOW, silent=range(2 * WINDOW - late, 2 * WINDOW))
    liveness.tick()
    assert liveness.heard is None
    liveness.sound((late + 1) * FRAME)
    assert liveness.heard is True


def test_each_question_has_an_answer_of_its_own() -> None:
    liveness = line(WINDOW)
    liveness.sound(FRAME)
    assert liveness.heard is True
    liveness.ask()
    assert liveness.heard is None
    assert wait(liveness) is False


def test_the_rate_makes_no_difference() -> None:
    liveness = Liveness(16000)
    for _ in range(WINDOW):
        liveness.sound(FRAME)  # half of what 16 kHz have
        liveness.tick()
    liveness.ask()
    liveness.sound(FRAME)
    assert wait(liveness) is False
