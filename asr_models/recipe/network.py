"""The acoustic model: a time-delay network with three outputs, in the layers that Kaldi's nnet3 knows.

Word states see what the recorded number words have of their own; phones and tones are learned from
every speaker of every sentence, and carry the words that nobody recorded. `export` adds the three.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from .features import BINS
from .lexicon import PHONES, TONES, WORD_CLASSES

SUBSAMPLING = 3
#: Frame offsets of each layer; from the second on a layer is computed at every third frame only.
CONTEXT = [(-2, -1, 0, 1, 2), (-1, 0, 1), (-3, 0, 3), (-3, 0, 3), (-3, 0, 3), (-6, 0, 3)]
WIDTHS = [192, 256, 256, 256, 256, 256]
SKIPS = [False, False, True, True, True, True]
HEADS = {"word": WORD_CLASSES, "phone": len(PHONES), "tone": len(TONES)}
ALIGNING_PRIOR = 0.6  # how much of the phones' log prior is taken away when aligning
LEFT = -sum(c[0] for c in CONTEXT)
RIGHT = sum(c[-1] for c in CONTEXT)


class Tdnn(nn.Module):
    """Input (batch, LEFT + frames + RIGHT, BINS); output {head: (batch, frames / 3, classes) logits}."""

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(BINS))
        self.register_buffer("std", torch.ones(BINS))
        dims = [BINS, *WIDTHS]
        self.affine = nn.ModuleList(nn.Linear(dims[i] * len(c), WIDTHS[i], bias=False) for i, c in enumerate(CONTEXT))
        self.norm = nn.ModuleList(nn.BatchNorm1d(w) for w in WIDTHS)
        self.drop = nn.Dropout(0.05)
        self.heads = nn.ModuleDict({name: nn.Linear(WIDTHS[-1], n) for name, n in HEADS.items()})

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        x, step = (x - self.mean) / self.std, 1
        for i, offsets in enumerate(CONTEXT):
            taps = [(o - offsets[0]) // step for o in offsets]
            n, stride = x.shape[1] - taps[-1], SUBSAMPLING if i == 1 else 1
            y = self.affine[i](torch.cat([x[:, t : t + n : stride] for t in taps], -1))
            y = torch.relu(self.norm[i](y.flatten(0, 1)).view(y.shape))
            if SKIPS[i]:
                middle = -offsets[0] // step
                y = y + x[:, middle : middle + n]
            x = self.drop(y)
            if i == 1:
                step = SUBSAMPLING
        return {name: head(x) for name, head in self.heads.items()}


def load(checkpoint: Path) -> Tdnn:
    """The running mean of the weights of a checkpoint, ready to score."""
    net = Tdnn()
    net.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    return net.eval()


def phone_scores(checkpoint: Path) -> Callable[[np.ndarray], np.ndarray]:
    """(frames, BINS) features → (frames, phones) log-likelihoods at every frame, for alignment."""
    torch.set_num_threads(1)  # the pieces are small
    net = load(checkpoint)
    counts = torch.load(checkpoint, weights_only=True)["counts"]["phone"]
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
