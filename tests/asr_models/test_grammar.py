"""What the graphs hold: what callers say, what of it is told, and that the bundled network knows every sound of it."""

from __future__ import annotations

import hashlib

import pytest
import yaml

from asr_models.recipe.grammar import GRAMMARS, UNKNOWN, readings
from asr_models.recipe.graphs import vocabulary
from asr_models.recipe.phrases import slots
from bot import events
from bot.phrases.lexicon import SPOKEN, frame_classes, pronounced
from bot.places import PACKAGES

CLASSES = "733f2ec9528bc350aad61c1a2ed431cb4c18381d67be3721418e4bfe142332ef"
"""Of the frame classes that the bundled networks were exported with."""

AFFIRM = (
    "đúng", "đúng rồi", "đúng số đó", "vâng", "vâng ạ", "vâng đúng rồi", "dạ", "dạ dạ", "dạ phải", "dạ đúng rồi", "ừ",
    "ừ đúng rồi", "phải", "phải rồi", "chính xác", "chuẩn", "chuẩn rồi", "ok", "được", "được rồi", "rồi", "đồng ý",
    "có", "một", "số một", "bấm một",
)  # fmt: skip
DENY = (
    "không", "không phải", "không đúng", "không chính xác", "chưa", "chưa đúng", "chưa phải", "sai", "sai rồi", "nhầm",
    "nhầm rồi", "dạ không", "không phải số đó", "đâu có đúng", "gần đúng thôi", "đúng nhưng sai số cuối",
    "đúng đâu mà đúng", "hổng phải", "hông phải", "chẳng phải", "chả đúng", "hai", "số hai", "bấm hai",
)  # fmt: skip
NEGATIVE = frozenset("không chưa chẳng chả đâu hổng hông sai nhầm lộn trật gần nhưng mà hai".split())  # noqa: SIM905  # a list of words is easier to read as a sentence
NUMBER = "không một hai ba bốn năm sáu bảy tám chín"


def heard(grammar: str, text: str) -> set[str]:
    return readings(GRAMMARS[grammar], text)


def test_the_bundled_network_knows_every_sound() -> None:
    found = frame_classes()
    assert hashlib.sha256(repr([tuple(each) for each in found]).encode()).hexdigest() == CLASSES
    words = {w for grammar in GRAMMARS.values() for arc in grammar.arcs for w in arc.text.split()}
    assert {sound for word in words for way in pronounced(word) for sound in way} <= {*found}


def test_unknown_speech_has_one_name() -> None:
    assert UNKNOWN == events.UNKNOWN
    assert UNKNOWN in vocabulary()


@pytest.mark.parametrize("text", AFFIRM)
def test_a_yes_is_heard_without_a_word_of_denial(text: str) -> None:
    assert any(told and NEGATIVE.isdisjoint(told.split()) for told in heard("yesno", text))


@pytest.mark.parametrize("text", DENY)
def test_a_no_is_never_told_as_a_yes(text: str) -> None:
    found = heard("yesno", text)
    assert found
    assert all(not NEGATIVE.isdisjoint(told.split()) for told in found)


@pytest.mark.parametrize(("intent", "core"), [("affirm", AFFIRM), ("deny", DENY)])
def test_what_the_understanding_lists_is_heard(intent: str, core: tuple[str, ...]) -> None:
    """Of the examples in data/nlu those that the core list names: others are rarer than what the graph can hold."""
    examples = {
        line.removeprefix("- ")
        for file in (PACKAGES / "data" / "nlu").glob("*.yml")
        for entry in yaml.safe_load(file.read_text("utf-8"))["nlu"]
        if entry.get("intent") == intent
        for line in entry["examples"].splitlines()
    }
    named = examples & {*core}
    assert len(named) >= 15
    assert [text for text in sorted(named) if not any(heard("yesno", text))] == []


@pytest.mark.parametrize("grammar", ["number", "yesno", "menu", "any"])
@pytest.mark.parametrize(
    "text", ["gặp nhân viên", "tôi muốn gặp tổng đài viên", "điện thoại viên", "cho gặp người thật"]
)
def test_a_person_can_be_asked_for_everywhere(grammar: str, text: str) -> None:
    assert any("viên" in told or "người" in told for told in heard(grammar, text))


@pytest.mark.parametrize("grammar", ["number", "yesno", "menu"])
def test_a_moment_can_be_asked_for_and_told_without_digits(grammar: str) -> None:
    assert heard(grammar, "chờ một chút") >= {"chờ chút"}


@pytest.mark.parametrize("text", ["tôi không có mã số", "tôi quên mã số", "tôi không nhớ mã số", "mã số ở đâu"])
def test_having_no_number_is_told(text: str) -> None:
    assert any("số" in told for told in heard("number", text))


@pytest.mark.parametrize(
    "before", ["mã số của tôi là", "số bảo hiểm xã hội của em là", "dạ em đọc nhé", "thưa cô", "gờ dê"]
)
@pytest.mark.parametrize("behind", ["", "cảm ơn em", "nhé cháu", "đúng không em", "đó em", "hết rồi", "vậy thôi"])
def test_courtesies_around_a_number_are_heard_and_not_told(before: str, behind: str) -> None:
    assert NUMBER in heard("number", f"{before} {NUMBER} {behind}".strip())


@pytest.mark.parametrize("text", ["tôi quên mật khẩu rồi", "đổi mật khẩu", "mất mật khẩu", "không vào được ứng dụng"])
def test_a_wish_of_the_menu_is_told(text: str) -> None:
    assert any("mật khẩu" in told or "được" in told for told in heard("menu", text))


def test_a_wish_that_is_refused_is_told_so() -> None:
    assert all("không" in told for told in heard("menu", "tôi không muốn cấp lại mật khẩu"))


def test_hello_is_told_in_the_menu() -> None:
    assert "alo" in heard("menu", "alo")
    assert SPOKEN["alo"] == ("a lô",)


def test_a_phrase_has_places_with_alternatives() -> None:
    assert [slot.words for slot in slots("(chờ|đợi) {một} chút")] == [("chờ", "đợi"), ("một",), ("chút",)]
    assert [slot.reported for slot in slots("(chờ|đợi) {một} <nhé>")] == [True, False, False]
    with pytest.raises(ValueError, match="not closed"):
        slots("(chờ|đợi")
