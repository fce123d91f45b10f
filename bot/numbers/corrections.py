"""What a caller does to a number while saying it: corrections, deletions, starting again, saying that it is all.

`evaluate` runs a text against the digits that already stand and says what stands then. Each act reaches only as far as
it can be sure of:

* "à nhầm" replaces the digits directly before it by as many as follow it in the same breath. More following than
  standing is ambiguous.
* "không phải tám mà là chín" replaces the 8 directly before it; otherwise the only 8 there is. No 8, or several, is
  ambiguous. "sửa tám thành chín" likewise, but only where there is one 8.
* "bảy chứ không phải tám" replaces an 8 that stands directly before the seven or is taken back by "à nhầm"; without
  any 8 before it, it makes the seven plain. Otherwise it is ambiguous.
* "số thứ năm là chín" and "xóa số thứ năm" act on a cell; a cell that is not there, or a value that is not one digit,
  is ambiguous.
* "đọc lại từ đầu" forgets everything before it, what could not be read included.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.numbers.grammar import AmbiguousError, BrokenError, Chunk, IncompleteError, ReadingError, numerals
from bot.numbers.words import Kind, Token, tokenize


class Status(str, Enum):
    """How a text reads: `ok`, something still missing, two readings with different digits, or no number."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True)
class Outcome:
    """What stands after a text. Unless `status` is `ok`, `digits` are those before the part that was not read."""

    status: Status
    digits: str
    ended: bool  # the caller said that it is all


_STATUS = {AmbiguousError: Status.AMBIGUOUS, IncompleteError: Status.INCOMPLETE, BrokenError: Status.NONE}
_ACTS = frozenset(
    {Kind.WRONG, Kind.END, Kind.NOT, Kind.RATHER, Kind.EDIT, Kind.INTO, Kind.NTH, Kind.DROP, Kind.PLUS, Kind.RESTART}
)
_SILENT = frozenset({Kind.PAUSE, Kind.FILLER, Kind.IS})
_SORRY = "sorry"  # the value of "xin lỗi"


def evaluate(text: str, standing: str = "") -> Outcome:
    """Runs a text against standing digits."""
    return evaluate_tokens(tokenize(text), standing)


def evaluate_tokens(tokens: Sequence[Token], standing: str = "") -> Outcome:
    """`evaluate` for a text already in tokens."""
    restarts = [i for i, token in enumerate(tokens) if token.kind is Kind.RESTART]
    if restarts:
        tokens, standing = tokens[restarts[-1] + 1 :], ""
    if any(token.kind is Kind.UNKNOWN for token in tokens):
        return Outcome(Status.NONE, standing, False)
    cells = _Cells(tokens, standing)
    try:
        cells.run()
    except ReadingError as refusal:
        return Outcome(_STATUS[type(refusal)], cells.standing, False)
    return Outcome(Status.OK, cells.standing, cells.ended)


class _Cells:
    """The standing digits, and the acts that change them, one after the other."""

    def __init__(self, tokens: Sequence[Token], standing: str) -> None:
        self.tokens = tokens
        self.at = 0
        self.standing = standing
        self.ended = False

    def run(self) -> None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind not in _ACTS:
                self._append()
                continue
            self.at += 1
            if token.kind is Kind.WRONG:
                self._replace_tail()
            elif token.kind is Kind.NOT:
                direct = self.at > 1 and self.tokens[self.at - 2].kind not in _SILENT
                self._substitute(direct)
            elif token.kind is Kind.RATHER:
                self._rather()
            elif token.kind is Kind.EDIT:
                self._edit()
            elif token.kind is Kind.NTH:
                self._set(token.value, edit=False)
            elif token.kind is Kind.DROP:
                self._drop()
            elif token.kind is Kind.PLUS:
                self._country_code()
            elif token.kind is Kind.END:
                self.ended = True
            else:
                raise BrokenError([])  # "thành" with nothing to change

    # reading on

    def _next(self) -> Kind | None:
        """The next kind; silence is skipped."""
        while self.at < len(self.tokens) and self.tokens[self.at].kind in _SILENT:
            self.at += 1
        return self.tokens[self.at].kind if self.at < len(self.tokens) else None

    def _chunks(self, stop_at_is: bool = False) -> list[Chunk]:
        """The numerals up to the next act, or up to a "là" that separates them from what follows."""
        start = self.at
        while self.at < len(self.tokens):
            kind = self.tokens[self.at].kind
            if kind in _ACTS or (stop_at_is and kind is Kind.IS):
                break
            self.at += 1
        return numerals(self.tokens[start : self.at])

    def _append(self) -> None:
        if not self.standing and self._next() is Kind.UNSURE and self.tokens[self.at].value == _SORRY:
            self.at += 1  # a polite beginning
        try:
            chunks = self._chunks()
        except ReadingError as refusal:
            self.standing += _join(refusal.chunks)
            raise
        self.standing += _join(chunks)
        self.ended = self.ended and not chunks

    def _breath(self) -> tuple[str, str]:
        """The digits that follow an act in its own breath, and those after the first pause."""
        self._next()
        chunks = self._chunks()
        if not chunks:
            raise IncompleteError([])
        size = next((i for i, chunk in enumerate(chunks) if i and chunk.fresh), len(chunks))
        return _join(chunks[:size]), _join(chunks[size:])

    def _old(self) -> str:
        """The digits that an act takes back, up to the word that introduces the new ones."""
        self._next()
        old = _join(self._chunks(stop_at_is=True))
        if self.at >= len(self.tokens):
            raise IncompleteError([])
        if not old or self.tokens[self.at].kind not in (Kind.IS, Kind.INTO):
            raise BrokenError([])
        self.at += 1
        return old

    # the acts

    def _replace_tail(self) -> None:
        if self._next() in (Kind.WRONG, Kind.NOT, Kind.EDIT, Kind.NTH, Kind.DROP):
            return  # "à nhầm, số thứ hai là ba": what follows says it all
        new, rest = self._breath()
        if self._next() is Kind.RATHER and not rest:
            self.at += 1
            old, rest = self._breath()
            self._swap(old, new, direct=True)
        elif len(new) > len(self.standing) > 0:
            raise AmbiguousError([])
        else:
            self.standing = self.standing[: -len(new)] + new
        self.standing += rest

    def _substitute(self, direct: bool) -> None:
        old = self._old()
        new, rest = self._breath()
        self._swap(old, new, direct)
        self.standing += rest

    def _swap(self, old: str, new: str, direct: bool) -> None:
        """Old digits become new ones: those at the very end if the act came directly after them, else the only ones."""
        if len(old) != len(new):
            raise AmbiguousError([])
        if direct and self.standing.endswith(old):
            self.standing = self.standing[: -len(old)] + new
        elif self.standing.find(old) == self.standing.rfind(old) >= 0:
            self.standing = self.standing.replace(old, new)
        else:
            raise AmbiguousError([])

    def _rather(self) -> None:
        old, rest = self._breath()
        before, new = self.standing[: -len(old)], self.standing[-len(old) :]
        if len(new) < len(old):
            raise AmbiguousError([])
        if before.endswith(old):
            self.standing = before[: -len(old)] + new
        elif old in before:
            raise AmbiguousError([])
        self.standing += rest

    def _edit(self) -> None:
        if self._next() is Kind.NTH:
            self.at += 1
            self._set(self.tokens[self.at - 1].value, edit=True)
        else:
            self._substitute(direct=False)

    def _set(self, nth: str, edit: bool) -> None:
        """A cell gets a new digit."""
        start = self.at
        kind = self._next()
        index = int(nth) - 1 if nth != "0" else len(self.standing) - 1
        if kind is Kind.NOT:
            self.at += 1
            if self.standing[index : index + 1] != self._old():
                raise AmbiguousError([])
        elif kind is Kind.INTO:
            self.at += 1
        elif all(token.kind is not Kind.IS for token in self.tokens[start : self.at]):
            raise (IncompleteError if kind is None else BrokenError)([])
        new, rest = self._breath()
        introduces = nth == "0" and not edit  # "số cuối là chín" may as well introduce one more digit
        if len(new) != 1 or introduces or not 0 <= index <= len(self.standing):
            raise AmbiguousError([])
        self.standing = self.standing[:index] + new + self.standing[index + 1 :] + rest

    def _drop(self) -> None:
        count = 1
        if self._next() is Kind.DIGIT:
            count = int(self.tokens[self.at].value)
            self.at += 1
        kind = self._next()
        if kind is not Kind.NTH:
            raise (IncompleteError if kind is None else BrokenError)([])
        nth = int(self.tokens[self.at].value)
        self.at += 1
        first = nth - 1 if nth else len(self.standing) - count
        if not 0 <= first < len(self.standing) or (nth and count != 1):
            raise AmbiguousError([])
        self.standing = self.standing[:first] + self.standing[first + count :]

    def _country_code(self) -> None:
        before = self.standing
        self._next()
        self._append()
        if before or not self.standing.startswith("84"):
            raise BrokenError([])


def _join(chunks: Sequence[Chunk]) -> str:
    return "".join(chunk.digits for chunk in chunks)
