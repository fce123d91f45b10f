"""Vietnamese spelling to sounds: what the acoustic model and its graphs are spelled with."""

import pytest

from asr_models.recipe.lexicon import FILLER, PHONES, RECORDED, SIL, STATES, TONES, WORD_CLASSES, sounds, syllable


@pytest.mark.parametrize(
    ("written", "phones", "tone"),
    [
        ("không", "kh ô -ng", "ngang"),
        ("một", "m ô -t", "nặng-stop"),
        ("bảy", "b ă -i", "hỏi"),
        ("tư", "t ư", "ngang"),
        ("nghìn", "ng i -n", "huyền"),
        ("triệu", "tr iê -u", "nặng"),
        ("mười", "m ươ -i", "huyền"),
        ("quên", "k w ê -n", "ngang"),
        ("khẩu", "kh â -u", "hỏi"),
        ("gì", "d i", "huyền"),
        ("giếng", "d iê -ng", "sắc"),
        ("xóa", "x w a", "sắc"),
        ("yêu", "iê -u", "ngang"),
        ("ừ", "ư", "huyền"),
        ("cấp", "k â -p", "sắc-stop"),
    ],
)
def test_a_syllable_is_initial_glide_nucleus_coda_and_tone(written: str, phones: str, tone: str) -> None:
    assert syllable(written) == (phones.split(), tone)


def test_the_place_of_the_tone_mark_does_not_matter() -> None:
    assert syllable("xóa") == syllable("xoá")
    assert sounds("tỷ") == sounds("tỉ")


def test_two_spellings_of_seven_are_one_word() -> None:
    assert sounds("bẩy") == sounds("bảy")


@pytest.mark.parametrize("foreign", ["some", "kumanthong", "k", "1", ""])
def test_what_is_no_vietnamese_syllable_is_refused(foreign: str) -> None:
    with pytest.raises(ValueError, match="not a Vietnamese syllable"):
        syllable(foreign)


def test_every_recorded_word_has_states_of_its_own() -> None:
    states = [s.word for word in RECORDED for s in sounds(word)]
    assert all(len(sounds(word)) == STATES for word in RECORDED)
    assert sorted(states) == list(range(1, FILLER))


def test_any_other_word_is_its_phones_and_the_filler() -> None:
    assert {s.word for s in sounds("khẩu")} == {FILLER}


def test_classes_stay_in_range() -> None:
    for word in [*RECORDED, "nguyễn", "khuya", "oách"]:
        for s in sounds(word):
            assert 0 < s.phone < len(PHONES)
            assert 0 <= s.tone < len(TONES)
            assert SIL.word < s.word < WORD_CLASSES
