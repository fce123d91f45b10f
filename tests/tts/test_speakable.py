"""What a synthesiser is given to say, and what it must never be given."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import VoicebotError
from tts.speakable import MOST_DIGITS, speakable
from vietnamese_numbers import groups, speak


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Xin chào!", "xin chào."),
        ("Bấm phím 8, hoặc phím 0…", "bấm phím tám, hoặc phím không."),
        ("mã số BHXH gồm 10 hoặc 12 chữ số", "mã số bảo hiểm xã hội gồm mười hoặc mười hai chữ số"),
        ("mật khẩu VssID.", "mật khẩu vê ét ét ai đi."),
        ("mã OTP, tin SMS", "mã ô tê pê, tin ét em ét"),
        ("bấm phím # để kết thúc, * để xóa", "bấm phím thăng để kết thúc, sao để xóa"),
        ("cước 1.000đ một phút, giảm 100%", "cước một nghìn đồng một phút, giảm một trăm phần trăm"),
        ("mở cửa 7h30-17h", "mở cửa bảy giờ ba mươi, mười bảy giờ"),
        ("gọi 115", "gọi một một năm"),
        ("số 05", "số không năm"),
        ("đúng (bấm 1) hay sai?", "đúng, bấm một, hay sai?"),
        ("TP.HCM và TP Huế, v.v.", "thành phố hồ chí minh và thành phố huế, vân vân."),
        ("KÍNH CHÀO", "kính chào"),
        ("HTTP", "hát tê tê pê"),
        ("phím ٨, phím ８", "phím tám, phím tám"),
        ("a/b “c” 😀", "a b c"),
    ],
)
def test_writing_becomes_words(text: str, words: str) -> None:
    assert speakable(text) == words
    assert speakable(words) == words


@pytest.mark.parametrize(
    "text",
    [
        "012345",
        "mã 0123456789",
        "01 23 45",
        "0-1-2-3-4-5",
        "1.000.000",
        "０１２３４５",
        "١٢٣٤٥٦",
        "1a2b3c4d5e6f",
        "(012)345",
    ],
)
def test_a_run_of_digits_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(VoicebotError, match="digits in a row") as error:
        speakable(text)
    assert text not in str(error.value)


@settings(deadline=None)
@given(st.text(max_size=24) | st.text(st.sampled_from("0123456789 .,-ab?đ%hTP٣፩"), max_size=24))
def test_no_digit_and_no_sign_survives(text: str) -> None:
    try:
        words = speakable(text)
    except VoicebotError:
        return
    assert words
    assert not any(letter.isdigit() for letter in words)
    assert not set(words) & set("#*%&+-_/()")


@settings(deadline=None)
@given(st.from_regex(rf"[0-9]{{{MOST_DIGITS + 1},20}}", fullmatch=True), st.sampled_from(["", "Mã số: ", "mã"]))
def test_a_number_never_passes_however_it_is_introduced(digits: str, before: str) -> None:
    for written in (digits, " ".join(groups(digits)), ".".join(digits)):
        with pytest.raises(VoicebotError):
            speakable(before + written)


def test_a_public_number_in_words_passes() -> None:
    assert speakable(speak("19009068")) == "một chín không không, chín không sáu tám"


@pytest.mark.parametrize("text", ["", "  ", "…", "😀", "?!"])
def test_nothing_to_speak_is_refused(text: str) -> None:
    with pytest.raises(VoicebotError, match="nothing to speak"):
        speakable(text)
