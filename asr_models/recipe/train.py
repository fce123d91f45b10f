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
import torch.nn.functional as F
from torch import Tensor

from .augment import Studio
from .corpora import Clip
from .export import Mix
from .features import BINS
from .network import HEADS, LEFT, RIGHT, SUBSAMPLING, Tdnn
from .sequence import StringLoss

SHARD = 200  # examples
SHARD_FRAMES = 68_000  # about
REUSE = 2.5  # how often a frame is seen
HEAD_START = 8  # shards
KEEP = 60  # shards in memory and on disk
CHUNK = 240  # frames
BATCH = 32  # chunks
PEAK_RATE = 1.6e-3
WEIGHTS = {"phone": 0.5, "tone": 0.3, "word": 1.0}  # in the order of the labels
SMOOTHING = 0.05
FRAMES_SHARE, STRINGS_SHARE = 0.4, 3.0  # of the loss, once whole strings are learned
AVERAGE = 0.998  # decay of the running mean of the weights


def feed(clips: list[Clip], noise: Path, folder: Path, first: int, wanted: Synchronized[int]) -> None:
    """Writes shards for ever, but none past the one `wanted`; runs in its own process."""
    os.nice(3)
    torch.set_num_threads(1)
    studio = Studio(clips, noise)
    shard = first
    while True:
        while shard > wanted.value:
            time.sleep(0.5)
        examples = [studio.example(shard * SHARD + i) for i in range(SHARD)]
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
    curve = sum(torch.randn(len(x), 1) * 0.4 * torch.cos(k * bins)[None] for k in (1, 2, 3, 4))
    x = x + curve[:, None]
    for i in range(len(x)):
        for _ in range(r.randint(0, 2)):
            a, n = r.randrange(BINS - 8), r.randint(1, 8)
            x[i, :, a : a + n] = mean[a : a + n]
        for _ in range(r.randint(0, 3)):
            a, n = r.randrange(x.shape[1] - 12), r.randint(1, 10)
            x[i, a : a + n] = mean
    return x


def loss_of(out: dict[str, Tensor], y: Tensor) -> Tensor:
    total = torch.zeros(())
    for k, (name, weight) in enumerate(WEIGHTS.items()):
        logits = out[name].float().reshape(-1, HEADS[name])
        total = total + weight * F.cross_entropy(logits, y[..., k].reshape(-1), label_smoothing=SMOOTHING)
    return total


def train(
    clips: list[Clip],
    noise: Path,
    work: Path,
    name: str,
    minutes: float,
    start: Path | None = None,
    whole_strings: bool = False,
) -> Path:
    """Trains for that many minutes; returns the checkpoint `name`.pt, which an interrupted run goes on from.

    With `start` the weights of another checkpoint are the beginning; `whole_strings` adds the string loss.
    """
    torch.set_num_threads(int(os.environ.get("TRAIN_THREADS", "1")))
    out = work / f"{name}.pt"
    shards = work / f"shards-{name}"
    shards.mkdir(parents=True, exist_ok=True)
    net = Tdnn()
    state = torch.load(out, weights_only=True) if out.exists() else {}
    optimiser = torch.optim.AdamW(net.parameters(), PEAK_RATE, weight_decay=1e-2)
    if not state and start:
        net.load_state_dict(torch.load(start, weights_only=True)["average"])
    if state:
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
    seconds, steps = state.get("seconds", 0.0), state.get("steps", 0)
    counts = state.get("counts", {n: torch.ones(c) for n, c in HEADS.items()})
    average = state.get("average")
    string_loss = None
    if whole_strings and start:
        string_loss = StringLoss(torch.load(start, weights_only=True)["counts"], Mix())
    shelf = Shelf(shards)
    shard = state.get("shard", -1)
    wanted = mp.Value("i", shard + HEAD_START)
    feeder = mp.Process(target=feed, args=(clips, noise, shards, shard + 1, wanted), daemon=True)
    feeder.start()
    r = random.Random(steps)
    torch.manual_seed(steps)
    while len(shelf.shards) < 2:
        if not feeder.is_alive():
            raise RuntimeError("the feeder of training examples has ended")
        time.sleep(1)
        shelf.refresh()
    if not state and not start:
        x = torch.from_numpy(np.concatenate([f for f, _ in shelf.shards.values()]).astype(np.float32))
        net.mean.copy_(x.mean(0))
        net.std.copy_(x.std(0))
    told = saved = clock = time.monotonic()
    here = steps
    shown, right, frames, began = 0.0, 0, 0, seconds
    net.train()
    while seconds < minutes * 60:
        x, y = shelf.batch(r)
        done = seconds / (minutes * 60)
        rate = PEAK_RATE * min(1.0, (steps + 1) / 150) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-5
        for group in optimiser.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16):
            heads = net(disturb(r, x, net.mean))
        loss = loss_of(heads, y)
        if string_loss:
            loss = FRAMES_SHARE * loss + STRINGS_SHARE * string_loss(heads, y[..., 2])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        steps += 1
        wanted.value = HEAD_START + int(steps * BATCH * CHUNK / SHARD_FRAMES / REUSE)
        decay = min(AVERAGE, steps / (steps + 20))
        now_state = net.state_dict()
        if average is None:
            average = {k: v.clone() for k, v in now_state.items()}
        for k, v in now_state.items():
            average[k] = v.clone() if not v.is_floating_point() else average[k].mul(decay).add(v, alpha=1 - decay)
        for k, head in enumerate(WEIGHTS):
            n = HEADS[head]
            counts[head] += torch.bincount(y[..., k][y[..., k] >= 0], minlength=n)
        shown = 0.99 * shown + 0.01 * loss.item()
        right += int((heads["word"].argmax(-1) == y[..., 2]).sum())
        frames += y[..., 0].numel()
        now = time.monotonic()
        seconds = began + now - clock
        if now - told > 20:
            shard = shelf.refresh()
            print(
                f"{name} {seconds / 60:5.1f} min  step {steps}  rate {rate:.1e}  loss {shown / (1 - 0.99 ** (steps - here)):.3f}"
                f"  word frames right {right / frames:.3f}  shard {shard}",
                flush=True,
            )
            told, right, frames = now, 0, 0
        if now - saved > 60 or seconds >= minutes * 60:
            keep = dict(net=now_state, optimiser=optimiser.state_dict(), average=average, counts=counts)
            temporary = out.with_suffix(".tmp")
            torch.save(keep | dict(seconds=seconds, steps=steps, shard=shelf.refresh()), temporary)
            temporary.rename(out)
            saved = now
    feeder.terminate()
    feeder.join()
    for path in shards.glob("*.npz"):
        path.unlink()
    return out
