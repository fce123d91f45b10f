"""How sure an answer or a wish is: what confirms is held to the strict bar alone."""

from __future__ import annotations

from asr_models.recipe import phrases
from bot.answers import CONFIRMS, certain, wish_of
from bot.events import FinalResult
from rasa_components.negation import holds_negation
from tests.fitted import FIT


def piece(*texts: str, probabilities: tuple[float, ...]) -> FinalResult:
    return FinalResult(texts, probabilities[0], 0, 0, probabilities)


def test_every_yes_of_the_graph_has_a_word_that_confirms() -> None:
    lists = (
        phrases.AFFIRM, phrases.AFFIRM_TOO, phrases.AFFIRM_KHOP, phrases.AFFIRM_BARE, phrases.AFFIRM_ENGLISH,
        phrases.AFFIRM_SELDOM,
    )  # fmt: skip
    said = [text for each in lists for line in each for text in phrases.sayings(line) if not holds_negation(text)]
    assert [text for text in said if CONFIRMS.isdisjoint(text.split())] == []


def test_a_yes_must_be_surer_than_a_wish() -> None:
    assert not certain(piece("đúng rồi", "gặp", probabilities=(0.7,)), FIT.answers)
    assert certain(piece("gặp người thật", probabilities=(0.7,)), FIT.answers)
    assert not certain(piece("gặp người thật", probabilities=(0.4,)), FIT.answers)


def test_the_likeliest_of_many_is_a_yes_only_with_others_that_confirm() -> None:
    assert not certain(piece("đúng", "chờ", "nghe lại", probabilities=(0.4, 0.3, 0.25)), FIT.answers)
    assert certain(piece("dạ", "ừ", "vâng", probabilities=(0.4, 0.3, 0.2)), FIT.answers)
    assert certain(piece("phải", "nghe lại", probabilities=(0.65, 0.3)), FIT.answers)


def test_beside_a_yes_that_a_short_negation_hides_before_there_must_be_hardly_one() -> None:
    assert not certain(piece("phải", "chả phải", probabilities=(0.93, 0.05)), FIT.answers)
    assert certain(piece("phải", "chả phải", probabilities=(0.96, 0.01)), FIT.answers)
    assert certain(piece("phải rồi", "chả phải", probabilities=(0.9, 0.05)), FIT.answers)


def test_a_no_needs_less() -> None:
    assert certain(piece("không phải", probabilities=(0.6,)), FIT.answers)


def test_of_equally_long_wishes_the_likelier_is_taken() -> None:
    heard = piece("nghe lại", "nói lại", "lại", probabilities=(0.7, 0.1, 0.1))
    assert wish_of(heard, FIT.answers) == "nghe lại"
    assert wish_of(piece("nói lại", "nghe lại", probabilities=(0.05, 0.75)), FIT.answers) == "nghe lại"


def test_what_all_alternatives_share_is_a_wish() -> None:
    assert wish_of(piece("nhân viên", "gặp nhân viên", probabilities=(0.53, 0.4)), FIT.answers) == "nhân viên"
