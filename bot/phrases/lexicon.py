"""Vietnamese spelling to sounds, by rule: initial, glide, nucleus, coda and tone of a written syllable.

Vietnamese orthography is regular enough that any word enters a graph without a pronunciation
dictionary. The inventory follows the spelling (as a southern and a northern speaker share it), with
three simplifications: initial `p` is `b`, hook and tilde are one tone, and the checked syllables
(-p -t -c -ch) have rising and falling tones of their own.
"""
# ruff: noqa: SIM905 - lists of words are easiest to read and change as sentences

import re
import unicodedata
from typing import NamedTuple

INITIALS = "b ch d đ g h k kh l m n ng nh ph r s t th tr v x".split()
NUCLEI = "a ă â e ê i o ô ơ u ư iê uô ươ".split()
SONORANTS, STOPS = "-m -n -ng -nh -i -u".split(), "-p -t -k -ch".split()
PHONES = ["sil", *INITIALS, "w", *NUCLEI, *SONORANTS[:4], *STOPS, *SONORANTS[4:]]
PHONE_ID = {phone: i for i, phone in enumerate(PHONES)}

OPEN_TONES, STOP_TONES = ["ngang", "huyền", "sắc", "hỏi", "nặng"], ["sắc-stop", "nặng-stop"]
TONES = ["none", *OPEN_TONES, *STOP_TONES]
TONE_ID = {tone: i for i, tone in enumerate(TONES)}
_TONE_OF_MARK = {"\u0300": "huyền", "\u0301": "sắc", "\u0309": "hỏi", "\u0303": "hỏi", "\u0323": "nặng"}

#: Words with states of their own: those that real people were recorded saying often enough.
RECORDED = ("không một hai ba bốn năm sáu bảy tám chín mốt tư lăm mười mươi linh trăm nghìn triệu đúng trở lại").split()
STATES = 3
SILENCE = 0
FILLER = 1 + STATES * len(RECORDED)
WORD_CLASSES = FILLER + 1

_SPELLING = {"bẩy": "bảy"}  # two spellings of one word


class Sound(NamedTuple):
    """One frame class of the three outputs of the network: numbers in PHONES, TONES and word states."""

    phone: int
    tone: int
    word: int


SIL = Sound(PHONE_ID["sil"], TONE_ID["none"], SILENCE)

_ONSET = re.compile(r"(ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?(.+)")
_INITIAL_OF = {"c": "k", "gh": "g", "ngh": "ng", "gi": "d", "qu": "k", "p": "b"}
_CODA_OF = {"c": "-k", "y": "-i", "o": "-u", "i": "-i", "u": "-u"}
_NUCLEUS_OF = {"y": "i", "ia": "iê", "ya": "iê", "yê": "iê", "ua": "uô", "ưa": "ươ", "oo": "o"}
_RHYME = re.compile(r"(iê|yê|uô|ươ|ia|ya|ua|ưa|oo|[aăâeêioôơuưy])(ch|nh|ng|[mnptc]|[iyou])?$")


def syllable(written: str) -> tuple[list[str], str]:
    """Phones and tone name of one written syllable. Raises ValueError if it is not a Vietnamese one."""
    decomposed = unicodedata.normalize("NFD", written.lower())
    tone = next((_TONE_OF_MARK[c] for c in decomposed if c in _TONE_OF_MARK), "ngang")
    plain = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONE_OF_MARK))
    match = _ONSET.fullmatch(plain)
    if not match:
        raise ValueError(f"not a Vietnamese syllable: {written!r}")
    onset, rest = match[1] or "", match[2]
    if onset == "gi" and rest[0] not in "aăâeêoôơuưy":  # "giếng": the i belongs to the rhyme as well
        rest = "i" + rest
    elif onset == "g" and rest == "i":  # "gì"
        onset = "gi"
    if onset == "gi" and rest.startswith("ê"):
        rest = "i" + rest
    glide = onset == "qu"
    if not glide and re.match(r"o[aăe]|u[êơâ]|uy", rest):
        glide, rest = True, rest[1:]
    rhyme = _RHYME.fullmatch(rest)
    if not rhyme:
        raise ValueError(f"not a Vietnamese syllable: {written!r}")
    nucleus, coda = rhyme[1], rhyme[2] or ""
    if nucleus == "a" and coda in ("y", "u", "nh", "ch"):
        nucleus = "ă"
    phones = [_INITIAL_OF.get(onset, onset)] if onset else []
    phones += ["w"] * glide + [_NUCLEUS_OF.get(nucleus, nucleus)]
    if coda:
        phones.append(_CODA_OF.get(coda, "-" + coda))
    if coda in ("p", "t", "c", "ch"):
        tone = "nặng-stop" if tone == "nặng" else "sắc-stop"
    return phones, tone


def sounds(word: str) -> list[Sound]:
    """The left-to-right chain of frame classes of one written syllable.

    A recorded word has exactly STATES classes, tied to its phones: initial, nucleus, coda, where an
    open nucleus is cut in two. Any other syllable is its phones, with the filler as word class.
    """
    word = _SPELLING.get(word, word)
    phones, tone = syllable(word)
    rhyme = 1 if phones[0] in INITIALS else 0
    tones = [TONE_ID["none" if i < rhyme else tone] for i in range(len(phones))]
    ids = [PHONE_ID[p] for p in phones]
    if word in RECORDED:
        if len(ids) == 2:
            ids, tones = [*ids, ids[-1]], [*tones, tones[-1]]
        first = 1 + STATES * RECORDED.index(word)
        return [Sound(p, t, first + i) for i, (p, t) in enumerate(zip(ids, tones, strict=True))]
    return [Sound(p, t, FILLER) for p, t in zip(ids, tones, strict=True)]


def syllables(text: str) -> list[str]:
    """Written syllables of a sentence in lower case and NFC, without punctuation."""
    return re.findall(r"\w+", unicodedata.normalize("NFC", text.lower()))


# ── in graphs ──

STAY = 0.1
"""Cost of each further 30 ms frame of a sound: a negative natural logarithm."""

#: Words that are said otherwise than their spelling has it, or in several ways.
SPOKEN = {
    "alo": ("a lô",), "ok": ("ô kê", "âu kây", "âu khây"), "vâng": ("vâng", "dâng"), "trật": ("trật", "chật"),
}  # fmt: skip

#: Unknown speech: a loop over all that can be said in Vietnamese, in no recorded word. (Lattices must be determinised
#: by words alone: Kaldi's lattices of phones take seconds and hundreds of MB for it.)
UNKNOWN_SOUNDS = [
    Sound(PHONE_ID[phone], TONE_ID[tone], FILLER)
    for tones, phones in (
        (["none"], INITIALS),
        (OPEN_TONES, ["w", *NUCLEI, *SONORANTS]),
        (STOP_TONES, ["w", *NUCLEI, *STOPS]),
    )
    for tone in tones
    for phone in phones
]


def pronounced(word: str) -> list[list[Sound]]:
    """The ways of saying a word."""
    return [[s for syllable in way.split() for s in sounds(syllable)] for way in SPOKEN.get(word, (word,))]


def frame_classes() -> list[Sound]:
    """Every frame class of the graphs; its place is its pdf number, and silence is the first."""
    words = [s for w in RECORDED for s in sounds(w)]
    return list(dict.fromkeys([SIL, *UNKNOWN_SOUNDS, *words]))
