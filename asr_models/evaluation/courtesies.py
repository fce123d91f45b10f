"""Numbers with polite words around them, said by espeak-ng: `python -m asr_models.evaluation.courtesies`.

Every beginning with every ending, around a number of ten digits, in three dialects, on a quiet line and in noise; heard
as in a call that asks for a number of 10 or 12 digits. "Right": the number goes on to its read-back at once; "asked":
the bot asks again, or for a part of it; "wrong": another number goes on to its read-back.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from asr_models.evaluation.lines import CLEAN, Condition, Surroundings
from asr_models.recipe.grammar import DIGITS
from bot.events import RATE, Expect, Grammar, Number, Samples, Utterance
from bot.hearing import open_hearing
from bot.places import PACKAGES
from bot.settings import Settings, load
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import VOICES, sound_of
from bot.turn import Turn
from bot.turn_timing import Timing

KNOWN_BEGINNINGS = (
    "", "dạ", "vâng", "dạ vâng", "alo", "mã số của tôi là", "số bảo hiểm xã hội của em là", "số của cô là",
    "tôi tên là nguyễn văn nam mã số là", "dạ em đọc nhé", "số thẻ là", "mã số bảo hiểm xã hội của tôi là", "thưa cô",
)  # fmt: skip
OTHER_BEGINNINGS = (
    "vâng số của cháu đây ạ", "em ơi số của chị như này này", "tôi là hùng ở hà nội số sổ là",
    "ghi giúp bác số này nhé",
    "chào em anh gọi để lấy lại mật khẩu mã số là", "à ừ thì mã của mình là", "số bảo hiểm nhà tôi là",
)  # fmt: skip
KNOWN_ENDINGS = (
    "", "ạ", "nhé", "nha", "cảm ơn em", "nhé cháu", "đúng không em", "đó em", "đấy ạ", "hết rồi", "xong rồi",
    "vậy thôi", "cảm ơn",
)  # fmt: skip
OTHER_ENDINGS = (
    "em ghi được chưa", "kiểm tra giúp chị với", "là số của mẹ tôi", "cháu xem hộ bác nhé", "rồi đấy con ơi",
    "được chưa em ơi", "nghe rõ không",
)  # fmt: skip
"""A third of both are no words of the graphs: other callers have other words."""

NOISE = Condition("office, 15 dB", noise="office", snr_db=15)
FRAME = RATE // 50
ENOUGH = 12
"""Seconds after the last word by which the bot has decided."""


class Said(NamedTuple):
    """A number in its words, by one voice on one line."""

    dialect: str
    line: str
    beginning: str
    digits: str
    ending: str

    @property
    def text(self) -> str:
        words = [self.beginning, *(DIGITS[int(digit)] for digit in self.digits), self.ending]
        return " ".join(filter(None, words))

    @property
    def known(self) -> bool:
        return self.beginning in KNOWN_BEGINNINGS and self.ending in KNOWN_ENDINGS


def every() -> list[Said]:
    """All that is said, the same numbers each time."""
    draw = random.Random(0)
    beginnings, endings = KNOWN_BEGINNINGS + OTHER_BEGINNINGS, KNOWN_ENDINGS + OTHER_ENDINGS
    return [
        Said(dialect, line.name, beginning, "".join(draw.choices("0123456789", k=10)), ending)
        for dialect, line, beginning, ending in itertools.product(VOICES, (CLEAN, NOISE), beginnings, endings)
    ]


def meant(settings: Settings, sound: Samples, expect: Expect) -> tuple[Utterance | None, str]:
    """What a caller's turn comes to who says this after the prompt, and the words that were heard."""
    hearing = open_hearing(settings, RATE)
    turn = Turn(expect, Timing.of(settings), hearing.calibration)
    hearing.expect(Grammar(expect.kind), wanted=turn.wanted)
    turn.prompt_ended(0)
    for at in range(0, sound.size, FRAME):
        for heard in hearing.feed(sound[at : at + FRAME]):
            turn.hear(heard)
        if (utterance := turn.decide(hearing.now)) is not None:
            return utterance, turn.text
    return None, turn.text


@cache
def _around(shared: Path) -> Surroundings:
    return Surroundings(shared)


def carried(shared: Path, text: str, dialect: str, line: str, seed: int) -> Samples:
    """The text as it arrives, and the line going on after it."""
    voice = sound_of(Say(text), CallerVoice(dialect=dialect)).astype(np.float64)
    condition = next(each for each in (CLEAN, NOISE) if each.name == line)
    return _around(shared).carry(np.concatenate([voice, np.zeros(ENOUGH * RATE)]), condition, seed)


def outcome(said: Said, model: str, shared: Path) -> tuple[Said, str, str]:
    """right, asked or wrong, and the words that were heard."""
    settings = dataclasses.replace(load(), model=model)
    sound = carried(shared, said.text, said.dialect, said.line, zlib.crc32(said.digits.encode()) % 1000)
    utterance, heard = meant(settings, sound, Expect(Grammar.NUMBER, lengths=(10, 12)))
    if not isinstance(utterance, Number):
        return said, "asked", heard
    return said, "right" if utterance.digits == said.digits else "wrong", heard


def report(found: list[tuple[Said, str, str]]) -> Iterator[str]:
    rows = {
        "all": found,
        **{dialect: [each for each in found if each[0].dialect == dialect] for dialect in VOICES},
        **{line.name: [each for each in found if each[0].line == line.name] for line in (CLEAN, NOISE)},
        "words of the graph": [each for each in found if each[0].known],
        "other words": [each for each in found if not each[0].known],
    }
    yield "| what | numbers | right | asked | wrong |\n| --- | --- | --- | --- | --- |"
    for name, own in rows.items():
        counts = Counter(result for _, result, _ in own)
        yield f"| {name} | {len(own)} | {counts['right']} | {counts['asked']} | {counts['wrong']} |"


def drawn(count: int) -> list[Said]:
    """So many of them at random, the same each time; 0: all."""
    return random.Random(1).sample(every(), count) if count else every()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m asr_models.evaluation.courtesies", description=__doc__)
    parser.add_argument("--model", default="vi-digits", help="name or folder")
    parser.add_argument("--count", type=int, default=0, metavar="N", help="how many of them, drawn at random; 0: all")
    parser.add_argument("--failures", action="store_true", help="print what was heard where it is not right")
    parser.add_argument("--shared", type=Path, default=PACKAGES.parent / "shared", help="folder with noise/")
    args = parser.parse_args()
    said = drawn(args.count)
    with ProcessPoolExecutor(1) as pool:
        found = list(pool.map(outcome, said, itertools.repeat(args.model), itertools.repeat(args.shared), chunksize=20))
    if args.failures:
        for each, result, heard in found:
            if result != "right":
                print(result, each.dialect, each.line, repr(each.text), "→", repr(heard), sep="\t")
    print("\n".join(report(found)))


if __name__ == "__main__":
    main()
