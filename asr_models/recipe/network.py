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
FIRST_WIDTH = 192  # units of the first layer, which is computed at every frame
NARROW, WIDE = 256, 352  # units of each other layer: while it begins to learn, and in the end
SKIPS = [False, False, True, True, True, True]
HEADS = {"word": WORD_CLASSES, "phone": len(PHONES), "tone": len(TONES)}
ALIGNING_PRIOR = 0.6  # how much of the phones' log prior is taken away when aligning
LEFT = -sum(c[0] for c in CONTEXT)
RIGHT = sum(c[-1] for c in CONTEXT)


class Tdnn(nn.Module):
    """Input (batch, LEFT + frames + RIGHT, BINS); output {head: (batch, frames / 3, classes) logits}."""

    mean: Tensor
    std: Tensor

    def __init__(self, width: int = NARROW) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(BINS))
        self.register_buffer("std", torch.ones(BINS))
        dims = [BINS, FIRST_WIDTH, *[width] * (len(CONTEXT) - 1)]
        sizes = zip(dims, CONTEXT, dims[1:], strict=False)
        self.affine = nn.ModuleList(nn.Linear(into * len(c), out, bias=False) for into, c, out in sizes)
        self.norm = nn.ModuleList(nn.BatchNorm1d(out) for out in dims[1:])
        self.drop = nn.Dropout(0.05)
        self.heads = nn.ModuleDict({name: nn.Linear(width, n) for name, n in HEADS.items()})

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
    state = torch.load(checkpoint, weights_only=True)["average"]
    net = Tdnn(len(state["norm.1.weight"]))
    net.load_state_dict(state)
    return net.eval()


@torch.no_grad()
def widen(net: Tdnn, width: int) -> Tdnn:
    """A wider network that computes the same (Net2WiderNet; Chen, Goodfellow and Shlens, 2016).

    Some units are there twice and share what they pass on, unequally, so that they can part ways.
    """
    narrow = net.norm[1].num_features
    # The layers with skips add up unit by unit: all of them are copied in the same order.
    source = torch.cat([torch.arange(narrow), torch.randperm(narrow)[: width - narrow]])
    part = torch.ones(width)
    share = torch.rand(width - narrow) * 0.6 + 0.2
    part[narrow:], part[source[narrow:]] = share, 1 - share
    wide = Tdnn(width)
    wide.mean.copy_(net.mean)
    wide.std.copy_(net.std)

    def passed_on(weight: Tensor) -> Tensor:
        return (weight.view(len(weight), -1, narrow)[:, :, source] * part).flatten(1)

    for i, (old, new) in enumerate(zip(net.affine, wide.affine, strict=True)):
        weight = passed_on(old.weight) if i > 1 else old.weight
        new.weight.copy_(weight[source] if i > 0 else weight)
    for i, (old, new) in enumerate(zip(net.norm, wide.norm, strict=True)):
        for name, value in old.state_dict().items():
            new.state_dict()[name].copy_(value[source] if i > 0 and value.dim() else value)
    for name, head in net.heads.items():
        wide.heads[name].weight.copy_(passed_on(head.weight))
        wide.heads[name].bias.copy_(head.bias)
    return wide


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
