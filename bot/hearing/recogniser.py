"""Recognisers: the sound of one piece in, words out. Each kind is one line in `RECOGNISERS`."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.events import RATE, Grammar, Samples
from bot.hearing.front import Resampler
from bot.hearing.models import ModelError, ModelFolder, find

if TYPE_CHECKING:
    import vosk

ASKED, KEPT = 20, 5
"""Alternatives that Vosk is asked for, and those kept when spellings and fillers have fallen together."""

SPELLINGS = {"bẩy": "bảy"}
"""Words written two ways, which would fill the alternatives with copies."""

SCALE = 0.2
"""Log probability for one unit of difference between Vosk's n-best scores, which are log-likelihoods summed over frames
that are far from independent, and so overconfident. Fitted by the likelihood of right and wrong on 400 dictated strings
and read numbers of all speakers but those of the test, on a quiet line and in noise."""


class Recognised(NamedTuple):
    """Alternatives, best first, none empty, and the share of each among all that was heard, in 0…1.

    No texts: what was heard holds nothing of the grammar."""

    texts: tuple[str, ...]
    shares: tuple[float, ...]

    @property
    def confidence(self) -> float:
        return self.shares[0] if self.shares else 0.0


class Recogniser(Protocol):
    """Hears one piece of speech."""

    def accept(self, samples: Samples) -> str:
        """The next sound at `RATE`; the words so far, empty while there are none."""
        ...

    def finish(self) -> Recognised:
        """The piece is over: decide. The recogniser is spent."""
        ...


Opener = Callable[[Grammar], Recogniser]
"""A fresh recogniser that listens for a grammar; cheap, and callable from any thread."""


@cache
def opener(model: str) -> Opener:
    """How to make recognisers of the model of this name or folder, whose files are checked once in this process.

    Raises ModelError where it is missing, broken or of no kind known here."""
    folder = find(model)
    if folder.kind not in RECOGNISERS:
        raise ModelError(f"{folder.path}: no recogniser of kind {folder.kind!r}; there is {', '.join(RECOGNISERS)}")
    return RECOGNISERS[folder.kind](folder)


# ── Vosk ──


def _vosk(folder: ModelFolder) -> Opener:
    graphs = {grammar: folder.graph_folder(grammar) for grammar in Grammar}
    return lambda grammar: VoskRecogniser(vosk_model(graphs[grammar]), folder.rate)


class VoskRecogniser:
    """Vosk on one piece. Making one takes 0.1 ms, so none is kept between pieces: nothing of the last one lingers."""

    def __init__(self, model: vosk.Model, rate: int) -> None:
        import vosk

        self._kaldi = vosk.KaldiRecognizer(model, rate)
        self._kaldi.SetMaxAlternatives(ASKED)
        self._resampler = Resampler(RATE, rate)
        self._raw = self._words = ""

    def accept(self, samples: Samples) -> str:
        # Vosk's own endpointing, its return value, goes unused: where a piece ends is decided before it.
        self._kaldi.AcceptWaveform(self._resampler.feed(samples).tobytes())
        raw = self._kaldi.PartialResult()
        if raw != self._raw:
            self._raw, self._words = raw, plain(json.loads(raw)["partial"])
        return self._words

    def finish(self) -> Recognised:
        if len(rest := self._resampler.flush()):
            self._kaldi.AcceptWaveform(rest.tobytes())
        alternatives = json.loads(self._kaldi.FinalResult())["alternatives"]
        return ranked([(plain(each["text"]), each["confidence"]) for each in alternatives])


_LOADING = threading.Lock()


def vosk_model(folder: Path) -> vosk.Model:
    """The model in `folder`, loaded once in this process and shared by all threads. Raises ModelError."""
    with _LOADING:
        return _vosk_model(folder)


@cache
def _vosk_model(folder: Path) -> vosk.Model:
    import vosk

    vosk.SetLogLevel(-2)  # no warnings either: they are about lattices, and the terminal is for people
    try:
        return vosk.Model(str(folder))
    except Exception:  # vosk raises nothing narrower
        raise ModelError(f"{folder}: Vosk cannot load this model; `voicebot models check` says more") from None


def plain(text: str) -> str:
    """A recogniser's words as people write them: no fillers such as <unk> or [unk], no underscores, one spelling."""
    words = [word for word in text.split() if word[0] not in "<["]
    return " ".join(SPELLINGS.get(word, word) for word in " ".join(words).replace("_", " ").split())


def ranked(scored: Sequence[tuple[str, float]]) -> Recognised:
    """Alternatives with Vosk's unnormalised log-likelihoods, best first, to distinct texts and a confidence."""
    if not scored or not scored[0][0]:
        return Recognised((), ())
    best = scored[0][1]
    shares: dict[str, float] = {}
    for text, score in scored:
        shares[text] = shares.get(text, 0.0) + math.exp((score - best) * SCALE)
    total = sum(shares.values())
    kept = [text for text in shares if text][:KEPT]
    return Recognised(tuple(kept), tuple(shares[text] / total for text in kept))


RECOGNISERS: dict[str, Callable[[ModelFolder], Opener]] = {
    "vosk": _vosk,
}
