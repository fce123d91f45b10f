"""Which sound of a call is kept: the very samples."""

import numpy as np
import pytest

from bot.audio.keypad_tones import key_tone
from bot.events import (
    RATE,
    Chosen,
    Expect,
    FinalResult,
    Frame,
    Grammar,
    Played,
    Prompt,
    Reply,
    Samples,
    SecretDigits,
    SpeechStarted,
)
from bot.reports.call_tape import LEAD, TONE_EDGE, CallTape, Tape, tones
from bot.tap import Plays, Stops

FRAME = RATE // 50
MENU = Reply((Prompt("bấm tám"),), Expect(Grammar.MENU, lengths=(10,)))
NUMBER = Reply((Prompt("mã số"),), Expect(Grammar.NUMBER, lengths=(10,)))
YESNO = Reply((Prompt("đúng hay sai"),), Expect(Grammar.YESNO))
READ_BACK = Reply((Prompt("mã số là"), SecretDigits("t", "number")), Expect(Grammar.YESNO))
PASSWORD = Reply((Prompt("mật khẩu"), SecretDigits("t", "password")), Expect("played", interruptible=False))
CHOSEN = Chosen("ask_reset")


class Line:
    """A call on which the caller hums without an end: what is kept of it is not 0."""

    def __init__(self, rate: int = RATE) -> None:
        self.tape, self.rate, self.now = CallTape(rate), rate, 0.0

    def tell(self, *events: object) -> None:
        for event in events:
            self.tape.tap(self.now, event)  # type: ignore[arg-type]  # each is a RoomEvent

    def passes(self, seconds: float, sound: Samples | None = None) -> None:
        samples = np.full(round(seconds * self.rate), 1000, np.int16) if sound is None else sound
        size = self.rate // 50
        for start in range(0, samples.size, size):
            frame = samples[start : start + size]
            self.tell(Frame(frame))
            self.now += frame.size / self.rate

    def speech(self, begin: float, end: float, *texts: str) -> FinalResult:
        return FinalResult(texts, 0.9, round(end * RATE), round(self.now * RATE))


def kept(tape: Tape) -> list[tuple[float, float]]:
    """Seconds at which the caller is heard."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (tape.caller != 0).astype(int), [0]])))
    return [(begin / RATE, end / RATE) for begin, end in edges.reshape(-1, 2).tolist()]


def test_the_caller_is_kept_while_no_number_is_expected() -> None:
    line = Line()
    line.tell(MENU)
    line.passes(2.0)
    line.tell(CHOSEN, NUMBER)
    line.passes(3.0)
    line.tell(CHOSEN, YESNO)
    line.passes(1.0)
    line.tell(CHOSEN)
    line.passes(0.5)
    tape = line.tape.finish()
    assert kept(tape) == [(0.0, 2.0), (5.0, 6.0)]
    assert tape.blank_seconds == [(2.0, 5.0), (6.0, 6.5)]


@pytest.mark.parametrize(
    ("texts", "blanked"),
    [
        (("cấp lại mật khẩu",), False),
        (("đúng", "không"), False),
        (("không phải",), False),
        (("dạ bảy tám",), True),
        (("không không",), True),
        (("đúng", "đúng năm"), True),
        (("<unk> đúng",), True),
        (("",), True),
        ((), True),
    ],
)
def test_speech_is_kept_where_it_was_understood_and_holds_no_digit(texts: tuple[str, ...], blanked: bool) -> None:
    line = Line()
    line.tell(MENU)
    line.passes(2.0)
    line.tell(SpeechStarted(RATE))
    line.passes(2.0)
    line.tell(line.speech(1.0, 3.5, *texts))
    line.passes(1.0)
    line.tell(CHOSEN)
    whole, piece = (0.0, 5.0), [(0.0, 1.0 - LEAD / RATE), (4.0, 5.0)]
    assert kept(line.tape.finish()) == (piece if blanked else [whole])


def test_speech_that_was_never_decided_is_blanked_to_the_end_of_its_turn() -> None:
    line = Line()
    line.tell(MENU)
    line.passes(2.0)
    line.tell(SpeechStarted(RATE))
    line.passes(1.0)
    line.tell(CHOSEN)
    assert kept(line.tape.finish()) == [(0.0, 1.0 - LEAD / RATE)]


def test_tones_of_keys_are_blanked_in_the_menu() -> None:
    line = Line()
    line.tell(MENU)
    quiet = np.full(RATE, 3, np.int16)
    line.passes(0, np.concatenate([quiet, key_tone("7", 800), quiet]))
    line.tell(CHOSEN)
    [(_, end), (begin, _)] = kept(line.tape.finish())
    assert RATE - 2 * TONE_EDGE <= end * RATE <= RATE
    assert RATE + 800 <= begin * RATE <= RATE + 800 + 2 * TONE_EDGE
    assert tones(np.zeros(RATE, np.int16)) == []


def clip(seconds: float) -> Samples:
    return np.full(round(seconds * RATE), 2000, np.int16)


def test_a_read_back_is_blanked_on_both_sides_and_what_follows_is_kept() -> None:
    line = Line()
    line.tell(READ_BACK)
    line.tell(Plays(READ_BACK.segments[0], clip(1.0), "1"), Plays(READ_BACK.segments[1], clip(2.0), "2"))
    line.passes(1.0)
    line.tell(Played("1"))
    line.passes(2.0)
    line.tell(Played("2"))
    line.passes(1.0)
    line.tell(CHOSEN)
    tape = line.tape.finish()
    assert kept(tape) == [(3.0, 4.0)]
    np.testing.assert_array_equal(np.flatnonzero(tape.bot), np.arange(RATE))


def test_after_a_password_nothing_of_the_caller_is_kept() -> None:
    line = Line()
    line.tell(PASSWORD, Plays(PASSWORD.segments[1], clip(2.0), "1"))
    line.passes(2.0)
    line.tell(Played("1"), CHOSEN, YESNO)
    line.passes(3.0)
    tape = line.tape.finish()
    assert kept(tape) == []
    assert not tape.bot.any()


def test_what_the_caller_interrupted_ends_there() -> None:
    line = Line()
    line.tell(MENU)
    line.passes(0.5)
    line.tell(Plays(Prompt("a"), clip(1.0), "1"), Plays(Prompt("b"), clip(1.0), "2"))
    line.passes(0.25)
    line.tell(Stops())
    line.passes(1.0)
    heard = np.flatnonzero(line.tape.finish().bot)
    assert (heard[0], heard[-1] + 1) == (RATE // 2, RATE * 3 // 4)


def test_a_line_of_16_khz_is_kept_at_the_rate_of_a_telephone() -> None:
    line = Line(2 * RATE)
    line.tell(MENU)
    line.passes(2.0)
    line.tell(CHOSEN, NUMBER)
    line.passes(1.0)
    tape = line.tape.finish()
    assert tape.caller.size == tape.bot.size == 3 * RATE
    [(_, end)] = kept(tape)
    assert end == 2.0


def test_frames_may_be_of_any_size() -> None:
    tapes = []
    for size in (37, FRAME, 5000):
        tape, sent = CallTape(RATE), 0
        tape.tap(0.0, MENU)
        for start in range(0, 2 * RATE, size):
            frame = np.full(min(size, 2 * RATE - start), 1000, np.int16)
            tape.tap(sent / RATE, Frame(frame))
            sent += frame.size
        tape.tap(2.0, NUMBER)
        tapes.append(tape.finish())
    for tape in tapes[1:]:
        np.testing.assert_array_equal(tape.caller, tapes[0].caller)


def test_a_call_without_sound_is_a_tape() -> None:
    tape = CallTape(RATE).finish()
    assert (tape.caller.size, tape.bot.size, tape.blanks) == (0, 0, ())
