"""The syllables that the encoder tells apart, and the phones that help it to learn."""
# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..lexicon import NUCLEI, syllable

BLANK, OTHER = "<b>", "<o>"  # the first class; the last one: any syllable that is not in the vocabulary
FILE = "vocab.json"
FEWEST = 2  # times that a syllable must be said in the recordings
#: Two spellings of one sound.
SPELLINGS = {"bẩy": "bảy", "tỉ": "tỷ"}
#: In every vocabulary: numbers, corrections, answers and courtesies.
ALWAYS = (
    "không một hai ba bốn năm sáu bảy tám chín mốt tư lăm nhăm mười mươi chục linh lẻ trăm nghìn ngàn triệu tỷ "
    "nhầm sai sửa xóa phải chứ mà là đúng rồi vâng dạ ạ ừ à ờ trở lại đọc nghe từ đầu cuối"
).split()


def phones(word: str) -> list[str]:
    """Phones of a syllable; the first vowel carries the tone. Empty for what is not spelled as a Vietnamese one."""
    try:
        sounds, tone = syllable(word)
    except ValueError:
        return []
    vowel = next(i for i, sound in enumerate(sounds) if sound in NUCLEI)
    return [f"{sound}/{tone}" if i == vowel else sound for i, sound in enumerate(sounds)]


class Vocabulary:
    """Classes of the two kinds of outputs. Class 0 is the blank in both."""

    def __init__(self, syllables: Sequence[str]) -> None:
        """`syllables` begin with BLANK and end with OTHER."""
        self.syllables = list(syllables)
        known = {phone for word in self.syllables[1:-1] for phone in phones(word)}
        self.phones = [BLANK, *sorted(known)]
        self._syllable = {word: i for i, word in enumerate(self.syllables)}
        self._phone = {phone: i for i, phone in enumerate(self.phones)}

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]]) -> Vocabulary:
        """Of the words of the recordings."""
        count = Counter(SPELLINGS.get(word, word) for text in texts for word in text)
        return cls([BLANK, *sorted({*ALWAYS, *(word for word, n in count.items() if n >= FEWEST)}), OTHER])

    @classmethod
    def read(cls, folder: Path) -> Vocabulary:
        return cls(json.loads((folder / FILE).read_text("utf-8"))["vocab"])

    def write(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps({"vocab": self.syllables}, ensure_ascii=False), "utf-8")

    def classes(self, words: Sequence[str]) -> list[int]:
        """The class of each word."""
        other = len(self.syllables) - 1
        return [self._syllable.get(SPELLINGS.get(word, word), other) for word in words]

    def phone_classes(self, words: Sequence[str]) -> list[int]:
        """The class of each phone of the words; phones of foreign words are left out."""
        return [self._phone[phone] for word in words for phone in phones(word) if phone in self._phone]
