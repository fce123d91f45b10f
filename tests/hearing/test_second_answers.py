"""An answer that the first pass heard, checked by the second."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hearing_tools import Says, voice
from second_pass_tools import SECOND, Session, encoder_of, scores_of

from bot.events import Samples
from bot.hearing.augmented_decoding import AugmentedDecoding
from bot.hearing.encoder import Encoder
from bot.hearing.recogniser import Recognised
from bot.hearing.second_answers import doubted, only_a_no
from tests.fitted import FIT

SOUND: Samples = voice(0.5)


class TestAYes:
    def heard(self, text: str, *spoken: str | dict[str, float], share: float = 0.9) -> str:
        return self.weighed(Recognised((text,), (share,)), *spoken).texts[0]

    @staticmethod
    def weighed(first: Recognised, *spoken: str | dict[str, float]) -> Recognised:
        answer = AugmentedDecoding(lambda: Says(first), FIT, answers=True, encoder=encoder_of(scores_of(*spoken)))
        answer.accept(SOUND)
        return answer.finish()

    def test_that_both_passes_hear_is_told(self) -> None:
        assert self.heard("phải rồi", "phải", "rồi") == "phải rồi"

    def test_that_the_second_does_not_hear_has_unknown_speech_beside_it(self) -> None:
        assert self.heard("phải rồi", "bảy", "rồi") == "<unk> phải rồi"

    def test_that_the_second_can_nearly_hear_is_told(self) -> None:
        assert self.heard("phải rồi", {"hai": 0.9, "phải": 0.05}, "rồi") == "phải rồi"

    def test_in_place_of_which_the_second_hears_a_no_is_in_doubt(self) -> None:
        assert self.heard("phải rồi", {"bảy": 0.9, "phải": 0.05}, "rồi") == "<unk> phải rồi"

    def test_with_other_words_before_it_is_in_doubt_for_a_negation_stands_there(self) -> None:
        assert self.heard("phải", "trăm", "phải") == "<unk> phải"

    def test_may_have_polite_words_before_it_and_any_behind_it(self) -> None:
        assert self.heard("phải rồi", "dạ", "phải", "rồi", "hai") == "phải rồi"

    @pytest.mark.parametrize(("hut", "doubt"), [(1e-4, True), (1e-9, False)])
    def test_is_in_doubt_where_a_denial_that_sounds_like_it_is_nearly_as_likely(self, hut: float, doubt: bool) -> None:
        columns = {"đúng": 1, "hút": 2, "rồi": 3}
        frames = np.full((5, 4), 1e-9, np.float32)
        frames[1, 1], frames[1, 2], frames[3, 3] = 0.98, hut, 0.98
        frames[:, 0] = 1 - frames[:, 1:].sum(1)
        scores = np.log(frames)
        assert doubted("đúng rồi", scores, Encoder(columns, 0, SECOND, Session(scores))) == doubt

    def test_that_the_second_never_learned_is_left_to_the_first(self) -> None:
        scores = np.log(np.full((3, 3), 1 / 3, np.float32))
        assert not doubted("đúng rồi", scores, Encoder({"hút": 1, "rồi": 2}, 0, SECOND, Session(scores)))

    @pytest.mark.parametrize("text", ["một", "dạ một"])
    def test_by_its_key_is_one_alone_for_other_words_are_heard_so_too(self, text: str) -> None:
        assert self.heard(text, "một") == text
        assert self.heard(text, "dạ", "một", "rồi") == text
        assert self.heard(text, "hai", "một") == f"<unk> {text}"
        assert self.heard(text, "một", "gặp") == f"<unk> {text}"
        assert self.heard(text, "gặp", "rồi") == f"<unk> {text}"

    def test_that_is_true_of_a_part_alone_is_in_doubt(self) -> None:
        assert self.heard("đúng", "số", "đầu") == "<unk> đúng"
        assert self.heard("đúng rồi", "rồi", "thiếu") == "<unk> đúng rồi"
        assert self.heard("đúng", "đúng", "bảy", "số") == "<unk> đúng"

    def test_that_the_first_doubts_is_likelier_where_it_is_all_that_the_second_hears(self) -> None:
        first = Recognised(("được rồi", "chưa được"), (0.8, 0.2))
        heard = self.weighed(first, "dạ", "được", "rồi")
        assert heard.texts == first.texts
        assert heard.probabilities[1] == pytest.approx(0.2 / (0.2 + 0.8 * math.exp(FIT.second.wholly)))
        assert sum(heard.probabilities) == pytest.approx(1.0)

    @pytest.mark.parametrize("spoken", [("được",), ("được", "hết"), ("hết", "được", "rồi")])
    def test_but_not_by_one_word_nor_beside_others(self, spoken: tuple[str, ...]) -> None:
        assert self.weighed(Recognised(("được", "chưa được"), (0.8, 0.2)), *spoken).probabilities == (0.8, 0.2)

    def test_that_the_first_doubts_is_in_doubt_where_the_second_hears_words_behind_it(self) -> None:
        def told(share: float, text: str, *spoken: str) -> str:
            return self.weighed(Recognised((text, "vâng"), (share, 0.95 - share)), *spoken).texts[0]

        sure, unsure = FIT.second.goes_on, FIT.second.goes_on - 0.01
        assert told(unsure, "được", "được", "hết", "đầu") == "<unk> được"
        assert told(sure, "được", "được", "hết", "đầu") == "được"
        assert told(unsure, "được", "dạ", "được", "dạ") == "được"
        assert told(unsure, "được rồi", "được", "rồi", "hết") == "được rồi"

    def test_that_only_one_pass_hears_is_told_where_the_other_hears_another_yes(self) -> None:
        assert self.heard("ừ", "dạ", "dạ") == "ừ"

    @pytest.mark.parametrize(
        ("text", "spoken", "told"),
        [
            ("phải", ("sai",), True),
            ("phải", ("dạ", "hai"), True),
            ("phải", ("hết", "phải"), False),  # "chả phải"
            ("phải", ("dạ", "sai"), False),
            ("ừ", ("hết",), False),  # "hở"
        ],
    )
    def test_of_one_syllable_that_ends_a_denial_or_asks_is_a_yes_alone(
        self, text: str, spoken: tuple[str, ...], told: bool
    ) -> None:
        assert (self.heard(text, *spoken) == text) is told

    def test_that_is_the_last_word_of_many_a_no_is_told_where_it_is_all_that_is_heard(self) -> None:
        assert self.heard("rồi", "rồi") == "rồi"
        assert self.heard("rồi", "hết", "rồi") == "<unk> rồi"
        assert self.heard("rồi", "được", "rồi") == "rồi"
        assert self.heard("rồi", "đúng", "rồi") == "<unk> rồi"  # "hụt rồi": who says "đúng" is heard by both
        assert self.heard("phải rồi", "rồi") == "<unk> phải rồi"

    def test_in_words_that_the_second_does_not_know_is_the_first_pass_s_to_tell(self) -> None:
        assert self.heard("chuẩn", "hết") == "chuẩn"

    @pytest.mark.parametrize(
        ("text", "spoken", "told"),
        [
            ("không đúng", ("hết", "rồi"), False),
            ("không", ("hết", "rồi"), False),
            ("không đúng", ("hết",), True),
            ("không", ("không", "rồi"), False),
            ("không", ("hết",), False),
            ("không", ("dạ", "không"), True),
            ("hai", ("phải",), False),
            ("hai", ("hai",), True),
        ],
    )
    def test_may_have_been_said_where_the_second_hears_no_no(
        self, text: str, spoken: tuple[str, ...], told: bool
    ) -> None:
        assert self.weighed(Recognised((text,), (0.9,)), *spoken).texts == ((text,) if told else ())

    @pytest.mark.parametrize("text", ["không phải", "hai", "gặp nhân viên"])
    def test_alone_is_asked_about(self, text: str) -> None:
        assert self.heard(text, "bảy", "rồi") == text


class TestANo:
    """That the first pass takes for something else."""

    ENCODER = encoder_of(scores_of("sai"))

    @pytest.mark.parametrize("first", ["", "hai", "nghe lại", "sai", "sai hai"])
    @pytest.mark.parametrize("told", ["sai", "dạ sai", "nhầm", "sai ạ", "sai số", "là sai ạ"])
    def test_is_one_where_the_second_hears_nothing_else(self, first: str, told: str) -> None:
        assert only_a_no(first, told, self.ENCODER)

    @pytest.mark.parametrize("first", ["phải", "phải rồi", "chuẩn", "vâng", "đúng", "nhân viên", "một"])
    def test_is_none_where_the_first_hears_a_yes_or_a_wish(self, first: str) -> None:
        assert not only_a_no(first, "sai", self.ENCODER)

    @pytest.mark.parametrize("told", ["", "phải", "hai", "sai đúng", "không", "sai chín", "gặp sai", "sai rồi"])
    def test_is_none_where_the_second_hears_none_or_more(self, told: str) -> None:
        assert not only_a_no("hai", told, self.ENCODER)
