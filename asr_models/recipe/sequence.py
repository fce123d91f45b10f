"""Training on whole strings: the spoken words against all other words, as they compete in the graph.

Lattice-free maximum mutual information (Povey et al., 2016) in small: the denominator is a loop over
the recorded words, silence and unknown speech, few enough states for an exact forward pass with a
dense matrix; the numerator is the same pass kept near the aligned states.
"""

import numpy as np
import torch
from torch import Tensor, nn

from .export import Mix, score_layer
from .graphs import SILENCE_COST, STAY, UNKNOWN
from .lexicon import FILLER, RECORDED, SIL, SILENCE, STATES, WORD_CLASSES, sounds
from .network import HEADS

#: The word output has more say here than when decoding, where it is not trusted with new speakers.
MIX = Mix(word=0.7, phone=0.35, tone=0.35, unknown=-1.0)
TOLERANCE = 2  # output frames that a state may come early or late
WORD, FILLER_START = 2.5, 4.0  # costs in the denominator
LEAK = 1e-6  # probability of any jump: chunks begin and end inside words


def _transitions() -> Tensor:
    """Probability-like weights from state to state, (states, states); states are the word classes."""
    a = torch.full((WORD_CLASSES, WORD_CLASSES), LEAK)
    first = [1 + STATES * i for i in range(len(RECORDED))]
    leaving = [SILENCE, FILLER, *(f + STATES - 1 for f in first)]
    for s in leaving:
        a[s, first] = float(np.exp(-WORD))
        a[s, SILENCE] = float(np.exp(-SILENCE_COST))
        a[s, FILLER] = float(np.exp(-FILLER_START))
    for f in first:
        for k in range(STATES - 1):
            a[f + k, f + k + 1] = 1.0
    a.fill_diagonal_(float(np.exp(-STAY)))
    return a


class StringLoss(nn.Module):
    """Negative log share of the right string among all strings, per output frame."""

    transitions: Tensor
    weights: Tensor
    bias: Tensor

    def __init__(self, counts: dict[str, Tensor]) -> None:
        super().__init__()
        classes = [SIL, *(s for w in RECORDED for s in sounds(w)), UNKNOWN]
        priors = {k: (c / c.sum()).double().numpy() for k, c in counts.items()}
        weights, bias = score_layer(classes, priors, MIX)
        self.register_buffer("transitions", _transitions())
        self.register_buffer("weights", torch.from_numpy(weights).float())
        self.register_buffer("bias", torch.from_numpy(bias).float())

    def _forward_pass(self, likelihood: Tensor) -> Tensor:
        """Log likelihood of each chunk, (batch,), from (batch, frames, states) state likelihoods."""
        alpha, total = likelihood[:, 0], torch.zeros(len(likelihood))
        for t in range(1, likelihood.shape[1]):
            size = alpha.sum(1, keepdim=True)
            total = total + size[:, 0].log()
            alpha = (alpha / size) @ self.transitions * likelihood[:, t]
        return total + alpha.sum(1).log()

    def forward(self, heads: dict[str, Tensor], word: Tensor) -> Tensor:
        """Network output and the aligned word classes, (batch, frames), negative where unknown."""
        # Only the word output learns from strings: unknown speech has no phones in this loop, so the others
        # would unlearn the phones of every word that is not in it.
        posteriors = torch.cat(
            [(heads[name] if name == "word" else heads[name].detach()).float().log_softmax(-1) for name in HEADS], -1
        )
        score = posteriors @ self.weights.T + self.bias
        likelihood = (score - score.detach().amax(-1, keepdim=True)).exp() + 1e-20
        near = torch.zeros_like(likelihood)
        near.scatter_(2, word.clamp(min=0)[..., None], 1.0)
        near[word < 0] = 1.0
        wide = nn.functional.max_pool1d(near.transpose(1, 2), 2 * TOLERANCE + 1, 1, TOLERANCE).transpose(1, 2)
        right = self._forward_pass(likelihood * (wide + 1e-8))
        return (self._forward_pass(likelihood) - right).mean() / word.shape[1]
