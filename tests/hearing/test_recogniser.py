"""From Vosk's alternatives to texts and a confidence; and the bundled model, as far as any model must hold."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hearing_tools import cut, joined, noise, silence
from hypothesis import given
from hypothesis import strategies as st

from bot.events import RATE, FinalResult, Grammar, Samples
from bot.hearing import CallHearing, load_models, open_hearing
from bot.hearing.calibration import FirstPass
from bot.hearing.catalogue import catalogue
from bot.hearing.front import Front
from bot.hearing.recogniser import KEPT, RECOGNISERS, plain, ranked
from bot.settings import Settings
from tests.fitted import FIT


def test_words_are_written_as_people_write_them() -> None:
    assert plain("không_phải <unk> bẩy [unk]") == "không phải bảy"
    assert plain("<unk>") == ""


def test_unknown_speech_is_one_word_where_it_is_told() -> None:
    assert plain("<unk> <unk> đúng <unk>", unknown=True) == "<unk> đúng <unk>"
    assert plain("đúng [unk]", unknown=True) == "đúng"


def test_unknown_speech_alone_is_nothing() -> None:
    assert ranked([("<unk>", 5.0), ("đúng", 4.0)], 50.0, FIT.first) == ((), ())
    assert ranked([("đúng <unk>", 5.0), ("<unk>", 4.0)], 50.0, FIT.first).texts == ("đúng <unk>",)


FRAMES = 50.0
SURE = FirstPass(scale=0.5, rest=-50, words=0, score=0, lowest_score=0, highest_score=2)
"""Nothing was pruned."""


def test_alternatives_that_read_the_same_are_one() -> None:
    recognised = ranked([("bảy", 10.0), ("bảy", 10.0), ("ba", 10.0)], FRAMES, SURE)
    assert recognised.texts == ("bảy", "ba")
    assert recognised.confidence == pytest.approx(2 / 3)


def test_nothing_of_the_grammar_is_no_text() -> None:
    for nothing in (ranked([], FRAMES, FIT.first), ranked([("", 5.0), ("một", 4.0)], FRAMES, FIT.first)):
        assert (nothing.texts, nothing.confidence) == ((), 0.0)


def test_no_alternative_is_empty() -> None:
    assert ranked([("một", 5.0), ("", 4.0), ("hai", 3.0)], FRAMES, FIT.first).texts == ("một", "hai")


def test_differences_of_scores_count_by_the_scale() -> None:
    recognised = ranked([("một", 5.0), ("hai", 3.0)], FRAMES, SURE)
    assert recognised.probabilities[1] / recognised.probabilities[0] == pytest.approx(math.exp(-2 * 0.5))


class TestOneAlternativeAlone:
    def test_is_no_certainty(self) -> None:
        assert ranked([("một", 60.0)], FRAMES, FIT.first).confidence < 1

    def test_is_less_certain_the_more_words_it_has(self) -> None:
        found = [
            ranked([(text, 60.0)], FRAMES, FIT.first).confidence for text in ("một", "một hai", "một hai ba bốn năm")
        ]
        assert found == sorted(found, reverse=True)

    def test_is_less_certain_where_the_sound_fits_the_words_less(self) -> None:
        found = [ranked([("một hai ba", score)], FRAMES, FIT.first).confidence for score in (80.0, 60.0, 40.0)]
        assert found == sorted(set(found), reverse=True)

    def test_has_half_the_probability_where_as_much_was_pruned(self) -> None:
        assert ranked([("một", 60.0)], FRAMES, FirstPass(0.5, 0, 1, 0, 0, 2)).confidence == pytest.approx(0.5)

    @pytest.mark.parametrize("score", [-1e9, 1e9])
    def test_scores_of_another_kind_of_model_do_no_harm(self, score: float) -> None:
        assert 0 < ranked([("một", score)], FRAMES, FIT.first).confidence < 1


@given(st.lists(st.tuples(st.sampled_from(["một", "hai", "ba", "bốn"]), st.floats(-1e5, 1e5)), min_size=1))
def test_confidence_is_a_share(scored: list[tuple[str, float]]) -> None:
    scored.sort(key=lambda each: -each[1])
    recognised = ranked(scored, FRAMES, FIT.first)
    assert 0 < recognised.confidence <= 1
    assert recognised.texts[0] == scored[0][0]
    assert len(recognised.texts) == len(recognised.probabilities) <= KEPT
    assert sum(recognised.probabilities) <= 1.0001


def test_the_kinds_of_the_catalogue_are_known() -> None:
    assert {entry.kind for entry in catalogue().values()} <= RECOGNISERS.keys()


# ── the bundled model ──

bundled = pytest.mark.skipif(
    not catalogue()["vi-digits"].folder.is_dir(), reason="needs the bundled model: git checkout asr_models/vi-digits"
)

Open = Callable[[Grammar], CallHearing]


@pytest.fixture(scope="module")
def opened() -> Open:
    load_models(Settings())

    def opened(grammar: Grammar) -> CallHearing:
        hearing = open_hearing(Settings(), RATE)
        hearing.expect(grammar)
        return hearing

    return opened


@pytest.fixture(scope="module")
def spoken(shared: Path) -> Samples:
    """A real person, who says "chín trăm sáu mươi chín triệu …"; then silence."""
    sound, rate = soundfile.read(shared / "speech" / "connected-numbers" / "spk1" / "1.flac", dtype="int16")
    return joined(silence(0.5), Front(rate).feed(sound).ravel(), silence(1))


@bundled
@pytest.mark.parametrize("grammar", Grammar)
def test_silence_and_noise_yield_no_words(opened: Open, grammar: Grammar) -> None:
    heard = opened(grammar).feed(joined(silence(1), noise(4, -50)))
    assert [event for event in heard if isinstance(event, FinalResult) and event.text] == []


@bundled
def test_a_spoken_number_yields_number_words(opened: Open, spoken: Samples) -> None:
    pieces = [event for event in opened(Grammar.NUMBER).feed(spoken) if isinstance(event, FinalResult)]
    assert sum(len(piece.text.split()) for piece in pieces) >= 8
    assert all(0 < piece.confidence <= 1 for piece in pieces if piece.text)


@bundled
def test_recognition_does_not_depend_on_the_cut(opened: Open, spoken: Samples) -> None:
    sizes = np.random.default_rng(0).integers(1, 2000, 40).tolist()
    parts = opened(Grammar.NUMBER)
    assert [event for part in cut(spoken, sizes) for event in parts.feed(part)] == opened(Grammar.NUMBER).feed(spoken)


@bundled
def test_two_calls_do_not_disturb_each_other(opened: Open, spoken: Samples) -> None:
    alone = opened(Grammar.NUMBER).feed(spoken)
    first, second = opened(Grammar.NUMBER), opened(Grammar.ANY)
    heard = []
    for at in range(0, len(spoken), 160):
        heard += first.feed(spoken[at : at + 160])
        second.feed(spoken[::-1][at : at + 160])
    assert heard == alone
