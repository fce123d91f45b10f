"""Fine-tunes the encoder while other processes make examples.

A checkpoint every minute holds all that is needed to go on after an interruption; the running mean
of the weights is written beside it at half time and at the end.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from . import weights
from .encoder import BINS, DEPTHS, HOP, Encoder, LogMel, output_frames
from .feed import Batch, Feeder
from .vocabulary import Vocabulary

PEAK_NEW, PEAK_TUNED = 3e-4, 1.5e-4  # highest learning rate, from Whisper's own weights and from fine-tuned ones
ENCODER_RATE, NEW_RATE = 0.5, 3.0  # times that: of the encoder, and of outputs that have no weights yet
LAST_RATE = 1e-6
WARM_UP = 0.02  # of the training: the outputs alone, so that new ones learn first; as long again for the encoder
WEIGHT_DECAY, BETAS, LARGEST_GRADIENT = 0.02, (0.9, 0.98), 5.0
#: Of the loss, which is 1 for CTC at full depth: CTC of the shallow encoder, its distance from the deep one's
#: posteriors (Kullback-Leibler), and CTC over phones.
SHALLOW, TAUGHT, PHONES = 0.4, 0.2, 0.2
AVERAGE = 0.999  # decay of the running mean of the weights
TELL, SAVE = 10, 60  # seconds

MICROPHONE = 0.05  # spread of each of four cosines over the bins; 1 is 40 dB
MASKS, BAND, MOMENT = 2, 14, 20  # missing bands and moments of each example; bins and frames of the widest
HURRIED, TEMPO = 0.4, (0.75, 1.25)  # share of the examples; times as fast
UNEVEN, PERIOD = 0.2, (40, 150)  # how far the tempo goes up and down; frames


class Tempo(NamedTuple):
    """How fast each example is played, times as fast, and how it sways; all (examples,)."""

    speed: Tensor
    sway: Tensor  # 0…UNEVEN
    period: Tensor  # frames / 2 pi


def tempi(examples: int) -> Tempo:
    """Faster or slower, and unevenly, for some of the examples."""
    hurried = torch.rand(examples) < HURRIED
    speed = torch.where(hurried, torch.empty(examples).uniform_(*TEMPO), 1.0)
    sway = torch.where(hurried, torch.rand(examples) * UNEVEN, 0.0)
    return Tempo(speed, sway, torch.empty(examples).uniform_(*PERIOD) / (2 * math.pi))


def played(mel: Tensor, frames: Tensor, tempo: Tempo, longest: int) -> Tensor:
    """The log-mel at another tempo and the same pitch: `longest` frames, drawn from between the `frames` there are."""
    speed, sway, period = (t[:, None] for t in tempo)
    at = torch.arange(longest, device=mel.device)[None] * speed
    at = (at + sway * period * torch.sin(at / period)).clamp(min=0)
    at = torch.minimum(at, (frames - 1)[:, None] - 1e-3)
    before = at.long()
    part = (at - before)[:, None]
    index = before[:, None].expand(-1, BINS, -1)
    return mel.gather(2, index) * (1 - part) + mel.gather(2, index + 1) * part


def disturbed(mel: Tensor) -> Tensor:
    """Another microphone (a smooth curve over the bins), and missing bands and moments."""
    n, frames, device = len(mel), mel.shape[2], mel.device
    bins = torch.arange(BINS, device=device)[None, :, None]
    times = torch.arange(frames, device=device)[None, None]
    for k in (1, 2, 3, 4):
        mel = mel + torch.randn(n, 1, 1, device=device) * MICROPHONE * torch.cos(k * math.pi / BINS * bins)
    lowest = mel.amin((1, 2), keepdim=True)
    for _ in range(MASKS):
        for place, span, widest in ((bins, BINS, BAND), (times, frames, MOMENT)):
            width = torch.rand(n, 1, 1, device=device) * widest
            start = torch.rand(n, 1, 1, device=device) * (span - width)
            mel = torch.where((place >= start) & (place < start + width), lowest, mel)
    return mel


def ctc(log_posteriors: Tensor, targets: list[list[int]], frames: Tensor) -> Tensor:
    """CTC loss, mean over the examples; `log_posteriors`: (examples, frames, classes), `frames` not on the GPU."""
    flat = torch.tensor([c for t in targets for c in t], dtype=torch.long).to(log_posteriors.device)
    lengths = torch.tensor([len(t) for t in targets])
    by_time = log_posteriors.transpose(0, 1)
    return functional.ctc_loss(by_time, flat, frames, lengths, reduction="sum", zero_infinity=True) / len(targets)


class Losses(NamedTuple):
    deep: Tensor
    shallow: Tensor
    taught: Tensor
    phones: Tensor

    @property
    def sum(self) -> Tensor:
        return self.deep + SHALLOW * self.shallow + TAUGHT * self.taught + PHONES * self.phones


class Trainer:
    """A network in training: what a checkpoint holds, and one step."""

    def __init__(self, start: weights.Weights, vocabulary: Vocabulary, device: str, peak: float | None) -> None:
        torch.manual_seed(0)
        self.vocabulary, self.device = vocabulary, torch.device(device)
        net = Encoder(len(vocabulary.syllables), len(vocabulary.phones))
        new = net.load(start.arrays)
        self.net, self.log_mel = net.to(self.device), LogMel().to(self.device)
        self.peak = peak or (PEAK_TUNED if start.vocabulary else PEAK_NEW)
        outputs = {name for name, _ in self.net.named_parameters() if name.startswith(("heads", "phones"))}
        parts = [
            {"params": [p for n, p in self.net.named_parameters() if n in names], "scale": scale, "begins": begins}
            for names, scale, begins in (
                (outputs & new, NEW_RATE, 0.0),
                (outputs - new, 1.0, 0.0),
                ({n for n, _ in self.net.named_parameters()} - outputs, ENCODER_RATE, WARM_UP),
            )
            if names
        ]
        fused = self.device.type == "cuda"
        self.optimiser = torch.optim.AdamW(parts, self.peak, BETAS, weight_decay=WEIGHT_DECAY, fused=fused)
        self.average = {name: p.detach().clone() for name, p in self.net.named_parameters()}
        self.seconds, self.steps = 0.0, 0

    def step(self, batch: Batch, done: float) -> Losses:
        """One update, with `done` of the training behind it."""
        rate = self.peak * (0.5 + 0.5 * math.cos(math.pi * min(1.0, done)))
        for part in self.optimiser.param_groups:
            warm = min(1.0, max(0.0, done - part["begins"]) / WARM_UP)
            part["lr"] = part["scale"] * rate * warm + (LAST_RATE if warm else 0.0)
        torch.manual_seed(self.steps)
        losses = self.losses(batch)
        self.optimiser.zero_grad()
        losses.sum.backward()
        clip_grad_norm_(self.net.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        self.steps += 1
        decay = min(AVERAGE, self.steps / (self.steps + 10))
        torch._foreach_lerp_([*self.average.values()], [p.data for p in self.net.parameters()], 1 - decay)
        return Losses(*(loss.detach() for loss in losses))

    def losses(self, batch: Batch) -> Losses:
        """Lengths are worked out on the CPU, so that it need not wait for the GPU."""
        device, tempo = self.device, tempi(len(batch.sound))
        recorded = torch.from_numpy(batch.samples) // HOP
        frames = (recorded / tempo.speed).long()
        out = output_frames(frames)
        with torch.no_grad():
            mel = self.log_mel(torch.from_numpy(batch.sound).to(device).float() / 32768)
            there = Tempo(*(t.to(device) for t in tempo))
            mel = disturbed(played(mel, recorded.to(device), there, int(frames.max())))
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            syllables, phones = self.net(mel, frames.to(device))
        shallow, deep = (syllables[depth].float().log_softmax(-1) for depth in DEPTHS)
        teacher = deep.detach()
        inside = torch.arange(deep.shape[1], device=device) < out.to(device)[:, None]
        distance = ((teacher.exp() * (teacher - shallow)).sum(-1) * inside).sum() / len(deep)
        return Losses(
            ctc(deep, batch.syllables, out), ctc(shallow, batch.syllables, out), distance,
            ctc(phones.float().log_softmax(-1), batch.phones, out),
        )  # fmt: skip

    def save(self, checkpoint: Path) -> None:
        state = {
            "net": self.net.state_dict(), "optimiser": self.optimiser.state_dict(), "average": self.average,
            "seconds": self.seconds, "steps": self.steps, "peak": self.peak,
        }  # fmt: skip
        temporary = checkpoint.with_suffix(".tmp")
        torch.save(state, temporary)
        temporary.rename(checkpoint)

    def restore(self, checkpoint: Path) -> None:
        state = torch.load(checkpoint, weights_only=True, map_location=self.device)
        self.net.load_state_dict(state["net"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.peak = state["average"], state["peak"]
        self.seconds, self.steps = state["seconds"], state["steps"]

    def write(self, folder: Path) -> None:
        """The mean weights, for `weights.fine_tuned` and the export."""
        folder.mkdir(parents=True, exist_ok=True)
        weights.write(folder, {name: a.float().cpu().numpy() for name, a in self.average.items()}, self.vocabulary)


class Budget(NamedTuple):
    """How long to train; what was trained before an interruption counts."""

    minutes: float  # in all
    piece: float = math.inf  # minutes of this call, at most
    step: float | None = None  # seconds that a step counts; None: those it took


def train(trainer: Trainer, feeder: Feeder, checkpoint: Path, folder: Path, budget: Budget) -> None:
    """Until the budget is spent. Writes weights to `folder`."""
    minutes, piece, _ = budget
    clock = time.monotonic()
    before, steps, examples, half = trainer.seconds, trainer.steps, 0, trainer.seconds > minutes * 30
    told = saved = now = before
    losses: list[Tensor] = []
    for batch in feeder.batches():
        losses.append(torch.stack(trainer.step(batch, trainer.seconds / (minutes * 60))))
        examples += len(batch.sound)
        spent = (trainer.steps - steps) * budget.step if budget.step else time.monotonic() - clock
        now = trainer.seconds = before + spent
        over = trainer.seconds >= min(minutes * 60, before + piece * 60)
        if over or now - told > TELL:
            tell(trainer, minutes, torch.stack(losses).mean(0).tolist(), examples / (now - told))
            told, examples, losses = now, 0, []
        if trainer.seconds > minutes * 30 and not half:
            trainer.write(folder)
            half = True
        if over:
            break
        if now - saved > SAVE:
            trainer.save(checkpoint)
            saved = now
    trainer.save(checkpoint)
    trainer.write(folder)


def tell(trainer: Trainer, minutes: float, losses: list[float], pace: float) -> None:
    if not np.isfinite(losses).all():
        raise RuntimeError("the loss is no number any more: begin anew with a lower --peak")
    deep, shallow, taught, phones = losses
    print(
        f"{trainer.seconds / (minutes * 60):4.0%}  step {trainer.steps}  loss {deep:.3f}  shallow {shallow:.3f}"
        f"  taught {taught:.3f}  phones {phones:.3f}  {pace:.0f} examples/s"
        f"  {max(0.0, minutes * 60 - trainer.seconds):.0f} s left",
        flush=True,
    )
