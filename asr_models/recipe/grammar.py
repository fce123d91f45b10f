"""What may be said at each point of a call, with what it costs to hear it there.

A grammar is a list of arcs between named places; an arc is one word or phrase. `phrases` lists what callers say;
`graphs` spells it out in the sounds of the acoustic model. Costs are negative log probabilities, chosen on the
development speakers.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from . import phrases
from .lexicon import RECORDED


class Arc(NamedTuple):
    """From one place to another by saying `text` ("" for nothing); if `told`, it is among the words that come out.
    `ease` is taken off the cost for each sound of it."""

    source: str
    target: str
    text: str
    cost: float
    reported: bool = True
    ease: float = 0.0


class Grammar(NamedTuple):
    """What may be said, and where.

    arcs      words and phrases between places
    start     the place to start from
    ends      where one may stop
    unknown   where unknown speech may begin, with the cost of beginning it there
    known     the place where it ends
    sound     cost of each sound of unknown speech
    told      unknown speech comes out as the word `<unk>`
    joined    places where nobody pauses, beside those inside phrases
    """

    arcs: list[Arc]
    start: str
    ends: tuple[str, ...]
    unknown: Mapping[str, float]
    known: str
    sound: float = 1.5
    reported: bool = False
    joined: frozenset[str] = frozenset()


UNKNOWN = "<unk>"
INSIDE = "inside "
"""How the names of places inside phrases begin: nobody pauses there."""

DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()  # bẩy sounds as bảy
UNITS = "trăm mươi chục".split()
SCALES = "nghìn ngàn triệu tỷ".split()
ENDINGS = "tư lăm nhăm".split()
NTH = "hai ba tư năm sáu bảy tám chín mười".split()
#: Whole phrases: loose words of them ("từ đầu") turn up inside others, and would throw a number away.
EDITS = [
    "à nhầm", "không phải", "xóa số cuối", "xóa hết", "đọc lại từ đầu", "sửa số đầu thành", "sửa số cuối thành",
    *(f"{edit}số thứ {nth} {into}" for edit in ("", "sửa ") for into in ("là", "thành") for nth in NTH),
]  # fmt: skip
#: Slips that nobody was recorded saying. "lộn" alone, between digits, is heard in no voice. With SLIP at 0 more of them
#: are heard, and one in forty whole numbers less.
SLIPS = ["à lộn", "ý lộn", "xin lỗi", "à quên", "ý quên", "à quên số cuối", "à nhầm số cuối", "số cuối là"]
#: After a read-back alone.
PUT_RIGHT = [
    *EDITS, *(f"số {place} {into}" for place in ("cuối", "cuối cùng", "đầu", "đầu tiên") for into in ("là", "phải là")),
    *(f"số thứ {nth} phải là" for nth in NTH),
]  # fmt: skip
CORRECTIONS = ["nhầm", "chứ không phải", "mà là", "số", "con", "hết", "xong"]
#: Before digits and among them: not told, for they change no number, and texts that differ by them alone would share
#: its probability.
HESITATIONS = ["ờ", "à", "dạ", "dạ vâng", "alo"]
KEYS = ["tám", "không", "trở lại"]

WORD, EDIT, CORRECTION, HESITATION, SLIP = 2.5, 1.0, 3.0, 1.0, 2.0
READING, UNIT, SCALE, ENDING, TEN = 4.0, 1.5, 2.0, 3.0, 3.5
#: More for a number word or correction that nobody was recorded saying. A voice unlike those in training
#: sounds to the network like no recorded word at all, and must not turn its digits into "ngàn" and "xong".
UNHEARD = 1.0
PHRASE, RARE, SELDOM, COURTESY, BEHIND = 4.0, 3.5, 10.0, 2.5, 0.0
AGAIN = 8.0
#: "Dạ" and "vâng" before an answer: "dạ đúng" must not be heard as "chả đúng".
#: The key of a no, said; with nothing before it, for "dạ phải" sounds to the network like "dạ hai".
DENY_KEY = 7.0
#: More for "nhầm" and "chưa" alone, which few say, and which sound like "vâng" and "dạ" in some voices; and what
#: "gần đúng" costs, which sounds like "vâng đúng": the dearer mistake is the cheaper arc.
ALONE, NEARLY = 6.0, 1.0
YES_SIR = -0.5
PUTTING_RIGHT = 7.0
#: Less for "phải rồi", and for "phải" behind "dạ": to the network, which heard nobody say it, it sounds like
#: "sai". With this, espeak-ng's "dạ phải" is taken for a yes in all three dialects, and its "dạ sai" is not.
RIGHT, RIGHT_SIR = 1.0, 3.7
#: More for a short word that turns a yes into a no, where "dạ" was heard before it: it fits into the end of "dạ".
SQUEEZED = 5.0
#: For each further word of a phrase that may be left out.
OPTIONAL = 0.3
#: To introduce a number, take leave behind it, give a name, spell the letters of a card, say something else.
INTRODUCTION, LEAVE, NAME, LETTERS, WISH = 3.0, 1.0, 4.0, 7.0, 3.0
#: A person asked for in two or three words, where a number is asked for: they gain little by the ease of each sound.
#: With 4 "gặp người thật" is heard in four of six espeak-ng voices over a G.711 line, with 1 in all.
WISH_SHORT = 1.0
#: Less for each sound of what is said around a number, and more for beginning it. Words that nobody was recorded saying
#: get half a point less for each frame than digits do (`export.Mix`), so that "nhé cháu" was heard as "sáu" wherever
#: it stood; and a single syllable at the edge of a number must not take its first or last digit away.
EASE, LONG, SYLLABLE, EASE_EDIT, EASE_PERSON = 1.0, 3.0, 3.0, 0.5, 0.35
#: EASE_PERSON, where a wish for a person stands among yes and no: with more, beginnings of it leave the decoder no room
#: for others: "hỏng rồi" was heard as "trúng", and, among numbers, "đọc lại từ đầu" as digits. What foreign speech is
#: heard as such a wish all the same, the second pass tells (`bot.hearing.wishes`).
#: A last "nhé cháu" that sounds like "nhé sáu" costs three less than "nhé" and a digit: both are among the
#: alternatives, and the count of digits tells.
LIKE_A_DIGIT = 10.0


def said(lines: Iterable[str], source: str, target: str, cost: float, ease: float = 0.0) -> list[Arc]:
    """The arcs of these phrases (`phrases`) from one place to another."""
    arcs = []
    for line in lines:
        slots = phrases.slots(line)
        places = [source, *(f"{INSIDE}{source} {target} {line} {i}" for i in range(1, len(slots))), target]
        for i in range(len(slots)):
            for j in range(i, len(slots)):
                begin = cost if i == 0 else 0.0
                extra = OPTIONAL if slots[j].optional else 0.0
                arcs += [
                    Arc(places[i], places[j + 1], w, begin + extra, slots[j].reported, ease) for w in slots[j].words
                ]
                if not slots[j].optional:
                    break
            else:
                if i > 0:  # all that may follow may be left out
                    arcs.append(Arc(places[i], target, "", 0.0))
    return arcs


def _heard(arc: Arc) -> Arc:
    known = set(arc.text.split()) <= set(RECORDED)
    return arc if known else arc._replace(cost=arc.cost + UNHEARD)


def _numbers(at: str) -> list[Arc]:
    """Digits, numbers and corrections in any order, from the place `at` back to it.

    Most people dictate digit by digit, and some read out numbers. Beginning to read costs once, the words of it
    little; so no single "mươi" slips in between digits, and "hai mươi ba" is not taken for "hai một ba". What only
    follows a digit ("trăm", "mươi", "lăm") or a unit ("linh", "mốt") is only heard there, without a pause between
    (`_joined`): "chín, mười hai" is no "chín mươi hai".
    """
    read, digit, tens, unit, link = (f"{at}.{place}" for place in ("read", "digit", "tens", "unit", "link"))
    arcs = [Arc(at, at, w, WORD) for w in DIGITS]
    arcs += [Arc(at, read, "", READING), *(Arc(place, at, "", 0.0) for place in (digit, tens, unit))]
    arcs += [Arc(place, digit, w, WORD) for place in (read, digit, tens, unit, link) for w in DIGITS]
    arcs += [Arc(place, tens, "mười", TEN) for place in (read, unit)]
    for place in (digit, tens):
        arcs += [Arc(place, digit, w, ENDING) for w in ENDINGS]
        arcs += [Arc(place, unit, w, SCALE) for w in SCALES]
    arcs.append(Arc(tens, digit, "mốt", UNIT))
    arcs += [Arc(digit, unit if w == "trăm" else tens, w, UNIT) for w in UNITS]
    arcs += [Arc(unit, link, w, ENDING) for w in ("linh", "lẻ")]
    arcs += [Arc(unit, unit, w, SCALE) for w in SCALES]
    arcs.append(Arc(link, digit, "tư", ENDING))
    arcs += [Arc(at, at, w, CORRECTION) for w in CORRECTIONS]
    arcs += [Arc(at, at, w, EDIT, ease=EASE_EDIT if w.count(" ") > 1 else 0.0) for w in EDITS]
    arcs += [Arc(at, at, w, SLIP, ease=EASE) for w in SLIPS]
    arcs += [Arc(at, at, w, HESITATION, reported=False) for w in HESITATIONS]
    arcs += said(phrases.BEGINS_HERE, at, at, INTRODUCTION + LONG, EASE)
    return [_heard(arc) for arc in arcs]


def _joined(at: str) -> frozenset[str]:
    return frozenset((f"{at}.digit",))


def _leave(place: str, over: str, lines: Iterable[str] = ()) -> list[Arc]:
    """Polite words behind a number, not told."""
    words = said(phrases.CLOSING_WORD, place, over, SYLLABLE)
    return words + said([*phrases.CLOSING, *lines], place, over, LEAVE + LONG, EASE)


def _polite(place: str, target: str) -> list[Arc]:
    """Polite words before a number, not told."""
    words = said(phrases.OPENING_WORD, place, target, SYLLABLE)
    return words + said(phrases.OPENING, place, target, HESITATION + LONG, EASE)


def _closed(at: str) -> list[Arc]:
    """What is said behind a number; then it may go on, rarely."""
    over, last = f"{at}.over", f"{at}.last"
    arcs = [Arc(at, over, "ạ", BEHIND, reported=False), Arc(over, at, "", AGAIN)]
    arcs += said(phrases.LIKE_DIGITS, at, last, LIKE_A_DIGIT)
    return arcs + [arc for place in (at, over) for arc in _leave(place, over, phrases.NUMBER_CLOSING)]


def _introduced(at: str, number: str) -> list[Arc]:
    """What is said before a number: courtesies, whose number it is, the caller's name, the letters of a card."""
    own, named = f"{at}.own", f"{at}.named"
    arcs = [Arc(at, own, "", 0.0), Arc(own, number, "", 0.0)]
    arcs += _polite(at, at) + _polite(own, own)
    arcs += said(phrases.INTRODUCING, own, own, INTRODUCTION + LONG, EASE) + said(
        phrases.NAMING, own, named, NAME + LONG, EASE
    )
    arcs += said(phrases.LETTERS, own, number, LETTERS)
    return arcs + _leave(at, f"{number}.over", phrases.NUMBER_CLOSING)


def _wishes(at: str, target: str, cost: float, ease: float = 0.0, person: float = EASE) -> list[Arc]:
    """A person, a moment, once more, no number at all."""
    asked_for = said(phrases.OPERATOR, at, target, cost, person)
    asked_for += said(phrases.CONNECT, at, target, cost, person)
    return asked_for + said([*phrases.WAIT, *phrases.REPEAT, *phrases.NO_NUMBER], at, target, cost, ease)


def _taken_leave(*places: str, over: str) -> list[Arc]:
    """Polite words behind an answer or a wish, not told."""
    closing = [*phrases.CLOSING_WORD, *phrases.CLOSING]
    arcs = [arc for place in (*places, over) for arc in said(closing, place, over, COURTESY + 2)]
    return arcs + [Arc(place, over, "ạ", BEHIND, reported=False) for place in places]


def _answer(at: str, number: str) -> list[Arc]:
    """Yes or no, perhaps politely said, rarely several words of it; what is wrong may be put right in one breath."""
    sir, polite, doubting, again = (f"{at}.{place}" for place in ("sir", "polite", "doubting", "again"))
    yes, no, wish, over = (f"{at}.{end}" for end in ("yes", "no", "wish", "over"))
    arcs = []
    for place in (at, sir, polite):
        arcs += said(["<dạ>"], place, sir, YES_SIR) + said(["<vâng>"], place, polite, YES_SIR)
        arcs += said([*phrases.OPENING_WORD, *phrases.OPENING], place, polite, COURTESY + 2)
        arcs += said(phrases.DENIAL_OPENING, place, doubting, COURTESY + 2)
        arcs += [Arc(place, number, w, PUTTING_RIGHT) for w in PUT_RIGHT]
    for place in (at, sir, polite, again):
        for line in phrases.AFFIRM:
            right = {"phải": RIGHT_SIR if place == sir else 0.0, "phải rồi": RIGHT}.get(line, 0.0)
            arcs += said([line], place, yes, PHRASE - right)
        arcs += said(phrases.AFFIRM_TOO, place, yes, RARE) + said(phrases.AFFIRM_ENGLISH, place, yes, 2.0)
        arcs += said(phrases.AFFIRM_SELDOM, place, yes, SELDOM) + said(phrases.AFFIRM_KHOP, place, yes, RARE)
        arcs += _wishes(place, wish, WISH, person=EASE_PERSON)
    arcs += said(phrases.AFFIRM_BARE, at, yes, RARE) + said(phrases.DENY_SELDOM, at, no, DENY_KEY)
    for place in (at, sir, polite, again, doubting):
        arcs += said(phrases.DENY, place, no, PHRASE)
        arcs += said(phrases.DENY_ALONE, place, no, PHRASE + ALONE)
        arcs += said(phrases.DENY_TOO, place, no, RARE + (SQUEEZED if place == sir else 1.5))
        arcs += said(phrases.NEARLY, place, no, RARE + SQUEEZED if place == sir else NEARLY)
    arcs += [Arc(no, number, w, PHRASE) for w in PUT_RIGHT]
    arcs += [Arc(no, number, "", AGAIN), Arc(yes, again, "", AGAIN - 2), Arc(no, again, "", AGAIN - 2)]
    for place in (yes, no, over):
        arcs += said(phrases.ANSWER_CLOSING, place, over, COURTESY + 2)
    arcs += said(phrases.DENIAL_CLOSING, no, over, COURTESY + 2)
    return arcs + _taken_leave(yes, no, wish, over=over)


def _menu(at: str, number: str) -> list[Arc]:
    """A wish may go on with the number itself: "tôi muốn cấp lại mật khẩu mã số của tôi là …"."""
    want, done, wish, over = (f"{at}.{place}" for place in ("want", "said", "wish", "over"))
    arcs = said([*phrases.OPENING_WORD, *phrases.OPENING], at, at, COURTESY) + said(phrases.GREETING, at, over, PHRASE)
    arcs += [Arc(at, over, w, PHRASE) for w in KEYS]
    arcs += [Arc(at, want, "", 0.0), *said(phrases.WISHING, at, want, 1.0)]
    arcs += said(phrases.REFUSING, at, want, PHRASE) + said(phrases.RESET, want, done, PHRASE)
    arcs += _wishes(want, wish, WISH, person=EASE_EDIT) + [Arc(place, at, "", 0.0) for place in (done, wish, over)]
    arcs += said(
        ["mã số {bảo hiểm|bảo hiểm xã hội} {của tôi|của em|của anh|của chị|của cô|của bác|của cháu} {là}"],
        done,
        number,
        0.5,
    )
    arcs += [Arc(done, number, "", 0.5), *said(phrases.INTRODUCING, done, number, INTRODUCTION)]
    return arcs + _taken_leave(done, wish, over=over)


ENDS = ("n", "n.over", "n.last")
GRAMMARS = {
    "number": Grammar(
        [
            *_introduced("s", "n"), *_numbers("n"), *_closed("n"),
            *_wishes("s", "s.wish", WISH + LONG, EASE, 0.9 * EASE),
            *said(phrases.OPERATOR_SHORT, "s", "s.wish", WISH_SHORT, EASE),
            *said(phrases.WISH_CLOSING, "s.wish", "s.over", LEAVE + LONG, EASE),
            *said(phrases.NOT_KNOWN, "s", "s.wish", WISH + LONG, EASE), *_taken_leave("s.wish", over="s.over"),
        ],
        start="s", ends=("s", "s.own", "s.wish", "s.over", *ENDS), joined=_joined("n"),
        unknown={"s": 6.0, "n": 6.0, "n.over": 6.0, "s.wish": 6.0, "s.named": 0.0}, known="s.own",
    ),
    # Unknown speech costs more to begin at yes or no: it is made of the same sounds as words that nobody was recorded
    # saying, and over a single short one ("chuẩn", "vâng", "dạ") it loses little.
    "yesno": Grammar(
        [*_answer("y", "n"), *_numbers("n"), *_closed("n")],
        start="y", ends=("y", "y.again", "y.yes", "y.no", "y.wish", "y.over", *ENDS), joined=_joined("n"),
        unknown=dict.fromkeys(("y", "y.yes", "y.no", "y.wish", "y.over", *ENDS), 9.0), known="y.again", reported=True,
    ),
    "menu": Grammar(
        [*_menu("m", "n"), *_numbers("n"), *_closed("n")],
        start="m", ends=("m", "m.said", "m.wish", "m.over", *ENDS), joined=_joined("n"),
        unknown=dict.fromkeys(("m", "m.said", "m.wish", "m.over", *ENDS), 6.0), known="m", reported=True,
    ),
    "any": Grammar(
        [
            *_introduced("s", "n"), *_numbers("n"), *_closed("n"), *_menu("s", "n"),
            *said(phrases.ANSWERS, "s", "s.over", PHRASE),
        ],
        start="s", ends=("s", "s.own", "s.said", "s.wish", "s.over", *ENDS), joined=_joined("n"),
        unknown={"s": 6.0, "n": 6.0, "n.over": 6.0, "s.named": 0.0}, known="s.own",
    ),
}  # fmt: skip


def readings(grammar: Grammar, text: str) -> set[str]:
    """The words that come out where somebody says just this; empty where the grammar does not hold it."""
    words = tuple(text.split())
    arcs: dict[str, list[Arc]] = {}
    for arc in grammar.arcs:
        arcs.setdefault(arc.source, []).append(arc)
    states = {(grammar.start, 0, "")}
    ahead = [*states]
    while ahead:
        place, at, told = ahead.pop()
        for arc in arcs.get(place, ()):
            said_now = tuple(arc.text.split())
            if words[at : at + len(said_now)] == said_now:
                more = f"{told} {arc.text}".strip() if arc.reported else told
                state = (arc.target, at + len(said_now), more)
                if state not in states:
                    states.add(state)
                    ahead.append(state)
    return {told for place, at, told in states if at == len(words) and place in grammar.ends}
