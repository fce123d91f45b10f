"""When the caller is active or quiet: silence, noise and other voices. Times are seconds of sound; nothing waits."""

import pytest

from bot.events import (
    Chosen,
    Expect,
    FinalResult,
    Grammar,
    Heard,
    Number,
    Partial,
    Said,
    Silence,
    SpeechStarted,
    TooFew,
    Unintelligible,
)
from bot.turn import Turn
from tests.fitted import FIT
from tests.turn_tools import MENU, TEN, TIMING, YESNO, at, keys, meant, speech


class TestNothingUsable:
    @pytest.mark.parametrize("expect", [TEN, MENU, YESNO])
    def test_silence_is_no_input(self, expect: Expect) -> None:
        assert meant(expect, []) == (Silence(), pytest.approx(6.0, abs=0.021))

    @pytest.mark.parametrize("expect", [TEN, MENU, YESNO])
    def test_speech_outside_the_grammar_is_no_match(self, expect: Expect) -> None:
        assert meant(expect, speech(""))[0] == Unintelligible()

    def test_a_cough_is_no_speech_and_the_bot_asks_again_within_four_seconds_of_it(self) -> None:
        """A short answer may have been heard as nothing: its caller is not to wait for six."""
        assert meant(YESNO, speech("", seconds=0.2)) == (Silence(), pytest.approx(1.2 + 4.0, abs=0.021))
        assert meant(YESNO, speech("", start=5.0, seconds=0.2)) == (Silence(), pytest.approx(6.0, abs=0.021))

    def test_silence_does_not_count_before_the_prompt_has_ended(self) -> None:
        turn = Turn(MENU, TIMING, FIT)
        assert turn.decide(at(20)) is None

    def test_noise_that_is_over_with_the_prompt_is_no_answer_though_it_is_known_later(self) -> None:
        turn = Turn(TEN, TIMING, FIT)
        turn.hear(SpeechStarted(at(1)))
        turn.prompt_ended(at(3))
        turn.hear(FinalResult((), 0.0, ended_at=at(2.9), at=at(3.18)))
        assert turn.decide(at(8.9)) is None
        assert turn.decide(at(9)) == Silence()

    def test_noise_that_stopped_the_prompt_is_none_either_but_the_bot_asks_again_within_four_seconds(self) -> None:
        """The bot fell silent in the middle of a sentence: a caller waits for the rest of it."""
        turn = Turn(YESNO, TIMING, FIT)
        turn.hear(SpeechStarted(at(1)))
        turn.hear(Partial("đúng", at(1.5)))
        turn.prompt_ended(at(1.6))
        turn.hear(FinalResult((), 0.0, ended_at=at(1.5), at=at(1.8)))
        assert turn.decide(at(5.4)) is None
        assert turn.decide(at(5.5)) == Silence()

    @pytest.mark.parametrize("expect", [TEN, MENU, YESNO])
    def test_noise_during_the_prompt_is_no_answer(self, expect: Expect) -> None:
        turn = Turn(expect, TIMING, FIT)
        for event in speech("", start=0.5):
            turn.hear(event)
        assert turn.decide(at(3)) is None
        turn.prompt_ended(at(4))
        assert turn.decide(at(5.5)) is None
        for event in speech("không một hai ba bốn năm sáu bảy tám chín", start=6):
            turn.hear(event)
        assert turn.text


class TestAnotherVoiceInTheRoom:
    """A television talks on and says nothing of the grammar."""

    @pytest.mark.parametrize("expect", [TEN, MENU, YESNO])
    def test_the_bot_speaks_before_it_was_mute_for_five_seconds(self, expect: Expect) -> None:
        assert meant(expect, [SpeechStarted(at(0.5))]) == (Unintelligible(), pytest.approx(4.9, abs=0.021))

    def test_counted_from_the_end_of_the_prompt(self) -> None:
        turn = Turn(MENU, TIMING, FIT)
        turn.hear(SpeechStarted(at(1)))
        turn.prompt_ended(at(5))
        assert turn.decide(at(9.3)) is None
        assert turn.decide(at(9.4)) == Unintelligible()

    def test_words_that_are_being_spoken_are_heard_to_their_end(self) -> None:
        events: list[Heard] = [SpeechStarted(at(0.5)), Partial("cấp lại", at(4.8))]
        assert meant(MENU, [*events, *speech("cấp lại mật khẩu", start=5.4)])[0] == Said("cấp lại mật khẩu", 0.9)

    def test_it_does_not_keep_a_whole_number_waiting(self) -> None:
        events = speech("không một hai ba bốn năm sáu bảy tám chín", seconds=4)
        late = [SpeechStarted(at(5.3))]
        utterance, second = meant(Expect(Grammar.NUMBER, lengths=(10, 12)), [*events, *late])
        assert utterance == Number("0123456789", spoken=True)
        assert second <= 5.0 + 1.4

    def test_nor_the_question_for_what_is_missing(self) -> None:
        room = [event for n in range(9) for event in speech("", start=2.5 + n, seconds=0.9)]
        utterance, second = meant(TEN, [*speech("không một hai"), *room])
        assert utterance == TooFew(7, progress=True)
        assert second <= 2.0 + 5.0

    def test_keys_work_at_once(self) -> None:
        assert meant(MENU, [SpeechStarted(at(0.5)), *keys("8", start=3)])[0] == Chosen("ask_reset")

    def test_while_somebody_speaks_nothing_is_decided_for_four_seconds(self) -> None:
        assert meant(TEN, [SpeechStarted(at(1))]) == (Unintelligible(), pytest.approx(5.4, abs=0.021))
