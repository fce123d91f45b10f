"""When the recogniser is asked again, what it hears then, and what comes of several opinions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hearing_tools import Says, cut, voice
from hypothesis import given
from hypothesis import strategies as st

from bot.events import RATE
from bot.hearing.augmented_decoding import AugmentedDecoding, agreed, least, played
from bot.hearing.recogniser import KEPT, Recognised
from tests.fitted import FIT
from vietnamese_numbers.hypotheses import CORRECTION

SOUND = voice(0.5)
AUGMENTED = FIT.augmented
SILENT = Recognised((), ())
UNSURE = Recognised(("một", "bốn"), (0.4, 0.35))
CERTAIN = Recognised(("một", "bốn"), (AUGMENTED.sure, 0.1))


class Panel:
    """Recognisers with these opinions, one after the other."""

    def __init__(self, *opinions: Recognised) -> None:
        self.opinions = iter(opinions)
        self.asked: list[Says] = []

    def __call__(self) -> Says:
        self.asked.append(Says(next(self.opinions)))
        return self.asked[-1]


def heard(fresh: Callable[[], Says], *sizes: int) -> Recognised:
    considerate = AugmentedDecoding(fresh, FIT)
    for part in cut(SOUND, sizes):
        considerate.accept(part)
    return considerate.finish()


@pytest.mark.parametrize("first", [CERTAIN, SILENT], ids=["sure", "nothing of the grammar"])
def test_nobody_else_is_asked_where_the_first_opinion_is_clear(first: Recognised) -> None:
    panel = Panel(first)
    assert heard(panel) == first
    assert len(panel.asked) == 1


def test_words_so_far_are_the_first_opinions() -> None:
    considerate = AugmentedDecoding(Panel(UNSURE), FIT)
    assert [considerate.accept(SOUND), considerate.accept(SOUND)] == ["1 times", "2 times"]


@pytest.mark.parametrize("sizes", [(), (80, 400, 1)], ids=["whole", "in parts"])
def test_others_hear_the_whole_piece_slower_and_faster(sizes: tuple[int, ...]) -> None:
    panel = Panel(UNSURE, SILENT, SILENT)
    heard(panel, *sizes)
    first, *others = panel.asked
    assert np.array_equal(np.concatenate(first.heard), SOUND)
    for other, speed in zip(others, AUGMENTED.speeds, strict=True):
        assert np.array_equal(np.concatenate(other.heard), played(SOUND, speed, AUGMENTED))


def test_a_text_has_the_mean_of_its_shares() -> None:
    found = heard(Panel(UNSURE, Recognised(("bốn",), (1.0,)), Recognised(("bốn", "ba"), (0.996, 0.004))))
    assert found.texts == ("bốn", "một", "ba")
    assert found.probabilities == pytest.approx(((0.35 + 1.0 + 0.996) / 3, 0.4 / 3, 0.004 / 3))


def test_what_others_do_not_hear_is_less_likely_and_not_lost() -> None:
    found = agreed([UNSURE, SILENT, SILENT])
    assert found.texts == UNSURE.texts
    assert found.confidence == pytest.approx(UNSURE.confidence / 3)


class TestWhatIsUnlikely:
    def test_is_taken_for_speech_outside_the_grammar_but_kept_as_what_may_have_been_said(self) -> None:
        doubt = Recognised(("một",), (AUGMENTED.least - 0.01,))
        found = heard(Panel(doubt, doubt, doubt))
        assert found.texts == ("", "một")
        assert found.confidence == 0
        assert found.probabilities == pytest.approx(
            (AUGMENTED.nothing, (AUGMENTED.least - 0.01) * (1 - AUGMENTED.nothing))
        )

    def test_undoes_nothing_by_itself(self) -> None:
        """Corrections count twice, and side talk must take no digits away."""
        assert AUGMENTED.least * (1 - AUGMENTED.nothing) * CORRECTION <= AUGMENTED.nothing

    def test_stands_where_the_first_opinion_is_sure_enough(self) -> None:
        """What few recordings taught, corrections above all, is lost at other speeds."""
        assert heard(Panel(Recognised(("một",), (AUGMENTED.least,)), SILENT, SILENT)).texts == ("một",)

    def test_stands_where_the_opinions_agree_on_it(self) -> None:
        firm = Recognised(("bốn",), (1.0,))
        assert heard(Panel(Recognised(("một", "bốn"), (0.4, 0.35)), firm, firm)).texts == ("bốn", "một")

    def test_may_be_less_likely_the_more_words_it_has(self) -> None:
        bars = [least(Recognised((" ".join(["một"] * words),), (1.0,)), AUGMENTED) for words in range(1, 13)]
        assert bars[0] == AUGMENTED.least
        assert bars == sorted(bars, reverse=True)
        assert bars[9] < 0.4


@given(
    st.lists(
        st.dictionaries(st.sampled_from([str(n) for n in range(30)]), st.floats(0, 1 / 12), max_size=12).map(
            lambda probabilities: Recognised(tuple(probabilities), tuple(probabilities.values()))
        ),
        min_size=1,
        max_size=5,
    )
)
def test_shares_stay_probabilities_best_first(opinions: list[Recognised]) -> None:
    found = agreed(opinions)
    assert len(found.texts) == len(set(found.texts)) == len(found.probabilities) <= KEPT
    assert list(found.probabilities) == sorted(found.probabilities, reverse=True)
    assert sum(found.probabilities) <= 1.0001


@pytest.mark.parametrize("speed", AUGMENTED.speeds)
def test_further_opinions_hear_nothing_shrill(speed: float) -> None:
    time = np.arange(RATE) / RATE
    low, high = (
        played(np.rint(8000 * np.sin(2 * np.pi * hz * time)).astype(np.int16), speed, AUGMENTED) for hz in (500, 3300)
    )
    assert np.std(high) < 0.4 * np.std(low)
    assert np.std(low) == pytest.approx(8000 / np.sqrt(2), rel=0.02)


@pytest.mark.parametrize("speed", AUGMENTED.speeds)
def test_sound_played_faster_is_shorter_and_higher(speed: float) -> None:
    time = np.arange(RATE) / RATE
    tone = np.rint(8000 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16)
    fast = played(tone, speed, AUGMENTED)
    assert fast.size == pytest.approx(RATE / speed, abs=1)
    spectrum = np.abs(np.fft.rfft(fast, RATE))
    assert int(spectrum.argmax()) == pytest.approx(1000 * speed, abs=2)
