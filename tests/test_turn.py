"""What the caller means, and when it is known. Times are seconds of sound; nothing waits."""

import pytest

from bot.events import (
    RATE,
    Chosen,
    Expect,
    Grammar,
    Heard,
    KeyHeard,
    Number,
    Partial,
    Piece,
    Said,
    Silence,
    SpeechStarted,
    TooFew,
    Unintelligible,
    Utterance,
)
from bot.numbers import DIGIT_WORDS
from bot.turn import Timing, Turn

TIMING = Timing(no_input=6 * RATE, settle=int(0.8 * RATE), pause=int(2.5 * RATE))
TEN = Expect(Grammar.NUMBER, lengths=(10,))
TEN_OR_TWELVE = Expect(Grammar.NUMBER, lengths=(10, 12), keys={"*": "ask_repeat"})
MENU = Expect(Grammar.MENU, lengths=(10, 12), keys={"8": "ask_reset", "0": "ask_operator", "*": "ask_repeat"})
YESNO = Expect(Grammar.YESNO, keys={"1": "affirm", "2": "deny"})


def at(seconds: float) -> int:
    return int(seconds * RATE)


def keys(text: str, start: float = 1.0) -> list[Heard]:
    return [KeyHeard(key, at(start + i * 0.3)) for i, key in enumerate(text)]


def speech(text: str, start: float = 1.0, seconds: float = 1.0, confidence: float = 0.9) -> list[Heard]:
    end = start + seconds
    return [
        SpeechStarted(at(start)),
        Partial(text, at(end)),
        Piece((text,) if text else (), confidence, ended_at=at(end), at=at(end + 0.28)),
    ]


def spell(digits: str) -> str:
    return " ".join(DIGIT_WORDS[int(digit)] for digit in digits)


class Caller:
    """Plays events into a turn, asking for the decision every 20 ms as a call does."""

    def __init__(self, expect: Expect) -> None:
        self.turn = Turn(expect, TIMING)
        self.turn.prompt_ended(0)
        self.now = 0

    def does(self, events: list[Heard], until: float = 30.0) -> tuple[Utterance | None, float]:
        """The decision and the second at which it fell."""
        left = list(events)
        while self.now < at(until):
            while left and left[0].at <= self.now:
                self.turn.hear(left.pop(0))
            if utterance := self.turn.decide(self.now):
                return utterance, self.now / RATE
            self.now += 160
        return None, self.now / RATE


def meant(expect: Expect, events: list[Heard]) -> tuple[Utterance | None, float]:
    return Caller(expect).does(events)


class TestNumber:
    def test_ten_keys_decide_at_the_tenth(self) -> None:
        utterance, second = meant(TEN, keys("0123456789"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 9 * 0.3, abs=0.021)

    def test_ten_spoken_digits_decide_when_the_piece_ends(self) -> None:
        utterance, second = meant(TEN, speech(spell("0123456789"), seconds=4))
        assert utterance == Number("0123456789", spoken=True)
        assert second == pytest.approx(5.28, abs=0.021)

    def test_where_twelve_are_allowed_ten_wait_a_little(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("0123456789"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 9 * 0.3 + 0.8, abs=0.021)

    def test_twelve_decide_at_once_where_ten_or_twelve_are_allowed(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("001099012345"))
        assert utterance == Number("001099012345", spoken=False)
        assert second == pytest.approx(1.0 + 11 * 0.3, abs=0.021)

    def test_hash_ends_a_complete_number_at_once(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("0123456789#"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 10 * 0.3, abs=0.021)

    def test_star_deletes_the_last_digit(self) -> None:
        assert meant(TEN, keys("01234567*788"))[0] == Number("0123456788", spoken=False)
        assert meant(TEN, keys("0123455*6789"))[0] == Number("0123456789", spoken=False)

    def test_half_spoken_half_keyed_is_one_number_that_was_spoken(self) -> None:
        events = speech("không một hai ba bốn", seconds=2) + keys("56789", start=3.8)
        assert meant(TEN, events)[0] == Number("0123456789", spoken=True)

    def test_pauses_inside_a_number_cut_nobody_off(self) -> None:
        events = speech("không một hai") + speech("ba bốn năm", start=3.5) + speech("sáu bảy tám chín", start=6.0)
        assert meant(TEN, events)[0] == Number("0123456789", spoken=True)

    def test_a_number_cut_short_says_how_many_are_missing_after_the_pause(self) -> None:
        utterance, second = meant(TEN, speech(spell("01234567")))
        assert utterance == TooFew(2)
        assert second == pytest.approx(2.0 + 2.5, abs=0.021)

    def test_eleven_spoken_digits_are_no_match_where_ten_or_twelve_are_allowed(self) -> None:
        assert meant(TEN_OR_TWELVE, speech(spell("01234567890")))[0] == Unintelligible()
        assert meant(TEN_OR_TWELVE, keys("01234567890#"))[0] == TooFew(1)

    def test_hash_after_too_few_does_not_wait(self) -> None:
        assert meant(TEN, keys("01234#")) == (TooFew(5), pytest.approx(1.0 + 5 * 0.3, abs=0.021))

    def test_kept_digits_are_completed_by_the_next_turn(self) -> None:
        first = Caller(TEN)
        first.does(keys("01234567#"))
        turn = Turn(TEN, TIMING, first.turn.numbers)
        turn.prompt_ended(0)
        for key in keys("89"):
            turn.hear(key)
        assert turn.decide(at(2)) == Number("0123456789", spoken=False)

    def test_a_caller_may_end_the_number_by_voice(self) -> None:
        utterance, second = meant(TEN, speech("không một hai ba") + speech("hết", start=3, seconds=0.5))
        assert (utterance, second) == (TooFew(6), pytest.approx(3.78, abs=0.021))

    def test_a_piece_that_cannot_be_read_spoils_the_number_instead_of_leaving_a_gap(self) -> None:
        events = (
            speech("không một hai ba bốn năm") + speech("mười mốt trăm", start=3) + speech("sáu bảy tám chín", start=5)
        )
        assert meant(TEN, events)[0] == Unintelligible()

    def test_while_somebody_speaks_nothing_is_decided(self) -> None:
        assert meant(TEN, [SpeechStarted(at(1))])[0] is None

    def test_a_command_is_no_number(self) -> None:
        assert meant(TEN_OR_TWELVE, speech("gặp tổng đài viên"))[0] == Said("gặp tổng đài viên", 0.9)

    def test_star_on_empty_cells_is_the_key_the_dialogue_offered(self) -> None:
        assert meant(TEN_OR_TWELVE, keys("*"))[0] == Chosen("ask_repeat")

    def test_an_alternative_of_the_right_length_wins_over_a_better_scored_one_that_is_too_short(self) -> None:
        texts = (spell("012345678"), spell("0123456788"))
        events = [SpeechStarted(at(1)), Piece(texts, 0.5, ended_at=at(4), at=at(4.28))]
        assert meant(TEN, events)[0] == Number("0123456788", spoken=True)

    def test_the_cells_show_a_piece_while_it_is_spoken(self) -> None:
        turn = Turn(TEN, TIMING)
        for heard in [SpeechStarted(0), Partial("không", 80), Partial("không một", 160)]:
            turn.hear(heard)
        assert turn.cells == "01"


class TestMenu:
    def test_a_key_chooses(self) -> None:
        assert meant(MENU, keys("8"))[0] == Chosen("ask_reset")

    def test_the_spoken_digit_is_the_key(self) -> None:
        assert meant(MENU, speech("tám"))[0] == Chosen("ask_reset")
        assert meant(MENU, speech("không"))[0] == Chosen("ask_operator")

    def test_a_wish_in_words_waits_a_little_for_its_end(self) -> None:
        utterance, second = meant(MENU, speech("cấp lại mật khẩu"))
        assert utterance == Said("cấp lại mật khẩu", 0.9)
        assert second == pytest.approx(2.8, abs=0.021)

    def test_the_whole_wish_with_the_number_after_a_pause_is_one(self) -> None:
        number = spell("0123456789")
        events = speech("cấp lại mật khẩu mã số") + speech(number, start=3.5, seconds=4)
        assert meant(MENU, events)[0] == Said(f"cấp lại mật khẩu mã số {number}", 0.9)

    def test_a_key_that_means_nothing_here_is_no_match(self) -> None:
        assert meant(MENU, keys("5"))[0] == Unintelligible()


class TestYesNo:
    def test_a_word_decides_when_its_piece_ends(self) -> None:
        assert meant(YESNO, speech("đúng rồi", seconds=0.5)) == (Said("đúng rồi", 0.9), pytest.approx(1.78, abs=0.021))

    def test_no_is_no_and_not_zero(self) -> None:
        assert meant(YESNO, speech("không", seconds=0.4))[0] == Said("không", 0.9)

    def test_a_key_decides_at_once(self) -> None:
        assert meant(YESNO, keys("2"))[0] == Chosen("deny")


class TestNothingUsable:
    @pytest.mark.parametrize("expect", [TEN, MENU, YESNO])
    def test_silence_is_no_input(self, expect: Expect) -> None:
        assert meant(expect, []) == (Silence(), pytest.approx(6.0, abs=0.021))

    @pytest.mark.parametrize("expect", [TEN, MENU, YESNO])
    def test_speech_outside_the_grammar_is_no_match(self, expect: Expect) -> None:
        assert meant(expect, speech(""))[0] == Unintelligible()

    def test_a_cough_is_neither_speech_nor_an_answer(self) -> None:
        assert meant(YESNO, speech("", seconds=0.2)) == (Silence(), pytest.approx(6.0, abs=0.021))

    def test_silence_does_not_count_before_the_prompt_has_ended(self) -> None:
        turn = Turn(MENU, TIMING)
        assert turn.decide(at(20)) is None


class TestBargeIn:
    def test_a_key_or_a_word_begins_a_turn_and_noise_does_not(self) -> None:
        noisy, spoken, keyed = (Turn(MENU, TIMING) for _ in range(3))
        noisy.hear(SpeechStarted(0))
        noisy.hear(Piece((), 0.0, ended_at=at(1), at=at(1.28)))
        spoken.hear(Partial("cấp", at(1)))
        keyed.hear(KeyHeard("8", at(1)))
        assert (noisy.began, spoken.began, keyed.began) == (False, True, True)
