"""What is fitted goes into a model's calibration.toml; all else in it stays."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

from asr_models.evaluation.calibration_file import replaced, told_neutral, write
from bot.hearing.calibration import CALIBRATION, NEUTRAL, parse
from bot.hearing.models import SUMS, find

CONSTANTS = {"first": {"scale": 0.5, "rest": -2.0}, "second.weights": {"rest": -1.5}}


def test_comments_other_keys_and_their_order_stay() -> None:
    text = (
        "# a model\n\n[first] # fit\nscale = 0.573 # of scores\nrest = -3.1\n[second]\nrest = 1 # another\n\n"
        "[second.weights]\nrest=9\nrest = -3.17\n"
    )
    assert replaced(text, CONSTANTS) == (
        "# a model\n\n[first] # fit\nscale = 0.5 # of scores\nrest = -2.0\n[second]\nrest = 1 # another\n\n"
        "[second.weights]\nrest=9\nrest = -1.5\n"
    )


def test_a_key_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"no line 'rest' in \[first\]; add it"):
        replaced("[first]\nscale = 1\n[second.weights]\nrest = 1\n", CONSTANTS)


def test_the_digest_of_the_file_follows(tmp_path: Path) -> None:
    bundled = find("vi-digits").path
    for name in (CALIBRATION, SUMS):
        (tmp_path / name).write_bytes((bundled / name).read_bytes())
    write(tmp_path, CONSTANTS)
    after = (tmp_path / CALIBRATION).read_bytes()
    assert parse(tomllib.loads(after.decode()), two_passes=True).second.weights.rest == -1.5
    lines = (tmp_path / SUMS).read_text("utf-8").splitlines()
    assert f"{hashlib.sha256(after).hexdigest()}  {CALIBRATION}" in lines
    others = [line for line in (bundled / SUMS).read_text("utf-8").splitlines() if CALIBRATION not in line]
    assert [line for line in lines if CALIBRATION not in line] == others


def test_a_model_without_one_gets_neutral_values_for_what_was_not_fitted(tmp_path: Path) -> None:
    write(tmp_path, CONSTANTS)
    found = parse(tomllib.loads((tmp_path / CALIBRATION).read_text("utf-8")), two_passes=True)
    assert found.first == NEUTRAL.first._replace(scale=0.5, rest=-2.0)
    assert found.numbers == NEUTRAL.numbers
    assert not (tmp_path / SUMS).exists()


def test_neutral_values_can_be_written_and_read() -> None:
    found = parse(tomllib.loads(told_neutral()), two_passes=True)
    assert (found.first, found.second, found.wishes, found.answers) == (
        NEUTRAL.first, NEUTRAL.second, NEUTRAL.wishes, NEUTRAL.answers,
    )  # fmt: skip
