"""The recipe from recordings to a folder, in small: a minute of training on one recording in twenty.

It runs in an environment of its own (PyTorch, Python 3.11), as `make train` does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.events import Grammar
from bot.hearing import models
from bot.settings import ROOT

RECIPE = ROOT / "asr_models" / "recipe"
CANNOT_BE_HAD = 69
LIMIT_SECONDS = 600


def recipe(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`run.sh` with these arguments; skips where its environment cannot be made."""
    done = subprocess.run(
        [RECIPE / "run.sh", *arguments], capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    if done.returncode == CANNOT_BE_HAD:
        pytest.skip(f"the recipe cannot run here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return done


def in_its_python(script: str) -> str:
    """What a script prints that imports the recipe's modules."""
    recipe("--help")
    return subprocess.run(
        [RECIPE / ".venv" / "bin" / "python", "-c", script],
        capture_output=True, text=True, cwd=RECIPE.parent, timeout=LIMIT_SECONDS, check=True,
    ).stdout.strip()  # fmt: skip


@pytest.fixture(scope="module")
def trained(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run: `model` and the checkpoints."""
    folder = tmp_path_factory.mktemp("recipe")
    arguments = ["--shared", str(shared), "--minutes", "1", "--every", "20", "--work", str(folder)]
    recipe("all", *arguments, "--model", str(folder / "model"))
    return folder


class TestAMinuteOfTraining:
    def test_stock_vosk_loads_every_graph_and_decodes_with_it(self, trained: Path) -> None:
        folder = models.find(str(trained / "model"))
        assert [g for g in Grammar if "không" not in models.try_out(folder, g).words] == []

    def test_every_grammar_has_a_graph_of_its_own(self, trained: Path) -> None:
        own = models.find(str(trained / "model")).graphs  # that of `any` is where Vosk itself looks
        assert set(own) == {Grammar.MENU, Grammar.NUMBER, Grammar.YESNO}

    def test_begun_again_it_trains_no_more_and_writes_the_same_model(self, trained: Path, shared: Path) -> None:
        before = {f: f.read_bytes() for f in (trained / "model").rglob("*") if f.is_file()}
        arguments = ["--shared", str(shared), "--minutes", "1", "--every", "20", "--work", str(trained)]
        assert recipe("all", *arguments, "--model", str(trained / "model")).stdout == ""
        assert {f: f.read_bytes() for f in (trained / "model").rglob("*") if f.is_file()} == before


class TestNetwork:
    def test_a_wider_network_computes_the_same(self) -> None:
        script = """
import torch
from recipe.network import LEFT, RIGHT, Tdnn, widen
torch.manual_seed(1)
narrow = Tdnn(64).eval()
wide = widen(narrow, 90).eval()
x = torch.randn(1, LEFT + 60 + RIGHT, 64)
print(all(torch.allclose(y, wide(x)[name], atol=1e-4) for name, y in narrow(x).items()), wide.norm[1].num_features)
"""
        assert in_its_python(script) == "True 90"

    def test_the_loss_of_whole_strings_falls_as_the_right_string_wins(self) -> None:
        script = """
import torch
from recipe.lexicon import SIL, sounds
from recipe.network import HEADS
from recipe.sequence import StringLoss
def rows(text):
    return torch.tensor([s for w in text.split() for s in [SIL, *sounds(w)] for _ in range(4)])
said, other = rows("một hai ba bốn"), rows("một hai ba năm")
assert len(said) == len(other)
loss = StringLoss([torch.cat([said, other]).numpy()] * 20)
def heard(labels, sure):
    return {name: sure * torch.nn.functional.one_hot(labels[None, :, k], n).float()
            for k, (name, n) in enumerate((n, HEADS[n]) for n in ("phone", "tone", "word"))}
cases = ((said, 4), (said, 1), (other, 1), (other, 4))
losses = [float(loss(heard(labels, sure), said[None])) for labels, sure in cases]
print(losses == sorted(losses))
"""
        assert in_its_python(script) == "True"
