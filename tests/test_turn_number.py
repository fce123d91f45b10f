"""What the caller means by a number, over as many turns as it takes, and when that is known."""

from dataclasses import replace

import pytest

from bot.events import (
    FinalResult,
    Heard,
    Number,
    OwnPhone,
    Partial,
    Reheard,
    Said,
    Silence,
    SpeechStarted,
    TooFew,
    TooMany,
    Unintelligible,
)
from bot.turn import Turn
from tests.fitted import FIT
from tests.turn_tools import TEN, TEN_OR_TWELVE, TIMING, Caller, at, given, keys, meant, seemed_nothing, speech, spell


class TestNumber:
    def test_ten_spoken_digits_decide_when_the_piece_ends(self) -> None:
        utterance, second = meant(TEN, speech(spell("0123456789"), seconds=4))
        assert utterance == Number("0123456789", spoken=True)
        assert second == pytest.approx(5.28, abs=0.021)

    def test_twelve_keys_wait_for_one_too_many_and_twelve_spoken_digits_decide_at_once(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("001099012345"))
        assert utterance == Number("001099012345", spoken=False)
        assert second == pytest.approx(1.0 + 11 * 0.3 + 0.8, abs=0.021)
        utterance, second = meant(TEN_OR_TWELVE, speech(spell("001099012345"), seconds=4))
        assert utterance == Number("001099012345", spoken=True)
        assert second == pytest.approx(5.28, abs=0.021)

    def test_half_spoken_half_keyed_is_one_number_that_was_spoken(self) -> None:
        events = speech("không một hai ba bốn", seconds=2) + keys("56789", start=3.8)
        assert meant(TEN, events)[0] == Number("0123456789", spoken=True)

    def test_pauses_inside_a_number_cut_nobody_off(self) -> None:
        events = speech("không một hai") + speech("ba bốn năm", start=3.5) + speech("sáu bảy tám chín", start=6.0)
        assert meant(TEN, events)[0] == Number("0123456789", spoken=True)

    def test_a_number_cut_short_says_how_many_are_missing_after_the_pause(self) -> None:
        utterance, second = meant(TEN, speech(spell("01234567")))
        assert utterance == TooFew(2, progress=True)
        assert second == pytest.approx(2.0 + 2.5, abs=0.021)

    def test_eleven_spoken_digits_are_too_many_where_ten_or_twelve_are_allowed(self) -> None:
        assert meant(TEN_OR_TWELVE, speech(spell("01234567890")))[0] == TooMany(11)
        assert meant(TEN_OR_TWELVE, keys("01234567890#"))[0] == TooMany(11, keyed=True)

    def test_more_than_the_longest_are_too_many(self) -> None:
        assert meant(TEN_OR_TWELVE, speech(spell("0123456789012"))) == (TooMany(13), pytest.approx(4.5, abs=0.021))

    def test_a_caller_may_end_the_number_by_voice(self) -> None:
        utterance, second = meant(TEN, speech("không một hai ba") + speech("hết", start=3, seconds=0.5))
        assert (utterance, second) == (TooFew(6, progress=True), pytest.approx(3.78, abs=0.021))

    def test_after_a_piece_that_cannot_be_read_the_caller_is_told_where_to_go_on_and_no_gap_is_left(self) -> None:
        events = (
            speech("không một hai ba bốn năm") + speech("mười mốt trăm", start=3) + speech("sáu bảy tám chín", start=5)
        )
        assert meant(TEN, events)[0] == TooFew(4, after="345", progress=True)

    def test_what_is_unclear_after_a_whole_number_does_not_spoil_it(self) -> None:
        """It is read back, even where all of it was keyed."""
        events = keys("0123456789") + speech("mười mốt trăm", start=4.2)
        assert meant(TEN_OR_TWELVE, events)[0] == Number("0123456789", spoken=True)

    def test_a_number_of_which_nothing_can_be_read_is_no_match(self) -> None:
        assert meant(TEN, speech("mười mốt trăm"))[0] == Unintelligible()

    def test_a_command_is_no_number(self) -> None:
        assert meant(TEN_OR_TWELVE, speech("gặp tổng đài viên"))[0] == Said("gặp tổng đài viên", 0.9)

    def test_the_cells_show_a_piece_while_it_is_spoken(self) -> None:
        turn = Turn(TEN, TIMING, FIT)
        for heard in [SpeechStarted(0), Partial("không", 80), Partial("không một", 160)]:
            turn.hear(heard)
        assert turn.cells == "01"


class TestAlternatives:
    """What a piece may also have been, and what it is once it is heard again."""

    def test_an_alternative_of_the_right_length_wins_over_a_better_scored_one_that_is_too_short(self) -> None:
        texts = (spell("012345678"), spell("0123456788"))
        events = [SpeechStarted(at(1)), FinalResult(texts, 0.5, ended_at=at(4), at=at(4.28))]
        assert meant(TEN, events)[0] == Number("0123456788", spoken=True)

    def test_which_alternative_of_a_piece_was_right_may_show_in_the_next(self) -> None:
        first = FinalResult(
            (spell("01234"), spell("012344")), 0.6, ended_at=at(2), at=at(2.28), probabilities=(0.6, 0.3)
        )
        events = [SpeechStarted(at(1)), first, *speech(spell("5678"), start=3)]
        assert meant(TEN, events)[0] == Number("0123445678", spoken=True)

    def test_a_number_that_might_go_on_is_not_cut_off_for_an_alternative_that_has_the_length(self) -> None:
        first = FinalResult(
            (spell("012345678"), spell("0123456788")), 0.5, ended_at=at(4), at=at(4.28), probabilities=(0.5, 0.4)
        )
        events = [SpeechStarted(at(1)), first, *speech(spell("901"), start=6)]
        assert meant(TEN_OR_TWELVE, events)[0] == Number("012345678901", spoken=True)

    def test_one_that_is_hardly_likely_does_not(self) -> None:
        texts = (spell("012345678"), spell("0123456788"))
        events = [
            SpeechStarted(at(1)),
            FinalResult(texts, 0.9, ended_at=at(4), at=at(4.28), probabilities=(0.9, 0.004)),
        ]
        assert meant(TEN, events)[0] == TooFew(1, progress=True)

    def test_pieces_that_were_heard_again_count_as_they_are_known_by_now(self) -> None:
        *speaking, first = speech(spell("01234"))
        *_, second = speech(spell("56788"), start=3)
        assert isinstance(first, FinalResult)
        better = FinalResult((spell("01239"),), 0.9, first.ended_at, second.at)
        caller = Caller(TEN)
        for event in (*speaking, first, second, Reheard((better, second))):
            caller.turn.hear(event)
        assert caller.turn.cells == "0123956788"
        assert caller.turn.text == f"{spell('01239')} {spell('56788')}"

    def test_what_was_nothing_until_it_was_heard_again_is_a_piece_of_the_number(self) -> None:
        nothing = FinalResult((), 0.0, ended_at=at(2), at=at(2.28))
        caller = Caller(TEN)
        for event in (SpeechStarted(at(1)), nothing, Reheard((replace(nothing, texts=(spell("0123456789"),)),))):
            caller.turn.hear(event)
        assert caller.turn.decide(at(2.8)) == Number("0123456789", spoken=True)

    def test_what_seemed_digits_and_is_none_was_speech_that_was_not_understood(self) -> None:
        *begun, piece = speech("ba")
        assert isinstance(piece, FinalResult)
        caller = Caller(TEN)
        for event in (*begun, piece, Reheard((replace(piece, texts=(), confidence=0.0),))):
            caller.turn.hear(event)
        assert caller.turn.decide(piece.ended_at + at(1.0)) == Unintelligible()

    @pytest.mark.parametrize("wished", ["gặp người", "chờ chút", "đọc lại", "không có mã số"])
    @pytest.mark.parametrize("before", ["", "ba chín bốn ba"])
    def test_a_wish_that_was_heard_late_is_one_and_no_digits(self, before: str, wished: str) -> None:
        *begun, piece = speech(before)
        assert isinstance(piece, FinalResult)
        wish = replace(piece, texts=(wished,), probabilities=(0.97,))
        events = [*begun, piece, Reheard((replace(wish, at=at(2.7)),))]
        caller = Caller(TEN)
        for event in events:
            caller.turn.hear(event)
        assert caller.turn.decide(at(2.8)) == Said(wished, piece.confidence)
        assert caller.turn.cells == ""

    def test_a_piece_that_seemed_nothing_is_taken_where_the_number_wants_it(self) -> None:
        events = speech(spell("0123456")) + seemed_nothing("789", start=3)
        assert meant(TEN, events)[0] == Number("0123456789", spoken=True)

    @pytest.mark.parametrize("digits", ["7", "7890", ""])
    def test_but_not_else(self, digits: str) -> None:
        assert meant(TEN, speech(spell("01234")) + seemed_nothing(digits, start=3))[0] == TooFew(5, progress=True)

    @pytest.mark.parametrize("digits", ["7", "0123456789"])
    def test_alone_it_is_no_number(self, digits: str) -> None:
        assert meant(TEN, seemed_nothing(digits))[0] == Unintelligible()
        again = Caller(TEN, Caller(TEN, given("0123456788", TEN)).turn)  # called wrong
        assert again.does(seemed_nothing(digits))[0] == Unintelligible()

    def test_what_seemed_nothing_once_is_forgotten_in_the_next_turn(self) -> None:
        before = Caller(TEN)
        before.does(seemed_nothing("01"))
        assert Caller(TEN, before.turn).does(speech(spell("23456789")))[0] == TooFew(2, progress=True)


class TestTheRestOfANumber:
    """The turns after one that was cut short: what stands is never asked for again."""

    @pytest.mark.parametrize(
        ("events", "number"),
        [
            (keys("89"), "0123456789"),
            (speech("tám chín"), "0123456789"),
            (speech("tám") + keys("9", start=3), "0123456789"),
            (speech("à nhầm sáu") + speech("tám chín", start=3.2), "0123456689"),
            (keys("*789"), "0123456789"),
            (keys("**9876543210"), "9876543210"),
            (speech("đọc lại từ đầu " + spell("9876543210")), "9876543210"),
        ],
    )
    def test_completes_it(self, events: list[Heard], number: str) -> None:
        utterance, _ = Caller(TEN_OR_TWELVE, given("01234567")).does(events)
        assert isinstance(utterance, Number)
        assert utterance.digits == number

    @pytest.mark.parametrize("between", [[], speech(""), speech("gặp ai đó")], ids=["silence", "noise", "other words"])
    def test_may_come_after_a_turn_with_nothing_of_it(self, between: list[Heard]) -> None:
        silent = Caller(TEN_OR_TWELVE, given("01234567"))
        assert silent.does(between)[0] in (Silence(), Unintelligible(), Said("gặp ai đó", 0.9))
        assert Caller(TEN_OR_TWELVE, silent.turn).does(keys("89"))[0] == Number("0123456789", spoken=True)

    def test_silence_has_all_the_time_of_a_first_question(self) -> None:
        assert Caller(TEN_OR_TWELVE, given("01234567")).does([]) == (Silence(), pytest.approx(6.0, abs=0.021))

    def test_may_still_be_too_little(self) -> None:
        assert Caller(TEN, given("01234")).does(keys("5#"))[0] == TooFew(4, progress=True)

    def test_the_caller_may_delete_all_of_it(self) -> None:
        assert Caller(TEN, given("01234")).does(keys("**"))[0] == TooFew(10)

    @pytest.mark.parametrize(
        "events",
        [
            speech("không một hai ba") + speech("bốn năm sáu", start=3.2) + speech("bảy tám chín", start=5.4),
            keys("0123456789"),
        ],
        ids=["spoken", "keyed"],
    )
    def test_whoever_gives_all_of_it_again_is_not_cut_off_at_twelve_digits(self, events: list[Heard]) -> None:
        utterance, _ = Caller(TEN_OR_TWELVE, given("01234567")).does(events)
        assert isinstance(utterance, Number)
        assert utterance.digits == "0123456789"

    @pytest.mark.parametrize("before", ["01", "01234", "012345678"])
    @pytest.mark.parametrize("end", ["", "#"])
    def test_whoever_keys_all_of_it_behind_a_part_that_was_spoken_is_not_cut_off_either(
        self, before: str, end: str
    ) -> None:
        utterance, _ = Caller(TEN_OR_TWELVE).does(
            [*speech(spell(before), seconds=1.5), *keys("0111234099" + end, start=3.5)]
        )
        assert isinstance(utterance, Number)
        assert utterance.digits == "0111234099"

    def test_too_many_digits_are_given_again_or_corrected(self) -> None:
        for events in (keys("*"), speech("xóa số cuối"), speech(spell("0123456789")), keys("0123456789")):
            utterance, _ = Caller(TEN_OR_TWELVE, given("01234567890")).does(events)
            assert isinstance(utterance, Number)
            assert utterance.digits == "0123456789"


class TestOwnPhone:
    PHONE = "0912345678"

    def test_is_said_to_be_one_and_taken_where_the_caller_insists(self) -> None:
        first = Caller(TEN_OR_TWELVE, own_phone=self.PHONE)
        assert first.does(speech(spell(self.PHONE)))[0] == OwnPhone()
        second = Caller(TEN_OR_TWELVE, first.turn, own_phone=self.PHONE)
        assert second.does(keys(self.PHONE + "#"))[0] == Number(self.PHONE, spoken=False)

    def test_another_number_after_it_takes_its_place(self) -> None:
        first = Caller(TEN_OR_TWELVE, own_phone=self.PHONE)
        first.does(keys(self.PHONE + "#"))
        second = Caller(TEN_OR_TWELVE, first.turn, own_phone=self.PHONE)
        assert second.does(keys("0123456789#"))[0] == Number("0123456789", spoken=False)
