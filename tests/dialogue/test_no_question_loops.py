"""No question is put three times in a row in the same words without naming the keys: whoever was not understood twice
by voice is not helped by hearing it again."""

from __future__ import annotations

import pytest
from dialogue_tools import Citizen, TextCall, words

from bot.events import Chosen, Number, OwnPhone, Said, Silence, TooFew, TooMany, Uncertain, Unintelligible, Utterance

NUMBER = Number("0000000000", spoken=True)
BEFORE: dict[str, tuple[Utterance, ...]] = {
    "menu": (),
    "number": (Chosen("ask_reset"),),
    "missing": (Chosen("ask_reset"), TooFew(4, progress=True)),
    "missing after": (Chosen("ask_reset"), TooFew(4, "012", progress=True)),
    "one digit": (Chosen("ask_reset"), Uncertain(5, "012")),
    "read-back": (Chosen("ask_reset"), NUMBER),
}
AGAIN: dict[str, Utterance] = {
    "silence": Silence(),
    "unintelligible": Unintelligible(),
    "digits at a yes or no": Unintelligible(digits=True),
    "alo": Said("alo", 0.9),
    "greeting": Said("xin chào", 0.9),
    "once more": Said("đọc lại", 0.9),
    "once more by key": Chosen("ask_repeat"),
    "wait": Said("chờ một chút", 0.9),
    "no number": Said("tôi không có mã số", 0.9),
    "reset": Chosen("ask_reset"),
    "yes": Said("đúng", 0.9),
    "no": Said("không", 0.9),
    "outside": Said("hôm nay trời đẹp", 0.9),
    "too few": TooFew(4),
    "too few after": TooFew(4, "012"),
    "too many": TooMany(11),
    "one digit": Uncertain(5, "012"),
    "number": NUMBER,
    "own phone": OwnPhone(),
}
KEYS = ("bấm", "phím")


@pytest.mark.parametrize("place", BEFORE)
@pytest.mark.parametrize("again", AGAIN)
async def test_the_third_question_in_the_same_words_names_the_keys(
    call: TextCall, citizen: Citizen, place: str, again: str
) -> None:
    said = [words(await call.start(citizen.phone, *BEFORE[place]))]
    for _ in range(4):
        reply = await call.tell(AGAIN[again])
        if reply.outcome:
            break
        said.append(words(reply))
    for three in zip(said, said[1:], said[2:], strict=False):
        assert len(set(three)) > 1 or any(key in three[0] for key in KEYS), said
