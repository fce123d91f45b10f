"""The network: Whisper base's encoder with CTC outputs over syllables behind its fourth and its last block.

One training makes an encoder of either depth (inter-CTC, Lee and Watanabe 2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .weights import Arrays

RATE = 8000  # samples a second
WINDOW, HOP = 200, 80  # samples: 25 ms, 10 ms
BINS = 80
WIDTH, ATTENTION_HEADS, BLOCKS = 512, 8, 6  # Whisper base
POSITIONS = 1500  # the most output frames, 20 ms each
DEPTHS = (4, 6)  # blocks in front of each output over syllables
PHONES_AFTER = 4  # blocks
DROPOUT = 0.1
RANGE = 8.0  # below the loudest value of an utterance, in powers of ten


def mel_filters() -> np.ndarray:
    """Slaney's mel filters as Whisper has them (16 kHz, 400 points), as far as 4 kHz: (BINS, WINDOW / 2 + 1)."""
    step = math.log(6.4) / 27  # mel in octave-like steps above 1 kHz
    highest = 15 + math.log(8) / step  # 8 kHz
    mel = np.linspace(0, highest, BINS + 2)
    hz = np.where(mel >= 15, 1000 * np.exp(step * (mel - 15)), mel * 200 / 3)
    ramps = hz[:, None] - np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    width = np.diff(hz)
    filters = np.maximum(0, np.minimum(-ramps[:-2] / width[:-1, None], ramps[2:] / width[1:, None]))
    return (filters * (2 / (hz[2:] - hz[:-2]))[:, None]).astype(np.float32)


def sinusoids() -> np.ndarray:
    """Whisper's table of positions, (POSITIONS, WIDTH) float32."""
    half = WIDTH // 2
    angle = np.arange(POSITIONS)[:, None] * np.exp(-math.log(10000) / (half - 1) * np.arange(half))
    return np.concatenate([np.sin(angle), np.cos(angle)], 1).astype(np.float32)


class LogMel(nn.Module):
    """Whisper's log-mel picture of 8 kHz sound: the same as at 16 kHz, with nothing above 4 kHz."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filters", torch.from_numpy(mel_filters()), persistent=False)
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)

    def forward(self, sound: Tensor) -> Tensor:
        """(utterances, samples) in -1…1 → (utterances, BINS, samples // HOP)."""
        spectrum = torch.stft(sound, WINDOW, HOP, window=self.window, center=True, return_complex=True)
        power = spectrum[..., :-1].abs().square() * 4  # half of Whisper's window, so half of its amplitude
        mel = (self.filters @ power).clamp(min=1e-10).log10()
        return (torch.maximum(mel, mel.amax((1, 2), keepdim=True) - RANGE) + 4) / 4


Attention = Callable[[Tensor, Tensor, Tensor, Tensor | None], Tensor]
"""Queries, keys and values, each (utterances, heads, frames, width), and a mask → what was seen, of the same shape."""


class Block(nn.Module):
    """Self-attention and feed-forward, each behind its layer norm."""

    def __init__(self) -> None:
        super().__init__()
        self.attention_norm, self.feed_forward_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(
        self, x: Tensor, mask: Tensor | None, attention: Attention = functional.scaled_dot_product_attention
    ) -> Tensor:
        """(utterances, frames, WIDTH); `mask`: the frames that may be looked at, or all."""
        n, frames, _ = x.shape
        qkv = self.qkv(self.attention_norm(x)).view(n, frames, 3, ATTENTION_HEADS, WIDTH // ATTENTION_HEADS)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind()
        seen = attention(q, k, v, mask)
        x = x + self.dropout(self.out(seen.transpose(1, 2).reshape(n, frames, WIDTH)))
        return x + self.dropout(self.down(functional.gelu(self.up(self.feed_forward_norm(x)))))


class Head(nn.Module):
    """One CTC output."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.norm, self.linear = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.norm(x))


def output_frames(frames: Tensor) -> Tensor:
    """Output frames (20 ms) of so many frames of log-mel (10 ms)."""
    return (frames + 1) // 2


class Encoder(nn.Module):
    """Log-mel → scores of syllables after each of DEPTHS blocks, and of phones."""

    def __init__(self, syllables: int, phones: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(BINS, WIDTH, 3, padding=1)
        self.conv2 = nn.Conv1d(WIDTH, WIDTH, 3, stride=2, padding=1)
        self.register_buffer("positions", torch.from_numpy(sinusoids()), persistent=False)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.heads = nn.ModuleDict({str(depth): Head(syllables) for depth in DEPTHS})
        self.phones = Head(phones)

    def forward(self, mel: Tensor, frames: Tensor) -> tuple[dict[int, Tensor], Tensor]:
        """`mel`: (utterances, BINS, frames); `frames`: how many of them each utterance has, (utterances,).

        Returns logits of syllables by depth and of phones, each (utterances, output frames, classes).
        """
        mel = mel * (torch.arange(mel.shape[2], device=mel.device) < frames[:, None])[:, None]
        x = self.stem(mel)
        mask = (torch.arange(x.shape[1], device=x.device) < output_frames(frames)[:, None])[:, None, None]
        syllables = {}
        for depth, block in enumerate(self.blocks, 1):
            x = block(x, mask)
            if depth in DEPTHS:
                syllables[depth] = self.heads[str(depth)](x)
            if depth == PHONES_AFTER:
                phones = self.phones(x)
        return syllables, phones

    def stem(self, mel: Tensor) -> Tensor:
        """What the first block gets: (utterances, BINS, frames) → (utterances, output frames, WIDTH)."""
        x = functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)
        return x + self.positions[: x.shape[1]]

    def load(self, arrays: Arrays) -> set[str]:
        """Takes over the arrays of the right shape; the names of the parameters that stay as they were made.

        An output behind fewer blocks that has no weights yet begins with those of the last one.
        """
        last = f"heads.{BLOCKS}."
        copies = {name.replace(last, f"heads.{d}."): a for name, a in arrays.items() if last in name for d in DEPTHS}
        own = self.state_dict()
        fitting = {n: a for n, a in {**copies, **arrays}.items() if n in own and own[n].shape == a.shape}
        self.load_state_dict({n: torch.from_numpy(a.astype(np.float32)) for n, a in fitting.items()}, strict=False)
        return set(own) - set(arrays)
