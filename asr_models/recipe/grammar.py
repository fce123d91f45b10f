"""What may be said at each point of a call, with what it costs to hear it there.

A grammar is a list of arcs between named places; an arc is one word or phrase. `graphs` spells it
out in the sounds of the acoustic model. Costs are negative log probabilities, chosen on the
development speakers.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences

from typing import NamedTuple

from .lexicon import RECORDED


class Arc(NamedTuple):
    """From one place to another by saying `text` ("" for nothing); if `told`, it is among the words that come out."""

    source: str
    target: str
    text: str
    cost: float
    told: bool = True


class Grammar(NamedTuple):
    """What may be said, and where.

    arcs      words and phrases between places
    start     the place to start from
    ends      where one may stop
    unknown   where unknown speech may come
    begin, sound   cost of beginning unknown speech, and of each sound of it
    """

    arcs: list[Arc]
    start: str
    ends: tuple[str, ...]
    unknown: tuple[str, ...]
    begin: float
    sound: float


DIGITS = "không một hai ba bốn năm sáu bảy tám chín".split()  # bẩy sounds as bảy
UNITS = "trăm mươi chục".split()
SCALES = "nghìn ngàn triệu tỷ".split()
ENDINGS = "tư lăm nhăm".split()
#: Whole phrases: loose words of them ("từ đầu") turn up inside others, and would throw a number away.
EDITS = [
    "à nhầm", "không phải", "xóa số cuối", "xóa hết", "đọc lại từ đầu", "sửa số đầu thành", "sửa số cuối thành",
    *(f"{edit}số thứ {nth} {into}" for edit in ("", "sửa ") for into in ("là", "thành")
      for nth in ("hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")),
]  # fmt: skip
CORRECTIONS = [*EDITS, "nhầm", "chứ không phải", "mà là", "số", "con", "hết", "xong"]
#: Before digits and among them: not told, for they change no number, and texts that differ by them alone would share
#: its probability.
HESITATIONS = ["ờ", "à", "dạ", "dạ vâng", "alo"]
YES_NO = [
    "đúng", "đúng rồi", "vâng", "dạ", "ừ", "phải", "chính xác", "không", "không phải", "không đúng",
    "sai", "sai rồi", "nhầm", "nhầm rồi", "đọc lại",
]  # fmt: skip
DENIALS = ["không", "không phải", "không đúng", "sai", "sai rồi", "nhầm", "nhầm rồi"]
#: Before an answer, and behind an answer or a number ("dạ đúng ạ"); not told, as hesitations.
COURTESIES, PARTICLE = ["dạ", "vâng"], "ạ"
WISH = ["cấp lại mật khẩu", "quên mật khẩu", "mật khẩu", "lấy lại mật khẩu"]
MENU = ["gặp tổng đài viên", "tổng đài viên", "gặp nhân viên", "đọc lại", "nghe lại", "trở lại", "tám", "không"]

WORD, EDIT, CORRECTION, HESITATION = 2.5, 1.0, 3.0, 1.0
READING, UNIT, SCALE, ENDING, TEN = 4.0, 1.5, 2.0, 3.0, 3.5
#: More for a number word or correction that nobody was recorded saying. A voice unlike those in training
#: sounds to the network like no recorded word at all, and must not turn its digits into "ngàn" and "xong".
UNHEARD = 1.0
PHRASE, COURTESY, BEHIND = 4.0, 3.0, 0.0
AGAIN = 8.0
#: More for "phải" alone: nobody was recorded saying it, nor "sai", which it sounds like; and a yes that was none
#: costs a caller his call.
RIGHT_ALONE = 4.0


def _heard(arc: Arc) -> Arc:
    known = set(arc.text.split()) <= set(RECORDED)
    return arc if known else arc._replace(cost=arc.cost + UNHEARD)


def _numbers(at: str) -> list[Arc]:
    """Digits, numbers and corrections in any order, from the place `at` back to it, and a polite end.

    Most people dictate digit by digit, and some read out numbers. Beginning to read costs once, the words of it
    little; so no single "mươi" slips in between digits, and "hai mươi ba" is not taken for "hai một ba". What only
    follows a digit ("trăm", "mươi", "lăm") or a unit ("linh", "mốt") is only heard there.
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
    arcs += [Arc(at, at, w, EDIT if w in EDITS else CORRECTION) for w in CORRECTIONS]
    arcs += [Arc(at, at, w, HESITATION, told=False) for w in HESITATIONS]
    return [_heard(arc) for arc in arcs] + [Arc(at, f"{at}.over", PARTICLE, BEHIND, told=False)]


def _yes_no(at: str) -> list[Arc]:
    return [Arc(at, at, w, PHRASE) for w in YES_NO]


def _answer(at: str, number: str) -> list[Arc]:
    """Yes or no, perhaps politely said, rarely several words of it; what is wrong may be put right in one breath."""
    polite, said, over, denied = f"{at}.polite", f"{at}.said", f"{at}.over", f"{at}.denied"
    arcs = [Arc(at, polite, w, COURTESY, told=False) for w in COURTESIES]
    for place in (at, polite):
        arcs += [Arc(place, said, w, PHRASE + (RIGHT_ALONE if w == "phải" else 0)) for w in YES_NO]
        arcs += [Arc(place, denied, w, PHRASE) for w in DENIALS]
    arcs += [Arc(said, over, PARTICLE, BEHIND, told=False)]
    arcs += [Arc(said, said, w, AGAIN) for w in YES_NO] + [Arc(denied, number, "", AGAIN)]
    return arcs + [Arc(place, number, w, PHRASE) for place in (at, polite, denied) for w in EDITS]


def _menu(at: str, number: str) -> list[Arc]:
    """A wish may go on with the number itself: "tôi muốn cấp lại mật khẩu mã số của tôi là …"."""
    want, said, whose, link = f"{at}.want", f"{at}.said", f"{at}.whose", f"{at}.is"
    arcs = [Arc(at, at, w, PHRASE) for w in MENU]
    arcs += [Arc(at, want, "tôi muốn", 1.0), Arc(at, want, "", 0.0)]
    arcs += [Arc(want, said, w, PHRASE) for w in WISH]
    arcs += [Arc(said, at, "", 0.0), Arc(said, whose, "mã số", 0.5), Arc(said, whose, "", 0.0)]
    arcs += [Arc(whose, link, "của tôi", 0.5), Arc(whose, link, "", 0.0)]
    arcs += [Arc(link, number, "là", 0.5), Arc(link, number, "", 0.0)]
    return arcs


ANSWERED = ("y", "y.said", "y.over", "n", "n.over")
#: Unknown speech costs more to begin at yes or no: it is made of the same sounds as words that nobody was recorded
#: saying, and over a single short one ("phải", "vâng", "dạ") it loses little.
GRAMMARS = {
    "number": Grammar(_numbers("n"), "n", ("n", "n.over"), ("n",), 6.0, 1.5),
    "yesno": Grammar(_answer("y", "n") + _numbers("n"), "y", ANSWERED, ANSWERED, 9.0, 1.5),
    "menu": Grammar(_menu("m", "n") + _numbers("n"), "m", ("m", "n", "n.over"), ("m", "m.said", "n"), 6.0, 1.5),
    "any": Grammar(_numbers("n") + _yes_no("n") + _menu("n", "n"), "n", ("n", "n.over"), ("n",), 6.0, 1.5),
}
