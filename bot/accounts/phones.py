"""Telephone numbers in one form, however the line, a file or a person writes them."""

from __future__ import annotations

import re

import phonenumbers

from bot.errors import VoicebotError

RENUMBERED = {
    **{f"16{n}": f"3{n}" for n in "23456789"},
    **{"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"},
    **{"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"},
    **{"186": "56", "188": "58", "199": "59"},
}
"""Vietnamese mobile prefixes of the eleven-digit numbers, and what took their place in September 2018
(Decision 798/QĐ-BTTTT of the Ministry of Information and Communications), without the leading 0."""

_WRITTEN = re.compile(r"\+?[0-9 ().-]{1,30}", re.ASCII)  # phonenumbers itself would read letters as keys
_VIETNAM = 84


class NotAPhoneNumber(VoicebotError):  # noqa: N818  # the name says what it is
    """A telephone number that is none. It is a secret and not in the message."""

    def __init__(self) -> None:
        super().__init__("this is no phone number: write ten digits beginning with 0, or +84 and nine digits")


def normalise(phone: str) -> str:
    """The number as E.164 (+84912345678) from +84…, 84…, 0084… or 0…, also of before 2018. Raises NotAPhoneNumber."""
    if not _WRITTEN.fullmatch(phone.strip()):
        raise NotAPhoneNumber
    try:
        number = phonenumbers.parse(phone, "VN")
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber from None
    national = str(number.national_number)
    if number.country_code == _VIETNAM and len(national) == 10 and national[:3] in RENUMBERED:
        number.national_number = int(RENUMBERED[national[:3]] + national[3:])
    if not phonenumbers.is_valid_number(number):
        raise NotAPhoneNumber
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
