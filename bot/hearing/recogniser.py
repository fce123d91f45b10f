"""Recognisers: the sound of one piece in, words out. Each kind is one line in `RECOGNISERS`."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.audio.resampling import Resampler
from bot.events import RATE, UNKNOWN, Grammar, Samples
from bot.hearing.calibration import FirstPass
from bot.hearing.models import ModelError, ModelFolder, find

if TYPE_CHECKING:
    import vosk

ASKED, KEPT = 20, 12
"""Alternatives that Vosk is asked for, and those kept when spellings and fillers have fallen together."""

TELLS_UNKNOWN = (Grammar.YESNO, Grammar.MENU)
"""Where unknown speech is told: beside a yes it is a doubt. Beside digits it is mostly a courtesy or a name."""

SPELLINGS = {"bẩy": "bảy"}
"""Words written two ways, which would fill the alternatives with copies."""


SCORED_FRAME = RATE * 30 // 1000
"""Samples in a frame of the first pass, 30 ms."""


class Recognised(NamedTuple):
    """Alternatives, best first, and the probability of each, in 0…1; what is wanting to 1 is that of anything else.

    An empty text among them is that nothing of the grammar was said; no texts: there certainly was nothing."""

    texts: tuple[str, ...]
    probabilities: tuple[float, ...]

    @property
    def confidence(self) -> float:
        return self.probabilities[0] if self.texts and self.texts[0] else 0.0


class Recogniser(Protocol):
    """Hears one piece of speech."""

    def accept(self, samples: Samples) -> str:
        """The next sound at `RATE`; the words so far, empty while there are none."""
        ...

    def pause(self) -> None:
        """Nobody has spoken for a little, so the piece may be over: what takes long can be done now."""
        ...

    def finish(self) -> Recognised:
        """The piece is over: decide. The recogniser is spent."""
        ...


Scored = tuple[str, float]
"""A text and its log-likelihood."""

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
    first = folder.calibration.first
    return lambda grammar: VoskRecogniser(vosk_model(graphs[grammar]), folder.rate, first, grammar in TELLS_UNKNOWN)


class VoskRecogniser:
    """Vosk on one piece. Making one takes 0.1 ms, so none is kept between pieces: nothing of the last one lingers."""

    def __init__(self, model: vosk.Model, rate: int, first: FirstPass, unknown: bool = False) -> None:
        """`rate`: Hz that the model wants. `unknown`: unknown speech is told (`plain`)."""
        import vosk

        self._first, self._unknown = first, unknown
        self._kaldi = vosk.KaldiRecognizer(model, rate)
        self._kaldi.SetMaxAlternatives(ASKED)
        self._resampler = Resampler(RATE, rate)
        self._raw = self._words = ""
        self._heard = 0  # samples at RATE

    def accept(self, samples: Samples) -> str:
        self._heard += samples.size
        # Vosk's own endpointing, its return value, goes unused: where a piece ends is decided before it.
        self._kaldi.AcceptWaveform(self._resampler.feed(samples).tobytes())
        raw = self._kaldi.PartialResult()
        if raw != self._raw:
            self._raw, self._words = raw, known(self._plain(json.loads(raw)["partial"]))
        return self._words

    def pause(self) -> None:
        """Nothing takes long here."""

    def finish(self) -> Recognised:
        return ranked(*self.scored(), self._first)

    def scored(self) -> tuple[list[Scored], float]:
        """Vosk's alternatives, best first, and for how many frames they were scored."""
        if len(rest := self._resampler.flush()):
            self._kaldi.AcceptWaveform(rest.tobytes())
        alternatives = json.loads(self._kaldi.FinalResult())["alternatives"]
        return [(self._plain(each["text"]), each["confidence"]) for each in alternatives], self._heard / SCORED_FRAME

    def _plain(self, text: str) -> str:
        return plain(text, self._unknown)


_LOADING = threading.Lock()


def vosk_model(folder: Path) -> vosk.Model:
    """The model in `folder`, loaded once in this process and shared by all threads. Raises ModelError."""
    with _LOADING:
        return _vosk_model(folder)


@cache
def _vosk_model(folder: Path) -> vosk.Model:
    import vosk

    class Model(vosk.Model):  # type: ignore[misc]  # vosk has no types
        def __del__(self) -> None:
            if hasattr(self, "_handle"):  # not where Ctrl-C came while it was read
                super().__del__()

    vosk.SetLogLevel(-2)  # no warnings either: they are about lattices, and the terminal is for people
    try:
        return Model(str(folder))
    except Exception:  # vosk raises nothing narrower
        raise ModelError(f"{folder}: Vosk cannot load this model; `voicebot models check` says more") from None


def plain(text: str, unknown: bool = False) -> str:
    """A recogniser's words as people write them: no fillers such as <unk> or [unk], no underscores, one spelling.
    If `unknown`, each stretch of unknown speech is one `UNKNOWN`."""
    words = [word for word in text.replace("_", " ").split() if word[0] not in "<[" or (unknown and word == UNKNOWN)]
    each = [SPELLINGS.get(word, word) for word in words]
    return " ".join(word for before, word in zip(["", *each], each, strict=False) if not word == before == UNKNOWN)


def known(text: str) -> str:
    """The same text, or none where all of it is unknown speech."""
    return text if any(word != UNKNOWN for word in text.split()) else ""


def length(text: str) -> int:
    """How many words of the grammar a text has."""
    return sum(word != UNKNOWN for word in text.split())


def ranked(scored: Sequence[Scored], frames: float, first: FirstPass) -> Recognised:
    """Alternatives with Vosk's unnormalised log-likelihoods over so many frames, best first, to distinct texts and
    their probabilities."""
    if not scored or not known(scored[0][0]):
        return Recognised((), ())
    text, best = scored[0]
    probabilities: dict[str, float] = {}
    for each, score in scored:
        probabilities[known(each)] = probabilities.get(known(each), 0.0) + math.exp((score - best) * first.scale)
    a_frame = min(max(best / frames, first.lowest_score), first.highest_score)
    pruned = first.rest + first.words * math.log(length(text)) + first.score * a_frame
    total = sum(probabilities.values()) + math.exp(pruned)
    kept = [each for each in probabilities if each][:KEPT]
    return Recognised(tuple(kept), tuple(probabilities[each] / total for each in kept))


RECOGNISERS: dict[str, Callable[[ModelFolder], Opener]] = {
    "vosk": _vosk,
}
