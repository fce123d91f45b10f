"""Brings telephone numbers into one form, whether a line, a file or a person wrote them."""

from __future__ import annotations

import re
from functools import cache

import phonenumbers

from bot.errors import VoicebotError

RENUMBERED = {
    **{f"16{n}": f"3{n}" for n in "23456789"},
    **{"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"},
    **{"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"},
    **{"186": "56", "188": "58", "199": "59"},
}
"""Vietnamese mobile prefixes of the eleven-digit numbers, and the prefixes that replaced them in September 2018
(Decision 798/QĐ-BTTTT of the Ministry of Information and Communications), without the leading 0."""

_WRITTEN = re.compile(r"\(?\+?[0-9 ().-]{1,30}", re.ASCII)  # phonenumbers itself would read letters as keys
_VIETNAM = 84
_BEFORE_SUBSCRIBER = re.compile("0*(?:84)?0*")
"""Prefixes that exchanges put before a subscriber's digits: 084…, 00912…, +840912…, each with a zero too many."""

_SUBSCRIBERS = frozenset(
    (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.VOIP,
    )
)
"""Kinds of numbers that a person can have; 1900… and 1800… belong to services."""

_MOBILE = frozenset((phonenumbers.PhoneNumberType.MOBILE,))


class NotAPhoneNumber(VoicebotError):  # noqa: N818  # the name says what it is
    """The text is no telephone number. It may be a secret, so it is not in the message."""

    def __init__(self) -> None:
        super().__init__("this is not a phone number: write ten digits beginning with 0, or +84 and nine digits")


def normalise(phone: str) -> str:
    """The number as E.164 (+84912345678); numbers from before 2018 are converted. Raises NotAPhoneNumber.

    It may be written as +84…, 84…, 0084… or 0…, and a Vietnamese mobile also with a zero too many: 084912345678,
    00912345678, +840912345678."""
    if plain := _plain_mobile().fullmatch(phone):
        return f"+{_VIETNAM}{plain[1]}"
    if not _WRITTEN.fullmatch(phone.strip()):
        raise NotAPhoneNumber
    digits = re.sub("[^0-9]", "", phone)
    abroad = "+" in phone and not digits.startswith(str(_VIETNAM))
    mobile = "" if abroad else _BEFORE_SUBSCRIBER.sub("", digits, count=1)
    for number, only in ((_parsed(phone), _SUBSCRIBERS), (_parsed(f"+84{mobile}"), _MOBILE)):
        if number and phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in only:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise NotAPhoneNumber


@cache
def _plain_mobile() -> re.Pattern[str]:
    """A pattern for Vietnamese mobiles as nearly all files write them, 0 and nine digits, from the library's own table.
    Matching it takes a hundredth of the library's time."""
    vietnam = phonenumbers.PhoneMetadata.metadata_for_region("VN")
    mobile = vietnam and vietnam.mobile and vietnam.mobile.national_number_pattern
    return re.compile(f"0({mobile})" if mobile else "(?!)", re.ASCII)


def _parsed(phone: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(phone, "VN")
    except phonenumbers.NumberParseException:
        return None
    national = str(number.national_number)
    if number.country_code == _VIETNAM and len(national) == 10 and national[:3] in RENUMBERED:
        number.national_number = int(RENUMBERED[national[:3]] + national[3:])
    return number


def as_dialled(phone: str) -> str:
    """The number as people in Vietnam dial it (0912345678); empty if it is no Vietnamese telephone number."""
    try:
        number = normalise(phone)
    except NotAPhoneNumber:
        return ""
    return f"0{number.removeprefix('+84')}" if number.startswith("+84") else ""


def as_mobile(phone: str) -> str:
    """The same, but empty if it is no mobile: a hotline must not ring expensive numbers or offices."""
    dialled = as_dialled(phone)
    number = _parsed(dialled) if dialled else None
    return dialled if number and phonenumbers.number_type(number) in _MOBILE else ""
