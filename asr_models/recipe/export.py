"""Writes the trained network as a model folder that stock Vosk loads: am, conf, graph, graphs.

The scores of a frame class are a weighted sum of the three outputs' log-posteriors less their log
priors; the sum is one more affine layer, so Vosk needs no prior of its own.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import graphs
from .features import BINS, FBANK_CONF
from .kaldi_binary import integer, integers, matrix, pairs, real, token, truth, vector
from .lexicon import FILLER, Sound
from .network import CONTEXT, CONVOLUTIONS, HEADS, Convolution, halved

#: Lattices are determinised by words alone, and but once: by phones first, and again and again while somebody speaks
#: (Kaldi's way with large vocabularies), long speech took two to three times as long, noise ten times, and single steps
#: a quarter of a second. Short pieces between pauses cost nearly the same.
MODEL_CONF = """--min-active=200
--max-active=1000
--beam=13.0
--lattice-beam=6.0
--acoustic-scale=1.0
--max-mem=1000000
--phone-determinize=false
--determinize-max-delay=300
--determinize-min-chunk-size=200
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=1.0
--endpoint.rule4.min-trailing-silence=2.0
"""


#: Share of an earlier checkpoint of the same pass in the mean of both (Izmailov et al., 2018: means of weights lie in
#: the flat middle of what training wanders about in). Going on with new sentences learned those and read some words
#: of one person worse; this mean keeps both. Chosen among four (TRIALS.md).
EARLIER = 0.35


@dataclass(frozen=True)
class Mix:
    """Weight of each output in a frame's score, and how much of the log prior is taken away."""

    word: float = 0.3
    phone: float = 0.7
    tone: float = 0.7
    prior: float = 0.7
    unrecorded: float = -0.5  # what each frame of a word gets that is known by its phones and tones alone


#: Of recordings under a free licence alone hardly any is a number word, and the word states learn from espeak-ng:
#: people sound unlike it. Chosen on the development speakers, from whom that variant learns nothing (TRIALS.md).
FREE_MIX = Mix(word=0.0, phone=0.8, tone=0.5)


def score_layer(classes: list[Sound], priors: dict[str, np.ndarray], mix: Mix) -> tuple[np.ndarray, np.ndarray]:
    """(pdfs, all outputs) weights and (pdfs,) biases that turn log-posteriors into frame scores."""
    start, at = {}, 0
    for name, n in HEADS.items():
        start[name], at = at, at + n
    weights, bias = np.zeros((len(classes), at)), np.zeros(len(classes))
    for i, sound in enumerate(classes):
        for name in HEADS:
            c = getattr(sound, name)
            weight = getattr(mix, name)
            weights[i, start[name] + c] = weight
            bias[i] -= weight * mix.prior * np.log(priors[name][c])
        if sound.word == FILLER:
            bias[i] += mix.unrecorded
    return weights, bias


def network_bytes(g: dict[str, np.ndarray], weights: np.ndarray, bias: np.ndarray) -> bytes:
    """nnet3 in Kaldi's binary form. Batch normalisation is folded into the layers."""
    lines, parts = [f"input-node name=input dim={BINS}"], []

    def add(name: str, source: str, component: bytes) -> str:
        lines.append(f"component-node name={name} component={name} input={source}")
        parts.append(token("<ComponentName>") + token(name) + component)
        return name

    def rectified(name: str, source: str, dim: int) -> str:
        return add(name, source, _nonlinear("RectifiedLinearComponent", dim))

    at = add("normalise", "input", _affine(np.diag(1 / g["std"]), -g["mean"] / g["std"]))
    height = BINS
    for i, c in enumerate(CONVOLUTIONS):
        gain, b = _normalised(g, f"convolution_norm.{i}")
        w = g[f"convolution.{i}.weight"] * gain[:, None, None, None]
        at = add(f"convolution{i}", at, _convolution(c, w, b, height))
        height = halved(height)
        at = rectified(f"convolution-relu{i}", at, height * c.filters)
    for i, offsets in enumerate(CONTEXT):
        gain, b = _normalised(g, f"norm.{i}")
        w = g[f"affine.{i}.weight"] * gain[:, None]
        taps = ", ".join(f"Offset({at}, {o})" if o else at for o in offsets)
        add(f"affine{i}", f"Append({taps})" if len(offsets) > 1 else at, _affine(w, b))
        y = rectified(f"relu{i}", f"affine{i}", len(w))
        if i > 0:
            kind, dim = "NoOpComponent", integer(len(w))
            noop = token(f"<{kind}>") + token("<Dim>") + dim + token("<BackpropScale>") + real(1) + token(f"</{kind}>")
            y = add(f"sum{i}", f"Sum({y}, {at})", noop)
        at = y
    outputs = []
    for name, n in HEADS.items():
        add(f"{name}-affine", at, _affine(g[f"heads.{name}.weight"], g[f"heads.{name}.bias"]))
        outputs.append(add(f"{name}-posteriors", f"{name}-affine", _nonlinear("LogSoftmaxComponent", n)))
    add("scores", f"Append({', '.join(outputs)})", _affine(weights, bias))
    lines.append("output-node name=output input=scores objective=linear")
    return (
        token("<Nnet3>") + ("\n" + "\n".join(lines) + "\n\n").encode()
        + token("<NumComponents>") + integer(len(parts)) + b"".join(parts) + token("</Nnet3>")
        + token("<LeftContext>") + integer(0) + token("<RightContext>") + integer(0)
        + token("<Priors>") + vector(np.zeros(0))
    )  # fmt: skip


def _normalised(g: dict[str, np.ndarray], norm: str) -> tuple[np.ndarray, np.ndarray]:
    """Gain and bias of each unit that do what batch normalisation does."""
    gain = g[f"{norm}.weight"] / np.sqrt(g[f"{norm}.running_var"] + 1e-5)
    return gain, g[f"{norm}.bias"] - g[f"{norm}.running_mean"] * gain


def _affine(w: np.ndarray, b: np.ndarray) -> bytes:
    kind = "FixedAffineComponent"
    return (
        token(f"<{kind}>") + token("<LinearParams>") + matrix(w) + token("<BiasParams>") + vector(b)
        + token(f"</{kind}>")
    )  # fmt: skip


def _nonlinear(kind: str, dim: int) -> bytes:
    """A nonlinearity, with the training statistics it would have left empty."""
    none = vector(np.zeros(0))
    return (
        token(f"<{kind}>") + token("<Dim>") + integer(dim) + token("<ValueAvg>") + none
        + token("<DerivAvg>") + none + token("<Count>") + real(0) + token(f"</{kind}>")
    )  # fmt: skip


def _convolution(c: Convolution, w: np.ndarray, b: np.ndarray, height: int) -> bytes:
    """Filters, (out, in, times, heights), over so many heights, every second one of which comes out.

    What Kaldi asks for besides belongs to training."""
    kind, edge = "TimeHeightConvolutionComponent", c.heights // 2
    offsets = [(t, h) for t in c.times for h in range(-edge, edge + 1)]
    return (
        token(f"<{kind}>") + token("<LearningRate>") + real(0) + token("<Model>")
        + token("<ConvolutionModel>") + token("<NumFiltersIn>") + integer(w.shape[1])
        + token("<NumFiltersOut>") + integer(w.shape[0]) + token("<HeightIn>") + integer(height)
        + token("<HeightOut>") + integer(halved(height)) + token("<HeightSubsampleOut>") + integer(2)
        + token("<Offsets>") + pairs(offsets) + token("<RequiredTimeOffsets>") + integers(list(c.times))
        + token("</ConvolutionModel>")
        + token("<LinearParams>") + matrix(w.transpose(0, 2, 3, 1).reshape(len(w), -1))
        + token("<BiasParams>") + vector(b) + token("<MaxMemoryMb>") + real(200)
        + token("<UseNaturalGradient>") + truth(False) + token("<NumMinibatchesHistory>") + real(4)
        + token("<AlphaInOut>") + real(4) + real(4) + token("<RankInOut>") + integer(1) + integer(1)
        + token(f"</{kind}>")
    )  # fmt: skip


def transitions(n: int) -> bytes:
    """One single-state phone for each pdf; transition ids of pdf c: stay 2c+1, leave 2c+2."""
    state = integer(0) + integer(2) + integer(0) + real(0.5) + integer(1) + real(0.5)  # pdf class, then two arcs
    end = integer(-1) + integer(0)
    triples = b"".join(integer(x) for i in range(n) for x in (i + 1, 0, i))
    return (
        token("<TransitionModel>") + token("<Topology>")
        + integers([i + 1 for i in range(n)]) + integers([-1] + [0] * n)
        + integer(1) + integer(2) + state + end + token("</Topology>")
        + token("<Triples>") + integer(n) + triples + token("</Triples>")
        + token("<LogProbs>") + vector(np.array([0.0] + [np.log(0.5)] * (2 * n))) + token("</LogProbs>")
        + token("</TransitionModel>")
    )  # fmt: skip


def write(checkpoint: Path, folder: Path, mix: Mix, earlier: Path | None = None) -> None:
    """The whole model folder but its card; of the mean with an `earlier` checkpoint, where there is one.

    Needs OpenFst's tools.
    """
    saved = torch.load(checkpoint, weights_only=True, map_location="cpu")
    g = {k: v.double().numpy() for k, v in saved["average"].items() if v.is_floating_point()}
    if earlier:
        before = torch.load(earlier, weights_only=True, map_location="cpu")["average"]
        g = {k: EARLIER * before[k].double().numpy() + (1 - EARLIER) * v for k, v in g.items()}
    priors = {k: (c / c.sum()).numpy() for k, c in saved["counts"].items()}
    classes = graphs.frame_classes()
    for name in ("am", "conf"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    network = network_bytes(g, *score_layer(classes, priors, mix))
    (folder / "am/final.mdl").write_bytes(b"\0B" + transitions(len(classes)) + network)
    (folder / "conf/fbank.conf").write_text(FBANK_CONF)
    (folder / "conf/model.conf").write_text(MODEL_CONF)
    graphs.write_all(folder)
