"""What is put right in a whole number that was read back, or of which one digit is in doubt."""

import pytest

from bot.events import Chosen, Expect, Grammar, Heard, KeyHeard, Number, Said, Silence, Uncertain, Unintelligible
from bot.turn import Turn
from tests.turn_tools import NINE, TEN_OR_TWELVE, YESNO, Caller, doubtful, given, keys, meant, speech, spell


class TestReadBack:
    @pytest.mark.parametrize(
        ("said", "number"),
        [
            ("sai số thứ năm là chín", "0123956789"),
            ("sai rồi không phải bốn mà là chín", "0123956789"),
            ("không phải bốn mà là chín", "0123956789"),
            ("không số thứ năm là chín", "0123956789"),
            ("à nhầm tám", "0123456788"),
            ("sai rồi " + spell("0123956789"), "0123956789"),
            (spell("001099012345"), "001099012345"),
        ],
    )
    def test_what_is_wrong_may_be_put_right_in_the_same_breath(self, said: str, number: str) -> None:
        caller = Caller(YESNO, given("0123456789"))
        assert caller.does(speech(said)) == (Number(number, spoken=True), pytest.approx(2.28, abs=0.021))
        assert Caller(TEN_OR_TWELVE, caller.turn).does(speech("à nhầm một"))[0] == Number(f"{number[:-1]}1", True)

    @pytest.mark.parametrize(
        "said",
        [
            "sai",
            "không",
            "không phải",
            "hai",
            "đúng",
            "sai số thứ năm",
            "không phải năm",
            "nhầm không",
            "hai không",
            "không không không",
            "sai " + NINE,
        ],
    )
    def test_anything_else_is_for_the_dialogue(self, said: str) -> None:
        assert Caller(YESNO, given("0123456789")).does(speech(said))[0] == Said(said, 0.9)

    @pytest.mark.parametrize(
        "said",
        [spell("0123456789"), NINE, "không bốn một năm sáu", "hai năm sáu", "<unk> năm sáu <unk>", "đúng năm sáu"],
    )
    def test_digits_that_are_no_other_number_confirm_nothing(self, said: str) -> None:
        heard = speech(said) + speech("đúng", start=3.0)
        assert Caller(YESNO, given("0123456789")).does(heard)[0] == Unintelligible(digits=True)

    def test_a_number_may_be_given_in_place_of_an_answer_with_pauses(self) -> None:
        heard = speech("không một hai ba") + speech("chín năm sáu", start=3.0) + speech("bảy tám chín", start=5.0)
        assert Caller(YESNO, given("0123456789")).does(heard)[0] == Number("0123956789", spoken=True)

    def test_behind_digits_a_no_or_a_wish_counts(self) -> None:
        for said in ("sai", "gặp nhân viên"):
            heard = speech("không bốn một năm sáu") + speech(said, start=3.0)
            assert Caller(YESNO, given("0123456789")).does(heard)[0] == Said(said, 0.9)

    def test_after_a_plain_no_a_correction_or_another_number_may_come(self) -> None:
        for events, number in (
            (speech("số thứ năm là chín"), "0123956789"),
            (speech(spell("0123956789")), "0123956789"),
            (keys("0123956789"), "0123956789"),
        ):
            denied = Caller(YESNO, given("0123456789"))
            assert denied.does(speech("sai"))[0] == Said("sai", 0.9)
            utterance, _ = Caller(TEN_OR_TWELVE, denied.turn).does(events)
            assert utterance == Number(number, spoken=not isinstance(events[0], KeyHeard))

    def test_the_number_called_wrong_is_not_heard_again_where_another_is_as_good(self) -> None:
        denied = Caller(YESNO, given("0123456789"))
        denied.does(speech("sai"))
        events = doubtful(spell("0123456789"), spell("0123756789"))
        assert Caller(TEN_OR_TWELVE, denied.turn).does(events)[0] in (
            Uncertain(5, after="123"),
            Number("0123756789", True),
        )
        assert denied.turn.numbers
        assert denied.turn.numbers.best.digits == "0123756789"

    def test_nothing_is_decided_before_something_is_said(self) -> None:
        assert Caller(TEN_OR_TWELVE, given("0123456789")).does([]) == (Silence(), pytest.approx(6.0, abs=0.021))


class TestOneUncertainDigit:
    FIVE = Expect(Grammar.NUMBER, lengths=(10, 12), keys={"*": "ask_repeat"}, cell=5)
    EITHER = doubtful(spell("0123456789"), spell("0123756789"))

    def asked(self) -> Turn:
        caller = Caller(TEN_OR_TWELVE)
        assert caller.does(self.EITHER)[0] == Uncertain(5, after="123")
        return caller.turn

    @pytest.mark.parametrize(
        ("events", "digit"),
        [(keys("7"), "7"), (speech("bảy"), "7"), (speech("số thứ năm là bảy"), "7"), (speech("bốn"), "4")],
    )
    def test_is_asked_for_alone(self, events: list[Heard], digit: str) -> None:
        utterance, _ = Caller(self.FIVE, self.asked()).does(events)
        assert utterance == Number(f"0123{digit}56789", spoken=True)

    @pytest.mark.parametrize("events", [[], speech(""), speech("mười mốt trăm"), speech("chín tám")])
    def test_without_an_answer_the_number_is_read_back_as_it_was_heard(self, events: list[Heard]) -> None:
        assert Caller(self.FIVE, self.asked()).does(events)[0] == Number("0123456789", spoken=True)

    @pytest.mark.parametrize("events", [doubtful("bảy", "bốn"), doubtful(spell("0123756789"), spell("0123456789"))])
    def test_is_asked_for_once(self, events: list[Heard]) -> None:
        assert Caller(self.FIVE, self.asked()).does(events)[0] == Number("0123756789", spoken=True)

    def test_the_whole_number_may_be_keyed_instead(self) -> None:
        assert Caller(self.FIVE, self.asked()).does(keys("001099012345"))[0] == Number("001099012345", spoken=False)

    def test_other_words_are_for_the_dialogue(self) -> None:
        assert Caller(self.FIVE, self.asked()).does(speech("gặp tổng đài viên"))[0] == Said("gặp tổng đài viên", 0.9)
        assert Caller(self.FIVE, self.asked()).does(keys("*"))[0] == Chosen("ask_repeat")

    def test_a_keyed_digit_is_certain(self) -> None:
        events = doubtful(spell("01234"), spell("01237")) + keys("*456789", start=5)
        assert meant(TEN_OR_TWELVE, events)[0] == Number("0123456789", spoken=True)
