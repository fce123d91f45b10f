"""What keys mean: an answer, a wish or a number. Times are seconds of sound; nothing waits."""

import pytest

from bot.events import Chosen, Expect, Number, Silence, TooFew, Unintelligible, Utterance
from tests.turn_tools import ANSWER, MENU, TEN, TEN_OR_TWELVE, YESNO, Caller, given, keys, meant


class TestNumberByKeys:
    def test_ten_keys_wait_a_little_for_one_too_many(self) -> None:
        utterance, second = meant(TEN, keys("0123456789"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 9 * 0.3 + 0.8, abs=0.021)

    def test_where_twelve_are_allowed_ten_wait_a_little(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("0123456789"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 9 * 0.3 + 0.8, abs=0.021)

    def test_hash_ends_a_complete_number_at_once(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("0123456789#"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 10 * 0.3, abs=0.021)

    def test_hash_after_too_few_does_not_wait(self) -> None:
        assert meant(TEN, keys("01234#")) == (TooFew(5, progress=True), pytest.approx(1.0 + 5 * 0.3, abs=0.021))

    def test_star_deletes_the_last_digit(self) -> None:
        assert meant(TEN, keys("01234567*788"))[0] == Number("0123456788", spoken=False)
        assert meant(TEN, keys("0123455*6789"))[0] == Number("0123456789", spoken=False)

    def test_star_on_empty_cells_is_the_key_the_dialogue_offered(self) -> None:
        assert meant(TEN_OR_TWELVE, keys("*"))[0] == Chosen("ask_repeat")


class TestKeysInTheMenu:
    def test_a_key_chooses(self) -> None:
        assert meant(MENU, keys("8"))[0] == Chosen("ask_reset")

    def test_a_key_that_means_nothing_here_is_no_match(self) -> None:
        assert meant(MENU, keys("5"))[0] == Unintelligible()

    @pytest.mark.parametrize(("pressed", "second"), [("0", 2.0), ("0#", 1.3), ("00", 2.3)])
    def test_zero_waits_a_second_because_most_numbers_begin_with_it(self, pressed: str, second: float) -> None:
        assert meant(MENU, keys(pressed)) == (Chosen("ask_operator"), pytest.approx(second, abs=0.021))

    def test_a_whole_number_may_be_keyed_at_once(self) -> None:
        assert meant(MENU, keys("0123456789#"))[0] == Number("0123456789", spoken=False)


class TestKeysAtTheReadBack:
    @pytest.mark.parametrize(
        ("pressed", "meaning"),
        [
            ("1", Chosen("affirm")),
            ("2", Chosen("deny")),
            ("0", Chosen("ask_operator")),
            ("11", Chosen("affirm")),  # pressed twice, impatiently
            ("1#", Chosen("affirm")),
            ("5", Unintelligible()),
            ("*", Chosen("ask_repeat")),
        ],
    )
    def test_one_key_is_an_answer_when_no_other_follows(self, pressed: str, meaning: Utterance) -> None:
        assert Caller(ANSWER, given("0123456788")).does(keys(pressed))[0] == meaning

    @pytest.mark.parametrize("pressed", ["1", "2"])
    def test_after_a_second(self, pressed: str) -> None:
        assert Caller(ANSWER, given("0123456788")).does(keys(pressed))[1] == pytest.approx(2.0, abs=0.021)

    @pytest.mark.parametrize("number", ["0123456789", "1123456789", "2123456789", "0012345678", "001099012345"])
    def test_more_keys_are_the_right_number(self, number: str) -> None:
        assert Caller(ANSWER, given("0123456788")).does(keys(number + "#"))[0] == Number(number, spoken=False)
        assert Caller(ANSWER, given("0123456788")).does(keys(number))[0] == Number(number, spoken=False)

    @pytest.mark.parametrize("number", ["0123456789", "9012345678", "001099012345"])
    def test_a_no_before_them_is_no_digit(self, number: str) -> None:
        apart = keys("2") + keys(number + "#", start=1.5)
        assert Caller(ANSWER, given("0123456788")).does(apart)[0] == Number(number, spoken=False)
        at_once = keys("2" + number + "#")
        assert Caller(ANSWER, given("0123456788")).does(at_once)[0] == Number(number, spoken=True)  # read back

    def test_a_number_that_is_cut_short_there_is_asked_for(self) -> None:
        caller = Caller(ANSWER, given("0123456788"))
        assert caller.does(keys("01234#"))[0] == TooFew(5)
        assert Caller(TEN_OR_TWELVE, caller.turn).does(keys("56789"))[0] == Number("0123456789", spoken=False)

    def test_a_key_decides_at_once_where_no_number_was_given(self) -> None:
        assert meant(YESNO, keys("2")) == (Chosen("deny"), pytest.approx(1.0, abs=0.021))

    @pytest.mark.parametrize("expect", [YESNO, TEN_OR_TWELVE])
    def test_a_hash_that_ended_the_number_is_no_answer_and_interrupts_nothing(self, expect: Expect) -> None:
        caller = Caller(expect, given("001099012345"))
        assert caller.does(keys("#")) == (Silence(), pytest.approx(6.0, abs=0.021))
        assert not caller.turn.began
