"""The acoustic model: convolutions over time and frequency, then a time-delay network with three outputs, in the
layers that Kaldi's nnet3 knows.

A voice is higher or lower than others, and its vocal tract shorter or longer: both move the picture of a sound along
the mel scale. Convolutions look for the same pattern at every height, so what is learned from one voice (a tone that
rises, a formant that falls) is known in others (Abdel-Hamid et al., 2014; Kaldi's cnn-tdnn).

Word states see what the recorded number words have of their own; phones and tones are learned from
every speaker of every sentence, and carry the words that nobody recorded. `export` adds the three.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from .features import BINS
from .lexicon import PHONES, TONES, WORD_CLASSES

SUBSAMPLING = 3


class Convolution(NamedTuple):
    """Filters over frame offsets and an odd number of neighbouring heights; each halves the heights."""

    filters: int
    times: tuple[int, ...]
    heights: int


#: From the second on a layer is computed at every third frame only.
CONVOLUTIONS = [Convolution(16, (-1, 0, 1), 5), Convolution(32, (-1, 0, 1), 3), Convolution(48, (-3, 0, 3), 3)]
#: Frame offsets of each layer after the convolutions; those but the first add to what they take. They reach 0.44 s
#: back, which costs no delay: a tone is high or low only beside what was said before.
CONTEXT = [(0,), (-3, 0, 3), (-6, 0, 3), (-12, 0, 3), (-18, 0, 3)]
WIDTH = 288  # units of each of them
HEADS = {"word": WORD_CLASSES, "phone": len(PHONES), "tone": len(TONES)}
DROPOUT = 0.1
ALIGNING_PRIOR = 0.6  # how much of the phones' log prior is taken away when aligning
_OFFSETS = [*(c.times for c in CONVOLUTIONS), *CONTEXT]
LEFT, RIGHT = -sum(o[0] for o in _OFFSETS), sum(o[-1] for o in _OFFSETS)


def halved(heights: int) -> int:
    """How many heights come out of a convolution."""
    return (heights + 1) // 2


class Network(nn.Module):
    """Input (batch, LEFT + frames + RIGHT, BINS); output {head: (batch, frames / 3, classes) logits}."""

    mean: Tensor
    std: Tensor

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(BINS))
        self.register_buffer("std", torch.ones(BINS))
        filters, heights = 1, BINS
        self.convolution, self.convolution_norm = nn.ModuleList(), nn.ModuleList()
        for i, c in enumerate(CONVOLUTIONS):
            stride = (SUBSAMPLING if i == 1 else 1, 2)
            kernel, padding = (len(c.times), c.heights), (0, c.heights // 2)
            self.convolution.append(nn.Conv2d(filters, c.filters, kernel, stride, padding, bias=False))
            self.convolution_norm.append(nn.BatchNorm2d(c.filters))
            filters, heights = c.filters, halved(heights)
        dims = [filters * heights, *[width] * len(CONTEXT)]
        sizes = zip(dims, CONTEXT, dims[1:], strict=False)
        self.affine = nn.ModuleList(nn.Linear(into * len(c), out, bias=False) for into, c, out in sizes)
        self.norm = nn.ModuleList(nn.BatchNorm1d(out) for out in dims[1:])
        self.drop = nn.Dropout1d(DROPOUT)  # a unit is silent for a whole chunk
        self.heads = nn.ModuleDict({name: nn.Linear(width, n) for name, n in HEADS.items()})

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x = ((x - self.mean) / self.std)[:, None].contiguous(memory_format=torch.channels_last)
        for convolution, norm in zip(self.convolution, self.convolution_norm, strict=True):
            x = torch.relu(norm(convolution(x)))
        x = x.permute(0, 2, 3, 1).flatten(2)  # in Kaldi's order: heights, and the filters of each
        for i, offsets in enumerate(CONTEXT):
            taps = [(o - offsets[0]) // SUBSAMPLING for o in offsets]
            n = x.shape[1] - taps[-1]
            y = self.affine[i](torch.cat([x[:, t : t + n] for t in taps], -1))
            y = torch.relu(self.norm[i](y.flatten(0, 1)).view(y.shape))
            if i > 0:
                middle = -offsets[0] // SUBSAMPLING
                y = y + x[:, middle : middle + n]
            x = self.drop(y.transpose(1, 2)).transpose(1, 2)
        return {name: head(x) for name, head in self.heads.items()}


def load(checkpoint: Path) -> Network:
    """The running mean of the weights of a checkpoint, ready to score."""
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")["average"]
    net = Network(len(state["norm.0.weight"]))
    net.load_state_dict(state)
    return net.eval()


def phone_scores(checkpoint: Path) -> Callable[[np.ndarray], np.ndarray]:
    """(frames, BINS) features → (frames, phones) log-likelihoods at every frame, for alignment."""
    torch.set_num_threads(1)  # the pieces are small
    net = load(checkpoint)
    counts = torch.load(checkpoint, weights_only=True, map_location="cpu")["counts"]["phone"]
    prior = (counts / counts.sum()).log()

    @torch.inference_mode()
    def scores(features: np.ndarray) -> np.ndarray:
        x = pad(torch.from_numpy(features))
        out = torch.empty(len(features), len(prior))
        for shift in range(SUBSAMPLING):
            y = net(x[None, shift:])["phone"][0].log_softmax(-1) - ALIGNING_PRIOR * prior
            out[shift::SUBSAMPLING] = y[: len(out[shift::SUBSAMPLING])]
        return out.numpy()

    return scores


def pad(x: Tensor) -> Tensor:
    """Repeats the edge frames as Kaldi does, (frames, BINS) → (LEFT + frames + RIGHT, BINS)."""
    return torch.cat([x[:1].expand(LEFT, -1), x, x[-1:].expand(RIGHT, -1)])
