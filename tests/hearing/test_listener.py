"""A call's hearing as a whole, with a recogniser that counts instead of understanding."""

from collections.abc import Iterable

import numpy as np
import pytest
from hearing_tools import Tally, cut, joined, kinds, mixed, noise, silence, tone, voice
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.events import RATE, FinalResult, Grammar, Heard, KeyHeard, Partial, Samples, SpeechStarted
from bot.hearing.listener import CallHearing
from bot.protocols import Hearing


class Opener:
    """Makes recognisers and remembers them."""

    def __init__(self) -> None:
        self.made: list[Tally] = []

    def __call__(self, grammar: Grammar) -> Tally:
        self.made.append(Tally(grammar))
        return self.made[-1]


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def hearing(opener: Opener) -> CallHearing:
    return CallHearing(RATE, opener)


def in_room(sound: Samples) -> Samples:
    return mixed(sound, noise(len(sound) / RATE + 1, -62))


WORD = voice(0.6)
SENTENCE = in_room(joined(silence(0.5), WORD, silence(0.6)))


def keys(heard: Iterable[Heard]) -> list[str]:
    return [event.key for event in heard if isinstance(event, KeyHeard)]


def test_it_is_a_hearing(hearing: CallHearing) -> None:
    as_protocol: Hearing = hearing
    assert as_protocol.now == 0


def test_speech_is_a_start_partials_and_one_piece(hearing: CallHearing) -> None:
    heard = hearing.feed(SENTENCE)
    assert kinds(heard) == ["SpeechStarted", "Partial", "Partial", "FinalResult"]
    start, piece = heard[0], heard[-1]
    assert isinstance(start, SpeechStarted)
    assert isinstance(piece, FinalResult)
    assert start.at == pytest.approx(0.5 * RATE, abs=160)
    assert piece.ended_at == pytest.approx(1.1 * RATE, abs=240)
    assert piece.at - piece.ended_at <= 0.3 * RATE
    assert piece.texts == ("a a",)
    assert hearing.now == len(SENTENCE)


def test_the_first_consonant_is_not_lost(hearing: CallHearing, opener: Opener) -> None:
    """The recogniser hears the sound from 0.2 s before the speech on, unbroken."""
    hearing.feed(SENTENCE)
    heard = np.concatenate(opener.made[0].heard)
    begin = SENTENCE.tobytes().index(heard.tobytes()) // 2
    assert begin <= 0.3 * RATE
    assert begin + len(heard) >= 1.1 * RATE


def test_the_pause_between_two_pieces_is_heard_as_it_is(hearing: CallHearing, opener: Opener) -> None:
    """Digital silence in its place is an edge that no telephone line has; in noise, words behind it were misheard."""
    sound = in_room(joined(silence(0.5), WORD, silence(0.35), WORD, silence(0.6)))
    hearing.feed(sound)
    first, second = (np.concatenate(made.heard) for made in opener.made)
    begin = sound.tobytes().index(second.tobytes()) // 2
    assert begin == pytest.approx((0.5 + 0.6 + 0.35 - 0.23) * RATE, abs=160)
    assert begin > (0.5 + 0.6) * RATE  # nothing of the word before
    assert sound.tobytes().index(first.tobytes()) // 2 < begin


def test_no_recogniser_works_while_nobody_speaks(hearing: CallHearing, opener: Opener) -> None:
    assert hearing.feed(noise(10, -50)) == []
    assert opener.made == []


def test_speech_without_words_is_an_empty_piece() -> None:
    class Deaf(Tally):
        def _words(self) -> str:
            return ""

    heard = CallHearing(RATE, Deaf).feed(SENTENCE)
    assert kinds(heard) == ["SpeechStarted", "FinalResult"]
    assert isinstance(heard[-1], FinalResult)
    assert heard[-1].text == ""


@pytest.mark.parametrize("grammar", Grammar)
def test_the_expected_grammar_is_listened_for(hearing: CallHearing, opener: Opener, grammar: Grammar) -> None:
    hearing.expect(grammar)
    hearing.feed(SENTENCE)
    assert opener.made[0].grammar is grammar


def test_expect_forgets_what_is_half_heard(hearing: CallHearing, opener: Opener) -> None:
    half = int(0.8 * RATE)
    assert kinds(hearing.feed(SENTENCE[:half]))[0] == "SpeechStarted"
    hearing.expect(Grammar.YESNO)
    rest = hearing.feed(SENTENCE[half:])
    assert kinds(rest)[0] == "SpeechStarted"
    assert opener.made[1].grammar is Grammar.YESNO
    assert sum(map(len, opener.made[1].heard)) - 30 * 80 < len(SENTENCE) - half  # nothing from before but silence
    assert not np.concatenate(opener.made[1].heard)[:1600].any()


class TestKeys:
    def test_a_tone_is_a_key_and_no_word(self, hearing: CallHearing, opener: Opener) -> None:
        assert hearing.feed(in_room(joined(silence(0.5), tone("5", 0.5), silence(0.5)))) == [
            KeyHeard("5", pytest.approx(0.54 * RATE, abs=160))
        ]
        assert opener.made == []

    def test_a_key_ends_what_is_being_said(self, hearing: CallHearing) -> None:
        heard = hearing.feed(in_room(joined(silence(0.5), WORD, silence(0.05), tone("5"), silence(0.5))))
        assert kinds(heard) == ["SpeechStarted", "Partial", "Partial", "FinalResult", "KeyHeard"]

    def test_out_of_band_too(self, hearing: CallHearing) -> None:
        hearing.feed(SENTENCE[: int(1.15 * RATE)])
        assert kinds(hearing.key("5")) == ["FinalResult", "KeyHeard"]

    def test_while_a_tone_sounds_the_recogniser_hears_silence(self, hearing: CallHearing, opener: Opener) -> None:
        spoken = in_room(joined(silence(0.5), WORD, tone("5", 0.2), silence(0.5)))
        hearing.feed(spoken)
        loud = np.count_nonzero(np.abs(np.concatenate(opener.made[0].heard).astype(np.int32)) > 300)
        assert loud < 0.65 * RATE

    @pytest.mark.parametrize("late", [0.0, 0.1, 0.19])
    def test_tones_then_the_same_key_out_of_band_is_one_press(self, hearing: CallHearing, late: float) -> None:
        sound = joined(silence(0.2), tone("5", 0.3), silence(late))
        assert keys([*hearing.feed(sound), *hearing.key("5")]) == ["5"]

    @pytest.mark.parametrize("late", [0.0, 0.1])
    def test_out_of_band_then_the_same_key_as_tones_is_one_press(self, hearing: CallHearing, late: float) -> None:
        first = hearing.key("5")
        assert keys([*first, *hearing.feed(joined(silence(late), tone("5"), silence(0.2)))]) == ["5"]

    def test_long_after_it_is_another_press(self, hearing: CallHearing) -> None:
        heard = hearing.feed(joined(silence(0.2), tone("5"), silence(0.5)))
        assert keys([*heard, *hearing.key("5")]) == ["5", "5"]

    def test_another_key_is_another_press(self, hearing: CallHearing) -> None:
        assert keys([*hearing.feed(joined(silence(0.2), tone("5"))), *hearing.key("6")]) == ["5", "6"]

    def test_two_presses_heard_both_ways_are_two(self, hearing: CallHearing) -> None:
        heard: list[Heard] = []
        for _ in range(2):
            heard += hearing.feed(joined(silence(0.06), tone("8", 0.08)))
            heard += hearing.key("8")
        assert keys(heard) == ["8", "8"]

    @pytest.mark.parametrize("after", [0.08, 0.1, 1])
    def test_the_same_key_twice_out_of_band_is_two(self, hearing: CallHearing, after: float) -> None:
        assert keys([*hearing.key("8"), *hearing.feed(silence(after)), *hearing.key("8")]) == ["8", "8"]

    @pytest.mark.parametrize("after", [0.0, 0.02, 0.04, 0.06])
    def test_a_key_that_bounces_is_one(self, hearing: CallHearing, after: float) -> None:
        assert keys([*hearing.key("8"), *hearing.feed(silence(after)), *hearing.key("8")]) == ["8"]

    def test_the_same_key_twice_at_once_is_two_where_each_was_pressed_for_longer(self, hearing: CallHearing) -> None:
        assert keys([*hearing.key("8", 0.08), *hearing.key("8", 0.08)]) == ["8", "8"]

    def test_a_short_press_behind_another_is_a_bounce(self, hearing: CallHearing) -> None:
        assert keys([*hearing.key("8", 0.1), *hearing.feed(silence(0.05)), *hearing.key("8", 0.03)]) == ["8"]

    def test_a_key_that_bounces_twice_is_one(self, hearing: CallHearing) -> None:
        heard = hearing.key("8")
        for _ in range(2):
            heard += [*hearing.feed(silence(0.04)), *hearing.key("8")]
        assert keys(heard) == ["8"]

    def test_another_key_between_is_no_bounce(self, hearing: CallHearing) -> None:
        assert keys([*hearing.key("8"), *hearing.key("9"), *hearing.key("8")]) == ["8", "9", "8"]

    def test_a_key_that_bounces_is_one_when_heard_as_tones_too(self, hearing: CallHearing) -> None:
        heard = hearing.feed(joined(silence(0.2), tone("5", 0.1)))
        heard += [*hearing.key("5"), *hearing.feed(silence(0.04)), *hearing.key("5")]
        assert keys(heard) == ["5"]

    def test_a_lost_packet_in_a_tone_makes_no_second_press(self, hearing: CallHearing) -> None:
        held = joined(tone("5", 0.08), silence(0.02), tone("5", 0.1))
        assert keys(hearing.feed(in_room(joined(silence(0.5), held, silence(0.5))))) == ["5"]

    def test_a_tone_that_sounds_across_expect_is_not_reported_again(self, hearing: CallHearing) -> None:
        heard = hearing.feed(joined(silence(0.2), tone("8", 0.2)))
        hearing.expect(Grammar.NUMBER)
        assert keys([*heard, *hearing.feed(joined(tone("8", 0.2), silence(0.2)))]) == ["8"]


CALL = in_room(
    joined(
        silence(0.4), WORD, silence(0.4), tone("4"), silence(0.2), voice(0.35, -25, 3), silence(0.1), tone("#"), WORD
    )
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 1500), max_size=40), st.booleans())
def test_the_result_does_not_depend_on_the_cut(sizes: list[int], over_prompt: bool) -> None:
    whole, parts = CallHearing(RATE, Tally), CallHearing(RATE, Tally)
    for each in (whole, parts):
        each.expect(Grammar.NUMBER, over_prompt)
    expected = whole.feed(CALL)
    assert [event for part in cut(CALL, sizes) for event in parts.feed(part)] == expected
    assert parts.now == whole.now
    assert {"SpeechStarted", "FinalResult", "KeyHeard"} <= set(kinds(expected))
    assert over_prompt or "Partial" in kinds(expected)


@settings(max_examples=10, deadline=None)
@given(rate=st.sampled_from([16000, 44100, 48000]), sizes=st.lists(st.integers(0, 4000), max_size=40))
def test_nor_at_other_rates(rate: int, sizes: list[int]) -> None:
    import soxr

    sound = np.rint(soxr.resample(CALL.astype(np.float64), RATE, rate)).astype(np.int16)
    whole, parts = CallHearing(rate, Tally), CallHearing(rate, Tally)
    assert [event for part in cut(sound, sizes) for event in parts.feed(part)] == whole.feed(sound)


def test_every_start_is_followed_by_one_piece() -> None:
    rng = np.random.default_rng(0)
    parts = [in_room(joined(voice(rng.uniform(0.05, 1.5), -20, n), silence(rng.uniform(0, 0.6)))) for n in range(40)]
    heard = CallHearing(RATE, Tally).feed(joined(silence(0.5), *parts, silence(1)))
    order = [type(event) for event in heard if not isinstance(event, Partial)]
    assert order == [SpeechStarted, FinalResult] * (len(order) // 2)
    assert len(order) > 10


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_key_pressed_twice_on_a_line_of_any_rate_is_two(rate: int) -> None:
    """A resampler hands sound on in steps: they must not hide the time between two presses."""
    hearing, pressed = CallHearing(rate, Opener()), []
    for _ in range(20):
        pressed += hearing.key("0")
        for _ in range(5):
            hearing.feed(np.zeros(rate // 50, np.int16))
    assert len(pressed) == 20
