"""The digit that is better asked for, and how sure a number is."""

from __future__ import annotations

import math

import pytest
from hypotheses_tools import FITTED, NINE, Heard, after, settled

from vietnamese_numbers.hypotheses import platt_scaled

EIGHT_OR_THREE = {"bốn tám": 0.5, "bốn ba": 0.4}


class TestUncertainDigit:
    def test_a_digit_on_which_the_alternatives_disagree_is_uncertain(self) -> None:
        numbers = after("không một hai ba", EIGHT_OR_THREE, "năm sáu bảy chín")
        assert settled(numbers)[0] == "0123485679"
        assert numbers.uncertain == 6

    @pytest.mark.parametrize(
        "heard",
        [
            {"bốn tám": 0.9},
            {"bốn tám": 0.75, "bốn ba": 0.25},  # sure enough
            {"bốn tám": 0.5, "bốn tám ba": 0.5},  # another count says nothing of a place
            {"bốn tám": 0.35, "bốn ba": 0.2, "dạ bốn tám": 0.35},  # the same digits in other words
            {"bốn tám": 0.5, "một trăm hai": 0.5},
        ],
    )
    def test_otherwise_none_is(self, heard: Heard) -> None:
        assert after(heard).uncertain is None

    def test_of_two_the_less_certain_one_is_asked_for(self) -> None:
        heard = {"một hai ba": 0.3, "một hai tám": 0.15, "một sáu ba": 0.25, "một sáu tám": 0.25}
        assert after(heard).uncertain == 2

    def test_of_three_none_is_asked_for(self) -> None:
        assert after({"một hai ba": 0.5, "bốn sáu tám": 0.5}).uncertain is None

    def test_corrections_are_uncertain_where_they_differ(self) -> None:
        corrections = {"số thứ hai là chín": 0.5, "số thứ hai là tám": 0.5}
        assert after("không một hai ba", corrections).uncertain == 2

    @pytest.mark.parametrize("then", ["*", "à nhầm ba", "số thứ hai là ba", "xóa số cuối", "đọc lại từ đầu bốn tám"])
    def test_what_the_caller_changes_is_certain(self, then: str) -> None:
        assert after(EIGHT_OR_THREE).uncertain == 2
        assert after(EIGHT_OR_THREE, then).uncertain is None

    def test_another_digit_that_changes_leaves_it_uncertain(self) -> None:
        numbers = after(EIGHT_OR_THREE, "số thứ nhất là ba")
        assert (numbers.best.digits, numbers.uncertain) == ("38", 2)

    def test_it_is_asked_for_once(self) -> None:
        numbers = after(NINE, {"tám": 0.5, "ba": 0.5})
        numbers.ask(10)
        numbers.hear(["ba", "tám"], [0.5, 0.5])
        assert (numbers.best.digits, numbers.uncertain) == ("0123456783", None)

    def test_the_answer_decides_for_a_hypothesis_that_agrees(self) -> None:
        numbers = after({NINE + " tám": 0.45, "không một hai ba năm năm sáu bảy tám chín": 0.4})
        numbers.ask(10)
        numbers.press("9")
        assert numbers.best.digits == "0123556789"

    def test_where_none_agrees_the_digit_alone_changes(self) -> None:
        numbers = after({NINE + " tám": 0.45, "không một hai ba năm năm sáu bảy tám chín": 0.4})
        numbers.ask(10)
        numbers.press("3")
        assert numbers.best.digits == "0123456783"

    def test_a_number_given_anew_may_have_another(self) -> None:
        numbers = after(NINE + " tám")
        numbers.ask(10)
        numbers.resume()
        numbers.hear([f"{NINE} ba", f"{NINE} tám"], [0.5, 0.5])
        assert numbers.uncertain == 10


class TestConfidence:
    @pytest.mark.parametrize(
        ("heard", "share"),
        [
            ([NINE + " chín"], 1.0),
            ([{NINE + " chín": 0.7}], 0.7),  # the rest is none of these
            ([{NINE + " chín": 0.6, NINE + " ba": 0.2}], 0.6),
            ([{NINE + " chín": 0.6, NINE: 0.4}], 1.0),  # a count that cannot be does not count
            ([{NINE: 0.5, NINE + " chín": 0.3}], 0.6),  # nor where it is the likelier one
            ([{NINE: 0.8}, {"chín": 0.5}], 0.4),  # all pieces must be right
            ([{NINE: 0.7}], 0.7),  # not whole: of what stands
        ],
    )
    def test_comes_of_the_share_among_whole_numbers(self, heard: list[str | Heard], share: float) -> None:
        numbers = after(*heard)
        numbers.settle()
        assert numbers.share == pytest.approx(share)
        assert numbers.confidence == platt_scaled(numbers.share, FITTED.platt_slope, FITTED.platt_shift)

    def test_keys_are_certain(self) -> None:
        assert after(*"0123456789").confidence == 1

    def test_is_a_line_in_log_odds(self) -> None:
        assert platt_scaled(0.9, slope=0.5, shift=0.0) == pytest.approx(0.75)  # odds of 9 become 3
        assert platt_scaled(0.9, slope=1.0, shift=math.log(3)) == pytest.approx(27 / 28)

    @pytest.mark.parametrize("share", [0.0, 1.0])
    def test_leaves_what_is_certain(self, share: float) -> None:
        assert platt_scaled(share, slope=0.5, shift=1.0) == share
