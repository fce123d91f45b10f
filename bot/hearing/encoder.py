"""A pretrained encoder on onnxruntime: the whole of a piece in, and what may be said in each of its frames out.

It lies beside the first pass's files, and a model may have none:

    asr_models/vi-digits/second/encoder.onnx   log-mel (1, 80, cells of 10 ms) to log posteriors (1, frames, classes)
                                second.json    its classes, and which of them is the blank
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bot.events import Samples
from bot.hearing.calibration import SecondPass
from bot.hearing.log_mel import log_mel
from bot.hearing.models import ModelError

if TYPE_CHECKING:
    import onnxruntime

Scores = npt.NDArray[np.float32]
"""Natural logarithms of probabilities, shape (frames of 20 ms, classes)."""


@dataclass(frozen=True)
class Encoder:
    """One for all calls; `scores` may be called from any thread."""

    words: dict[str, int]
    """Syllables, and the column of each."""

    blank: int
    fit: SecondPass
    """What was fitted to it."""

    session: onnxruntime.InferenceSession

    def scores(self, sound: Samples) -> Scores:
        """Of a piece of sound at 8 kHz, shape (samples,)."""
        (scores,) = self.session.run(None, {"mel": log_mel(sound)[None]})
        return np.asarray(scores[0], np.float32)


def load_encoder(folder: Path, fit: SecondPass) -> Encoder:
    """The encoder in this folder. Raises ModelError where it cannot be loaded, ImportError without onnxruntime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the hearing pool has the threads
    options.log_severity_level = 3
    try:
        about: dict[str, Any] = json.loads((folder / "second.json").read_text("utf-8"))
        session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        words = {word: column for column, word in enumerate(about["classes"])}
        return Encoder(words, about["blank"], fit, session)
    except Exception as error:  # onnxruntime's own errors have no common base
        raise ModelError(
            f"{folder}: the second pass cannot be loaded ({type(error).__name__}); restore it from git"
        ) from error
