"""Numbers in two passes: what comes of both, and what is heard where there is only one."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from hearing_tools import Says, Tally, cut, joined, silence, voice
from second_pass_tools import WEIGHTS, encoder_of, scores_of

from bot.errors import VoicebotError
from bot.events import RATE, Grammar, Samples
from bot.hearing import CallHearing, ModelError, load_models, models, open_hearing, second_of
from bot.hearing.augmented_decoding import AugmentedDecoding, BothPasses
from bot.hearing.recogniser import Recognised
from bot.hearing.second_pass import NUMERALS, compared, foreign_words, heard_again, number_within, weighed
from bot.settings import Settings
from bot.transcription import hear
from tests.fitted import FIT

SOUND: Samples = voice(0.5)


class TestBothPasses:
    def heard(self, first: Recognised, *spoken: str | dict[str, float]) -> Recognised:
        scores = scores_of(*spoken)
        found = heard_again(first, scores, encoder_of(scores))
        assert found is not None
        return found

    def test_the_second_decides_where_the_first_doubts(self) -> None:
        first = Recognised(("một hai", "bốn hai"), (0.5, 0.4))
        assert self.heard(first, "bốn", "hai").texts[0] == "bốn hai"

    def test_the_first_decides_where_the_second_doubts(self) -> None:
        first = Recognised(("một hai", "bốn hai"), (0.9, 0.02))
        assert self.heard(first, {"một": 0.45, "bốn": 0.5}, "hai").texts[0] == "một hai"

    def test_what_the_first_did_not_hear_can_be_right(self) -> None:
        first = Recognised(("hai", "bốn hai"), (0.3, 0.3))
        assert self.heard(first, "một", "hai").texts[0] == "một hai"

    def test_shares_are_probabilities_best_first(self) -> None:
        found = self.heard(Recognised(("một", "bốn"), (0.5, 0.4)), {"một": 0.4, "bốn": 0.4})
        assert list(found.probabilities) == sorted(found.probabilities, reverse=True)
        assert 0 < sum(found.probabilities) < 1

    def test_nothing_may_have_been_said(self) -> None:
        found = self.heard(Recognised(("một",), (0.3,)), {"một": 0.01})
        assert found.texts[0] == ""
        assert found.confidence == 0.0

    def test_other_words_around_a_number_are_left_to_the_first(self) -> None:
        scores = scores_of("gặp", "một")
        assert foreign_words(scores, encoder_of(scores)) == 1
        assert heard_again(Recognised(("một",), (0.5,)), scores, encoder_of(scores)) is None

    def test_another_word_that_may_as_well_be_a_digit_is_none(self) -> None:
        scores = scores_of({"gặp": 0.6, "hai": 0.3}, "một")
        assert foreign_words(scores, encoder_of(scores)) == 0
        assert self.heard(Recognised(("hai một",), (0.5,)), {"gặp": 0.6, "hai": 0.3}, "một").texts[0] == "hai một"

    def test_what_the_first_does_not_hear_at_all_can_be_right(self) -> None:
        assert self.heard(Recognised((), ()), "một").texts[0] == "một"

    def test_where_neither_hears_a_word_nothing_was_said(self) -> None:
        found = self.heard(Recognised((), ()), {"một": 0.01})
        assert found.texts[0] == ""
        assert found.confidence == 0.0

    def test_words_that_the_second_does_not_know_do_no_harm(self) -> None:
        first = Recognised(("à nhầm một", "một"), (0.5, 0.4))
        both = compared(first, scores_of("một"), encoder_of(scores_of("một")))
        assert set(both.texts) >= {"à nhầm một", "một", ""}
        assert weighed(both, WEIGHTS).texts[0] in ("à nhầm một", "một")


class TestANumberAmongOtherWords:
    """ "một hai ba, có đúng không cháu": the courtesies that no graph has are heard as digits by the first pass."""

    LONGER = Recognised(("một hai ba không sáu", "một hai ba"), (0.7, 0.2))

    def heard(self, first: Recognised, *spoken: str, wanted: int = 3) -> str | None:
        scores = scores_of(*spoken)
        found = number_within(first, scores, encoder_of(scores), wanted)
        return found.texts[0] if found else None

    def test_stands_alone(self) -> None:
        assert self.heard(self.LONGER, "một", "hai", "ba", "gặp", "không", "sáu") == "một hai ba"

    def test_is_found_behind_them_too(self) -> None:
        first = Recognised(("sáu bảy một hai ba",), (0.7,))
        assert self.heard(first, "sáu", "số", "bảy", "gặp", "một", "hai", "ba") == "một hai ba"

    def test_is_heard_by_both_passes(self) -> None:
        first = Recognised(("một hai ba không sáu",), (0.9,))
        scores = scores_of({"một": 0.4, "bốn": 0.5}, "hai", "ba", "gặp", "sáu")
        found = number_within(first, scores, encoder_of(scores), 3)
        assert found is not None
        assert found.texts[0] == "một hai ba"

    @pytest.mark.parametrize("ten", ["mười", "mươi"])
    def test_how_many_digits_it_has_is_none_of_them(self, ten: str) -> None:
        """ "… mười số cả thảy" """
        first = Recognised((f"một hai ba {ten}", "một ba mươi"), (0.7, 0.2))
        assert self.heard(first, "một", "hai", "ba", ten, "số", "gặp", "hai") == "một hai ba"
        assert self.heard(first, "một", "hai", "ba", ten, "gặp") is None

    def test_begins_behind_the_word_that_introduces_it_however_far_it_goes(self) -> None:
        """ "cái số trên thẻ của ông là …", with a pause in the number"""
        first = Recognised(("hai số chín một hai ba", "một hai ba"), (0.4, 0.2))
        spoken = ("phải", "số", "chín", "gặp", "là", "một", "hai", "ba")
        assert self.heard(first, *spoken, wanted=10) == "một hai ba"
        assert self.heard(first, *spoken[:4], *spoken[5:], wanted=10) is None

    @pytest.mark.parametrize(
        "spoken",
        [
            ("một", "hai", "là", "ba"),
            ("gặp", "một", "hai", "ba", "là", "một"),
            ("gặp", "là", "một", "gặp", "hai"),
            ("gặp", "một", "là"),
        ],
        ids=" ".join,
    )
    def test_is_introduced_by_no_digits_and_goes_to_the_end(self, spoken: tuple[str, ...]) -> None:
        assert self.heard(Recognised(("một hai ba một hai ba một",), (0.9,)), *spoken, wanted=10) is None

    def test_is_not_introduced_where_the_caller_takes_something_back(self) -> None:
        first = Recognised(("một hai ba số cuối là ba",), (0.9,))
        assert self.heard(first, "gặp", "một", "số", "là", "hai", "ba", wanted=10) is None

    def test_is_none_where_it_is_too_short(self) -> None:
        assert self.heard(self.LONGER, "một", "hai", "gặp", "ba", "gặp", wanted=3) is None

    def test_is_none_where_nobody_knows_how_many_digits_are_wanted(self) -> None:
        assert self.heard(self.LONGER, "một", "hai", "ba", "gặp", wanted=0) is None

    def test_is_none_where_there_are_no_other_words(self) -> None:
        assert self.heard(self.LONGER, "một", "hai", "ba", "không", "sáu") is None

    def test_is_left_to_the_first_where_that_makes_a_number_of_fewer_digits(self) -> None:
        first = Recognised(("một hai ba", "một hai ba không sáu"), (0.6, 0.3))
        assert self.heard(first, "gặp", "một", "hai", "ba", "sáu") is None

    def test_is_left_to_the_first_where_that_makes_no_more_digits_of_them(self) -> None:
        assert self.heard(Recognised(("một hai ba",), (0.9,)), "một", "hai", "ba", "gặp") is None

    @pytest.mark.parametrize(
        ("told", "heard"), [("hai số một hai ba", "một hai ba"), ("một hai ba à nhầm bốn", "một hai ba à nhầm bốn")]
    )
    def test_stands_beside_words_that_are_told_but_not_where_something_is_taken_back(
        self, told: str, heard: str
    ) -> None:
        scores = scores_of("gặp", "số", "một", "hai", "ba", "hết")
        first = Recognised((told,), (1.0,))
        both = BothPasses(encoder_of(scores), lambda: Says(first), FIT)
        assert both.alone(first, SOUND, 3).texts[0] == heard

    def test_goes_on_as_it_is_heard(self) -> None:
        scores = scores_of("một", "hai", "ba", "gặp", "không", "sáu")
        both = BothPasses(encoder_of(scores), lambda: Says(Recognised(("một",), (1.0,))), FIT)
        assert both.again(self.LONGER, scores, SOUND, 3).texts[0] == "một hai ba"


class TestAPiece:
    """By what the second pass says of its part of the whole number."""

    def heard(self, first: Recognised, *spoken: str) -> Recognised:
        scores = scores_of(*spoken)
        both = BothPasses(encoder_of(scores), lambda: Says(Recognised(("một",), (1.0,))), FIT)
        return both.again(first, scores, SOUND)

    def test_is_weighed_by_both(self) -> None:
        assert self.heard(Recognised(("một hai", "bốn hai"), (0.5, 0.4)), "bốn", "hai").texts[0] == "bốn hai"

    def test_of_which_the_first_makes_nothing_is_heard_by_the_second(self) -> None:
        assert self.heard(Recognised((), ()), "một").texts[0] == "một"

    def test_in_which_the_second_hears_no_digit_either_stays_nothing(self) -> None:
        assert self.heard(Recognised((), ())) == Recognised((), ())

    def test_other_words_in_it_are_no_number(self) -> None:
        assert self.heard(Recognised((), ()), "gặp", "một") == Recognised((), ())

    def test_with_other_words_around_a_digit_the_first_is_asked_for_further_opinions(self) -> None:
        found = self.heard(Recognised(("bốn", "một"), (0.5, 0.45)), "gặp", "bốn")
        assert found.texts[0] == "một"
        assert found.confidence == pytest.approx((0.45 + 2) / 3)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the bundled model."""
    copied = tmp_path / "model"
    shutil.copytree(models.find("vi-digits").path, copied)
    return copied


class TestAModel:
    def test_the_bundled_one_has_both(self) -> None:
        found = second_of("vi-digits")
        assert found is not None
        assert set(NUMERALS) <= set(found.words)

    def test_without_a_second_pass_works(self, model: Path) -> None:
        shutil.rmtree(model / "second")
        assert second_of(str(model)) is None
        settings = Settings(model=str(model))
        load_models(settings)
        hear("", SOUND, RATE, open_hearing(settings, RATE), Grammar.NUMBER, (10,))

    def test_without_onnxruntime_works_and_says_so(
        self, model: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
        assert second_of(str(model)) is None
        assert "onnxruntime" in caplog.text

    @pytest.mark.parametrize("name", ["encoder.onnx", "second.json"])
    def test_that_is_broken_is_one_clear_line(self, model: Path, name: str) -> None:
        (model / "second" / name).write_bytes(b"broken")
        with pytest.raises(ModelError, match=name) as caught:
            second_of(str(model))
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("name", ["encoder.onnx", "second.json"])
    def test_whose_sums_are_not_known_is_loaded_with_care(self, model: Path, name: str) -> None:
        (model / "SHA256SUMS").unlink()
        (model / "second" / name).write_bytes(b"broken")
        with pytest.raises(VoicebotError, match="second pass cannot be loaded"):
            second_of(str(model))

    def test_with_half_a_second_pass_is_broken(self, model: Path) -> None:
        (model / "second" / "encoder.onnx").unlink()
        with pytest.raises(ModelError, match=r"encoder\.onnx"):
            second_of(str(model))

    def test_says_which_syllables_it_knows(self, model: Path) -> None:
        about = json.loads((model / "second" / "second.json").read_text("utf-8"))
        assert len(about["classes"]) == len(set(about["classes"]))


class TestInAPause:
    """Of an answer the second pass begins before it is certain that it is over."""

    def heard(self, *parts: tuple[float, bool]) -> list[int]:
        """Seconds of sound, and whether a pause is told behind them; the sounds that were encoded, in cells of
        10 ms."""
        encoder = encoder_of(scores_of("phải", "rồi"))
        answer = AugmentedDecoding(lambda: Says(Recognised(("phải rồi",), (0.9,))), FIT, answers=True, encoder=encoder)
        for seconds, pause in parts:
            answer.accept(voice(seconds))
            if pause:
                answer.pause()
        assert answer.finish().texts[0] == "phải rồi"
        return encoder.session.asked

    def test_it_does_not_hear_again_what_it_has_heard(self) -> None:
        assert self.heard((1.0, True), (0.1, False)) == [100]

    def test_where_speech_went_on_it_hears_all(self) -> None:
        assert self.heard((1.0, True), (1.0, False)) == [100, 200]

    def test_without_a_pause_it_hears_when_the_piece_is_over(self) -> None:
        assert self.heard((1.0, False)) == [100]


def test_a_pause_is_told_once_in_each_silence_behind_words() -> None:
    tallies: list[Tally] = []

    def opener(grammar: Grammar) -> Tally:
        tallies.append(Tally(grammar))
        return tallies[-1]

    hearing = CallHearing(RATE, opener)
    sound = joined(silence(0.5), voice(0.5), silence(0.22), voice(0.5), silence(0.1), voice(0.5), silence(1.0))
    for frame in cut(sound, [160] * 40):
        hearing.feed(frame)
    assert [tally.paused for tally in tallies] == [2]
