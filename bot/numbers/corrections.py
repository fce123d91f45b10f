"""What a caller does to a number while saying it: corrections, deletions, starting again, saying that it is all.

`evaluate` runs a text against the digits that already stand and says what stands then. Each act reaches only as far as
it can be sure of:

* "à nhầm" replaces the digits directly before it by as many as follow it in the same breath. It is ambiguous if more
  follow than stand, or if that would cut a numeral in two where no word ends ("một trăm linh hai à nhầm mười hai").
* "không phải tám mà là chín" replaces the 8 directly before it; otherwise the only 8 there is. No 8, or several, is
  ambiguous. "sửa tám thành chín" likewise, but only where there is one 8; "sửa số tám" may be the eighth cell as well.
* "bảy chứ không phải tám" replaces an 8 that stands directly before the seven or is taken back by "à nhầm"; without
  any 8 before it, it makes the seven plain. Otherwise it is ambiguous.
* "số thứ năm là chín" and "xóa số thứ năm" act on a cell; a cell that is not there, or a value that is not one digit,
  is ambiguous.
* "đọc lại từ đầu" forgets everything before it, what could not be read included.
* "không" in a breath of its own before any of these is a zero or a "no", and "không xóa" is "do not": both ambiguous.
"""

import re
from enum import Enum
from typing import NamedTuple

from bot.numbers.acts import ACT, Cells
from bot.numbers.grammar import AmbiguousError, BrokenError, IncompleteError, ReadingError, numerals
from bot.numbers.words import spell


class Status(str, Enum):
    """How a text reads: `ok`, something still missing, two readings with different digits, or no number."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class Outcome(NamedTuple):
    """What stands after a text. Unless `status` is `ok`, `digits` are those before the part that was not read."""

    status: Status
    digits: str
    ended: bool  # the caller said that it is all


_OK = Status.OK  # looking a member up takes a while, and most readings need it
_STATUS = {AmbiguousError: Status.AMBIGUOUS, IncompleteError: Status.INCOMPLETE, BrokenError: Status.NONE}
_UNREADABLE = re.compile("[!u-]")
_FIRST_NO = re.compile("^([,~=s]*)o")
_SILENT_RUN = re.compile("[,~=]{2,}|~")
_NOT_RESTARTED = re.compile("[0-]$")  # "không làm lại", "đừng làm lại"


def evaluate(text: str, standing: str = "") -> Outcome:
    """Runs a text against standing digits."""
    return evaluate_letters(spell(text), standing)


def evaluate_letters(letters: str, standing: str = "") -> Outcome:
    """`evaluate` for a text already in letters."""
    digits = letters.replace(",", "")
    if digits.isdecimal():  # digit by digit, however it was paused: the letters are the digits
        return Outcome(_OK, standing + digits, False)
    if "^" in letters:
        before, _, letters = letters.rpartition("^")
        if _NOT_RESTARTED.search(before):
            return Outcome(Status.AMBIGUOUS, standing, False)
        standing = ""
    if _UNREADABLE.search(letters):
        return Outcome(Status.NONE, standing, False)
    if "o" in letters:  # "một hai à không ba" is 1203, or "no" and 13; at the beginning there is nothing to say no to
        letters = re.sub("o", "?", letters if standing else _FIRST_NO.sub(r"\g<1>,0", letters))
    letters = _SILENT_RUN.sub(_silence, letters).replace("s+", "+")
    if not ACT.search(letters):
        return _without_acts(letters, standing)
    cells = Cells(letters, standing)
    try:
        cells.run()
    except ReadingError as refusal:
        return Outcome(_STATUS[type(refusal)], cells.standing, False)
    return Outcome(_OK, cells.standing, cells.ended)


def _without_acts(letters: str, standing: str) -> Outcome:
    try:
        return Outcome(_OK, standing + "".join([chunk.digits for chunk in numerals(letters)]), False)
    except ReadingError as refusal:
        return Outcome(_STATUS[type(refusal)], standing + "".join([chunk.digits for chunk in refusal.chunks]), False)


def _silence(run: "re.Match[str]") -> str:
    return "=" if "=" in run[0] else ","
