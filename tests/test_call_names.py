"""A call is known by its exchange's name of it, unless that tells who called."""

from __future__ import annotations

import re
import uuid

import pytest

from bot.call_keys import known_as

NUMBERS = ["0912345678", "84912345678", "0084912345678", "840912345678", "00912345678", "02438123456", "842438123456"]
NUMBERS += ["01691234567", "0912.345.678", "0912-345-678", "091_234_56_78", "84-912-345-678", "09:12:34:56:78"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", ["{}", "pbx-{}", "{}-1f", "SIP.{}@trunk", "a.{}.b"])
def test_a_telephone_number_in_a_name_is_not_told(name: str, number: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", known_as(name.format(number)))


@pytest.mark.parametrize(
    "name",
    [
        *("1732700000.12", "pbx-1732700000.123", "1732700000.123456", "asterisk-1.2.3", "b1k2", "C00012345"),
        *("550e8400-e29b-41d4-a716-446655440000", "1f-0000001a", "2026-11-27T08.00.30"),
    ],
)
def test_what_exchanges_call_their_calls_is_kept(name: str) -> None:
    assert known_as(name) == name


def test_a_uuid_is_kept_whatever_its_parts_would_make_together() -> None:
    assert known_as("0912-345-678") != "0912-345-678"
    name = str(uuid.UUID("0abcdef0-0912-4345-8678-abcdefabcdef"))
    assert known_as(name) == name


@pytest.mark.parametrize("name", ["", "=1+1", "-1", "@x", "a b", "a\nb", "\x1b[31m", "\u202eb", "x" * 65, "é", "<b>"])
def test_a_strange_name_is_a_hash(name: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", known_as(name))
