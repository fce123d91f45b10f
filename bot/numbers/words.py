"""The words: text in, tokens out, each with its span in the text as given.

One table holds every word and phrase that the number language knows; the longest phrase wins ("không phải" is never
the digit 0). Two rules keep the lexer honest:

* A word, symbol or foreign digit that is not in the table becomes `UNKNOWN`, and nothing that contains one is read.
* Words without diacritics are taken only when the *whole* text is without them: in an accented text "sau" is "after",
  "nam" is a name, "tu" is "to practise". Where dropping the diacritics makes two number words one ("muoi" is mười and
  mươi, "nham" is nhăm and nhầm), the token is `UNSURE`, which is read only where it makes no difference.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    # parts of numerals
    DIGIT = auto()  # không … chín; value: the digit
    WRITTEN = auto()  # 0912; value: the digits
    UNIT = auto()  # mốt, tư, lăm: a unit that needs a ten before it; value: the digit
    TEN = auto()  # mười
    TENS = auto()  # mươi
    CHUC = auto()  # chục
    TWENTY = auto()  # hăm, băm: contracted hai mươi, ba mươi; value: the digit
    LINH = auto()  # linh, lẻ: the empty tens
    HUNDRED = auto()  # trăm
    SCALE = auto()  # nghìn, triệu, tỷ; value: the power of ten
    TIMES = auto()  # con, lần: "ba con tám"
    NUMBER = auto()  # số: "hai số không", "số tám"
    PLUS = auto()  # + or cộng, before the country code
    # between numerals
    PAUSE = auto()  # punctuation and hesitations
    FILLER = auto()  # polite and introducing words
    IS = auto()  # là
    # acts of the caller
    WRONG = auto()  # à nhầm
    RESTART = auto()  # đọc lại từ đầu
    END = auto()  # hết, xong
    NOT = auto()  # không phải … (mà là)
    RATHER = auto()  # (bảy) chứ không phải …
    EDIT = auto()  # sửa … (thành)
    INTO = auto()  # thành, mà là
    NTH = auto()  # số thứ năm; value: "1".."12", "0" for the last
    DROP = auto()  # xóa
    # what cannot be read
    UNSURE = auto()  # two words in one spelling
    UNKNOWN = auto()


class Token(NamedTuple):
    """A word or phrase; `start` and `end` are character positions in the text as given."""

    kind: Kind
    value: str
    start: int
    end: int


_WORDS: dict[Kind, str] = {  # word or phrase[=value], separated by commas
    Kind.DIGIT: "không=0, một=1, hai=2, ba=3, bốn=4, năm=5, sáu=6, bảy=7, bẩy=7, tám=8, chín=9",
    Kind.UNIT: "mốt=1, tư=4, lăm=5, nhăm=5",
    Kind.TEN: "mười",
    Kind.TENS: "mươi",
    Kind.CHUC: "chục",
    Kind.TWENTY: "hăm=2, băm=3",
    Kind.LINH: "linh, lẻ",
    Kind.HUNDRED: "trăm",
    Kind.SCALE: "nghìn=3, ngàn=3, triệu=6, tỷ=9, tỉ=9",
    Kind.TIMES: "con, lần, con số",
    Kind.NUMBER: "số, chữ số",
    Kind.PLUS: "cộng, dấu cộng",
    Kind.PAUSE: "à, ờ, ơ, ừ, ừm, ờm, ùm, um, hừm, ấy, ạ, dạ, vâng, dạ vâng",
    Kind.FILLER: (
        "mã số, mã, của, tôi, em, mình, cháu, của con, thì, nhé, nha, đây, xin, đọc, cho, để, rồi, tiếp theo,"
        " số tiếp theo, bảo hiểm, bảo hiểm xã hội, xã hội, bhxh, căn cước, căn cước công dân, cccd, định danh,"
        " định danh cá nhân, điện thoại, số điện thoại, số bảo hiểm, số bảo hiểm xã hội, số căn cước,"
        " số căn cước công dân, số định danh, số thẻ"
    ),
    Kind.IS: "là",
    Kind.WRONG: (
        "nhầm, à nhầm, ấy nhầm, nhầm rồi, à nhầm rồi, đọc nhầm, nói nhầm, lộn, à lộn, lộn rồi, đọc lộn, nói lộn,"
        " à quên, xin lỗi nhầm, xin lỗi à nhầm, xin lỗi tôi nhầm, xin lỗi tôi đọc nhầm"
    ),
    Kind.RESTART: (
        "từ đầu, lại từ đầu, đọc lại từ đầu, nói lại từ đầu, làm lại từ đầu, bắt đầu lại, làm lại, nhập lại, xóa hết,"
        " xoá hết, xóa tất cả, xoá tất cả, xóa toàn bộ, xoá toàn bộ, bỏ hết"
    ),
    Kind.END: "hết, hết rồi, là hết, xong, xong rồi, thế thôi, vậy thôi",
    Kind.NOT: "không phải, không phải là, không phải số",
    Kind.RATHER: "chứ không phải, chứ không phải là, chứ không phải số, mà không phải",
    Kind.EDIT: "sửa, đổi, thay, chữa",
    Kind.INTO: "thành, bằng, mà, mà là, phải là",
    Kind.NTH: (
        "số đầu=1, số đầu tiên=1, số thứ nhất=1, số thứ hai=2, số thứ nhì=2, số thứ ba=3, số thứ tư=4, số thứ năm=5,"
        " số thứ sáu=6, số thứ bảy=7, số thứ bẩy=7, số thứ tám=8, số thứ chín=9, số thứ mười=10, số thứ mười một=11,"
        " số thứ mười hai=12, số cuối=0, số cuối cùng=0"
    ),
    Kind.DROP: "xóa, xoá, bỏ",
    Kind.UNSURE: "xin lỗi=sorry",  # "một hai ba, xin lỗi, bốn": a correction or not
}
_LONGEST_WORD = 24  # characters; longer ones are no Vietnamese word, and are never normalised

_Entry = tuple[Kind, str]
_Table = dict[str, tuple[tuple[tuple[str, ...], _Entry], ...]]  # first word: phrases that begin so, longest first


def fold(word: str) -> str:
    """The word without diacritics: "nhầm" → "nham"."""
    bare = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c))


def _table(folded: bool) -> _Table:
    entries: dict[tuple[str, ...], _Entry] = {}
    for kind, listing in _WORDS.items():
        for item in listing.split(","):
            phrase, _, value = item.strip().partition("=")
            words = tuple((fold(phrase) if folded else phrase).split())
            clash = entries.get(words, (kind, value)) != (kind, value)
            entries[words] = (Kind.UNSURE, "") if clash else (kind, value)
    if folded:
        entries["mot",] = (Kind.DIGIT, "1")  # mốt after a bare digit is the same digit; after a ten một is refused
        entries["muoi",] = (Kind.UNSURE, "muoi")
        del entries["o",]  # a hesitation, a letter or a zero
    table: dict[str, list[tuple[tuple[str, ...], _Entry]]] = {}
    for words, entry in sorted(entries.items(), key=lambda item: -len(item[0])):
        table.setdefault(words[0], []).append((words, entry))
    return {first: tuple(phrases) for first, phrases in table.items()}


_ACCENTED = _table(folded=False)
_FOLDED = _table(folded=True)

_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"  # combining marks and invisible characters
_LEXEME = re.compile(rf"[0-9]+|[{_MARKS}]*(?:[^\W\d_][{_MARKS}]*)+|[^\s{_MARKS}]|[{_MARKS}]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_PUNCTUATION = frozenset(",.;:!?…-–—()[]\"'“”‘’")


def _word(lexeme: str) -> str:
    """A lexeme as the tables spell it: composed, lower case, nothing invisible."""
    if lexeme.isascii():
        return lexeme.lower()
    if len(lexeme) > _LONGEST_WORD:
        return "?"
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", lexeme)).lower()


def tokenize(text: str) -> list[Token]:
    """All of the text as tokens, in order; white space separates, punctuation is a `PAUSE`."""
    spans = [match.span() for match in _LEXEME.finditer(text)]
    words = [_word(text[start:end]) for start, end in spans]
    plain = all(word.isascii() for word in words if word[:1].isalpha())
    return list(_tokens(words, spans, _FOLDED if plain else _ACCENTED))


def _tokens(words: list[str], spans: list[tuple[int, int]], table: _Table) -> Iterator[Token]:
    i = 0
    before = ""  # the last digit word, where nothing but pauses came after it
    while i < len(words):
        length, (kind, value) = _longest(words, i, table)
        if value == "muoi" and before in ("", "0", "1"):  # "không mươi", "một mươi" are never said
            kind, value = Kind.TEN, ""
        if kind not in (Kind.PAUSE, Kind.FILLER, Kind.IS):
            before = value if kind is Kind.DIGIT else ""
        if kind is not Kind.PAUSE or words[i]:
            yield Token(kind, value, spans[i][0], spans[i + length - 1][1])
        i += length


def _longest(words: list[str], i: int, table: _Table) -> tuple[int, _Entry]:
    """The longest entry of the table at a word: how many words, and what they are."""
    word = words[i]
    for phrase, entry in table.get(word, ()):
        if len(phrase) == 1 or tuple(words[i : i + len(phrase)]) == phrase:
            return len(phrase), entry
    if word.isascii() and word.isdigit():
        return 1, (Kind.WRITTEN, word)
    if word == "+":
        return 1, (Kind.PLUS, "")
    return 1, (Kind.PAUSE if word in _PUNCTUATION or not word else Kind.UNKNOWN, "")
