"""How long a turn waits for the caller to go on. Times are seconds of sound; nothing waits."""

import pytest

from bot.events import RATE, Expect, Grammar, Heard, Number, Silence, TooFew
from tests.turn_tools import NINE, TEN, TEN_OR_TWELVE, YESNO, Caller, at, given, keys, speech, spell


class TestHowLongANumberIsWaitedFor:
    def waits(self, *heard: list[Heard], expect: Expect = TEN_OR_TWELVE) -> float | None:
        caller = Caller(expect)
        caller.does([each for some in heard for each in some], until=2.5)
        wait = caller.turn.number_wait
        return None if wait is None else wait / RATE

    def test_not_at_all_before_it_began(self) -> None:
        assert self.waits() is None

    def test_a_pause_while_it_is_unfinished(self) -> None:
        assert self.waits(speech("không một hai")) == 2.5

    def test_less_where_it_may_be_over(self) -> None:
        assert self.waits(speech(f"{NINE} chín", seconds=0.8)) == 0.8

    def test_no_longer_where_it_can_grow_no_further(self) -> None:
        assert self.waits(speech(f"{NINE} chín", seconds=0.8), expect=TEN) == 0.0

    def test_an_answer_is_no_number(self) -> None:
        assert self.waits(speech("đúng"), expect=YESNO) is None


class TestSlowCallers:
    """Each turn that brings digits says so; whoever was told once that digits are missing has more time."""

    def test_a_turn_with_more_digits_is_progress_and_one_without_is_none(self) -> None:
        caller = Caller(TEN_OR_TWELVE, given("01234"))
        assert caller.does(speech("năm"))[0] == TooFew(4, progress=True)
        again = Caller(TEN_OR_TWELVE, caller.turn)
        assert again.does(keys("*"))[0] == TooFew(5, progress=False)

    @pytest.mark.parametrize("by", ["voice", "keys"])
    def test_ten_single_digits_four_seconds_apart_are_one_number(self, by: str) -> None:
        events: list[Heard] = []
        for n, digit in enumerate("0123456789"):
            start = 1.0 + 4.0 * n
            events += speech(spell(digit), start, seconds=0.4) if by == "voice" else keys(digit, start)
        first = Caller(TEN)
        utterance, second = first.does([event for event in events if event.at < at(4)])
        assert utterance == TooFew(9, progress=True)
        rest = Caller(TEN, first.turn)
        utterance, _ = rest.does([event for event in events if event.at > second * 8000], until=60)
        assert utterance == Number("0123456789", spoken=by == "voice")

    def test_the_first_pause_is_short_and_later_ones_are_longer(self) -> None:
        assert Caller(TEN).does(speech("không"))[1] == pytest.approx(2.0 + 2.5, abs=0.021)
        assert Caller(TEN, given("0", TEN)).does(speech("một"))[1] == pytest.approx(2.0 + 4.5, abs=0.021)


class TestPatience:
    """The caller asked the bot to wait."""

    WAITING = Expect(Grammar.NUMBER, lengths=(10, 12), patience=30)

    def test_half_a_minute_of_silence_is_no_failure(self) -> None:
        assert Caller(self.WAITING).does([], until=40) == (Silence(), pytest.approx(30.0, abs=0.021))

    def test_nor_is_what_is_said_to_others_meanwhile(self) -> None:
        aside = speech("", start=3, seconds=2) + speech("", start=8, seconds=9)
        utterance, _ = Caller(self.WAITING).does(aside + keys("0123456789#", start=25), until=40)
        assert utterance == Number("0123456789", spoken=False)

    @pytest.mark.parametrize("start", [1, 12, 28])
    def test_digits_go_on_at_any_moment(self, start: float) -> None:
        utterance, _ = Caller(self.WAITING).does(speech("không một hai ba bốn năm sáu bảy tám chín", start), until=40)
        assert utterance == Number("0123456789", spoken=True)
