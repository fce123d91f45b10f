"""The passes of training, one after the other."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from . import align, corpora, network, synthetic, train
from .corpora import SENTENCES, Clip


class Pass(NamedTuple):
    """share of the training time, highest learning rate, whether whole strings are learned."""

    share: float
    peak: float
    whole_strings: bool = True


#: Words alone; sentences too; whole strings as well; the same from better labels, with the development speakers; and
#: once more, because the rate that rises and falls again finds a better place.
PASSES = {
    "first": Pass(0.03, 2.4e-3, whole_strings=False),
    "second": Pass(0.05, 2.4e-3, whole_strings=False),
    "third": Pass(0.16, 2.4e-3),
    "fourth": Pass(0.30, 2.0e-3),
    "fifth": Pass(0.46, 1.6e-3),
}
LAST = [*PASSES][-1]


class Recipe:
    """One run: which recordings it learns from, and the folder where everything in between lies."""

    def __init__(
        self, shared: Path, work: Path, minutes: float, free: bool, every: int, step_seconds: float | None
    ) -> None:
        """`every`: learn from one recording in so many alone, to try the recipe out; `step_seconds`: what each step of
        training counts, None: the time that it took."""
        self.work, self.noise, self.minutes = work, shared / "noise", minutes
        work.mkdir(parents=True, exist_ok=True)
        recorded = corpora.load(shared / "speech", free, every)
        self.recorded = [c for c in recorded if c.part != "test" and c.name not in corpora.DOUBTFUL]
        self.synthetic = synthetic.speak(work / "espeak.npz", None if every == 1 else 1)
        self.step_seconds = step_seconds
        self.shard_size = train.SHARD if every == 1 else train.SMALL_SHARD

    def train(self) -> None:
        """All passes, each from the labels and the weights of the one before."""
        few, all_but_test = self.clips("train"), self.clips("train", "dev")
        first = self.pass_on("first", lambda: self.aligned(few), None)
        second = self.pass_on("second", lambda: self.realigned(few, first), first)
        third = self.pass_on("third", lambda: self.realigned(few, second), second)
        fourth = self.pass_on("fourth", lambda: self.realigned(all_but_test, third), third)
        self.pass_on("fifth", lambda: self.realigned(all_but_test, fourth), fourth)

    def clips(self, *parts: str) -> list[Clip]:
        return [c for c in self.recorded if c.part in parts] + self.synthetic

    def pass_on(self, name: str, labelled: Callable[[], list[Clip]], start: Path | None) -> Path:
        """The checkpoint of a pass. One that a later pass has begun from stays as it is, however many minutes there
        are, and its labels are not made again."""
        names = [*PASSES]
        if any((self.work / f"{later}.pt").exists() for later in names[names.index(name) + 1 :]):
            return self.work / f"{name}.pt"
        share, peak, whole_strings = PASSES[name]
        minutes = share * self.minutes
        rest = start, whole_strings, self.shard_size, self.step_seconds
        return train.train(labelled(), self.noise, self.work, name, minutes, peak, *rest)

    def aligned(self, clips: list[Clip]) -> list[Clip]:
        """Labels from the flat start, for all but the sentences."""
        path = self.work / "flat-start.npz"
        words = [c for c in clips if c.corpus not in SENTENCES]
        if not path.exists():
            align.flat_start(words)
            align.save(path, words)
        words = align.restore(path, words)
        sentences = [c for c in clips if c.corpus in SENTENCES]
        align.unspelled(sentences)
        return words + sentences

    def realigned(self, clips: list[Clip], checkpoint: Path) -> list[Clip]:
        """Labels from a first network; sentences alone while it is young, then everything."""
        again = clips
        if checkpoint.stem in ("first", "second"):
            clips = self.aligned(clips)
            again = [c for c in clips if c.corpus in SENTENCES] if checkpoint.stem == "first" else clips
        path = self.work / f"by-{checkpoint.stem}.npz"
        if not path.exists():
            align.by_network(again, network.phone_scores(checkpoint))
            align.save(path, again)
        align.restore(path, again)
        return clips
