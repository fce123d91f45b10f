"""What a caller does to a number while saying it: corrections, deletions, starting again, saying that it is complete.

`evaluate` runs a text after the digits so far (the standing digits) and returns the digits after it. An act changes
only what is certain:

* "à nhầm" replaces the last digit by the one that follows it. If several follow in the same breath, it is open how
  many of them replace digits and which continue: "một hai ba bốn à nhầm ba năm" is 1235 or 12335. Where the
  last digits, four or more, are said again with one of them changed, they are replaced: "không chín một hai à nhầm
  không chín một ba bốn" is 09134 (a repair is mostly a rough copy of what it replaces: Johnson and Charniak, 2004).
  A numeral is never cut in two where no word ends ("một trăm linh hai à nhầm mười hai").
* "không phải tám mà là chín" replaces the 8 directly before it; otherwise the only 8 there is. No 8, or several, is
  ambiguous. "sửa tám thành chín" likewise, but only where there is one 8; "sửa số tám" may be the eighth cell as well.
* "bảy chứ không phải tám" replaces an 8 that is directly before the seven or is taken back by "à nhầm"; without
  any 8 before it, it only confirms the seven. Otherwise it is ambiguous.
* "số thứ năm là chín", "số cuối phải là chín chứ không phải tám" and "xóa số thứ năm" act on a cell. A cell that is
  not there, a value that is not one digit, or an old value that is not in the cell, is ambiguous. "số cuối là chín"
  may also introduce one more digit, unless the standing digits are a whole number.
* "đọc lại từ đầu" forgets everything before it, also what could not be read.
* "mã số là" and "số là" after anything else: the number begins there ("tôi là Chín, mã số là không một"), or continues
  if there were digits before this text. "mã số" alone after digits: the number begins there or continues. A digit as a
  name ("chị Ba là …") is ambiguous.
* "có phải … không": the last "không" is a zero, or belongs to the question.
* "không" in a breath of its own before any of these is a zero or a "no", and "không xóa" is "do not": both ambiguous.

If all readings can be listed, an ambiguous outcome lists their digits: a known length may then decide. So it does with
a count behind other digits ("bảy ba số một" is 7111 or 731).
"""

import re
from collections.abc import Iterable
from enum import Enum
from itertools import islice, takewhile
from typing import NamedTuple

from vietnamese_numbers.acts import ACT, Cells, OpenError
from vietnamese_numbers.grammar import AmbiguousError, BrokenError, IncompleteError, ReadingError, numerals
from vietnamese_numbers.vocabulary import Kind
from vietnamese_numbers.words import spell


class Status(str, Enum):
    """The result of reading a text: `ok`; something is missing; two readings with different digits; or no number."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class Outcome(NamedTuple):
    """The digits after a text. Unless `status` is `ok`, `digits` are those before the part that was not read."""

    status: Status
    digits: str
    ended: bool  # the caller said that the number is complete
    readings: tuple[str, ...] = ()  # ambiguous: the digits of every reading, if they can be listed


_OK = Status.OK  # looking up an enum's member is slow, and most readings need it
_STATUS = {AmbiguousError: Status.AMBIGUOUS, IncompleteError: Status.INCOMPLETE, BrokenError: Status.NONE}
_UNREADABLE = re.compile("[!u-]")
_FIRST_NO = re.compile("^([,~=s]*)o")
_SILENT_RUN = re.compile("[,~=]{2,}|~")
_NOT_RESTARTED = re.compile("[0-]$")  # "không làm lại", "đừng làm lại"
_SAYS = re.compile("[0-9XBC<]")
_NAME = re.compile("p[1-9](?=[=~I])")  # "chị Ba là …"
_ASKED = re.compile("Q0(?=[,~p]*$)")  # "…, có phải không?"
_NOT_THAT = re.compile(f"N[,=]?([0-9]),?([{Kind.NTH.value}])")  # "không phải tám, số cuối là chín"
_LAST_ZERO = re.compile("0(?=[,~p]*$)")
_BEGINS = re.compile("(?:I[~p,I]*=|(?<![X>])J)(?=[,~p=]*[0-9XBC<s])")  # "mã số của tôi là …"; only the last one counts
_COUNTED = re.compile("(?<=[X>])J")  # "mười số là": a ten, or ten digits
_REPEAT = re.compile("(?<![^0-9,=])([2-9])s([0-9])(?![^0-9,=])")  # "bảy ba số một": 7111, or 731
_INTRODUCING = str.maketrans("IpQJ", "~~~~")
_MOST_REPEATS = 4  # more than a number has; each has two readings
_MOST_READINGS = 32  # more than any real correction has; keeps the work linear in the text


def evaluate(text: str, standing: str = "", whole: bool = False) -> Outcome:
    """Runs a text after the standing digits; `whole`: they are a whole number, which the text may correct."""
    return evaluate_letters(spell(text), standing, whole)


def evaluate_letters(letters: str, standing: str = "", whole: bool = False) -> Outcome:
    """`evaluate` for a text already in letters."""
    digits = letters.replace(",", "")
    if digits.isdecimal():  # digit by digit, whatever the pauses: the letters are the digits
        return Outcome(_OK, standing + digits, False)
    letters = _COUNTED.sub("s=", letters)
    if begins := [match.end() for match in _BEGINS.finditer(letters)]:
        head, tail = letters[: begins[-1]], letters[begins[-1] :]
        if "-" not in head:
            alone = evaluate_letters(tail)
            return _either([evaluate_letters(tail, standing, whole), alone]) if standing else alone
    if "^" in letters:
        before, _, letters = letters.rpartition("^")
        if _NOT_RESTARTED.search(before):
            return Outcome(Status.AMBIGUOUS, standing, False)
        standing = ""
    if _UNREADABLE.search(letters):
        return Outcome(Status.NONE, standing, False)
    if _NAME.search(letters):
        return Outcome(Status.AMBIGUOUS, standing, False)
    letters = _ASKED.sub(",", letters)
    if "Q" in letters and (zero := _LAST_ZERO.search(letters)):
        letters = letters.replace("Q", "~")
        return _either([_introduced(each, standing, whole) for each in (letters, letters[: zero.start()])])
    return _introduced(letters, standing, whole)


def _introduced(letters: str, standing: str, whole: bool) -> Outcome:
    """If there are digits before "mã số là", the number may begin after it."""
    head, intro, tail = letters.rpartition("I")
    plain = letters.translate(_INTRODUCING)
    if intro and (standing or _SAYS.search(head)) and _SAYS.search(tail):
        tail = tail.translate(_INTRODUCING)
        return _either([_amended(plain, standing, whole), _amended(tail, "", whole=False)])
    return _amended(plain, standing, whole)


def _amended(letters: str, standing: str, whole: bool) -> Outcome:
    if "o" in letters:  # "một hai à không ba" is 1203, or "no" and 13; at the beginning there is nothing to say no to
        letters = re.sub("o", "?", letters if standing else _FIRST_NO.sub(r"\g<1>,0", letters))
    letters = _NOT_THAT.sub(r"\2N\1", _SILENT_RUN.sub(_silence, letters).replace("s+", "+"))
    if not ACT.search(letters):
        return _without_acts(letters, standing)
    outcomes: list[Outcome] = []
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        choices = waiting.pop()
        cells = Cells(letters, standing, whole, choices)
        try:
            cells.run()
        except ReadingError as refusal:
            outcomes.append(Outcome(_STATUS[type(refusal)], cells.standing, False))
        except OpenError as act:
            waiting += [(*choices, way) for way in reversed(range(act.ways))]
        else:
            outcomes.append(Outcome(_OK, cells.standing, cells.ended))
        if len(outcomes) + len(waiting) > _MOST_READINGS:
            return Outcome(Status.AMBIGUOUS, standing, False)
    return outcomes[0] if len(outcomes) == 1 else _either(outcomes)


def _either(outcomes: "list[Outcome]") -> Outcome:
    """One outcome for several readings: `ok` if all have the same digits. A reading that is refused is left out. The
    digits that all begin with are certain."""
    read = [each for each in outcomes if each.status is _OK or each.readings]
    if not read:
        return outcomes[0]
    ended = all(each.ended for each in read)
    readings = dict.fromkeys(digits for each in read for digits in (each.readings or (each.digits,)))
    if len(readings) == 1:
        return Outcome(_OK, "".join(readings), ended)
    return Outcome(Status.AMBIGUOUS, common_start(readings), ended, tuple(readings))


def common_start(rows: Iterable[str]) -> str:
    """The digits with which all rows begin."""
    same = takewhile(lambda digits: len(set(digits)) == 1, zip(*rows, strict=False))
    return "".join(digits[0] for digits in same)


def _without_acts(letters: str, standing: str) -> Outcome:
    try:
        return Outcome(_OK, standing + "".join([chunk.digits for chunk in numerals(letters)]), False)
    except ReadingError as refusal:
        repeats = [*islice(_REPEAT.finditer(letters), _MOST_REPEATS + 1)]
        if isinstance(refusal, AmbiguousError) and 0 < len(repeats) <= _MOST_REPEATS:
            count, digit = repeats[0].groups()
            before, behind = letters[: repeats[0].start()], letters[repeats[0].end() :]
            either = int(count) * digit, count + digit
            return _either([_without_acts(before + digits + behind, standing) for digits in either])
        return Outcome(_STATUS[type(refusal)], standing + "".join([chunk.digits for chunk in refusal.chunks]), False)


def _silence(run: "re.Match[str]") -> str:
    return "=" if "=" in run[0] else ","
