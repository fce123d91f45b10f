"""`voicebot doctor` on the model: whether it has its own numbers, and all that callers may say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.diagnosis import CHECKS
from bot.errors import VoicebotError
from bot.hearing import built, models
from bot.hearing.calibration import CALIBRATION
from bot.phrases import wording
from bot.settings import Settings

PARTS = {name: (check, needed) for name, check, needed in CHECKS}


def test_the_bundled_model_has_its_own_numbers() -> None:
    check, needed = PARTS["calibration"]
    assert check(Settings(model="vi-digits")) == "model vi-digits has its own"
    assert not needed, "a model without works, and less well"


def test_a_model_without_is_named(tmp_path: Path) -> None:
    copied = tmp_path / "model"
    shutil.copytree(models.find("vi-digits").path, copied)
    for name in (CALIBRATION, models.SUMS):
        (copied / name).unlink()
    with pytest.raises(VoicebotError, match=r"model .*model has no calibration.toml: its confidence is not fitted"):
        PARTS["calibration"][0](Settings(model=str(copied)))


def test_phrases_that_are_not_built_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(built, "GRAPHS", tmp_path)
    assert PARTS["phrases"][0](Settings(model="vi-digits")) == "all that a key chooses in the menu can be said"
    monkeypatch.setattr(wording, "menu_phrases", lambda _: {"ask_years": ["tra cứu số năm đóng bảo hiểm"]})
    with pytest.raises(VoicebotError, match=r"callers cannot say ask_years yet: run `voicebot phrases build`"):
        PARTS["phrases"][0](Settings(model="vi-digits"))
