"""Trains the network while another process keeps making new examples.

The feeder writes shards of a few hundred examples; the trainer draws chunks from the newest ones. A
checkpoint every minute holds all that is needed to go on after an interruption.
"""

from __future__ import annotations

import math
import multiprocessing as mp
import os
import random
import time
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from .augment import LabelledStudio
from .corpora import Clip
from .features import BINS
from .lexicon import FILLER
from .line import Surroundings
from .network import HEADS, LEFT, RIGHT, SUBSAMPLING, Network, load, pad
from .sequence import StringLoss

SHARD = 200  # examples
SMALL_SHARD = 20  # of a run that tries the recipe out: the first one is waited for
SHARD_FRAMES = 68_000  # about
REUSE = 2  # how often a frame is seen
HEAD_START = 8  # shards
FIRST_SHARDS = 1  # before training begins
KEEP = 60  # shards in memory and on disk
CHUNK = 240  # frames
BATCH = 16  # chunks
LAST_RATE = 1e-5
WARM_UP = 300  # steps
WEIGHTS = {"phone": 0.8, "tone": 0.5, "word": 1.0}  # in the order of the labels
FRAMES_SHARE, STRINGS_SHARE = 0.4, 3.0  # of the loss, once whole strings are learned
#: Unknown speech counts less for the word output: nearly all of it is said by people who say few number words, and the
#: output would learn to tell by the voice.
UNKNOWN_WEIGHT = 0.3
SMOOTHING = 0.05
BANDS, BAND = 2, 16  # stretches of frequency that are missing, at most, and the widest, in bins
DULL, DULLEST = 0.3, 44  # share of examples without any high frequencies, and from which bin on at least
ALONE = 0.3  # share of chunks with nothing before and after: a piece of a call, whose edge frames Kaldi repeats
MICROPHONE = 0.5  # spread of each of four cosines over the bins, in natural logarithms of power
AVERAGE = 0.999  # decay of the running mean of the weights
TELL, SAVE = 20, 60  # seconds
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def feed(clips: list[Clip], noise: Path, folder: Path, first: int, wanted: Synchronized[int], size: int) -> None:
    """Writes shards of `size` examples for ever, but none past the one `wanted`; runs in its own process."""
    os.nice(3)
    torch.set_num_threads(1)
    studio = LabelledStudio(clips, Surroundings.load(noise))
    shard = first
    while True:
        while shard > wanted.value:
            time.sleep(0.5)
        examples = [studio.example(shard * size + i) for i in range(size)]
        features = np.concatenate([f for f, _ in examples])
        labels = np.concatenate([y for _, y in examples])
        temporary = folder / f".{shard}.npz"
        np.savez(temporary, features=features, labels=labels)
        temporary.rename(folder / f"{shard:06d}.npz")
        (folder / f"{shard - KEEP:06d}.npz").unlink(missing_ok=True)
        shard += 1


class Shelf:
    """The newest shards, and random chunks of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.shards: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def refresh(self) -> int:
        """Takes up what the feeder has written since; returns the number of the last shard."""
        for path in sorted(self.folder.glob("[0-9]*.npz"))[-KEEP:]:
            if path.name not in self.shards:
                try:
                    with np.load(path) as z:
                        self.shards[path.name] = z["features"], z["labels"]
                except FileNotFoundError:
                    continue
        for name in sorted(self.shards)[:-KEEP]:
            del self.shards[name]
        return int(max(self.shards, default="-1.npz")[:-4])

    def batch(self, r: random.Random) -> tuple[Tensor, Tensor]:
        """(BATCH, LEFT + CHUNK + RIGHT, BINS) float32 and (BATCH, CHUNK / 3, 3) int64."""
        xs, ys, names = [], [], sorted(self.shards)
        for _ in range(BATCH):
            features, labels = self.shards[r.choice(names)]
            a = r.randrange(LEFT, len(features) - CHUNK - RIGHT)
            xs.append(features[a - LEFT : a + CHUNK + RIGHT])
            ys.append(labels[a : a + CHUNK : SUBSAMPLING])
        return torch.from_numpy(np.stack(xs).astype(np.float32)), torch.from_numpy(np.stack(ys).astype(np.int64))


def disturb(r: random.Random, x: Tensor, mean: Tensor) -> Tensor:
    """Another microphone (a smooth curve over the bins) and missing stretches of time and frequency."""
    bins = torch.arange(BINS) / BINS * math.pi
    curve = torch.zeros(len(x), BINS)
    for k in (1, 2, 3, 4):
        curve += torch.randn(len(x), 1) * MICROPHONE * torch.cos(k * bins)
    x = x + curve[:, None]
    for i in range(len(x)):
        for _ in range(r.randint(0, BANDS)):
            n = r.randint(1, BAND)
            a = r.randrange(BINS - n)
            x[i, :, a : a + n] = mean[a : a + n]
        if r.random() < DULL:
            a = r.randrange(DULLEST, BINS)
            x[i, :, a:] = mean[a:]
        for _ in range(r.randint(0, 3)):
            a, n = r.randrange(x.shape[1] - 12), r.randint(1, 10)
            x[i, a : a + n] = mean
        if r.random() < ALONE:
            x[i] = pad(x[i, LEFT:-RIGHT])
    return x


def frame_loss(out: dict[str, Tensor], y: Tensor) -> Tensor:
    """Weighted cross-entropy of the three outputs, per frame."""
    total = torch.zeros((), device=y.device)
    for k, (name, weight) in enumerate(WEIGHTS.items()):
        logits = out[name].float().reshape(-1, HEADS[name])
        counts = torch.ones(HEADS[name], device=y.device)
        if name == "word":
            counts[FILLER] = UNKNOWN_WEIGHT
        loss = functional.cross_entropy(logits, y[..., k].reshape(-1), counts, label_smoothing=SMOOTHING)
        total = total + weight * loss
    return total


class Trainer:
    """A network in training: what a checkpoint holds, and one step."""

    def __init__(self, checkpoint: Path, peak: float, start: Path | None) -> None:
        self.checkpoint, self.peak = checkpoint, peak
        torch.manual_seed(0)
        self.net = (load(start) if start and not checkpoint.exists() else Network()).to(DEVICE)
        self.optimiser = torch.optim.AdamW(self.net.parameters(), peak, weight_decay=1e-2)
        self.counts = {name: torch.ones(n, device=DEVICE) for name, n in HEADS.items()}
        self.seconds, self.steps, self.shard = 0.0, 0, -1
        self.fresh = not checkpoint.exists() and not start
        if checkpoint.exists():
            state = torch.load(checkpoint, weights_only=True, map_location=DEVICE)
            self.net.load_state_dict(state["net"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.counts, self.average = state["counts"], state["average"]
            self.seconds, self.steps, self.shard = state["seconds"], state["steps"], state["shard"]
        if not checkpoint.exists():
            self.average = {k: v.clone() for k, v in self.net.state_dict().items()}
        self.string_loss: StringLoss | None = None
        self.random = random.Random(self.steps)
        torch.manual_seed(self.steps)
        self.net.train()

    def normalise(self, x: Tensor) -> None:
        """Sets the input normalisation of a new network from examples, (frames, BINS)."""
        self.net.mean.copy_(x.mean(0))
        self.net.std.copy_(x.std(0))
        self.average = {k: v.clone() for k, v in self.net.state_dict().items()}

    def step(self, x: Tensor, y: Tensor, done: float) -> tuple[float, float]:
        """One update, with `done` of the training behind it; the loss and the share of right word frames."""
        cosine = 0.5 + 0.5 * math.cos(math.pi * min(1.0, done))
        for group in self.optimiser.param_groups:
            group["lr"] = self.peak * min(1.0, (self.steps + 1) / WARM_UP) * cosine + LAST_RATE
        x, y = disturb(self.random, x, self.net.mean.cpu()).to(DEVICE), y.to(DEVICE)
        with torch.autocast(DEVICE.type, torch.bfloat16):
            heads = self.net(x)
        loss = frame_loss(heads, y)
        if self.string_loss:
            loss = FRAMES_SHARE * loss + STRINGS_SHARE * self.string_loss(heads, y)
        self.optimiser.zero_grad()
        loss.backward()
        clip_grad_norm_(self.net.parameters(), 2.0)
        self.optimiser.step()
        self.steps += 1
        decay = min(AVERAGE, self.steps / (self.steps + 20))
        for k, v in self.net.state_dict().items():
            moving = v.is_floating_point()
            self.average[k] = self.average[k].mul(decay).add(v, alpha=1 - decay) if moving else v.clone()
        for k, name in enumerate(WEIGHTS):
            known = y[..., k][y[..., k] >= 0]
            self.counts[name] += torch.bincount(known, minlength=HEADS[name])
        return loss.item(), float((heads["word"].argmax(-1) == y[..., 2]).float().mean())

    def save(self) -> None:
        state = {
            "net": self.net.state_dict(), "optimiser": self.optimiser.state_dict(), "average": self.average,
            "counts": self.counts, "seconds": self.seconds, "steps": self.steps, "shard": self.shard,
        }  # fmt: skip
        temporary = self.checkpoint.with_suffix(".tmp")
        torch.save(state, temporary)
        temporary.rename(self.checkpoint)


def train(
    clips: list[Clip],
    noise: Path,
    work: Path,
    name: str,
    minutes: float,
    peak: float,
    start: Path | None = None,
    whole_strings: bool = False,
    shard_size: int = SHARD,
    step_seconds: float | None = None,
) -> Path:
    """Trains for that many minutes, at learning rates up to `peak`; returns the checkpoint `name`.pt.

    An interrupted run goes on from it. With `start` the weights of another checkpoint are the beginning;
    `whole_strings` adds the string loss; `shard_size`: examples that are made, and waited for, at a time;
    `step_seconds`: what each step counts, None: the time that it took.
    """
    checkpoint = work / f"{name}.pt"
    if checkpoint.exists() and torch.load(checkpoint, weights_only=True, map_location="cpu")["seconds"] >= minutes * 60:
        return checkpoint
    # One thread: on cores shared with others a second one waits more than it works.
    torch.set_num_threads(int(os.environ.get("TRAIN_THREADS", "1")))
    shards = work / f"shards-{name}"
    shards.mkdir(parents=True, exist_ok=True)
    trainer, shelf = Trainer(checkpoint, peak, start), Shelf(shards)
    first = trainer.shard + 1
    wanted = mp.Value("i", first + HEAD_START)
    feeder = mp.Process(target=feed, args=(clips, noise, shards, first, wanted, shard_size), daemon=True)
    feeder.start()
    while len(shelf.shards) < FIRST_SHARDS:
        if not feeder.is_alive():
            raise RuntimeError("the feeder of training examples has ended")
        time.sleep(0.1)
        shelf.refresh()
    if whole_strings:
        trainer.string_loss = StringLoss(labels[::SUBSAMPLING] for _, labels in shelf.shards.values()).to(DEVICE)
    if trainer.fresh:
        trainer.normalise(torch.from_numpy(np.concatenate([f for f, _ in shelf.shards.values()]).astype(np.float32)))
    frames = SHARD_FRAMES * shard_size / SHARD
    told = saved = clock = time.monotonic()
    before, steps, losses, rights = trainer.seconds, trainer.steps, [], []
    while trainer.seconds < minutes * 60:
        loss, right = trainer.step(*shelf.batch(trainer.random), trainer.seconds / (minutes * 60))
        losses, rights = [*losses, loss], [*rights, right]
        wanted.value = HEAD_START + int(trainer.steps * BATCH * CHUNK / frames / REUSE)
        now = time.monotonic()
        trainer.seconds = before + ((trainer.steps - steps) * step_seconds if step_seconds else now - clock)
        if now - told > TELL:
            trainer.shard = shelf.refresh()
            print(
                f"{name} {trainer.seconds / 60:5.1f} of {minutes:g} min  step {trainer.steps}"
                f"  loss {np.mean(losses):.3f}  word frames right {np.mean(rights):.3f}  shard {trainer.shard}",
                flush=True,
            )
            told, losses, rights = now, [], []
        if now - saved > SAVE:
            trainer.save()
            saved = now
    trainer.save()
    feeder.terminate()
    feeder.join()
    for path in shards.glob("*.npz"):
        path.unlink()
    return checkpoint
