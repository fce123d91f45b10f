"""What callers answer at a read-back, spoken by espeak-ng and heard by the bundled model: which of it is a yes."""

from __future__ import annotations

import re

import numpy as np
import pytest

from bot.answers import CONFIRMS, certain, words_of
from bot.events import RATE, UNKNOWN, FinalResult, Grammar
from bot.hearing import open_hearing, second_of
from bot.hearing.whole import revised
from bot.hearing.wishes import person
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of
from bot.simulation.line import LAWS, Line, telephone_band
from rasa_components.negation import holds_negation
from tests.fitted import FIT
from vietnamese_numbers import read

TELEPHONE = LAWS["g711"]
VOICES = [
    CallerVoice(dialect=dialect, variant=variant, pitch=pitch, speed=speed)
    for dialect in ("north", "central", "south")
    for variant, pitch, speed in (("", 50, 1.0), ("f2", 60, 1.2))
]
FRAME = RATE // 50


def heard(
    text: str, voice: CallerVoice, grammar: Grammar = Grammar.YESNO, telephone: bool = False
) -> list[FinalResult]:
    """The pieces of which a word was known, as they were heard last; `telephone`: over a G.711 line."""
    silence, spoken = np.zeros(RATE, np.int16), sound_of(Say(text), voice)
    sound = np.concatenate([silence, telephone_band(spoken) if telephone else spoken, silence])
    line = Line(TELEPHONE if telephone else None)
    hearing = open_hearing(Settings(), RATE)
    hearing.expect(grammar, wanted=10 if grammar is Grammar.NUMBER else 0)
    frames = [line.carry(sound[at : at + FRAME]) for at in range(0, sound.size, FRAME)]
    events = revised([event for frame in frames for event in hearing.feed(frame)])
    return [event for event in events if isinstance(event, FinalResult) and event.text]


def taken_for_yes(text: str, voice: CallerVoice, telephone: bool = False) -> bool:
    """Whether a call would go on with these words as with a yes, without asking again."""
    pieces = heard(text, voice, telephone=telephone)
    return bool(pieces) and all(map(is_yes, pieces))


def is_yes(piece: FinalResult) -> bool:
    """Words that confirm, and likely enough to be taken."""
    confirms = UNKNOWN not in piece.text and not CONFIRMS.isdisjoint(piece.text.split())
    return confirms and not holds_negation(piece.text) and certain(piece, FIT.answers)


@pytest.fixture(autouse=True)
def second_pass() -> None:
    assert second_of(Settings().model), "these answers are told apart by the second pass"


@pytest.mark.parametrize(
    "text",
    [
        *("bậy rồi", "bậy rồi em ơi", "nói bậy", "tầm bậy rồi", "xạo rồi"),
        *("chệch rồi", "bị lệch rồi", "hỏng rồi", "mất rồi", "chẳng phải"),
        *("gãy rồi", "hết rồi", "chuông", "hụt luôn"),
    ],
)
def test_a_no_that_sounds_like_a_yes_is_none(text: str) -> None:
    assert [voice for voice in VOICES if taken_for_yes(text, voice)] == []


OTHERS = [
    CallerVoice(dialect=dialect, variant=variant, pitch=pitch, speed=speed)
    for dialect in ("north", "central", "south")
    for variant, pitch, speed in (("m3", 40, 0.9), ("f4", 55, 1.0), ("f5", 58, 1.1), ("m7", 45, 0.95), ("m1", 50, 1.15))
]


@pytest.mark.parametrize("telephone", [False, True], ids=["clean", "telephone"])
@pytest.mark.parametrize("text", ["hụt rồi", "chả phải", "dạ sai"])
def test_nor_is_one_that_both_passes_hear_as_a_yes(text: str, telephone: bool) -> None:
    """But the second hears a no that is nearly as likely, or a word beside it."""
    assert [voice for voice in (*VOICES, *OTHERS) if taken_for_yes(text, voice, telephone)] == []


@pytest.mark.parametrize(("telephone", "most"), [(False, 1), (True, 0)], ids=["clean", "telephone"])
def test_nor_is_a_yes_that_doubts_itself(telephone: bool, most: int) -> None:
    assert len([voice for voice in (*VOICES, *OTHERS) if taken_for_yes("đúng gì", voice, telephone)]) <= most


@pytest.mark.parametrize("text", ["đúng rồi", "dạ đúng"])
def test_while_a_yes_is_one_in_these_voices_too(text: str) -> None:
    assert len([voice for voice in OTHERS if taken_for_yes(text, voice)]) >= 14


@pytest.mark.parametrize("text", ["đúng", "đúng rồi em ơi", "phải rồi", "vâng", "ừ", "rồi", "được rồi"])
def test_a_yes_is_one(text: str) -> None:
    assert [voice for voice in VOICES if not taken_for_yes(text, voice)] == []


@pytest.mark.parametrize("text", ["đúng à", "đúng rồi à", "dạ đúng à", "vâng à"])
@pytest.mark.parametrize("telephone", [False, True], ids=["clean", "telephone"])
def test_a_yes_that_asks_confirms_nothing(text: str, telephone: bool) -> None:
    assert [voice for voice in VOICES if taken_for_yes(text, voice, telephone)] == []


@pytest.mark.parametrize("text", ["đúng hả", "đúng số đầu thôi", "chả phải", "hả", "hở"])
def test_a_yes_that_is_none_confirms_nothing_over_a_telephone(text: str) -> None:
    assert [voice for voice in VOICES if taken_for_yes(text, voice, telephone=True)] == []


@pytest.mark.parametrize(
    ("text", "least"), [("dạ phải", 6), ("đúng ạ", 5), ("đúng rồi ạ", 5), ("dạ đúng ạ", 3), ("vâng ạ", 5)]
)
def test_a_polite_yes_is_one_in_nearly_every_voice(text: str, least: int) -> None:
    """How many of six. In a southern voice it may sound like the question: then it is asked again."""
    assert sum(taken_for_yes(text, voice, telephone=True) for voice in VOICES) >= least


@pytest.mark.parametrize("text", ["khớp", "khớp rồi", "khớp rồi em"])
def test_a_yes_that_neither_pass_knows_is_asked_again_and_is_no_no(text: str) -> None:
    assert [voice for voice in VOICES if any(holds_negation(piece.text) for piece in heard(text, voice))] == []
    assert [voice for voice in VOICES if taken_for_yes(text, voice)] == []


@pytest.mark.parametrize("text", ["sai rồi", "không đúng", "không", "dạ không", "nhầm rồi", "hai", "không phải"])
def test_a_no_is_one(text: str) -> None:
    said = [heard(text, voice) for voice in VOICES]
    assert all(pieces and (holds_negation(pieces[0].text) or pieces[0].text == "hai") for pieces in said)


@pytest.mark.parametrize("text", ["sai", "sai ạ", "dạ sai", "nhầm", "sai mất rồi"])
def test_a_no_of_one_word_is_one_in_nearly_every_voice_over_a_telephone(text: str) -> None:
    """The first pass hears "hai", "nghe lại" or nothing in half of them."""
    said = [heard(text, voice, telephone=True) for voice in VOICES]
    assert sum(bool(pieces) and holds_negation(pieces[0].text) for pieces in said) >= 5
    assert [voice for voice in VOICES if taken_for_yes(text, voice)] == []


PERSONS = ("gặp người thật", "gặp nhân viên", "nối máy cho tôi gặp nhân viên", "cho bác gặp cán bộ bảo hiểm")


@pytest.mark.parametrize(
    ("grammar", "text", "least"),
    [
        *((Grammar.NUMBER, text, 6) for text in (*PERSONS[:3], "cho tôi gặp người thật")),
        *((Grammar.MENU, text, 6) for text in PERSONS[1:3]),
        *((Grammar.YESNO, text, 6) for text in PERSONS[1:3]),
        *((grammar, PERSONS[3], 5) for grammar in (Grammar.NUMBER, Grammar.MENU, Grammar.YESNO)),
        *((grammar, PERSONS[0], 4) for grammar in (Grammar.MENU, Grammar.YESNO)),
    ],
)
def test_a_person_is_heard_at_every_question_over_a_telephone(grammar: Grammar, text: str, least: int) -> None:
    """How many of six voices."""
    said = [heard(text, voice, grammar, telephone=True) for voice in VOICES]
    assert sum(bool(pieces) and bool(person(pieces[0].text)) for pieces in said) >= least


@pytest.mark.parametrize("grammar", [Grammar.NUMBER, Grammar.YESNO])
@pytest.mark.parametrize(
    "text", ["chờ chút", "chờ tí", "chờ một chút", "chờ em tí", "chờ chút để tôi tìm sổ", "đợi một lát"]
)
def test_who_wants_time_is_understood(grammar: Grammar, text: str) -> None:
    said = [heard(text, voice, grammar, telephone=True) for voice in VOICES]
    assert sum(bool(re.match("chờ|đợi|để", pieces[0].text)) for pieces in said if pieces) >= 5


@pytest.mark.parametrize("text", ["đọc lại", "đọc lại đi", "trở lại", "nói lại đi em"])
def test_the_question_is_asked_for_again_in_the_number_too(text: str) -> None:
    said = [heard(text, voice, Grammar.NUMBER, telephone=True) for voice in VOICES]
    assert sum("lại" in pieces[0].text for pieces in said if pieces) >= 5


SOMEBODY = (
    "cho gặp người thật đi máy móc phiền quá",
    "cho tôi gặp người phụ trách",
    "cho gặp quản lý",
    "cho gặp ai đó đi",
)


@pytest.mark.parametrize("grammar", [Grammar.NUMBER, Grammar.MENU, Grammar.YESNO])
@pytest.mark.parametrize("text", SOMEBODY)
def test_whoever_a_caller_asks_to_see_it_is_a_person(grammar: Grammar, text: str) -> None:
    """Of six voices; among numbers much sounds like digits."""
    said = [heard(text, voice, grammar, telephone=True) for voice in VOICES]
    assert sum(any(person(piece.text) for piece in pieces) for pieces in said) >= (
        3 if grammar is Grammar.NUMBER else 5
    )


@pytest.mark.parametrize("grammar", [Grammar.NUMBER, Grammar.MENU, Grammar.YESNO])
@pytest.mark.parametrize(
    "text", ["hẹn gặp lại", "gặp lại em sau nhé", "tôi gặp lỗi", "tôi gặp khó khăn quá", "tôi gặp sự cố"]
)
def test_seeing_again_and_seeing_trouble_is_none(grammar: Grammar, text: str) -> None:
    said = [heard(text, voice, grammar, telephone=True) for voice in VOICES]
    assert sum(any(person(piece.text) for piece in pieces) for pieces in said) == 0


@pytest.mark.parametrize(
    "text",
    ["cho tôi xin cái mật khẩu mới với", "xin cấp mật khẩu", "mật khẩu của bác mất rồi cháu", "mần lại mật khẩu"],
)
def test_the_menu_hears_its_service_in_words_that_no_graph_has(text: str) -> None:
    said = [heard(text, voice, Grammar.MENU, telephone=True) for voice in VOICES]
    assert all(pieces and "mật khẩu" in pieces[0].text for pieces in said)


@pytest.mark.parametrize("text", ["không vào được vssid", "tôi không đăng nhập được"])
def test_the_menu_hears_that_somebody_cannot_log_in(text: str) -> None:
    said = [heard(text, voice, Grammar.MENU, telephone=True) for voice in VOICES]
    assert sum(bool(pieces) and pieces[0].text == "không vào được" for pieces in said) >= 5


@pytest.mark.parametrize("text", ["tám", "số tám", "bấm tám", "bấm phím tám", "nhấn tám"])
def test_the_menu_hears_its_key(text: str) -> None:
    said = [heard(text, voice, Grammar.MENU, telephone=True) for voice in VOICES]
    assert all(pieces and read(words_of(pieces[0].text)).digits == "8" for pieces in said)


@pytest.mark.parametrize("text", ["tôi không muốn đổi mật khẩu", "cho tôi gặp nhân viên"])
def test_and_hears_it_in_no_other_wish(text: str) -> None:
    said = [heard(text, voice, Grammar.MENU, telephone=True) for voice in VOICES]
    assert all(piece.text != "mật khẩu" for pieces in said for piece in pieces)


@pytest.mark.parametrize(("slip", "least"), [("xin lỗi", 3), ("ý lộn", 3), ("à lộn", 3), ("à nhầm", 6)], ids=str)
def test_slips_between_digits_are_heard(slip: str, least: int) -> None:
    """How many of six voices are heard saying it."""
    text = f"không một hai ba bốn tám {slip} năm sáu bảy tám chín"
    said = [heard(text, voice, Grammar.NUMBER, telephone=True) for voice in VOICES]
    assert sum(read(pieces[0].text).digits == "0123456789" for pieces in said if pieces) >= least
