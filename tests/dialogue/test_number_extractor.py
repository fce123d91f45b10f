"""The NLU component, inside the trained model: what `rasa shell` understands."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sealing import Purpose, Seal, is_sealed
from tests.rasa_tools import RasaOfTests


async def _parse(rasa: RasaOfTests, text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = await rasa.shared.parse(text)
    return parsed


def _numbers(parsed: dict[str, Any]) -> list[str]:
    return [entity["value"] for entity in parsed["entities"] if entity["entity"] == "insurance_number"]


@pytest.mark.parametrize(
    ("text", "intent", "digits"),
    [
        ("mã số của tôi là không một hai ba bốn năm sáu bảy tám chín", "give_number", "0123456789"),
        ("không một hai ba bốn năm sáu bảy tám chín", "give_number", "0123456789"),
        ("0123456789", "give_number", "0123456789"),
        ("hai mươi ba bốn lăm sáu bảy tám chín mười một", "give_number", "2345678911"),
        ("ma so cua toi la khong mot hai ba bon nam sau bay tam chin", "give_number", "0123456789"),
        ("cấp lại mật khẩu mã số không bảy chín hai không không một hai ba bốn năm sáu", "ask_reset", "079200123456"),
    ],
)
async def test_a_number_in_a_sentence(text: str, intent: str, digits: str, rasa: RasaOfTests) -> None:
    parsed = await _parse(rasa, text)
    assert parsed["intent"]["name"] == intent
    assert _numbers(parsed) == [digits]
    assert digits not in parsed["text"]


async def test_a_sealed_number_stays_as_it_is(rasa: RasaOfTests, seal: Seal) -> None:
    token = seal.seal("0123456789", Purpose.INSURANCE_NUMBER)
    parsed = await _parse(rasa, f"cấp lại mật khẩu mã số {token}")
    assert parsed["intent"]["name"] == "ask_reset"
    assert _numbers(parsed) == [token]
    assert is_sealed(token)


@pytest.mark.parametrize(
    "text",
    [
        "không",
        "không phải",
        "đúng rồi",
        "không một hai ba",
        "mã số là chín",
        "0123456789 hay 0123456780",
        "gặp tổng đài viên",
    ],
)
async def test_what_is_no_number_or_not_one(text: str, rasa: RasaOfTests) -> None:
    assert _numbers(await _parse(rasa, text)) == []
