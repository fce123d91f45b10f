"""Text in, letters or tokens out: the only module that knows spelling.

`spell` rewrites a text into the letters of `vocabulary.py`; `tokenize` gives the same letters one by one, each with its
span in the original text. The longest phrase wins ("không phải" is never the digit 0). Two rules prevent guesses:

* A word, symbol or foreign digit that is not in the vocabulary becomes `UNKNOWN`, and nothing that contains one is
  read.
* Words without diacritics are accepted only if the *whole* text is without them: in other texts "sau" is
  "after", "nam" is a name, "tu" is "to practise". If two words of the vocabulary are equal without diacritics ("muoi"
  is mười and mươi, "nham" is nhăm and nhầm), the token is `UNSURE`, which is read only where both give the same digits.

A text is cut at white space, and each piece is looked up unchanged: the table holds every word as people and
recognisers usually write it. A piece that is not in the table is spelt letter by letter; the result is not stored.
"""

import re
import unicodedata
from collections import Counter
from itertools import product
from typing import Literal, NamedTuple

from vietnamese_numbers.vocabulary import KINDS, VOCABULARY, Kind

__all__ = ["Kind", "Token", "spell", "tokenize"]


class Token(NamedTuple):
    """A word or phrase; `start` and `end` are character positions in the original text."""

    letters: str  # one letter of the vocabulary; for written digits <0912>
    start: int
    end: int

    @property
    def kind(self) -> Kind:
        return KINDS[self.letters[0]]


LONGEST_WORD = 24  # characters; longer ones are no Vietnamese word, and are never normalised
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"  # combining marks and invisible characters
_LETTER = rf"[^\W\d_][{_MARKS}]*"
_LEXEME = re.compile(
    rf"(?:[0-9]+{_LETTER}|{_LETTER}[0-9])(?:{_LETTER}|[0-9])*"  # "1a", "b2": no number, and no word
    rf"|[0-9]+|[{_MARKS}]*(?:{_LETTER})+|[^\s{_MARKS}]|[{_MARKS}]+"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_ACCENT = re.compile("[^\\W\\d_\x00-\x7f]|[\u0300-\u036f]")
_PUNCTUATION = frozenset(",.;:!?…-–—()[]\"'“”‘’")
_FIRST_SPARE, _LAST_SPARE = 0x100, 0x8FF  # letters from here on stand for words that phrases are made of
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
_MOT = re.compile("([Xs][2-9])1|([2-9])1(?=t)")
_MUOI = re.compile("([2-9][,~=]*)M")

_SAYS = "[0-9XBC<]"  # begins a numeral
_CELLS = Kind.NTH.value
_CONTEXTUAL = re.compile("[Yqbf]")
_AGAIN = rf"Y(?=[,~=sIpq]*(?:{_SAYS}[0-9A-EXmtclnrysx]|<[0-9]{{2}}))"  # digits follow: a restart, no wish
_QUESTION = rf"q(?!{_SAYS}|[mt])"  # "đúng không một hai" may have a zero
_BAD = rf"(?<=[{_CELLS}])b(?=[,~p]*[=i])|(?<=[{_CELLS}],)b(?=[,~p]*[=i])"
_FROM = rf"(?<=[{_CELLS}e])f"
_IN_CONTEXT = re.compile(rf"(?P<again>{_AGAIN})|(?P<pause>{_QUESTION}|{_BAD})|(?P<stays>{_FROM})|[Yqbf]")
_WEAK = frozenset(",~IpfQ")
_STRONG = frozenset(f"{Kind.DIGIT.value}{Kind.UNIT.value}{Kind.NUMBER.value}{Kind.DROP.value}")
_NUMBER_SIGN = ("số", "so")
_NAMES_A_CELL = ("cuối", "đầu", "thứ", "chót", "cuoi", "dau", "thu", "chot")  # behind "số"
_DIGIT_WORDS = frozenset(("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "tư"))


def fold(word: str) -> str:
    """The word without diacritics: "nhầm" → "nham"."""
    bare = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(c for c in bare if not unicodedata.combining(c))


_FOLDED_DIGITS = frozenset(map(fold, _DIGIT_WORDS))


def _normal(lexeme: str) -> str:
    """A lexeme as the vocabulary spells it: composed, lower case, nothing invisible."""
    if lexeme.isascii():
        return lexeme.lower()
    if len(lexeme) > LONGEST_WORD:
        return "\ufffd"  # in no vocabulary
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", lexeme)).lower()


class _Spelling(dict[str, str]):
    """Pieces of text → letters, for one way of writing: with diacritics, or folded."""

    def __init__(self, entries: dict[tuple[str, ...], str]) -> None:
        super().__init__()
        single = {words[0]: letter for words, letter in entries.items() if len(words) == 1}
        shared = {letter for letter, count in Counter(single.values()).items() if count > 1} - set(Kind.DIGIT.value)
        in_phrases = {word for words in entries if len(words) > 1 for word in words}
        self._words = {
            word: letter for word, letter in single.items() if word not in in_phrases or letter not in shared
        }
        for word in sorted(in_phrases - self._words.keys()):  # a letter of its own, for phrases to be told apart
            self._words[word] = chr(_FIRST_SPARE + len(self._words))
        self._meaning = {"".join(map(self._words.__getitem__, words)): letter for words, letter in entries.items()}
        number, cells = ("".join(self._words[word] for word in words if word in self._words)
                         for words in (_NUMBER_SIGN, _NAMES_A_CELL))  # fmt: skip
        tails: dict[str, list[str]] = {}
        for phrase in sorted(self._meaning, key=len, reverse=True):
            if len(phrase) > 1:
                slip = phrase[-1] in number and self._meaning[phrase] == Kind.WRONG.value
                ends = f"(?![{cells}])" if slip else ""  # "à nhầm, số cuối …", no "nhầm số"
                tails.setdefault(phrase[0], []).append(re.escape(phrase[1:]) + ends)
        branches = [f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in tails.items()]
        phrases = "|".join([*branches, f"[{chr(_FIRST_SPARE)}-{chr(_LAST_SPARE)}]"])
        self.phrases = re.compile(phrases)
        self.tokens = re.compile(f"({phrases})|<[0-9]+>|.")
        forms = [unicodedata.normalize(form, word) for word in self._words for form in _FORMS]
        for form, stop in product(forms, ("", ",", ".")):
            for piece in (form + stop, form.capitalize() + stop, form.upper() + stop):
                self[piece] = self.__missing__(piece)

    def __missing__(self, piece: str) -> str:
        if piece.isascii() and piece.isdigit():
            return f"<{piece}>"
        return "".join(map(self.lexeme, _LEXEME.findall(piece)))

    def lexeme(self, lexeme: str) -> str:
        """The letters of a word before phrases are joined; empty for invisible characters."""
        word = _normal(lexeme)
        if word in self._words:
            return self._words[word]
        if word.isascii() and word.isdigit():
            return f"<{word}>"
        if word == "+":
            return "+"
        return "," if word in _PUNCTUATION else "!" if word else ""

    def settle(self, letters: str) -> str:
        """Letters whose meaning depends on their neighbours, resolved."""
        letters = _settle(letters) if self is _FOLDED else letters
        return _IN_CONTEXT.sub(_in_context, letters) if _CONTEXTUAL.search(letters) else letters

    def mean(self, phrase: "re.Match[str]") -> str:
        """The letter of a phrase; a word that has a meaning only inside a phrase is unknown alone."""
        return self._meaning.get(phrase[0], "!")


def _accented() -> _Spelling:
    return _Spelling({tuple(phrase.split()): letter for letter, phrase in _phrases()})


def _folded() -> _Spelling:
    entries: dict[tuple[str, ...], str] = {}
    for letter, phrase in _phrases():
        words = tuple(fold(phrase).split())
        if words in entries:
            entries[words] = _shared(entries[words], letter, words)
        elif len(words) == 1 or not _looks_like_a_digit(phrase):
            entries[words] = letter
        elif words[0] not in _FOLDED_DIGITS:
            entries[words] = "?"  # "nhé bà", or "nhé" and a three
    entries["mot",] = "1"  # mốt after a bare digit is the same digit; after a ten một is refused
    entries["muoi",] = "M"
    del entries["o",]  # a hesitation, a letter or a zero
    return _Spelling(entries)


def _shared(one: str, other: str, words: tuple[str, ...]) -> str:
    """The letter of a spelling that two phrases share. A polite word loses: ba is not bà, so is not sổ."""
    if one == other or (one in _WEAK and other in _WEAK):
        return one
    says = [letter for letter in (one, other) if letter not in _WEAK]
    return says[0] if len(words) == len(says) == 1 and says[0] in _STRONG else "?"


def _looks_like_a_digit(phrase: str) -> bool:
    """Whether a word of the phrase is a digit only without its diacritics."""
    return any(fold(word) in _FOLDED_DIGITS and word not in _DIGIT_WORDS for word in phrase.split())


def _phrases() -> list[tuple[str, str]]:
    return [(letter, phrase.strip()) for letter, listing in VOCABULARY.items() for phrase in listing.split(",")]


_ACCENTED = _accented()
_FOLDED = _folded()


def _spelling(text: str) -> _Spelling:
    return _FOLDED if text.isascii() or not _ACCENT.search(text) else _ACCENTED


def spell(text: str) -> str:
    """All of the text as letters; white space separates, punctuation is a pause."""
    spelling = _spelling(text)
    letters = "".join(map(spelling.__getitem__, text.split()))
    if letters.isdecimal():
        return letters
    letters = spelling.phrases.sub(spelling.mean, letters)
    return spelling.settle(letters)


def _settle(letters: str) -> str:
    """Folded words whose meaning depends on their neighbours, resolved.

    "muoi" is mươi or mười after a digit that takes both; elsewhere it is mười: "một mươi" is never said. "mot" is mốt
    or một where that makes a difference: "mười hai một" is 12 1, "mười hai mốt" 10 21.
    """
    return _MOT.sub(r"\1\2?", _MUOI.sub(r"\1?", letters).replace("M", "X"))


def _in_context(match: "re.Match[str]") -> str:
    """The letter of words that have a meaning only beside others; elsewhere they are unknown."""
    return {"again": Kind.RESTART.value, "pause": Kind.PAUSE.value, "stays": match[0]}.get(match.lastgroup or "", "!")


def tokenize(text: str) -> list[Token]:
    """The letters of `spell`, in order, each with its position in the text."""
    spelling = _spelling(text)
    lexemes = [(spelling.lexeme(match[0]), *match.span()) for match in _LEXEME.finditer(text)]
    places = [span for letters, *span in lexemes for _ in letters]
    found = list(spelling.tokens.finditer("".join(letters for letters, _, _ in lexemes)))
    meanings = "".join(spelling.mean(match) if match[1] else match[0] for match in found)
    settled = re.findall("<[0-9]+>|.", spelling.settle(meanings))
    return [
        Token(letters, places[match.start()][0], places[match.end() - 1][1])
        for letters, match in zip(settled, found, strict=True)
    ]
