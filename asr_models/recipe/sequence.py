"""Training on whole strings: what was said against everything else that could have been.

Lattice-free maximum mutual information (Povey et al., 2016) in small. The denominator is a Markov chain
over the frame classes, with the transitions of the training examples themselves: recorded words compete
with each other, with silence, and with a loop over the phones and tones of all other speech. There are
few enough classes for an exact forward pass with a dense matrix; the numerator is the same pass kept near
the aligned classes.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn

from .export import Mix, score_layer
from .lexicon import PHONES, TONES, WORD_CLASSES, Sound
from .network import HEADS

MIX = Mix(unrecorded=0.0)
TOLERANCE = 2  # output frames that a class may come early or late
RAREST = 20  # output frames of a class among the examples, for it to take part
LEAK = 1e-6  # probability of any jump: chunks begin and end inside words


def _key(labels: Tensor) -> Tensor:
    """One number for each row (phone, tone, word class) of labels, negative where any of them is unknown."""
    phone, tone, word = labels.unbind(-1)
    key = (phone * len(TONES) + tone) * WORD_CLASSES + word
    return torch.where((labels < 0).any(-1), -1, key)


class StringLoss(nn.Module):
    """Negative log share of the right string among all strings, per output frame."""

    transitions: Tensor
    weights: Tensor
    bias: Tensor
    class_of: Tensor
    unknown_speech: Tensor

    def __init__(self, examples: Iterable[np.ndarray]) -> None:
        """Takes the chain from the labels of examples at output frames, (frames, 3) each."""
        super().__init__()
        examples = [torch.from_numpy(labels.astype(np.int64)) for labels in examples]
        keys = [_key(labels) for labels in examples]
        seen, count = torch.cat([k[k >= 0] for k in keys]).unique(return_counts=True)
        seen = seen[count >= RAREST]
        class_of = torch.full((len(PHONES) * len(TONES) * WORD_CLASSES + 1,), -1)  # the last one for unknown labels
        class_of[seen] = torch.arange(len(seen))
        words = seen % WORD_CLASSES
        rest = seen // WORD_CLASSES
        sounds = [Sound(int(s) // len(TONES), int(s) % len(TONES), int(w)) for s, w in zip(rest, words, strict=True)]
        every = torch.cat(examples)
        counts = {
            name: np.bincount(every[:, k][every[:, k] >= 0].numpy(), minlength=HEADS[name]) + 1
            for k, name in enumerate(Sound._fields)
        }
        weights, bias = score_layer(sounds, {name: c / c.sum() for name, c in counts.items()}, MIX)
        jumps = torch.zeros(len(seen), len(seen))
        for k in keys:
            c = class_of[k]
            known = (c[1:] >= 0) & (c[:-1] >= 0)
            jumps.index_put_((c[:-1][known], c[1:][known]), torch.ones(()), accumulate=True)
        self.register_buffer("transitions", jumps / jumps.sum(1, keepdim=True).clamp(min=1) + LEAK)
        self.register_buffer("weights", torch.from_numpy(weights).float())
        self.register_buffer("bias", torch.from_numpy(bias).float())
        self.register_buffer("class_of", class_of)

    def _forward_pass(self, likelihood: Tensor) -> Tensor:
        """Log likelihood of each chunk, (batch,), from (batch, frames, classes) likelihoods."""
        alpha, total = likelihood[:, 0], likelihood.new_zeros(len(likelihood))
        for t in range(1, likelihood.shape[1]):
            size = alpha.sum(1, keepdim=True)
            total = total + size[:, 0].log()
            alpha = (alpha / size) @ self.transitions * likelihood[:, t]
        return total + alpha.sum(1).log()

    def forward(self, heads: dict[str, Tensor], labels: Tensor) -> Tensor:
        """Network output and the aligned labels, (batch, frames, 3), negative where unknown."""
        posteriors = torch.cat([heads[name].float().log_softmax(-1) for name in HEADS], -1)
        score = posteriors @ self.weights.T + self.bias
        likelihood = (score - score.detach().amax(-1, keepdim=True)).exp() + 1e-20
        said = self.class_of[_key(labels)]
        near = torch.zeros_like(likelihood)
        near.scatter_(2, said.clamp(min=0)[..., None], 1.0)
        near[said < 0] = 1.0
        wide = nn.functional.max_pool1d(near.transpose(1, 2), 2 * TOLERANCE + 1, 1, TOLERANCE).transpose(1, 2)
        both = torch.cat([likelihood * (wide + 1e-8), likelihood])  # in one pass: each step is a small product
        right, any_ = self._forward_pass(both).chunk(2)
        return (any_ - right).mean() / labels.shape[1]
