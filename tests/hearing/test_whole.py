"""A number in pieces, heard again as a whole: when, how much of it, and what each piece gets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from hearing_tools import cut, joined, silence, voice
from second_pass_tools import WORDS, encoder_of, scores_of

from bot.events import RATE, FinalResult, Grammar, Heard, Reheard, Samples
from bot.hearing import CallHearing
from bot.hearing.encoder import Encoder, Scores
from bot.hearing.recogniser import Recognised
from bot.hearing.whole import ALONE, LONGEST_PAUSE, UNHEARD, Whole, revised

ONE, NOTHING = Recognised(("một",), (0.9,)), Recognised((), ())
BLOCK: Samples = voice(0.01)


@dataclass
class Parts:
    """A second pass that tells how many frames and seconds each piece has."""

    encoder: Encoder = field(default_factory=lambda: encoder_of(scores_of("một")))
    asked: list[tuple[int, float]] = field(default_factory=list)
    wanted: list[int] = field(default_factory=list)

    def alone(self, first: Recognised, sound: Samples, wanted: int) -> Recognised:
        return Recognised(("alone",), (0.5,))

    def again(self, first: Recognised, scores: Scores, sound: Samples, wanted: int) -> Recognised:
        self.asked.append((len(scores), sound.size / RATE))
        self.wanted.append(wanted)
        return Recognised((f"again {len(self.asked)}",), (0.5,))


class Speaks:
    """A whole number, a piece at a time; `encoded`: the sounds that were encoded, in blocks of 10 ms."""

    def __init__(self, wanted: int, first: Recognised = ONE) -> None:
        self.second, self.first = Parts(), first
        self.whole = Whole(self.second, wanted)
        self.at = 0

    @property
    def encoded(self) -> list[int]:
        return self.second.encoder.session.asked

    def rests(self, blocks: int) -> list[tuple[int, Recognised]]:
        found = []
        for _ in range(blocks):
            self.at += 1
            self.whole.push(BLOCK)
            found += self.whole.late()
        return found

    def says(
        self, first: Recognised | None = None, blocks: int = 50, pause: int | None = None
    ) -> list[tuple[int, Recognised]]:
        """23 blocks before the speech, so many of speech and 28 behind it. `pause`: so many blocks before the end the
        piece may have been over."""
        self.rests(30)
        self.whole.begin([BLOCK] * 30, 23)
        for left in range(blocks - 7 + 28, 0, -1):
            self.at += 1
            self.whole.push(BLOCK)
            if left == pause:
                self.whole.pause("một")
        return self.whole.finish(first or self.first, 28, self.at - 28)


class TestWhen:
    def test_as_soon_as_the_digits_that_are_wanted_are_there_all_of_it_is_heard_once(self) -> None:
        number = Speaks(wanted=3)
        assert [words for _, words in number.says()] == [ONE]
        assert [words for _, words in number.says()] == [ONE]
        assert [words.texts[0] for _, words in number.says()] == ["again 1", "again 2", "again 3"]
        assert len(number.encoded) == 1

    def test_each_piece_is_told_how_many_digits_the_others_leave_to_it(self) -> None:
        number = Speaks(wanted=3)
        for piece in ("một hai", "ba không"):
            number.says(Recognised((piece,), (0.9,)))
        assert number.second.wanted == [1, 1]

    def test_where_it_is_not_known_how_many_are_wanted_every_piece_is(self) -> None:
        number = Speaks(wanted=0)
        number.says()
        number.says()
        assert len(number.encoded) == 2

    def test_an_alternative_that_is_likely_enough_counts(self) -> None:
        number = Speaks(wanted=2)
        assert len(number.says(Recognised(("một", "một hai"), (0.7, 0.05)))) == 1
        assert number.encoded == []
        number = Speaks(wanted=2)
        number.says(Recognised(("một", "một hai"), (0.7, 0.2)))
        assert len(number.encoded) == 1

    def test_a_piece_of_which_the_first_pass_makes_nothing_may_be_the_last_digit(self) -> None:
        number = Speaks(wanted=2)
        number.says()
        assert [words.texts[0] for _, words in number.says(NOTHING)] == ["again 1", "again 2"]

    def test_of_an_unfinished_number_when_nobody_has_spoken_for_a_while(self) -> None:
        number = Speaks(wanted=10)
        number.says()
        assert number.rests(ALONE - 28 - 1) == []
        assert [words.texts[0] for _, words in number.rests(1)] == ["again 1"]
        assert number.rests(200) == []

    def test_not_while_the_next_piece_is_being_spoken(self) -> None:
        number = Speaks(wanted=10)
        number.says()
        number.whole.begin([BLOCK] * 30, 23)
        assert number.rests(ALONE) == []

    def test_what_was_encoded_in_a_silence_is_enough(self) -> None:
        number = Speaks(wanted=1)
        number.says(pause=13)
        assert number.encoded == [30 + 50 - 7 + 28 - 12 - 1]

    def test_unless_speech_has_gone_on(self) -> None:
        number = Speaks(wanted=1)
        number.says(pause=40)
        assert len(number.encoded) == 2

    def test_a_silence_in_an_unfinished_number_costs_nothing(self) -> None:
        number = Speaks(wanted=3)
        number.says(pause=13)
        assert number.encoded == []

    def test_long_sound_without_a_word_is_not_heard_and_ends_the_number(self) -> None:
        number = Speaks(wanted=0)
        number.says()
        assert number.says(NOTHING, blocks=UNHEARD)[0][1] == NOTHING
        assert len(number.says()) == 1

    def test_other_words_are_the_first_pass_s_to_hear_and_end_the_number(self) -> None:
        number = Speaks(wanted=0)
        number.says()
        assert [words.texts[0] for _, words in number.says(Recognised(("gặp nhân viên",), (0.9,)))] == ["alone"]
        assert len(number.says()) == 1


class TestHowMuch:
    def test_pauses_are_heard_as_they_were_but_long_ones_cut(self) -> None:
        number = Speaks(wanted=2)
        number.says()
        number.says()
        hesitant = Speaks(wanted=2)
        hesitant.says()
        hesitant.rests(400)
        hesitant.says()
        piece = 30 + 50 - 7 + 28
        assert number.encoded == [2 * piece]
        assert hesitant.encoded[-1] == 2 * piece + LONGEST_PAUSE - 28

    def test_a_piece_that_was_not_the_caller_s_is_no_part(self) -> None:
        number = Speaks(wanted=0)
        number.whole.begin([BLOCK] * 30, 23)
        number.rests(50)
        number.whole.drop()
        assert len(number.says()) == 1
        assert number.encoded == [(30 + 50 - 7 + 28) // 2 * 2]

    def test_each_piece_gets_the_frames_from_pause_to_pause_and_its_own_sound(self) -> None:
        number = Speaks(wanted=2)
        number.second.encoder = encoder_of(np.zeros((100, len(WORDS)), np.float32))
        number.says()
        number.says()
        (one, seconds), (two, _) = number.second.asked
        assert seconds == 1.01
        assert one + two == 100
        assert one == ((30 + 50 - 7) + (101 + 23)) // 2 // 2  # between the end of one speech and the other's onset

    def test_a_key_ends_it(self) -> None:
        number = Speaks(wanted=0)
        number.says()
        number.whole.forget()
        assert len(number.says()) == 1


class Digit:
    """A first pass that hears one digit in whatever is loud."""

    def __init__(self) -> None:
        self._loud = False

    def accept(self, samples: Samples) -> str:
        self._loud |= bool(np.abs(samples.astype(np.int32)).max() > 300)
        return "một" if self._loud else ""

    def pause(self) -> None:
        raise AssertionError("the whole number is what takes long")

    def finish(self) -> Recognised:
        return ONE


def heard(wanted: int, *sounds: Samples) -> list[Heard]:
    hearing = CallHearing(RATE, lambda _: Digit(), Parts())
    hearing.expect(Grammar.NUMBER, wanted=wanted)
    sound = joined(silence(0.5), *sounds)
    return [event for frame in cut(sound, [160] * (sound.size // 160)) for event in hearing.feed(frame)]


class TestInACall:
    word, gap = voice(0.4), silence(0.4)

    def test_the_last_piece_comes_with_those_before_it_heard_again(self) -> None:
        events = [
            e for e in heard(2, self.word, self.gap, self.word, self.gap) if isinstance(e, (FinalResult, Reheard))
        ]
        first, second, again = events
        assert isinstance(first, FinalResult)
        assert isinstance(second, FinalResult)
        assert isinstance(again, Reheard)
        assert [first.text, second.text] == ["một", "again 2"]
        assert [piece.text for piece in again.pieces] == ["again 1", "again 2"]
        assert [piece.ended_at for piece in again.pieces] == [first.ended_at, second.ended_at]

    def test_a_number_in_one_piece_is_told_once(self) -> None:
        events = heard(1, self.word, self.gap)
        assert [e.text for e in events if isinstance(e, FinalResult)] == ["again 1"]
        assert not any(isinstance(e, Reheard) for e in events)

    def test_an_unfinished_one_is_told_again_in_the_silence(self) -> None:
        events = heard(9, self.word, silence(1.0))
        assert [type(e).__name__ for e in events[-2:]] == ["FinalResult", "Reheard"]

    def test_each_piece_is_known_as_it_was_heard_last(self) -> None:
        events = revised(heard(2, self.word, self.gap, self.word, self.gap))
        assert [e.text for e in events if isinstance(e, FinalResult)] == ["again 1", "again 2"]
        assert not any(isinstance(e, Reheard) for e in events)
