"""The numbers that were fitted to one model, as its `calibration.toml` gives them.

    asr_models/vi-digits/calibration.toml    one table for each class below; docs/hearing.md tells how it is made

Constants that hold for people, lines or this program's own time stay in code. A constant that changes when the model
does is here. A model without the file gets `NEUTRAL`: its probabilities are taken as they are, nothing is decoded
twice, and the second pass has no say on a yes.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

from bot.errors import VoicebotError
from vietnamese_numbers import Certainty

CALIBRATION = "calibration.toml"


class CalibrationError(VoicebotError):
    """A calibration.toml is not what it should be."""


class FirstPass(NamedTuple):
    """What makes probabilities of Vosk's n-best scores (`bot.hearing.recogniser.ranked`).

    The scores are log-likelihoods summed over frames that are far from independent, so they are overconfident: their
    differences count `scale` times. And the list ends where the decoder's lattice was pruned, so that one alternative
    alone is no certainty: beside the best one, of weight 1, all that was pruned weighs
    exp(`rest` + `words` · log(words of the best one) + `score` · score of the best one for a frame of 30 ms).
    A low score tells of noise and strange voices, where likely readings are pruned as well.

    scale                        over 0
    rest, words, score           natural logarithms
    lowest_score, highest_score  the scores for a frame that were seen in fitting; others count as the nearest of these
    """

    scale: float
    rest: float
    words: float
    score: float
    lowest_score: float
    highest_score: float


@dataclass(frozen=True)
class Augmented:
    """When and how the first pass is asked again (`bot.hearing.augmented_decoding`).

    speeds   factors, over 0; each is one more decoding
    dull_hz  Hz: further decodings hear little above it (a Butterworth filter's magnitude)
    slope    order of that filter, over 0; a sharp edge mends more numbers on quiet lines and fewer in noise
    sure     0…1: from this confidence on the first decoding stands alone, for asking on mends nothing more
    least    0…1 for one word, for n words to the power of n: what is less likely was hardly a word of the grammar
    nothing  0…1: the probability, of such a piece, that nothing of the grammar was said. By itself the piece then
             counts for nothing; a number that lacks just its digits takes it all the same
    """

    speeds: tuple[float, ...]
    dull_hz: float
    slope: float
    sure: float
    least: float
    nothing: float


class Weights(NamedTuple):
    """What alternatives weigh by what both passes say of them; natural logarithms, fitted together with an encoder.

    The logarithm of a weight is `first` · log probability in the first pass, or of `absent` if it has none there,
    + `second` · log likelihood in the second pass, for the likeliest of them 0. `rest` is the logarithm of the
    weight of everything else."""

    first: float
    absent: float
    second: float
    rest: float


@dataclass(frozen=True)
class SecondPass:
    """What the second pass's word is worth (`bot.hearing.second_pass`, `second_answers`). Costs are natural logarithms.

    stranger   what a frame of a syllable costs that is no word of the task
    foreign    0 and up: a syllable is another word where it is so much likelier than any number word beside it
    doubt      up to 0: a yes that is spotted at this cost or above is believed
    denied     up to 0: a yes is doubted where a denial that sounds like it costs no more than it and this
    goes_on    0…1: a less likely yes is doubted where the second pass hears other words behind it
    wholly     0 and up: how much less likely anything but a yes is where one is all that the second pass hears
    yes        words of a yes that the second pass hears well
    uncertain  a yes that the first pass hears in many a no, and of which the second pass knows nothing
    rivals     a yes word → what the second pass hears where a no was said that the first pass takes for it
    denial     a pattern (`re`) of the syllables that the second pass hears in a no, and nothing else; or empty
    """

    stranger: float
    foreign: float
    doubt: float
    denied: float
    goes_on: float
    wholly: float
    yes: frozenset[str]
    uncertain: frozenset[str]
    rivals: Mapping[str, str]
    denial: str
    weights: Weights


@dataclass(frozen=True)
class Questions:
    """When a yes ends in "à" and asks, or in "ạ" and is polite (`bot.hearing.questions`). Logarithms of the second
    pass.

    heard   the likelier of both must have so much in the last syllable, else neither was said
    polite  "à" over "ạ": below this it was "ạ", whatever the voice does
    asks    … above this it was "à"
    rises   semitones from the middle of the syllable to its end from which on, in between, it is "ạ"
    """

    heard: float
    polite: float
    asks: float
    rises: float


@dataclass(frozen=True)
class Wishes:
    """When a wish stands (`bot.hearing.wishes`). All to `transfer` are logarithms for each syllable that the second
    pass knows, up to 0, from which on it heard a wish for a person.

    heard     a wish with a verb
    short     two syllables that name somebody without a verb
    long      a wish in a long piece, in which something like one is found
    alone     a wish of which the first pass makes nothing certain
    transfer  "nối máy", "chuyển máy", of which the second pass knows little: the first's probabilities count
    least     0…1: the probability that it must have in the first pass
    both      0…1: the probability of a wish that both passes hear
    like      words of a wish, and a pattern (`re`) of the syllables that the second pass hears where it is made in
              words that it does not know
    menu      the same of wishes for the menu's service, which count in the menu alone
    """

    heard: float
    short: float
    long: float
    alone: float
    transfer: float
    least: float
    both: float
    like: Mapping[str, str]
    menu: Mapping[str, str]


@dataclass(frozen=True)
class Answers:
    """How sure an answer must be (`bot.answers`, `bot.turn`); all 0…1.

    yes, no     a less likely one is asked for again, which takes some four seconds. A false no costs eighteen, and a
                false yes the call: somebody else's number is refused
    likely      a yes from which on whatever denies nothing counts for it; under it, only what confirms
    contrary    beside "phải": the probability of "chả phải", "chẳng phải" from which on it is asked again
    wish        a wish of one word, and for n words to the power of n; a less likely one counts as not understood
    spoken_key  a single spoken digit that chooses from the menu. A "không" in the background is one word, too, and
                would hand the call to a person
    """

    yes: float
    no: float
    likely: float
    contrary: float
    wish: float
    spoken_key: float


@dataclass(frozen=True)
class Files:
    """Whole sound files (`bot.transcription`), whose numbers need not be of a length that calls want.

    near  0…1, in place of `Certainty.near`
    """

    near: float


@dataclass(frozen=True)
class Calibration:
    """All that was fitted to one model. `fitted`: it has a calibration.toml."""

    first: FirstPass
    augmented: Augmented
    second: SecondPass
    questions: Questions
    wishes: Wishes
    numbers: Certainty
    answers: Answers
    files: Files
    fitted: bool = field(default=True, kw_only=True)


NEUTRAL = Calibration(
    # The list's own probabilities, and one in ten for what is not on it.
    FirstPass(scale=1.0, rest=math.log(0.1), words=0.0, score=0.0, lowest_score=0.0, highest_score=math.inf),
    Augmented(speeds=(), dull_hz=4000.0, slope=1.0, sure=0.0, least=0.0, nothing=0.0),
    # Both passes count alike; a yes and a foreign syllable are left to the first.
    SecondPass(
        stranger=0.0,
        foreign=math.inf,
        doubt=-math.inf,
        denied=0.0,
        goes_on=0.0,
        wholly=0.0,
        yes=frozenset(),
        uncertain=frozenset(),
        rivals={},
        denial="",
        weights=Weights(first=0.5, absent=math.log(0.01), second=0.5, rest=math.log(0.05)),
    ),
    Questions(heard=math.inf, polite=0.0, asks=0.0, rises=0.0),  # none is heard
    Wishes(
        heard=-math.inf,
        short=-math.inf,
        long=-math.inf,
        alone=0.0,
        transfer=-math.inf,
        least=0.5,
        both=0.9,
        like={},
        menu={},
    ),
    Certainty(),
    Answers(yes=0.85, no=0.5, likely=0.5, contrary=0.03, wish=0.5, spoken_key=0.85),
    Files(near=0.1),
    fitted=False,
)

_TABLES: dict[str, type] = {
    "first": FirstPass,
    "augmented": Augmented,
    "second": SecondPass,
    "questions": Questions,
    "wishes": Wishes,
    "numbers": Certainty,
    "answers": Answers,
    "files": Files,
}
_OF_TWO_PASSES = {"second", "questions", "wishes"}
_ANY = (-math.inf, math.inf)
_POSITIVE, _COST, _SHARE = (1e-9, math.inf), (-math.inf, 0.0), (0.0, 1.0)
_RANGES = {
    "first": {"scale": _POSITIVE},
    "augmented": {
        "speeds": (0.5, 2.0), "dull_hz": _POSITIVE, "slope": _POSITIVE,
        **dict.fromkeys(("sure", "least", "nothing"), _SHARE),
    },
    "second": {
        **dict.fromkeys(("foreign", "wholly"), (0.0, math.inf)),
        **dict.fromkeys(("stranger", "doubt", "denied"), _COST),
        "goes_on": _SHARE,
    },
    "questions": {},
    "second.weights": {"first": (0.0, math.inf), "second": (0.0, math.inf), "absent": _COST},
    "wishes": {
        **dict.fromkeys(("heard", "short", "long", "alone", "transfer"), _COST),
        **dict.fromkeys(("least", "both"), _SHARE),
    },
    "numbers": {
        **dict.fromkeys(("sure", "near", "clear", "nothing", "hardly", "too_long"), _SHARE), "platt_slope": _POSITIVE,
    },
    "answers": dict.fromkeys(("yes", "no", "likely", "contrary", "wish", "spoken_key"), _SHARE),
    "files": {"near": _SHARE},
}  # fmt: skip


def read(folder: Path, two_passes: bool) -> Calibration:
    """The calibration of the model in this folder, `NEUTRAL` where it has none. `two_passes`: the model has a second
    pass, so the tables `second`, `questions` and `wishes` are needed. Raises CalibrationError."""
    file = folder / CALIBRATION
    if not file.exists():
        return NEUTRAL
    try:
        return parse(tomllib.loads(file.read_text("utf-8")), two_passes)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError) as error:
        raise CalibrationError(f"{file}: {error}; correct it, or restore it from git") from None


def parse(tables: Mapping[str, Any], two_passes: bool) -> Calibration:
    """The tables of a calibration.toml. Raises ValueError for the first one or key that is wrong."""
    for name in tables:
        if name not in _TABLES:
            raise ValueError(f"there is no table [{name}]; there is {', '.join(_TABLES)}")
    found = {}
    for name, kind in _TABLES.items():
        if name not in tables and name in _OF_TWO_PASSES and not two_passes:
            found[name] = getattr(NEUTRAL, name)
        else:
            found[name] = _table(name, kind, tables.get(name))
    first: FirstPass = found["first"]
    if first.lowest_score > first.highest_score:
        raise ValueError("[first] lowest_score is above highest_score")
    return Calibration(**found)


def _table(name: str, kind: type, given: object) -> Any:
    """One table, with all keys of its type and no others."""
    if not isinstance(given, dict):
        raise ValueError(f"the table [{name}] is missing")
    wanted = list(kind._fields) if hasattr(kind, "_fields") else [each.name for each in fields(kind)]
    for key in given:
        if key not in wanted:
            raise ValueError(f"[{name}] has no key {key!r}; it has {', '.join(wanted)}")
    for key in wanted:
        if key not in given:
            raise ValueError(f"[{name}] {key} is missing")
    return kind(**{key: _value(name, key, given[key]) for key in wanted})


def _value(table: str, key: str, given: object) -> Any:
    """A value of the type that its key wants, in its range."""
    at, low, high = f"[{table}] {key}", *_RANGES[table].get(key, _ANY)
    if key == "weights":
        return _table("second.weights", Weights, given)
    if key in ("yes", "uncertain") and table == "second":
        if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
            raise ValueError(f"{at} is {given!r}; a list of words is wanted")
        return frozenset(given)
    if key in ("like", "menu"):
        if not isinstance(given, dict):
            raise ValueError(f"{at} is {given!r}; wishes and their patterns are wanted")
        return {wish: _pattern(f"{at}: {wish}", pattern) for wish, pattern in given.items()}
    if key == "denial":
        return _pattern(at, given)
    if key == "rivals":
        if not isinstance(given, dict) or not all(isinstance(word, str) for word in given.values()):
            raise ValueError(f"{at} is {given!r}; words and their rivals are wanted")
        return dict(given)
    if key == "speeds":
        if not isinstance(given, list):
            raise ValueError(f"{at} is {given!r}; a list of numbers is wanted")
        return tuple(_number(at, each, low, high) for each in given)
    return _number(at, given, low, high)


def _number(at: str, given: object, low: float, high: float) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or math.isnan(given):
        raise ValueError(f"{at} is {given!r}; a number is wanted")
    if not low <= given <= high:
        raise ValueError(f"{at} is {given}; it goes from {low:g} to {high:g}")
    return float(given)


def _pattern(at: str, given: object) -> str:
    if not isinstance(given, str):
        raise ValueError(f"{at} is {given!r}; a pattern is wanted")
    try:
        re.compile(given)
    except re.error as error:
        raise ValueError(f"{at} is no pattern: {error}") from None
    return given
