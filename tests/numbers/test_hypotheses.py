"""Of the recogniser's alternatives, the one the caller meant."""

from __future__ import annotations

import pytest
from hypotheses_tools import BOTH, FITTED, NINE, REST, SLIP, Heard, after, settled
from hypothesis import given
from hypothesis import strategies as st

from vietnamese_numbers import Collected, Hypotheses


@pytest.mark.parametrize(
    ("inputs", "digits"),
    [
        ([NINE, {"chín chín": 0.5, "chín": 0.3, "ba": 0.2}], "0123456789"),  # the right count, then the likeliest
        ([NINE, {"tám à nhầm": 0.5, "ba bốn năm": 0.3}], "012345678345"),
        ([{NINE: 0.6, NINE + " tám": 0.3}], "0123456788"),
        ([{"không một": 0.6, "không một một": 0.3}, "hai ba bốn năm sáu bảy tám"], "0112345678"),  # shows later
        ([{"không một": 0.6, "không một một": 0.3}, *"2345678"], "0112345678"),  # by keys, too
        ([{"không một": 0.6, "một": 0.3}, {"hai": 0.6, "hai hai": 0.3}, "ba bốn năm sáu bảy tám chín"], "0123456789"),
        ([NINE, {"chín chín": 0.9, "chín": 0.05}], "0123456789"),
        ([NINE, {"chín chín": 0.9, "chín": 0.004}], "01234567899"),  # hardly likely
        ([{f"{NINE} chín chín": 0.9, f"{NINE} chín chín năm": 0.04}], "01234567899"),  # eleven were said, not twelve
        ([NINE, {"": 0.6, "chín": 0.1}], "0123456789"),  # that nothing was said leaves a gap
        ([NINE + " chín", {"": 0.6, "ba": 0.4}], "0123456789"),
        ([{"không": 0.4, "": 0.6}, "một hai ba bốn năm sáu bảy tám chín"], "0123456789"),
        ([{"": 0.6, "ba": 0.4}], ""),
        ([{"con mèo": 0.4, "một trăm hai": 0.3, "một hai": 0.3}], "12"),  # else one that can be read
        ([{"một trăm hai": 0.9, "một hai": 0.1}], ""),  # unless that is a guess
        ([{"không một": 0.5, "không một hai": 0.3}], "01"),  # else the likeliest
        ([NINE, {"không bảy tám một chín": 0.5, "không phải tám mà là chín": 0.3}, "0"], "0123456790"),
        ([NINE + " tám", {"nhầm chín": 0.3, "năm chín": 0.5}], "0123456789"),
        # of the readings of a correction the count tells the right one, and it has the weight of all
        ([{f"{SLIP} xin lỗi {REST}": 0.6, f"{SLIP} năm sáu bảy tám": 0.3}], "0123456789"),
        ([{f"{SLIP} à nhầm {REST}": 0.6, f"{SLIP} năm sáu bảy tám": 0.3}], "0123456789"),
        ([{f"{SLIP} lộn {REST}": 0.6, f"{SLIP} một {REST}": 0.3}], "0123456789"),
    ],
)
def test_the_right_count_comes_first_and_the_callers_corrections(inputs: list[str | Heard], digits: str) -> None:
    assert settled(after(*inputs))[0] == digits


def test_while_the_number_grows_the_likeliest_leads() -> None:
    assert after({NINE: 0.6, NINE + " tám": 0.3}).best.status is Collected.SHORT


def test_it_tells_which_alternatives_it_took() -> None:
    numbers = after({NINE: 0.6, "dạ " + NINE: 0.3}, {"chín chín": 0.5, "chín": 0.4})
    numbers.settle()
    assert numbers.texts == (NINE, "chín")


def test_that_nothing_was_said_is_none_of_them() -> None:
    numbers = after(NINE + " chín", {"": 0.6, "ba": 0.4})
    numbers.settle()
    assert numbers.texts == (NINE + " chín",)


def test_a_key_after_what_may_have_been_nothing_is_one_key() -> None:
    assert settled(after(NINE, {"": 0.6, "ba": 0.1}, "9"))[0] == "0123456789"


def test_a_number_called_wrong_is_not_heard_again_where_another_can_be() -> None:
    numbers = after(NINE + " tám")
    numbers.resume()  # read back
    numbers.resume()  # and called wrong
    numbers.hear([NINE + " tám", NINE + " ba"], [0.6, 0.3])
    assert settled(numbers)[0] == "0123456783"


def test_but_where_none_can_be_it_is() -> None:
    numbers = after(NINE + " tám")
    numbers.resume()
    numbers.resume()
    numbers.hear([NINE + " tám", NINE], [0.6, 0.3])
    assert settled(numbers)[0] == "0123456788"


class TestPutRightAndOn:
    """ "… à nhầm năm sáu bảy" in one breath: how many digits are replaced shows in the count."""

    @pytest.mark.parametrize(
        ("inputs", "digits"),
        [
            (["không một hai ba bốn tám à nhầm năm sáu bảy tám chín"], "0123456789"),
            (["không một hai ba bốn tám", "à nhầm", "năm sáu bảy tám chín"], "0123456789"),
            (["không một hai ba bốn tám", "à nhầm năm sáu", "bảy tám chín"], "0123456789"),
            (["không một hai ba bốn tám", "à nhầm", "năm sáu", "bảy", *"89"], "0123456789"),
            (["không một hai ba tám tám à nhầm bốn năm", "sáu bảy tám chín"], "0123456789"),
            (["không một hai ba tám tám à nhầm bốn năm sáu", *"789"], "0123456789"),
            (["không một hai ba bốn năm sáu không", "à nhầm bảy tám chín"], "0123456789"),
            (["không chín mười hai ba mươi lăm à nhầm ba mươi tư năm mươi sáu bảy mươi tám"], "0912345678"),
            (["không không một không chín tám à nhầm chín không một hai ba bốn năm"], "001099012345"),
            (["tôi là chín", "mã số là " + NINE + " chín"], "0123456789"),
            (["không một hai ba", "mã số là", NINE, "chín"], "0123456789"),
        ],
    )
    def test_the_count_tells(self, inputs: list[str | Heard], digits: str) -> None:
        assert settled(after(*inputs)) == (digits, "full" if len(digits) == 12 else "complete")

    def test_while_it_does_not_one_digit_is_replaced(self) -> None:
        assert after("không một hai ba bốn tám à nhầm năm sáu").best.digits == "0123456"

    def test_two_digits_of_a_whole_number_are_put_right(self) -> None:
        numbers = after(NINE + " tám")
        numbers.resume()
        assert numbers.correct("à nhầm tám chín")
        assert numbers.best.digits == "0123456789"


class TestTens:
    """mươi may have been mười."""

    @pytest.mark.parametrize(
        ("inputs", "digits"),
        [
            (["không chín mươi hai ba bốn năm sáu bảy tám"], "0912345678"),
            (["không chín mươi hai", "ba mươi tư", "năm mươi sáu", "bảy mươi tám"], "0912345678"),
            (["không mươi hai ba bốn năm sáu bảy tám chín"], "0123456789"),  # "không mươi" is never said
            (["không một mươi hai ba bốn năm sáu bảy tám"], "0112345678"),
            (["không chín hai mươi ba bốn mươi lăm sáu mươi bảy tám mươi chín"], "0923456789"),  # as it was heard
            (["hai mươi ba bốn mươi lăm sáu mươi bảy tám mươi chín một hai"], "2345678912"),
        ],
    )
    def test_the_count_tells(self, inputs: list[str | Heard], digits: str) -> None:
        numbers = after(*inputs)
        assert settled(numbers) == (digits, "complete")
        assert numbers.uncertain is None

    def test_where_it_does_not_a_digit_is_uncertain_and_its_answer_decides_for_both(self) -> None:
        heard = "bảy mươi chín mươi hai ba mươi tư năm mươi sáu bảy mươi tám"
        for answers, digits in ((["0", "không"], "7092345678"), (["9", "chín"], "7912345678")):
            for answer in answers:
                numbers = after(heard)
                numbers.settle()
                assert numbers.uncertain == 2
                numbers.ask(2)
                numbers.press(answer) if answer.isdigit() else numbers.hear([answer])
                assert settled(numbers) == (digits, "complete")

    def test_what_the_recogniser_tells_apart_is_left_to_it(self) -> None:
        numbers = after(
            {"bảy mươi chín mươi hai ba bốn năm sáu bảy tám": 0.9, "bảy mươi chín mười hai ba bốn năm sáu bảy tám": 0.1}
        )
        assert (settled(numbers)[0], numbers.uncertain) == ("7092345678", None)


class TestBehindAWholeNumber:
    """Courtesies and side talk are heard as digits."""

    @pytest.mark.parametrize(
        "behind",
        [
            {"tám năm": 0.7},
            {"tám năm": 0.6, "": 0.3},
            {"tám": 0.7, "ba": 0.2},
            {"sáu": 0.95},
            {"chín không": 0.5, "không": 0.4},
        ],
    )
    def test_doubtful_digits_do_not_lengthen_it(self, behind: Heard) -> None:
        numbers = after(NINE + " chín", behind)
        assert settled(numbers) == ("0123456789", "complete")

    def test_clear_ones_do(self) -> None:
        assert settled(after(NINE + " chín", {"tám năm": 0.9})) == ("012345678985", "full")
        assert settled(after(NINE + " chín", "tám năm")) == ("012345678985", "full")

    def test_nor_do_they_in_the_same_breath(self) -> None:
        numbers = after({NINE + " chín tám năm": 0.4, NINE + " chín tám": 0.2, NINE + " chín": 0.2})
        assert settled(numbers)[0] == "0123456789"
        numbers = after({NINE + " chín tám năm": 0.8, NINE + " chín": 0.1})
        assert settled(numbers)[0] == "012345678985"

    def test_corrections_are_none(self) -> None:
        assert settled(after(NINE + " tám", {"à nhầm chín": 0.6}))[0] == "0123456789"


class TestBeginningAgain:
    def test_the_whole_number_takes_the_place_of_what_stood(self) -> None:
        numbers = after({"không": 0.8, "hai": 0.1}, {NINE + " chín": 0.7, NINE: 0.2})
        assert settled(numbers)[0] == "0123456789"

    def test_keys_after_a_breath(self) -> None:
        numbers = after(*"01")
        numbers.breath()
        for key in "0123456789":
            numbers.press(key)
        assert (settled(numbers)[0], numbers.best.doubtful, numbers.confidence) == ("0123456789", True, 1.0)

    def test_the_menus_key_is_no_digit(self) -> None:
        for numbers in (Hypotheses(BOTH, FITTED, echo="8"), Hypotheses(BOTH, FITTED)):
            numbers.resume(echo="8")
            for key in "880123456789":
                numbers.press(key)
            assert (settled(numbers)[0], numbers.best.doubtful) == ("0123456789", True)

    def test_of_a_number_said_twice_the_alternatives_that_agree_are_taken(self) -> None:
        numbers = after({f"{NINE} chín {NINE} năm": 0.5, f"{NINE} chín {NINE} chín": 0.3})
        assert settled(numbers) == ("0123456789", "complete")

    def test_keys_leave_one_hypothesis_where_they_begin_again(self) -> None:
        numbers = after({"không": 0.5, "hai": 0.5}, *"0123456789")
        assert (settled(numbers)[0], numbers.confidence) == ("0123456789", 1.0)


class TestPuttingRight:
    @pytest.mark.parametrize(
        "text",
        [
            *("số thứ mười là chín", "à nhầm chín", NINE + " chín", "chín chứ không phải bảy"),
            *("số cuối cùng phải là chín chứ không phải tám", "số cuối là chín", "hai số cuối là bảy chín"),
            *(
                "số thứ ba phải là chín chứ không phải hai",
                "phải là chín chứ không phải bảy",
                "số cuối sai rồi phải là chín",
            ),
        ],
    )
    def test_a_correction_or_another_whole_number_is_taken(self, text: str) -> None:
        numbers = after(NINE + " tám")
        numbers.resume()
        assert numbers.correct(text)
        assert numbers.best.status is Collected.COMPLETE
        assert numbers.best.digits != "0123456788"

    @pytest.mark.parametrize(
        "text",
        [
            "không",
            "đúng",
            "hai",
            NINE + " tám",
            NINE,
            "không phải tám mà là chín",
            "xóa hết",
            "phải là chín",
            "số cuối phải là chín chứ không phải bảy",
            "à nhầm tám chín không một",
        ],
    )
    def test_anything_else_changes_nothing(self, text: str) -> None:
        numbers = after(NINE + " tám")
        numbers.resume()
        assert not numbers.correct(text)
        assert settled(numbers) == ("0123456788", "complete")


PIECES = ["một", "hai mươi", "ba bốn", "một trăm linh", "à nhầm bốn", "xóa hết", "mèo", "hết", "09"]


@given(
    st.lists(
        st.one_of(
            st.sampled_from("0189*#"),
            st.dictionaries(st.sampled_from(PIECES), st.floats(0.01, 1.0), min_size=1, max_size=5),
        ),
        max_size=8,
    )
)
def test_whatever_comes_there_is_a_leading_one_and_a_whole_number_leads_where_there_is_one(
    inputs: list[str | Heard],
) -> None:
    numbers = after(*inputs)
    numbers.settle()
    assert set(numbers.best.digits) <= set("0123456789")
    assert numbers.uncertain is None or 1 <= numbers.uncertain <= len(numbers.best.digits)


def test_hearing_nothing_changes_nothing() -> None:
    numbers = after("không một")
    numbers.hear([])
    assert numbers.best.digits == "01"


@pytest.mark.parametrize("lengths", [(), (0,)])
def test_lengths_that_are_none_are_refused(lengths: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="length"):
        Hypotheses(lengths)


class TestHeardAgain:
    first, second = (100, ["không một hai ba bốn"], [0.9]), (200, ["năm sáu bảy tám"], [0.9])

    def heard(self) -> Hypotheses:
        numbers = Hypotheses((10,), FITTED)
        for at, texts, probabilities in (self.first, self.second):
            numbers.hear(texts, probabilities, at)
        return numbers

    def test_pieces_take_the_place_of_what_they_were(self) -> None:
        numbers = self.heard()
        numbers.hear_again([self.first, (200, ["năm sáu bảy tám chín"], [0.9])])
        assert settled(numbers) == ("0123456789", "full")
        numbers.hear_again([(100, ["một hai ba bốn"], [0.9]), self.second])
        assert settled(numbers) == ("12345678", "short")

    def test_those_before_them_stay(self) -> None:
        numbers = self.heard()
        numbers.hear_again([(200, ["chín"], [0.9])])
        assert settled(numbers) == ("012349", "short")

    def test_those_that_came_before_a_key_or_a_prompt_stand(self) -> None:
        keyed, asked = self.heard(), self.heard()
        keyed.press("9")
        asked.resume()
        for numbers in (keyed, asked):
            before = numbers.best.digits
            numbers.hear_again([self.first, (200, ["chín"], [0.9])])
            assert numbers.best.digits == before
