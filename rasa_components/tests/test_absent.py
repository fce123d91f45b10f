"""A dialogue that needs no TensorFlow is served without it, and every other one with it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from rasa_components.absent import components, leave_out, served

OURS = "rasa_components.folding.Folding"
DIET = "rasa.nlu.classifiers.diet_classifier.DIETClassifier"
PROJECT = Path(__file__).parents[2]


def _model(folder: Path, uses: Sequence[str]) -> Path:
    """The archive of a trained model, as far as it tells what it is made of."""
    file = folder / "dialogue.tar.gz"
    content = json.dumps(
        {"predict_schema": {"nodes": {str(i): {"uses": each} for i, each in enumerate(uses)}}}
    ).encode()
    with tarfile.open(file, "w:gz") as archive:
        info = tarfile.TarInfo("metadata.json")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return file


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "--model"],
        ["run", "actions"],
        ["shell", "--model", "dialogue.tar.gz"],
        ["train"],
        ["run", "--enable-api", "--model", "dialogue.tar.gz"],
        [],
    ],
)
def test_only_serving_a_named_model_goes_without(arguments: list[str]) -> None:
    assert served(arguments) is None
    assert not leave_out(arguments)


@pytest.mark.parametrize(
    "uses", [[DIET], [OURS, DIET], ["own.parts.Counter"], [OURS, "rasa.core.policies.ted_policy.TEDPolicy"]]
)
def test_a_component_that_is_not_known_to_run_without_gets_it(tmp_path: Path, uses: list[str]) -> None:
    file = _model(tmp_path, uses)
    assert list(components(file)) == uses
    assert not leave_out(["run", "--model", str(file)])
    assert not any(type(finder).__module__ == "rasa_components.absent" for finder in sys.meta_path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b" + bytes(40)])
def test_what_is_no_model_is_left_to_rasa(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "dialogue.tar.gz"
    assert not leave_out(["run", "--model", str(file)])
    file.write_bytes(content)
    assert not leave_out(["run", "--model", str(file)])


WITHOUT_TENSORFLOW = """
import sys
from rasa_components.absent import leave_out
assert leave_out(["run", "--model", sys.argv[1]])
import rasa.core.run
import rasa.engine.recipes.default_components
import tensorflow as tf
assert not [name for name, module in sys.modules.items()
            if name.startswith("tensorflow") and getattr(module, "__file__", None)]
try:
    tf.constant(1)
except RuntimeError as error:
    print(error)
"""


def test_rasa_is_imported_whole_and_a_use_of_what_is_missing_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT_TENSORFLOW, str(_model(tmp_path, [OURS]))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stderr[-500:]
    assert "needs TensorFlow" in done.stdout
    assert "plain `rasa run`" in done.stdout
