"""A wish for a person, heard by both passes, and one for the menu's service. Pure, given what the encoder says.

The graphs make it easy to be heard asking for a person, in many wordings, so other speech is often heard so, too. The
second pass, which knows far more syllables, tells them apart: it hears "gặp nhân viên" where somebody said it, and
hardly any of it elsewhere. What both hear is certain, however the first pass shares its
probability among wordings. Where the first makes nothing certain of a short piece, the second is believed alone, if it
hears one of NAMES clearly, or the syllables that it always hears in a wish whose words it never learned.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.events import UNKNOWN
from bot.hearing.calibration import Wishes
from bot.hearing.recogniser import Recognised
from rasa_components.negation import holds_negation

_STAFF = r"(?:(?:tổng đài|nhân|điện thoại|tư vấn|giao dịch) viên|cán bộ|tổng đài|bộ phận)"
_PERSON = re.compile(
    rf"\b(?:(?:gặp|nói chuyện(?: với)?) )?{_STAFF}\b"
    r"|\b(?:gặp|nói chuyện(?: với)?) (?:người|ai đó|lãnh đạo|quản lý|giám đốc|sếp|chăm sóc khách hàng)\b"
    r"|\b(?:nối|chuyển) máy(?: (?:cho|giúp|giùm) \w+)?\b|\bngười\b"
)

MANY = 10
"""Syllables in the piece. What somebody says who wants a person is short; in long speech something like it is found."""

WORDS = 2
"""How many other words a wish may have with it: long speech is heard as many wishes one after the other."""

NAMES = ("nhân viên", "tổng đài viên", "gặp tổng đài", "điện thoại viên", "tư vấn viên")
"""Words that the second pass is believed on, alone: nothing else that callers say sounds like them. Not "tổng đài"
without another word: it may greet the bot."""

SERVICE = "mật khẩu"
"""What the menu's service is about: nearly every wording of its wish holds these words ("xin cấp mật khẩu", "mật khẩu
của bác mất rồi"), of which a graph has some. The second pass knows both syllables from many people."""

REPEAT = "đọc lại"
"""A wish to hear the number again, at yes or no."""

_REPEAT = re.compile(r"\b(?:đọc|nói|nhắc) lại\b")
_NOT_HEARD = re.compile(r"\bnghe (?:không|chưa)\b")
_NO_REPEAT = frozenset(("đúng", "sai", "nhầm", "để"))
"""With one of these words it is no such wish: "sai, để tôi đọc lại"."""

REFUSES = frozenset(("không", "chưa", "đừng", "khỏi", "chẳng", "chả"))
"""Words with which a wish may be none. The second pass hears them, too. Behind the name of whom a caller asks for, they
refuse nothing: "có nhân viên nào không" is a question."""

Spotted = Callable[[str], float | None]
"""How well the second pass hears these words: a logarithm for each syllable that it knows; None: it knows too few."""


def named(text: str) -> str:
    """The words of a text that name a person to be asked for; empty where none do."""
    found = _PERSON.search(text)
    return found[0] if found else ""


def person(text: str) -> str:
    """The words of a text that ask for a person; empty where none do or the text denies."""
    return "" if holds_negation(text) else named(text)


def judged(first: Recognised, heard: Recognised, spotted: Spotted, syllables: int, fit: Wishes) -> Recognised:
    """What was heard, with the second pass's say on a wish for a person, and on one that is denied: other speech often
    holds a "không". `first`: the first pass's alternatives; `heard`: what to go on with where no wish is in question;
    `syllables`: how many the second pass hears in the piece."""
    if heard.texts and len(_PERSON.findall(heard.texts[0])) > 1 + WORDS:
        return Recognised((), ())
    if not first.texts:
        return heard
    denied = heard.texts[0] if heard.texts and holds_negation(heard.texts[0]) else ""
    if wish := named(denied):  # "không muốn gặp nhân viên", or other speech with a "không" in it
        if not _clear(wish, spotted(wish), syllables, fit):
            return Recognised((), ())
        return Recognised((wish,), (fit.both,)) if _asks(denied) else heard
    if holds_negation(first.texts[0]):
        return heard
    for text, share in zip(first.texts, first.probabilities, strict=True):
        wish = person(text)
        if wish and share >= fit.least and _heard(text, wish, spotted, syllables, fit):
            return Recognised((wish,), (fit.both,))
    wish = person(heard.texts[0]) if heard.texts else ""
    likely = spotted(wish)
    if (
        not wish
        or (likely is None and " " in wish and syllables <= MANY)
        or ("máy" in wish and (likely or 0.0) >= fit.transfer and syllables <= MANY)
    ):
        return heard
    return Recognised((), ())


def alone(heard: Recognised, told: str, spotted: Spotted, fit: Wishes) -> Recognised:
    """What was heard, or a wish that the second pass hears by itself, mostly for a person. `told`: its syllables."""
    if len(told.split()) > MANY:
        return heard
    for wish, pattern in fit.like.items():
        if re.search(pattern, told) and not _refuses(told):
            return Recognised((wish,), (fit.both,))
    likely = {name: cost for name in NAMES if (cost := spotted(name)) is not None}
    best = max(likely, key=likely.__getitem__, default="")
    if not best or likely[best] < fit.alone or _refuses(told.partition(best)[0]):
        return heard
    return Recognised((best,), (fit.both,))


def for_service(told: str, fit: Wishes) -> Recognised | None:
    """The wish for the menu's service, where the second pass hears it, or what it is about in a short piece that
    refuses nothing. `told`: its syllables."""
    for wish, pattern in fit.menu.items():
        if re.search(pattern, told):
            return Recognised((wish,), (fit.both,))
    before, service, behind = f" {told} ".partition(f" {SERVICE} ")
    said = told.split()
    if not service or len(said) > MANY or _refuses(told):
        return None
    # As many words as were said: over a prompt, a few words in long speech are taken for somebody else's.
    unknown = ([UNKNOWN] * len(part.split()) for part in (before, behind))
    return Recognised((f" {SERVICE} ".join(map(" ".join, unknown)).strip(),), (fit.both,))


def repeat(told: str) -> bool:
    """Whether the second pass hears a wish to hear the number again in a short answer: "nghe không rõ, đọc lại đi".
    `told`: its syllables."""
    found = _REPEAT.search(told)
    said = told.split()
    if not found or len(said) > MANY or not _NO_REPEAT.isdisjoint(said):
        return False
    return not _refuses(_NOT_HEARD.sub("", told[: found.start()]))


def _asks(text: str) -> bool:
    """Whether the only negation is a last "không": "có nhân viên nào không"."""
    asked = text.removesuffix(" không")
    return asked != text and not holds_negation(asked)


def _refuses(told: str) -> bool:
    return not REFUSES.isdisjoint(told.split())


def _heard(text: str, wish: str, spotted: Spotted, syllables: int, fit: Wishes) -> bool:
    """Whether the second pass hears this wish, which is most of the text."""
    others = sum(word != UNKNOWN for word in text.replace(wish, "", 1).split())
    return others <= WORDS and _clear(wish, spotted(wish), syllables, fit)


def _clear(wish: str, likely: float | None, syllables: int, fit: Wishes) -> bool:
    """Whether the second pass, to which the wish is this likely, hears it."""
    if syllables > MANY:
        return likely is not None and likely >= fit.long
    return likely is not None and likely >= (fit.short if len(wish.split()) == 2 and "gặp" not in wish else fit.heard)
