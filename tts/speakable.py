"""Text as people write it → the words that a synthesiser should say. Pure.

Every synthesiser has its own way of reading "0912" and "BHXH", and most are wrong. After this every voice gets the
same: lower-case words, commas, full stops and question marks.
"""

from __future__ import annotations

import re
import unicodedata

from bot.errors import VoicebotError
from vietnamese_numbers import DIGIT_WORDS, speak_number

MOST_DIGITS = 5
"""Longer runs of digits are refused: an insurance number or a password must never reach a synthesiser."""

ABBREVIATIONS = {
    "bhxh": "bảo hiểm xã hội",
    "bhyt": "bảo hiểm y tế",
    "bhtn": "bảo hiểm thất nghiệp",
    "cccd": "căn cước công dân",
    "cmnd": "chứng minh nhân dân",
    "ubnd": "ủy ban nhân dân",
    "vssid": "vê ét ét ai đi",
    "vneid": "vê nờ e ai đi",
    "id": "ai đi",
    "otp": "ô tê pê",
    "sms": "ét em ét",
    "tp.hcm": "thành phố Hồ Chí Minh",
    "tp": "thành phố",
    "v.v": "vân vân",
}

CONSONANTS = {
    **{"B": "bê", "C": "xê", "D": "dê", "Đ": "đê", "F": "ép", "G": "giê", "H": "hát", "J": "gi", "K": "ca"},
    **{"L": "lờ", "M": "mờ", "N": "nờ", "P": "pê", "Q": "quy", "R": "rờ", "S": "sờ", "T": "tê", "V": "vê"},
    **{"W": "vê kép", "X": "ích", "Z": "dét"},
}
"""Names of the letters in an abbreviation that is in no list; one with a vowel in it may be a word in capitals."""

UNITS = {"%": "phần trăm", "đ": "đồng", "₫": "đồng", "vnd": "đồng", "h": "giờ", "km": "ki lô mét", "kg": "ki lô gam"}

SIGNS = {"#": "thăng", "*": "sao", "&": "và", "+": "cộng", "%": "phần trăm", "₫": "đồng"}

_RUN = re.compile(r"\d(?:[^\w?!]*\d)*")
_WORD = re.compile(r"\w+")
_ABBREVIATION = re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, ABBREVIATIONS)) + r")(?!\w)", re.IGNORECASE)
_SPELLED = re.compile(rf"\b[{''.join(CONSONANTS)}]{{2,6}}\b")
_NUMBER = re.compile(rf"(\d{{1,2}}\.\d{{3}}|\d+)(?:\s?({'|'.join(UNITS)})(?![^\W\d]))?", re.IGNORECASE)


def speakable(text: str) -> str:
    """The words of `text`.

    Numbers of one or two digits, with a unit, or with a dot before thousands are spoken as numbers, others digit by
    digit. Raises VoicebotError for more than MOST_DIGITS digits in a row, also with other characters between them, and
    if there is nothing to speak; the message does not repeat the text."""
    text = "".join(map(_ascii_digit, unicodedata.normalize("NFKC", text)))
    if any(sum(map(str.isdigit, run)) > MOST_DIGITS for run in _RUN.findall(text) + _WORD.findall(text)):
        raise VoicebotError(
            f"more than {MOST_DIGITS} digits in a row are not spoken, they may be a secret; write public ones in words"
        )
    text = _ABBREVIATION.sub(lambda match: ABBREVIATIONS[match[1].lower()], text)
    text = _SPELLED.sub(lambda match: " ".join(CONSONANTS[letter] for letter in match[0]), text)
    text = _NUMBER.sub(_say_number, text)
    text = re.sub(r"[#*&+%₫]", lambda sign: f" {SIGNS[sign[0]]} ", text.lower())
    text = re.sub(r"[.!…]+(?=\s|$)", ".", text)
    text = re.sub(r"\s[-–—]+\s|[:;()\[\]]", ",", text)
    text = re.sub(r"[^\w\s.,?]|_|\.(?!\s|$)", " ", text)
    text = re.sub(r"\s*([.,?])(?:\s*[.,?])*", r"\1 ", text)
    text = " ".join(text.split()).lstrip("., ?")
    if not text:
        raise VoicebotError("there is nothing to speak: the text has no words")
    return text


def _ascii_digit(letter: str) -> str:
    """A digit of any script as one of 0 to 9; other characters as they are."""
    value = unicodedata.digit(letter, None)
    return letter if value is None else str(value)


def _say_number(match: re.Match[str]) -> str:
    number, unit = match[1], match[2]
    words = [UNITS[unit.lower()]] if unit else []
    if "." in number or (not number.startswith("0") and (unit or len(number) <= 2)):
        return " ".join(["", speak_number(number.replace(".", "")), *words, ""])
    return " ".join(["", *(DIGIT_WORDS[int(digit)] for digit in number), *words, ""])
