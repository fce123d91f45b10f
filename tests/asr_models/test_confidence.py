"""How the constants of confidence are fitted."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace

import pytest

from asr_models.evaluation.calibration_file import replaced
from asr_models.evaluation.confidence import (
    AGAIN,
    ASKING,
    Answer,
    Both,
    Dictated,
    FinalResult,
    Said,
    asked,
    balanced,
    fitted,
    foretold,
    odds,
    probability,
    report,
    surprise,
)
from bot.hearing.calibration import CALIBRATION, FirstPass, parse
from bot.hearing.models import find
from bot.hearing.recogniser import Recognised
from tests.fitted import FIT
from tests.hearing.second_pass_tools import WEIGHTS, encoder_of, scores_of
from vietnamese_numbers.hypotheses import platt_scaled

FRAMES = 100.0
NINE_DIGITS = "012345678"
NINE = "không một hai ba bốn năm sáu bảy tám"
HALF = FirstPass(0.1, rest=0.0, words=0.0, score=0.0, lowest_score=0.0, highest_score=2.0)
"""A single alternative has the probability 1/2."""


def heard(**probabilities: float) -> Recognised:
    return Recognised(tuple(probabilities), tuple(probabilities.values()))


def piece(*texts: str, score: float = 100.0) -> FinalResult:
    """Alternatives, each 2 below the one before, of the first pass alone."""
    return FinalResult([(text, score - 2 * n) for n, text in enumerate(texts)], FRAMES)


class TestProbability:
    def test_of_digits_is_that_of_all_ways_to_join_them(self) -> None:
        pieces = [Recognised(("một", "một hai"), (0.5, 0.3)), Recognised(("hai ba", "ba"), (0.6, 0.2))]
        right, listed = probability("123", pieces)
        assert right == pytest.approx(0.5 * 0.6 + 0.3 * 0.2)
        assert listed == pytest.approx(0.8 * 0.8)

    @pytest.mark.parametrize("digits", ["1", "1234", "99"])
    def test_of_what_no_alternative_gives_is_none(self, digits: str) -> None:
        assert probability(digits, [Recognised(("một", "một trăm hai"), (0.5, 0.5)), heard(hai=0.5)])[0] == 0

    def test_nothing_heard_is_no_number(self) -> None:
        assert probability("1", []) == (0.0, 1.0)


class TestFit:
    def test_surprise_is_that_of_what_was_said_or_of_its_absence(self) -> None:
        right = Dictated("a", "1", (piece("một"),))
        wrong = Dictated("a", "2", (piece("một"),))
        assert surprise([(n.digits, n.once(HALF)) for n in (right, wrong)]) == pytest.approx(math.log(2))

    def test_finds_how_often_the_best_one_is_right(self) -> None:
        numbers = [Dictated("a", "1" if n % 4 else "2", (piece("một"),)) for n in range(40)]
        ((share,),) = (r.probabilities for r in numbers[0].once(fitted(numbers)))
        assert share == pytest.approx(0.75, abs=0.01)

    def test_finds_that_a_low_score_is_a_warning(self) -> None:
        numbers = [
            Dictated("a", "1" if good else "2", (piece("một", score=score),))
            for score, share in ((150.0, 0.9), (60.0, 0.3))
            for good in [True] * round(share * 20) + [False] * round(20 - share * 20)
        ]
        found = fitted(numbers)
        high, low = (numbers[n].once(found)[0].confidence for n in (0, -1))
        assert high == pytest.approx(0.9, abs=0.05)
        assert low == pytest.approx(0.3, abs=0.05)


class TestOdds:
    @pytest.mark.parametrize(("slope", "shift"), [(0.5, 0.0), (0.8, -0.4)])
    def test_finds_how_often_numbers_of_each_share_are_right(self, slope: float, shift: float) -> None:
        answers = [
            Answer(share, n < 1000 * platt_scaled(share, slope, shift))
            for share in (0.2, 0.5, 0.7, 0.9, 0.99)
            for n in range(1000)
        ]
        assert odds(answers) == pytest.approx((slope, shift), abs=0.01)

    def test_a_certain_one_that_was_wrong_is_only_one(self) -> None:
        slope, shift = odds([Answer(1.0, right=False), *[Answer(0.9, right=True)] * 9, Answer(0.9, right=False)])
        assert 0.5 < platt_scaled(0.9, slope, shift) < 1


class TestASpeakerWhomTheConstantsWereNotFittedOn:
    def test_is_told_what_fits_the_others(self) -> None:
        numbers = [Dictated("often right", "1" if n % 4 else "2", (piece("một"),)) for n in range(40)]
        numbers += [Dictated("seldom right", "2" if n else "1", (piece("một"),)) for n in range(10)]
        told = list(foretold(numbers, FIT.numbers))
        assert [right for _, right in told] == [number.digits == "1" for number in numbers]
        assert [confidence for confidence, _ in told[40:]] == pytest.approx([0.75] * 10, abs=0.01)
        assert [confidence for confidence, _ in told[:40]] == pytest.approx([0.1] * 40, abs=0.01)


class TestBothPasses:
    """The second pass hears "bốn" where the first hears "một"."""

    heard_twice = FinalResult([("một", 100.0), ("bốn", 98.0)], FRAMES, scores_of("bốn"))

    def test_weights_are_those_under_which_what_was_said_is_likely(self) -> None:
        encoder = encoder_of(scores_of("bốn"))
        numbers = [Dictated("a", "4", (self.heard_twice,))] * 10
        both = balanced(numbers, encoder)
        assert both.weights is not None
        _, (found,) = both.heard(numbers[0])
        assert found.texts[0] == "bốn"
        assert found.confidence > 0.9

    def test_where_the_second_has_no_say_the_first_stands(self) -> None:
        both = Both(HALF, encoder_of(scores_of("bốn")), WEIGHTS)
        _, (found,) = both.heard(Dictated("a", "1", (piece("một"),)))
        assert found.texts == ("một",)

    def test_without_a_second_pass_there_is_the_first(self) -> None:
        assert balanced([Dictated("a", "1", (piece("một"),))] * 4, None).weights is None


class TestAskingForADigit:
    even = FirstPass(0.1, rest=-50.0, words=0.0, score=0.0, lowest_score=0.0, highest_score=2.0)

    def said(self, number: Dictated) -> Said:
        return number.digits, number.once(self.even)

    def test_mends_a_number_that_is_wrong_in_it(self) -> None:
        number = Dictated("a", "0123456789", (piece(f"{NINE} ba", f"{NINE} chín"),))
        assert asked([self.said(number)], replace(FIT.numbers, sure=0.6)).mended == 1
        assert asked([self.said(number)], replace(FIT.numbers, sure=0.6)).saved == AGAIN - ASKING

    def test_is_wasted_on_one_that_is_right(self) -> None:
        number = Dictated("a", "0123456783", (piece(f"{NINE} ba", f"{NINE} chín"),))
        found = asked([self.said(number)], replace(FIT.numbers, sure=0.6))
        assert (found.asked, found.mended, found.saved) == (1, 0, -ASKING)

    def test_is_wasted_where_the_number_was_heard_too_long(self) -> None:
        number = Dictated("a", "0123456789", (piece(f"{NINE} chín một ba", f"{NINE} chín một chín"),))
        found = asked([self.said(number)], replace(FIT.numbers, sure=0.6))
        assert (found.asked, found.mended) == (1, 0)

    def test_does_not_happen_under_the_threshold(self) -> None:
        number = Dictated("a", "0123456789", (piece(f"{NINE} ba", f"{NINE} chín"),))
        assert asked([self.said(number)], replace(FIT.numbers, sure=0.5)).asked == 0


class TestTheReport:
    def numbers(self) -> list[Dictated]:
        """Of two speakers, each now and then wrong."""
        return [
            Dictated(speaker, f"{NINE_DIGITS}{3 if n % 4 else 9}", (piece(f"{NINE} ba", f"{NINE} chín"),))
            for speaker in ("a", "b")
            for n in range(8)
        ]

    def test_gives_constants_that_a_calibration_takes(self) -> None:
        text = (find("vi-digits").path / CALIBRATION).read_text("utf-8")
        constants, told = report(self.numbers(), FIT.numbers, None)
        assert set(constants) == {"first", "numbers"}
        found = parse(tomllib.loads(replaced(text, constants)), two_passes=True)
        assert found.first._asdict() == constants["first"]
        assert found.numbers.sure == constants["numbers"]["sure"]
        assert found.numbers.near == FIT.numbers.near, "what is not fitted stays"
        assert "16 numbers" in told

    def test_of_both_passes_gives_their_weights_too(self) -> None:
        encoder = encoder_of(scores_of("bốn"))
        heard_twice = FinalResult([("một", 100.0), ("bốn", 98.0)], FRAMES, scores_of("bốn"))
        numbers = [Dictated(speaker, "4", (heard_twice,)) for speaker in ("a", "b") for _ in range(3)]
        constants, _ = report(numbers, FIT.numbers, encoder)
        assert set(constants["second.weights"]) == {"first", "absent", "second", "rest"}
