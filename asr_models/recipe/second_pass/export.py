"""Writes the second pass as the bot reads it: encoder.onnx with 8-bit weights, and second.json."""

from __future__ import annotations

import json
import logging
import math
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from . import MissingError
from .encoder import ATTENTION_HEADS, BINS, BLOCKS, DEPTHS, WIDTH, Encoder
from .weights import Weights

OPSET = 17


def attention(q: Tensor, k: Tensor, v: Tensor, _: Tensor | None) -> Tensor:
    """Attention in single products, without a mask: an exported encoder gets one utterance at a time."""
    return torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(WIDTH // ATTENTION_HEADS), -1) @ v


class Exported(nn.Module):
    """The encoder as far as one of its outputs over syllables."""

    def __init__(self, net: Encoder, depth: int) -> None:
        super().__init__()
        self.net, self.depth = net, depth

    def forward(self, mel: Tensor) -> Tensor:
        """(1, BINS, frames) → natural log posteriors (1, output frames, syllables)."""
        x = self.net.stem(mel)
        for block in self.net.blocks[: self.depth]:
            x = block(x, None, attention)
        return self.net.heads[str(self.depth)](x).log_softmax(-1)


def exported(weights: Weights, depth: int = BLOCKS) -> Exported:
    """The encoder with these weights. Raises MissingError if they have no output behind `depth` blocks."""
    vocabulary = weights.vocabulary
    if vocabulary is None:
        raise MissingError(f"{weights.source} has no output over syllables: train it first")
    net = Encoder(len(vocabulary.syllables), len(vocabulary.phones))
    untrained = net.load(weights.arrays)
    unused = {f"heads.{d}." for d in DEPTHS if d != depth} | {f"blocks.{i}." for i in range(depth, BLOCKS)}
    if any(not name.startswith(("phones.", *unused)) for name in untrained):
        raise MissingError(f"{weights.source}: no output behind {depth} blocks was trained")
    return Exported(net, depth).eval()


def write_float(encoder: Exported, file: Path) -> None:
    """The encoder in ONNX: `mel` (1, BINS, cells) → `scores` (1, cells / 2, syllables), all float32."""
    torch.onnx.export(
        encoder,
        (torch.zeros(1, BINS, 200),),
        file,
        input_names=["mel"],
        output_names=["scores"],
        dynamic_axes={"mel": {2: "cells"}, "scores": {1: "frames"}},
        opset_version=OPSET,
        dynamo=False,
    )


def quantise(file: Path, target: Path) -> None:
    """Weights of matrix products in 8 bits, one scale a column.

    Those of the convolutions stay: onnxruntime 1.23 loads no 8-bit convolution that is scaled as it runs.
    """
    logging.disable(logging.WARNING)  # it advises a preparation that cannot work out this encoder's shapes
    quantize_dynamic(file, target, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8)
    logging.disable(logging.NOTSET)


def write(weights: Weights, folder: Path, depth: int = BLOCKS) -> None:
    """encoder.onnx and second.json. What is fitted to them stands in the model's calibration.toml."""
    encoder = exported(weights, depth)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        write_float(encoder, Path(work) / "float.onnx")
        quantise(Path(work) / "float.onnx", folder / "encoder.onnx")
    described = {"classes": weights.vocabulary.syllables, "blank": 0}
    (folder / "second.json").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
