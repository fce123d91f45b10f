"""Hearing: frames in, words and keys out."""

from __future__ import annotations

import logging
from functools import cache

from bot.events import Grammar
from bot.hearing import models, recogniser
from bot.hearing.augmented_decoding import AugmentedDecoding, BothPasses
from bot.hearing.calibration import Calibration
from bot.hearing.encoder import Encoder, load_encoder
from bot.hearing.listener import CallHearing
from bot.hearing.models import ModelError, ModelFolder
from bot.hearing.recogniser import TELLS_UNKNOWN, Recogniser
from bot.settings import Settings

__all__ = ["CallHearing", "ModelError", "calibration_of", "load_models", "open_hearing", "second_of"]

log = logging.getLogger(__name__)

UNFITTED = "model %s has no calibration.toml: its confidence is not fitted, so it asks too often or too seldom"

ANSWERS = (Grammar.YESNO, Grammar.MENU)
"""Where the second pass has a say beside numbers."""


def open_hearing(settings: Settings, rate: int) -> CallHearing:
    """Hearing for one call whose sound comes at `rate` Hz, with the model of the settings.

    Raises ModelError where the model is missing or broken."""
    opener, encoder = recogniser.opener(settings.model), second_of(settings.model)
    fit = calibration_of(settings.model)

    both = BothPasses(encoder, lambda: opener(Grammar.NUMBER), fit) if encoder else None
    wanted = min(settings.number_lengths)

    def considerate(grammar: Grammar) -> Recogniser:
        if encoder and grammar is Grammar.NUMBER:
            return opener(grammar)
        second = encoder if grammar in ANSWERS else None
        menu = grammar is Grammar.MENU
        numbers = both if grammar in ANSWERS else None
        return AugmentedDecoding(lambda: opener(grammar), fit, grammar in TELLS_UNKNOWN, second, menu, numbers, wanted)

    return CallHearing(rate, considerate, both, fit)


@cache
def _folder(model: str) -> ModelFolder:
    """Checked once: its sums take a look through all its files, and the first call must not wait for that."""
    return models.find(model)


def calibration_of(model: str) -> Calibration:
    """The numbers that were fitted to the model of this name or folder; neutral ones where it has none.

    Raises ModelError where the model is missing or broken."""
    return _folder(model).calibration


@cache
def second_of(model: str) -> Encoder | None:
    """The second pass of the model of this name or folder. None where the model has none, or where onnxruntime is not
    installed.

    Raises ModelError where the model is missing or broken."""
    folder = _folder(model)
    try:
        return load_encoder(folder.second, folder.calibration.second) if folder.second else None
    except ImportError:
        log.warning("onnxruntime is not installed: numbers are heard in one pass, and less well")
        return None


def load_models(settings: Settings) -> None:
    """Have the graph of every grammar in memory before the first call.

    A model without checksums is first tried out in another process, because Kaldi ends the process over some broken
    files. Raises ModelError where the model is missing or broken."""
    folder = models.find(settings.model)
    if not folder.calibration.fitted:
        log.warning(UNFITTED, settings.model)
    if not folder.checked:
        for grammar in dict.fromkeys([Grammar.ANY, *folder.graphs]):
            models.try_out(folder, grammar)
    opener = recogniser.opener(settings.model)
    for grammar in Grammar:
        opener(grammar)
    second_of(settings.model)
