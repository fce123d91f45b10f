"""The numbers of a model, read from its own file; one clear line for what is wrong with them."""

from __future__ import annotations

import ast
import inspect
import shutil
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot import answers, turn, turn_activity, turn_keys, turn_timing
from bot.events import Grammar
from bot.hearing import (
    augmented_decoding,
    calibration_of,
    load_models,
    models,
    open_hearing,
    recogniser,
    second_pass,
    wishes,
)
from bot.hearing.calibration import CALIBRATION, NEUTRAL, CalibrationError, parse, read
from bot.hearing.models import ModelError
from bot.places import PACKAGES
from bot.settings import Settings
from bot.transcription import hear, read_audio
from vietnamese_numbers import hypotheses

BUNDLED = models.find("vi-digits").path
UNSURE = PACKAGES / "tests" / "calls" / "sounds" / "bon_or_tam.flac"


@pytest.fixture
def tables() -> dict[str, Any]:
    return tomllib.loads((BUNDLED / CALIBRATION).read_text("utf-8"))


class TestTheBundledModels:
    @pytest.mark.parametrize("name", ["vi-digits", "vi-digits-free"])
    def test_have_their_own(self, name: str) -> None:
        assert calibration_of(name).fitted

    @pytest.mark.parametrize("name", ["vi-digits", "vi-digits-free"])
    def test_have_its_checksum(self, name: str) -> None:
        assert f"  {CALIBRATION}\n" in (models.find(name).path / models.SUMS).read_text("utf-8")

    def test_hear_what_they_heard_when_the_constants_stood_in_code(self) -> None:
        samples, rate = read_audio(UNSURE)
        hearing = open_hearing(Settings(model="vi-digits"), rate)
        found = hear("", samples, rate, hearing, Grammar.NUMBER, (10, 12))
        told = [each["digits"] for each in found.alternatives]
        assert (found.digits, found.confidence) == ("0123856789", 0.724)
        assert told[:5] == ["0123856789", "0123456789", "0123956789", "0123656789", "0123756789"]


class TestAFile:
    def test_gives_every_key_a_value(self, tables: dict[str, Any]) -> None:
        found = parse(tables, two_passes=True)
        assert found.fitted
        assert found.first.scale == tables["first"]["scale"]
        assert found.second.weights.rest == tables["second"]["weights"]["rest"]
        assert found.second.yes == frozenset(tables["second"]["yes"])
        assert found.numbers.platt_slope == tables["numbers"]["platt_slope"]

    def test_of_one_pass_needs_no_tables_for_the_second(self, tables: dict[str, Any]) -> None:
        del tables["second"], tables["wishes"]
        assert parse(tables, two_passes=False).second == NEUTRAL.second
        with pytest.raises(ValueError, match=r"the table \[second\] is missing"):
            parse(tables, two_passes=True)

    @pytest.mark.parametrize(
        ("table", "key", "value", "said"),
        [
            ("first", "scale", 0, r"\[first\] scale is 0; it goes from"),
            ("first", "scale", "much", r"\[first\] scale is 'much'; a number is wanted"),
            ("first", "rest", True, r"\[first\] rest is True; a number is wanted"),
            ("first", "rest", float("nan"), r"\[first\] rest is nan; a number is wanted"),
            ("first", "lowest_score", 2.0, r"lowest_score is above highest_score"),
            ("augmented", "speeds", 0.93, r"\[augmented\] speeds is 0.93; a list of numbers is wanted"),
            ("augmented", "speeds", [9], r"\[augmented\] speeds is 9; it goes from 0.5 to 2"),
            ("second", "yes", "đúng", r"\[second\] yes is 'đúng'; a list of words is wanted"),
            ("second", "rivals", ["phải"], r"\[second\] rivals is \['phải'\]; words and their rivals are wanted"),
            ("second", "weights", 1, r"the table \[second.weights\] is missing"),
            ("wishes", "heard", 1.0, r"\[wishes\] heard is 1.0; it goes from -inf to 0"),
            ("numbers", "sure", 1.5, r"\[numbers\] sure is 1.5; it goes from 0 to 1"),
            ("answers", "no", -0.1, r"\[answers\] no is -0.1; it goes from 0 to 1"),
            ("files", "nigh", 0.1, r"\[files\] has no key 'nigh'; it has near"),
        ],
    )
    def test_with_a_wrong_value_says_which(
        self, tables: dict[str, Any], table: str, key: str, value: object, said: str
    ) -> None:
        tables[table][key] = value
        with pytest.raises(ValueError, match=said):
            parse(tables, two_passes=True)

    def test_without_a_key_says_which(self, tables: dict[str, Any]) -> None:
        del tables["answers"]["wish"]
        with pytest.raises(ValueError, match=r"\[answers\] wish is missing"):
            parse(tables, two_passes=True)

    def test_with_a_table_too_many_says_which(self, tables: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"there is no table \[third\]"):
            parse({**tables, "third": {}}, two_passes=True)

    @pytest.mark.parametrize("text", ["[first\n", "[first]\nscale = 1\n", "\xff"])
    def test_that_is_wrong_is_one_line_with_its_name(self, tmp_path: Path, text: str) -> None:
        (tmp_path / CALIBRATION).write_bytes(text.encode("latin-1"))
        with pytest.raises(CalibrationError, match=CALIBRATION) as caught:
            read(tmp_path, two_passes=False)
        assert "\n" not in str(caught.value)


class TestAModelWithoutOne:
    @pytest.fixture
    def model(self, tmp_path: Path) -> Path:
        copied = tmp_path / "model"
        shutil.copytree(BUNDLED, copied)
        (copied / CALIBRATION).unlink()
        (copied / models.SUMS).unlink()
        return copied

    def test_gets_neutral_values_and_the_log_says_so(self, model: Path, caplog: pytest.LogCaptureFixture) -> None:
        settings = Settings(model=str(model))
        load_models(settings)
        assert calibration_of(str(model)) is NEUTRAL
        assert "no calibration.toml" in caplog.text

    def test_hears_all_the_same(self, model: Path) -> None:
        samples, rate = read_audio(UNSURE)
        hearing = open_hearing(Settings(model=str(model)), rate)
        assert hear("", samples, rate, hearing, Grammar.NUMBER, (10, 12)).digits

    def test_whose_file_is_broken_is_refused(self, model: Path) -> None:
        (model / CALIBRATION).write_text("[first]\n")
        with pytest.raises(ModelError, match=r"calibration.toml: \[first\] scale is missing"):
            models.inspect(model)


@pytest.mark.parametrize(
    "module",
    [
        recogniser,
        augmented_decoding,
        second_pass,
        wishes,
        answers,
        turn,
        turn_activity,
        turn_keys,
        turn_timing,
        hypotheses,
    ],
)
def test_no_probability_or_cost_is_left_in_code_without_its_reason(module: ModuleType) -> None:
    """Constants that are no whole number are listed: each of these holds for people or lines, whatever the model."""
    known = {"CORRECTION", "UNCLEAR", "LENGTHENED", "COUGH", "HESITANT", "APART"}
    found = {
        target.id
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.Assign) and any(_is_fraction(each) for each in ast.walk(node.value))
        for target in ast.walk(node.targets[0])
        if isinstance(target, ast.Name)
    }
    assert found <= known


def _is_fraction(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float)
