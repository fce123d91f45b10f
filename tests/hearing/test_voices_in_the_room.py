"""Voices behind the caller: learned while the bot speaks, and then neither heard nor waited for."""

from __future__ import annotations

import pytest
from hearing_tools import Tally, joined, kinds, mixed, noise, silence, tone, voice

from bot.events import RATE, FinalResult, Grammar, KeyHeard, Partial, Samples
from bot.hearing.endpoint import FADED
from bot.hearing.listener import CallHearing
from bot.hearing.recogniser import Recognised
from bot.hearing.voices import (
    CALLER_DB,
    END_DB,
    FAINT,
    LISTENED,
    QUIET,
    REMEMBERED,
    SECOND,
    SILENT,
    SLOWEST,
    START_DB,
    Voices,
)


def listen(voices: Voices, seconds: int, level: float = SILENT, words: bool = False) -> None:
    for _ in range(seconds * SECOND):
        voices.push(level, level > SILENT, words)


def over_prompt(caller: float = SILENT) -> Voices:
    """`caller`: his level in an answer before this prompt."""
    voices = Voices()
    if caller > SILENT:
        voices.begin_piece()
        voices.judge(caller, words=True)
    voices.over_prompt = True
    return voices


class TestWhenThePromptEnds:
    def test_a_piece_that_noise_began_may_become_the_answer(self) -> None:
        voices = over_prompt()
        listen(voices, 1, -30.0)
        voices.begin_piece()
        assert not voices.near(-28.0), "over a prompt a stranger has to be clearly louder than what was heard"
        voices.prompt_ended()
        assert voices.near(-28.0)

    def test_but_the_known_room_stays_the_room(self) -> None:
        voices = over_prompt()
        listen(voices, LISTENED, -30.0)
        voices.begin_piece()
        voices.prompt_ended()
        assert not voices.near(-28.0)


class TestTheRoom:
    def test_is_the_voices_over_a_prompt(self) -> None:
        voices = over_prompt()
        listen(voices, LISTENED, -40.0)
        assert (voices.room, voices.starts_above, voices.ends_below) == (-40.0, -40.0 + START_DB, -40.0 + END_DB)

    def test_is_not_known_after_one_second(self) -> None:
        voices = over_prompt()
        listen(voices, 1, -40.0)
        assert voices.room == SILENT

    def test_is_not_learned_while_the_caller_may_answer(self) -> None:
        voices = Voices()
        listen(voices, 10, -40.0)
        assert voices.room == SILENT

    def test_is_learned_at_any_time_from_what_is_far_below_the_caller(self) -> None:
        voices = over_prompt(caller=-20.0)
        voices.over_prompt = False
        listen(voices, LISTENED, -20.0 - CALLER_DB - 1)
        assert voices.room == -20.0 - CALLER_DB - 1

    def test_is_not_the_caller_who_speaks_a_little_softer(self) -> None:
        voices = over_prompt(caller=-20.0)
        voices.over_prompt = False
        listen(voices, 10, -20.0 - CALLER_DB + 1)
        assert voices.room == SILENT

    def test_stays_known_over_a_pause(self) -> None:
        voices = over_prompt()
        listen(voices, 3, -40.0)
        listen(voices, QUIET - 1)
        assert voices.room == -40.0

    def test_is_forgotten_where_a_prompt_is_heard_in_silence(self) -> None:
        """Who talked into one prompt and listens to the next is heard after it."""
        voices = over_prompt()
        listen(voices, REMEMBERED, -20.0)
        listen(voices, QUIET)
        assert voices.room == SILENT

    @pytest.mark.parametrize(("words", "room"), [(True, SILENT), (False, -30.0)])
    def test_is_not_the_caller_whose_words_are_understood(self, words: bool, room: float) -> None:
        voices = over_prompt()
        voices.begin_piece()
        listen(voices, 3, -30.0, words=True)
        assert voices.room == SILENT
        voices.judge(-30.0, words)
        assert voices.room == room


class TestWhatStarts:
    """Above the room's voices by START_DB, or nearer to the caller than to them."""

    @pytest.mark.parametrize(
        ("caller", "above"),
        [
            (SILENT, START_DB),  # nobody is known yet
            (-20.0, START_DB),  # 20 dB above the room
            (-32.0, 4.0),  # 8 dB above it
            (-36.0, END_DB),
            (-45.0, END_DB),
        ],
    )
    def test(self, caller: float, above: float) -> None:
        voices = over_prompt(caller)
        listen(voices, LISTENED, -40.0)
        assert voices.starts_above == -40.0 + above


class TestWhatInterrupts:
    def test_nobody_before_a_voice_is_known(self) -> None:
        voices = over_prompt()
        voices.begin_piece()
        assert voices.near(-20.0)
        assert not voices.interrupts(-20.0)

    def test_anybody_where_the_room_is_quiet(self) -> None:
        voices = over_prompt()
        listen(voices, QUIET)
        voices.begin_piece()
        assert voices.interrupts(-20.0)

    def test_the_caller_and_nobody_far_below_him(self) -> None:
        voices = over_prompt(caller=-20.0)
        voices.begin_piece()
        assert voices.interrupts(-20.0 - CALLER_DB)
        assert not voices.near(-20.0 - CALLER_DB - 0.1)

    def test_nobody_who_is_nearer_to_the_room_than_to_the_caller(self) -> None:
        voices = over_prompt(caller=-20.0)
        listen(voices, LISTENED, -32.0)
        voices.begin_piece()
        assert voices.interrupts(-25.9)
        assert not voices.near(-26.1)

    def test_not_even_words_where_they_are_faint(self) -> None:
        voices = over_prompt()
        voices.begin_piece()
        assert not voices.near(FAINT - 0.1)
        voices.over_prompt = False
        voices.begin_piece()
        assert voices.near(FAINT - 0.1)

    def test_a_stranger_with_words_for_all_that_he_said(self) -> None:
        voices = over_prompt()
        voices.begin_piece()
        assert voices.plausible(1, SLOWEST)
        assert not voices.plausible(1, SLOWEST + 1)
        voices.over_prompt = False
        voices.begin_piece()
        assert voices.plausible(1, 10 * SLOWEST)


class Deaf(Tally):
    """Nothing soft holds words: what a recogniser makes of a television at its best."""

    def finish(self) -> Recognised:
        words = self._words() if max(abs(int(sample)) for part in self.heard for sample in part) > 4000 else ""
        return Recognised((words,), (0.9,)) if words else Recognised((), ())


class Flicker(Tally):
    """A number, and words that change four times a second for as long as anything is heard."""

    def accept(self, samples: Samples) -> str:
        super().accept(samples)
        seconds = sum(part.size for part in self.heard) / RATE
        return f"một hai {'ba' if int(seconds * 4) % 2 else ''}".strip()


def television(seconds: float, level: float = -40.0) -> Samples:
    """Words of 0.3 s with short gaps, and a breath after every fifth."""
    words = [voice(0.3, level, seed) for seed in range(5)]
    sentence = joined(*(joined(word, silence(0.1)) for word in words), silence(0.3))
    return mixed(joined(*[sentence] * (int(seconds / 2.3) + 1))[: int(seconds * RATE)], noise(seconds + 1, -70))


def over(room: Samples, sound: Samples, at: float) -> Samples:
    """The sound in the room, from `at` seconds on."""
    return mixed(room, joined(silence(at), sound, silence(len(room) / RATE)))


@pytest.fixture
def hearing() -> CallHearing:
    """Heard a prompt of five seconds with a television behind it."""
    hearing = CallHearing(RATE, Deaf)
    hearing.expect(Grammar.NUMBER, over_prompt=True)
    heard = hearing.feed(television(5))
    assert not [event for event in heard if isinstance(event, Partial)]
    hearing.expect(Grammar.NUMBER)
    return hearing


class TestATelevision20DbBelowTheCaller:
    def test_is_silence_after_the_prompt(self, hearing: CallHearing) -> None:
        assert hearing.feed(television(20)) == []

    def test_keeps_no_piece_open(self, hearing: CallHearing) -> None:
        heard = hearing.feed(over(television(5), voice(1.0), at=1.0))
        assert kinds(heard)[0] == "SpeechStarted"
        [piece] = [event for event in heard if isinstance(event, FinalResult)]
        assert piece.text
        assert piece.at - piece.ended_at <= 0.3 * RATE
        assert piece.ended_at == pytest.approx(hearing.now - 3 * RATE, abs=400)

    def test_does_not_lead_a_piece(self, hearing: CallHearing) -> None:
        start = hearing.feed(over(television(5), voice(1.0), at=1.0))[0]
        assert start.at == pytest.approx(hearing.now - 4 * RATE, abs=400)

    def test_stops_no_prompt(self, hearing: CallHearing) -> None:
        hearing.expect(Grammar.NUMBER, over_prompt=True)
        assert hearing.feed(television(20)) == []

    def test_does_not_hide_a_caller_who_interrupts_when_he_is_known(self, hearing: CallHearing) -> None:
        hearing.feed(over(television(3), voice(1.0), at=1.0))
        hearing.expect(Grammar.NUMBER, over_prompt=True)
        heard = hearing.feed(over(television(3), voice(1.0), at=1.0))
        assert kinds(heard)[:2] == ["SpeechStarted", "Partial"]

    def test_hides_no_key(self, hearing: CallHearing) -> None:
        heard = hearing.feed(over(television(2), tone("5", 0.1), at=1.0))
        assert heard == [KeyHeard("5", heard[0].at)]
        assert kinds(hearing.key("6")) == ["KeyHeard"]


class TestVoicesThatGoOnBehindTheNumber:
    """The prompt was heard in silence, so nobody knew of them; the recogniser hears words in them that come and go."""

    def feed(self, behind: Samples) -> list[FinalResult]:
        """The pieces of a number in one second, and of what is heard behind it."""
        hearing = CallHearing(RATE, Flicker)
        hearing.expect(Grammar.NUMBER)
        quiet = noise(1, -70)
        return [e for e in hearing.feed(joined(quiet, voice(1.0, -20.0), behind)) if isinstance(e, FinalResult)]

    def test_keep_it_open_for_little_more_than_a_second_and_begin_no_piece(self) -> None:
        [number] = self.feed(joined(television(8, -20.0 - CALLER_DB - 2), noise(1, -70)))
        assert number.ended_at == pytest.approx(2 * RATE, abs=400)
        assert number.at - number.ended_at <= (FADED / 100 + 0.1) * RATE

    def test_but_the_callers_own_softer_words_belong_to_it(self) -> None:
        [number] = self.feed(joined(voice(4.0, -20.0 - CALLER_DB + 3), noise(1, -70)))
        assert number.ended_at >= 5 * RATE

    def test_and_so_does_soft_speech_behind_a_knock(self) -> None:
        hearing = CallHearing(RATE, Deaf)
        hearing.expect(Grammar.NUMBER)
        knock = voice(0.1, -8.0)
        heard = hearing.feed(joined(noise(1, -70), knock, voice(3.0, -24.0), noise(1, -70)))
        [piece] = [event for event in heard if isinstance(event, FinalResult)]
        assert piece.ended_at == pytest.approx(4.1 * RATE, abs=400)


def test_a_soft_caller_is_heard_as_ever_where_the_room_is_quiet() -> None:
    hearing = CallHearing(RATE, Tally)
    hearing.expect(Grammar.NUMBER, over_prompt=True)
    hearing.feed(noise(5, -70))
    hearing.prompt_ended()
    assert (
        kinds(hearing.feed(mixed(joined(silence(1), voice(1.0, -45.0), silence(1)), noise(4, -70))))[0]
        == "SpeechStarted"
    )
