"""One telephone number, one form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts.demo import DEMO
from bot.accounts.phones import RENUMBERED, NotAPhoneNumber, as_mobile, normalise


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "+84912345678",
        "84912345678",
        "0084912345678",
        "912345678",
        " 0912 345 678 ",
        "091.234.5678",
        "+84 (91) 234-5678",
        # as some exchanges show it
        "084912345678",
        "0084 912 345 678",
        "00912345678",
        "00 912.345.678",
        "(+84) 912345678",
        "(+84)912.345.678",
        "(84) 912 345 678",
        "(0)912345678",
        "+840912345678",
        "+84 (0) 912 345 678",
        "84 0912345678",
        "00840912345678",
        "(0084) 912345678",
    ],
)
def test_every_way_of_writing_gives_e164(written: str) -> None:
    assert normalise(written) == "+84912345678"


@pytest.mark.parametrize(
    ("before", "since"),
    [
        ("01621234567", "+84321234567"),
        ("01691234567", "+84391234567"),
        ("01201234567", "+84701234567"),
        ("01211234567", "+84791234567"),
        ("01221234567", "+84771234567"),
        ("01261234567", "+84761234567"),
        ("01281234567", "+84781234567"),
        ("01231234567", "+84831234567"),
        ("01241234567", "+84841234567"),
        ("01251234567", "+84851234567"),
        ("01271234567", "+84811234567"),
        ("01291234567", "+84821234567"),
        ("01861234567", "+84561234567"),
        ("01881234567", "+84581234567"),
        ("01991234567", "+84591234567"),
        ("+841991234567", "+84591234567"),
        ("841621234567", "+84321234567"),
        ("0841621234567", "+84321234567"),
        ("001621234567", "+84321234567"),
        ("+8401621234567", "+84321234567"),
    ],
)
def test_numbers_of_before_2018_are_the_numbers_of_today(before: str, since: str) -> None:
    assert normalise(before) == since


def test_all_prefixes_of_2018_are_known() -> None:
    assert len(RENUMBERED) == 8 + 5 + 5 + 3
    assert len(set(RENUMBERED.values())) == len(RENUMBERED)


@pytest.mark.parametrize("written", ["0841234567", "+84841234567", "84841234567", "0084841234567", "084841234567"])
def test_a_mobile_number_may_itself_begin_with_84(written: str) -> None:
    assert normalise(written) == "+84841234567"


@pytest.mark.parametrize(
    "written",
    ["19009068", "1900 9068", "1900.9068", "1900123456", "18001091", "1800 6601", "+8419009068", "08419009068"],
)
def test_a_service_is_no_subscriber(written: str) -> None:
    with pytest.raises(NotAPhoneNumber):
        normalise(written)


@pytest.mark.parametrize("short", ["113", "115", "108", "1022", "9090", "84113", "+84113", "0113"])
def test_nor_is_a_short_code(short: str) -> None:
    with pytest.raises(NotAPhoneNumber):
        normalise(short)


@pytest.mark.parametrize("landline_or_abroad", ["02838123456", "+14155552671"])
def test_other_telephones_are_telephones_too(landline_or_abroad: str) -> None:
    assert normalise(landline_or_abroad).startswith("+")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "+",
        "8",
        "8888",
        "anonymous",
        "unknown",
        "091234567",
        "09123456789",
        "0112345678",
        "+1991234567",  # of no country, and not Vietnam's 0199…
        "+91912345678",
        "01631234",
        "1-800-FLOWERS",
        "０９１２３４５６７８",
        "0912345678;ext=9",
        "sip:0912345678@example.org",
        "0" * 5000,
        "không chín một",
        "0912345678\n0912345679",
    ],
)
def test_what_is_no_phone_number_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotAPhoneNumber) as caught:
        normalise(text)
    assert str(caught.value) == str(NotAPhoneNumber())


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text: str) -> None:
    try:
        e164 = normalise(text)
    except NotAPhoneNumber:
        return
    assert normalise(e164) == e164


@pytest.mark.parametrize("phone", [phone for phone, _ in DEMO])
def test_demo_phones_are_phone_numbers(phone: str) -> None:
    assert normalise(phone) == "+84" + phone[1:]


@given(st.text(alphabet="0123456789+", max_size=15))
def test_what_is_rung_is_a_mobile_of_ten_digits_or_nothing(written: str) -> None:
    dialled = as_mobile(written)
    assert not dialled or (re.fullmatch("0[35789][0-9]{8}", dialled) and as_mobile(normalise(written)) == dialled)


@pytest.mark.parametrize("account", DEMO)
def test_the_demo_accounts_can_be_rung(account: tuple[str, str]) -> None:
    assert as_mobile(account[0]) == account[0]


@given(st.from_regex(r"0[0-9]{9}", fullmatch=True))
def test_what_files_have_is_found_by_table_as_by_the_library(written: str) -> None:
    """Ten digits are looked up in a table; with a space in them they take the library's whole way."""
    assert _or_none(written) == _or_none(f"{written[:4]} {written[4:]}")


def _or_none(written: str) -> str | None:
    try:
        return normalise(written)
    except NotAPhoneNumber:
        return None
