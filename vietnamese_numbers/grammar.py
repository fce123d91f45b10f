"""The grammar of numerals: a stretch of letters without acts of the caller becomes digits, or is refused.

A spoken code is a row of numerals whose digits follow each other: "hai mươi ba bốn lăm", `2m34E`, is 23 and 45.
One regular expression matches every numeral that has one reading in its place; all else is refused.
Within one breath a numeral takes the words that complete it. If the next words could complete it *or* start the next
numeral, with different digits, there is no match:

| heard | readings | |
|---|---|---|
| hai mươi ba bốn lăm | 23 45 | a unit directly after mươi belongs to it |
| năm trăm mười sáu trăm | 510 600 | sáu belongs to sáu trăm: nothing else makes sense |
| hai mươi, ba | 23 · 20 3 | with a pause people mean either |
| hai mươi năm, mười năm, hai mươi một | 25 · 20 5, 21 · 20 1 | the unit would be lăm, mốt |
| hai mươi ba trăm, hai mươi bốn lăm | 20 300 · 23 hundred, 20 45 · 24 5 | |
| một trăm hai, một trăm hai ba, một trăm tư | 102 · 120 · 100 2 … | |
| một trăm, hai mươi | 120 · 100 20 | |
| hai nghìn ba, một triệu hai trăm | 2300 · 2003, 1200000 · 1000200 | the unit of the rest is not said |
| chín hai số không | 9 00 · 92 0 | a count needs a breath, or another repeat, before it, or a length that tells |
| mười số không, một số không | ten zeros · 10 0, one zero · 1 0 | |
| chín, hai lần, ba | 99 3 · 9 33 | |
| số năm là chín | 5 9 · the fifth digit is 9 | |
| năm 2023 | 5 2023 · the year | |

After nghìn, triệu and tỷ a pause is only a pause, because long numbers are read with one there: "bảy triệu, tám trăm
nghìn" is 7800000.
"""

import re
from typing import NamedTuple


class ReadingError(Exception):
    """The stretch cannot be read; `chunks` are the numerals before the one that cannot."""

    def __init__(self, chunks: "list[Chunk] | None" = None) -> None:
        super().__init__()
        self.chunks = chunks or []


class AmbiguousError(ReadingError):
    """There are two readings with different digits."""


class IncompleteError(ReadingError):
    """The end is missing, or the beginning."""


class BrokenError(ReadingError):
    """There is no reading."""


class Chunk(NamedTuple):
    """The digits of one numeral, or of several that were said digit by digit."""

    digits: str
    fresh: bool  # a pause, or nothing, came before it
    single: int  # how many of its last digits were said as single words


_P = "[,=]?"  # a pause
_FREE = "(?![ADElmctxws?S])"  # what follows does not claim the unit before it
_UNIT = rf"(?:{_P}[ADE]|[2-46-9]){_FREE}"  # after mươi: mốt, not một; lăm, not năm
_UNIT_OF_TEN = rf"(?:{_P}[DE]|[1-46-9]){_FREE}"  # after mười: một, not mốt
_NO_UNIT = rf"{_P}[ADE?S]|{_P}<[1-9]>"
_ROUND = rf"(?!{_NO_UNIT}|[1-9](?![mc])|[,=][1-9](?![mcxws]))"  # after a ten: nothing that may be its unit
_ROUND_IN_HUNDRED = rf"(?!{_NO_UNIT}|[1-9](?![mct])|[,=][1-9](?![mctxws]))"
_AFTER_LINH = rf"l{_P}[1-9DE]{_FREE}"
_CONTRACTED = rf"[BC][1-9ADE]{_FREE}"  # hăm ba
_HUNDREDS = (
    rf"[0-9]t(?:{_P}{_AFTER_LINH}|X(?:{_UNIT_OF_TEN}|{_ROUND_IN_HUNDRED})|[2-9]m(?:{_UNIT}|{_ROUND_IN_HUNDRED})"
    rf"|[2-9]c{_ROUND_IN_HUNDRED}|{_CONTRACTED}|[2-9][ADE]|1[DE]"
    rf"|(?=[0-9][txw]|[,=][0-9][txws]|{_P}<[0-9]{{3}})|(?!{_P}[0-9XBC<ADE?Sl]))"  # round: a head of its own follows
)
_FOURS = "[0-9]?DD(?![ADE])"  # tư said twice is no unit, but the digit
_TENS = (
    rf"X(?:{_UNIT_OF_TEN}|{_ROUND})|[2-9]m(?:{_UNIT}|{_ROUND})|[1-9]c{_ROUND}|{_CONTRACTED}|{_FOURS}|[0-9][DE]|[2-9]A"
)
_GROUP = rf"(?:{_HUNDREDS}|[0-9]{_AFTER_LINH}|{_TENS})"  # under a thousand, of more than one word
_SCALE = rf"(?:{_GROUP}|[0-9])[nry]{_P}"
_COUNT, _ONE = "(?:[2-9]|<[2-9]>)", "(?:[0-9]|<[0-9]>)"
_CON = rf"{_COUNT}x{_P}{_ONE}(?![ADElmctnryxw])"  # ba con tám
_SO = rf"{_COUNT}s{_ONE}(?![ADElmctnryxws])"  # ba số tám
_STARTS = "(?<![^,=])(?<!s[,=])"  # the stretch, or a breath
_FIRST = "(?:^|(?<=^[,=]))"

_NUMERAL = re.compile(
    rf"(?P<pause>[,=])?"
    rf"(?:(?P<plain>[0-9]+(?![ADElmctnryxws]|(?<=[1-9])[,=]s|(?<=5)<(?:19|20)[0-9][0-9]>)|0(?=s))"
    rf"|(?P<group>{_GROUP}(?![nry]|[,=]?s)|s{_GROUP}(?=[,=]s))"
    rf"|(?P<scaled>(?=.{{1,6}}[nry])(?:{_SCALE})+(?:(?<![ry])(?<![ry][,=])(?:{_HUNDREDS}|{_AFTER_LINH})(?![nrys])|$))"
    rf"|(?P<repeat>(?:(?<!s[,=]){_CON}|{_STARTS}{_SO})(?:{_CON}|{_SO})*|{_FIRST}{_COUNT}ws?{_ONE}(?=[,=]|$))"
    rf"|(?P<written><[0-9]+>(?![xws]|(?<=<[1-9]>)[,=]s)|<0[0-9]*>(?=s))"
    rf"|(?P<signed>s{_ONE}(?={_P}s))"  # "số hai số ba": a sign for each digit, no counts
    rf"|(?P<sign>s(?!{_P}$|{_ONE}[xw]))"
    rf"|(?P<refused>.)|$)"
)
_STATEMENT = re.compile("s[^s,=]+=(?=.)")  # "số năm là chín"
_PART = re.compile(rf"((?:{_GROUP}|[0-9]))([nry])")
_DIGITS = str.maketrans("XABCDEl", "1123450", "mctxws<>,=")
_ZEROS = {"X": "0", "m": "0", "c": "0", "t": "00"}  # a round numeral, by its last word
_LEVELS = {"y": 3, "r": 2, "n": 1}  # groups of three digits that follow a scale

_BEGINNING_LOST = re.compile("[,=]?[ADElmctnry]")
_UNFINISHED = re.compile(
    rf"(?:{_SCALE})*(?:[0-9]t?{_P}l|(?:[0-9]t)?[BC]|{_COUNT}(?:[xw]{_P}s?|s)|s){_P}$|(?:{_SCALE})+l{_P}$"
)
_BROKEN = re.compile(
    rf"[ADElmctnryxw]|(?:{_SCALE})+[mctnry]"
    rf"|(?:{_SCALE})*(?:0[mc]|1m|[01]A|[0-9]t(?:[01][mc]|1A|X{_P}A)|X{_P}A"
    rf"|(?:[0-9]|[0-9]t{_P})l{_P}(?![1-9DE])|(?:[0-9]t)?[BC]{_P}(?![1-9ADE])|{_COUNT}x{_P}(?!{_ONE}))"
)


def numerals(stretch: str) -> list[Chunk]:
    """The numerals of a stretch, in order. Raises a `ReadingError` at the first one that is not read.

    Linear in the length of the stretch: a group has a largest length, and everything is tried once at each place.
    """
    if stretch.isdecimal():  # digit by digit in one breath
        return [Chunk(stretch, True, len(stretch))]
    if "=" in stretch and _STATEMENT.search(stretch):
        raise AmbiguousError
    done: list[Chunk] = []
    fresh = True
    for match in _NUMERAL.finditer(stretch):
        kind = match.lastgroup
        if kind is None or kind == "pause":
            break  # the end
        heard = match[kind]
        fresh = fresh or match["pause"] is not None
        if kind == "plain":
            done.append(Chunk(heard, fresh, len(heard)))
        elif kind == "group":
            done.append(Chunk(_value(heard), fresh, heard[-1] not in _ZEROS))
        elif kind == "scaled":
            done.append(Chunk(_scaled(heard, done), fresh, heard[-1] in "123456789ADE"))
        elif kind == "repeat":
            counts = heard.translate(_DIGITS)
            done.append(
                Chunk("".join([one * int(n) for n, one in zip(counts[::2], counts[1::2], strict=True)]), fresh, 0)
            )
        elif kind == "refused":
            raise _refusal(stretch, match.start(kind))(done)
        elif kind != "sign":
            digits = heard.strip("<>s")
            done.append(Chunk(digits, fresh, len(digits)))
        fresh = fresh and kind == "sign"
    return done


def _value(group: str) -> str:
    """The digits of a numeral under a thousand."""
    return group.translate(_DIGITS) + _ZEROS.get(group[-1], "")


def _scaled(heard: str, done: list[Chunk]) -> str:
    """The digits of a numeral with nghìn, triệu or tỷ: each lower group fills three places."""
    digits, places, end = "", 0, 0
    for part in _PART.finditer(heard):
        group, level, end = _value(part[1]), _LEVELS[part[2]], part.end()
        if digits and level >= places:
            raise AmbiguousError(done)
        digits += group.zfill(3 * (places - level)) if digits else group
        places = level
    rest = heard[end:].strip(",=")
    return digits + (_value(rest) if rest else "").zfill(3 * places)


def _refusal(stretch: str, at: int) -> type[ReadingError]:
    """Why the numeral at a place cannot be read."""
    if _BEGINNING_LOST.fullmatch(stretch, 0, at + 1) or _UNFINISHED.match(stretch, at):
        return IncompleteError
    return BrokenError if _BROKEN.match(stretch, at) else AmbiguousError
