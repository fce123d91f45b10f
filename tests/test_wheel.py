"""The wheel works where no checkout is: in an empty environment, it lays down a project and holds a call."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tomllib
import zipfile
from collections.abc import Sequence
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from bot.places import PACKAGES
from tests.conftest import GENEROUS

pytestmark = pytest.mark.slow

UV = shutil.which("uv", path=f"{PACKAGES}/.tools/bin:{os.environ['PATH']}")
NO_NETWORK = re.compile(r"Failed to fetch|error sending request|dns error|Network|tunnel", re.IGNORECASE)


def uv(*arguments: str | Path) -> str:
    """What uv prints. Skips the test where it has no network and no cache."""
    if UV is None:
        pytest.skip("needs uv (`make setup` installs it in .tools)")
    found = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    run = subprocess.run([UV, *arguments], cwd=PACKAGES, env=found, capture_output=True, text=True, check=False)
    if run.returncode != 0 and NO_NETWORK.search(run.stderr):
        pytest.skip(f"uv cannot fetch what the wheel needs: {run.stderr.strip().splitlines()[-1]}")
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--out-dir", folder, PACKAGES)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and the locked versions of what it needs."""
    folder = tmp_path_factory.mktemp("installed")
    uv("export", "--locked", "--no-dev", "--no-emit-project", "--no-hashes", "--output-file", folder / "locked.txt")
    uv("venv", "--python", "3.12", folder / "env")
    uv("pip", "install", "--python", folder / "env", "--constraints", folder / "locked.txt", wheel)
    return folder / "env"


class Installed:
    """The installed `voicebot`, run in a folder of a user."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self.folder = folder
        self._command = environment / "bin" / "voicebot"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        rasa = {"VOICEBOT_RASA_ENVIRONMENT": str(PACKAGES / ".venv-rasa"), "VOICEBOT_PORT": port}
        self._environ = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **GENEROUS, **rasa}

    def __call__(self, *arguments: str, within: str = ".") -> subprocess.CompletedProcess[str]:
        command: Sequence[str | Path] = [self._command, *arguments]
        return subprocess.run(
            command, cwd=self.folder / within, env=self._environ, capture_output=True, text=True, check=False
        )


@pytest.fixture
def voicebot(environment: Path, tmp_path: Path) -> Installed:
    return Installed(environment, tmp_path)


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def test_it_holds_the_bot_and_what_a_project_needs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for needed in (
        "asr_models/catalogue.toml",
        "asr_models/vi-digits/am/final.mdl",
        "asr_models/vi-digits/SHA256SUMS",
        "bot/accounts/migrations/env.py",
        "bot/project_files/domain.yml",
        "bot/project_files/data/nlu/reset.yml",
        "bot/project_files/calls/demo.yml",
        "bot/web/static/phone.html",
        "rasa_components/uv.lock",
        "rasa_components/pyproject.toml",
        "vietnamese_numbers/py.typed",
    ):
        assert needed in names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {
        "asr_models",
        "bot",
        "rasa_components",
        "tts",
        "vietnamese_numbers",
    }
    assert not [name for name in names if re.search(r"recipe/|evaluation/|/tests/|voicebot\.toml|\.key$|fetched", name)]


def test_its_description_leads_nowhere_that_an_index_has_not(wheel: Path) -> None:
    described = metadata(wheel)
    text = str(described.get_payload())
    assert described["Description-Content-Type"].startswith("text/markdown")
    assert text.startswith("# voicebot")
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert links
    assert all(link.startswith(("https://", "http://", "#")) for link in links)
    assert described["License-Expression"] == "Apache-2.0"
    assert len(described.get_all("Classifier") or []) > 10
    version = tomllib.loads((PACKAGES / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert described["Version"] == version


def test_an_editable_installation_is_the_checkout_and_no_copy(tmp_path: Path) -> None:
    """As in the gateway's image, which has no more of these files than it needs."""
    checkout = tmp_path / "checkout"
    shutil.copytree(PACKAGES / "bot", checkout / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PACKAGES / name, checkout)
    for package in ("tts", "asr_models", "rasa_components", "vietnamese_numbers"):
        (checkout / package).mkdir()
    uv("venv", "--python", "3.12", tmp_path / "env")
    uv("pip", "install", "--no-deps", "--python", tmp_path / "env", "--editable", checkout)
    [packages] = (tmp_path / "env" / "lib").glob("python*/site-packages")
    assert not (packages / "bot").exists()


def test_outside_of_a_project_it_says_what_to_do(voicebot: Installed) -> None:
    assert re.fullmatch(r"voicebot \d+\.\d+\.\d+\n", voicebot("--version").stdout)
    assert voicebot("digits", "không chín một hai").stdout.startswith("0912\t")
    run = voicebot("accounts", "count")
    assert run.returncode == 1
    assert "voicebot init DIR" in run.stderr
    assert len(run.stderr.splitlines()) == 1
    assert list(voicebot.folder.iterdir()) == []


def test_a_project_of_it_holds_a_call(voicebot: Installed, environment: Path, dialogue_model: Path) -> None:
    before = written_in(environment)
    assert voicebot("init", "hotline").returncode == 0
    project = voicebot.folder / "hotline"
    (project / "models").mkdir()
    shutil.copy2(dialogue_model, project / "models")

    made = voicebot("accounts", "init", "--demo", within="hotline/data")
    assert made.returncode == 0, made.stderr
    found = voicebot("doctor", "--json", within="hotline")
    parts = {part["part"]: part for part in map(json.loads, found.stdout.splitlines())}
    assert found.returncode == 0, parts
    assert parts["settings"]["detail"].endswith(str(project))

    call = voicebot("simulate", "calls/demo.yml", "--json", within="hotline")
    assert call.returncode == 0, call.stderr + call.stdout
    assert json.loads(call.stdout)["outcome"] == "reset"

    state = {path.relative_to(project).as_posix() for path in (project / "var").iterdir()}
    assert {"var/accounts.sqlite", "var/accounts.key", "var/seal.key", "var/clips"} <= state
    assert written_in(environment) == before


def written_in(environment: Path) -> set[Path]:
    """The files of an environment, but for compiled ones."""
    return {path for path in environment.rglob("*") if path.suffix != ".pyc" and path.name != "__pycache__"}
