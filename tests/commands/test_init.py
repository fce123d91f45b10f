"""A project folder of one's own: `voicebot init` lays it down, `setup` and `rasa` work in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.accounts.demo import DEMO
from bot.accounts.importing import import_file
from bot.command_line import app
from bot.errors import VoicebotError
from bot.places import PACKAGES
from bot.project import LAID_DOWN, lay_down
from bot.settings import Settings, load
from bot.simulation.caller_script import load_script

RECORDER = '#!/bin/sh\necho "$PWD $PYTHONPATH $VOICEBOT_RASA_SECRET $@" >> "$(dirname "$0")/../asked"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    lay_down(tmp_path / "hotline")
    return tmp_path / "hotline"


def voicebot(
    *arguments: str, project: Path, path: str | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which finds its project folder by itself."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("VOICEBOT_")}
    found |= {"PYTHONPATH": str(PACKAGES), "PATH": path or os.environ["PATH"], **environ}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, cwd=project, env=found, capture_output=True, text=True, check=False)


class TestInit:
    def test_rasa_s_files_are_those_of_the_checkout(self, project: Path) -> None:
        for name in LAID_DOWN:
            laid, original = project / name, PACKAGES / name
            files = [path for path in original.rglob("*") if path.is_file()] or [original]
            for path in files:
                assert (laid / path.relative_to(original)).read_bytes() == path.read_bytes()

    def test_the_settings_change_nothing_and_show_everything(self, project: Path) -> None:
        file = project / "voicebot.toml"
        assert load({}, file) == Settings()
        shown = [line[1:] for line in file.read_text("utf-8").splitlines() if line[:2].strip("#").strip()]
        file.write_text("\n".join(shown), "utf-8")
        assert len(tomllib.loads(file.read_text("utf-8"))) == len(shown)
        assert load({}, file) == Settings()

    def test_the_demo_script_and_accounts_can_be_read(self, project: Path) -> None:
        assert load_script(project / "calls" / "demo.yml").caller == DEMO[0][0]
        store = "sqlite:///" + str(project / "a.sqlite")
        from bot.accounts import open_accounts

        accounts = open_accounts(Settings(database_url=store))
        accounts.init()
        summary = import_file(accounts, project / "demo-accounts.csv", lambda *_: None, lambda _: None)
        assert (summary.added, summary.bad) == (len(DEMO), 0)

    def test_what_is_made_later_stays_out_of_git(self, project: Path) -> None:
        ignored = (project / ".gitignore").read_text("utf-8").split()
        assert {"/var/", "/models/", "voicebot.toml"} <= set(ignored)

    @pytest.mark.parametrize("make", [lambda path: (path / "notes").mkdir(parents=True), lambda path: path.touch()])
    def test_what_is_there_is_left_alone(self, tmp_path: Path, make: object) -> None:
        make(tmp_path / "mine")  # type: ignore[operator]  # a function, from the parameters above
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(VoicebotError, match="name a"):
            lay_down(tmp_path / "mine")
        assert sorted(tmp_path.rglob("*")) == before

    def test_an_empty_folder_is_taken(self, tmp_path: Path) -> None:
        lay_down(tmp_path)
        assert (tmp_path / "domain.yml").is_file()

    def test_it_says_what_to_do_next(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(app, ["init", str(tmp_path / "hotline")])
        assert result.exit_code == 0
        for step in ("cd ", "voicebot setup", "accounts init --demo", "voicebot call"):
            assert step in result.output

    def test_json(self, tmp_path: Path) -> None:
        result = CliRunner().invoke(app, ["init", str(tmp_path / "hotline"), "--json"])
        assert json.loads(result.output) == {"path": str(tmp_path / "hotline")}

    def test_the_wheel_has_what_is_laid_down(self) -> None:
        built = tomllib.loads((PACKAGES / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
        assert built["targets"]["wheel"]["hooks"]["custom"]["project-files"] == list(LAID_DOWN)


class TestRasa:
    @pytest.fixture
    def rasa(self, project: Path) -> Path:
        folder = project / ".venv-rasa" / "bin"
        folder.mkdir(parents=True)
        for name in ("python", "rasa"):
            (folder / name).write_text(RECORDER, "utf-8")
            (folder / name).chmod(0o700)
        return folder.parent

    def test_its_commands_run_in_the_project_folder_as_they_are(self, project: Path, rasa: Path) -> None:
        run = voicebot("rasa", "data", "validate", "--help", project=project / "data", VOICEBOT_RASA_SECRET="x" * 20)
        assert (run.returncode, run.stderr) == (0, "")
        folder, packages, *rest = (rasa / "asked").read_text("utf-8").split()
        assert folder == str(project)
        assert rest == ["x" * 20, "-m", "rasa_components.quiet", "data", "validate", "--help"]
        assert not Path(packages).exists()  # it was lent

    def test_without_its_environment_one_line_tells_what_to_do(self, project: Path) -> None:
        run = voicebot("rasa", "train", project=project)
        assert run.returncode == 1
        assert len(run.stderr.splitlines()) == 1
        assert "voicebot setup" in run.stderr

    def test_setup_trains_and_says_when_rasa_could_not(self, project: Path, rasa: Path) -> None:
        run = voicebot("setup", project=project)
        assert run.returncode == 1
        assert "could not be trained" in run.stderr
        assert f"train --quiet --fixed-model-name dialogue --out {project}/models" in (rasa / "asked").read_text()

    def test_setup_makes_the_environment_with_uv(self, project: Path, tmp_path: Path) -> None:
        (tmp_path / "bin").mkdir()
        uv = tmp_path / "bin" / "uv"
        uv.write_text(
            f'#!/bin/sh\necho "$UV_PROJECT_ENVIRONMENT $PYENV_VERSION $@" > {tmp_path}/asked\nexit 3\n', "utf-8"
        )
        uv.chmod(0o700)
        run = voicebot("setup", project=project, path=f"{tmp_path}/bin:/usr/bin:/bin")
        assert run.returncode == 1
        assert "uv could not make" in run.stderr
        asked = (tmp_path / "asked").read_text("utf-8")
        assert asked.startswith(f"{project}/.venv-rasa 3.10 sync --project {PACKAGES}/rasa_components --locked")

    def test_setup_without_uv_names_the_commands(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from bot.dialogue import setup

        monkeypatch.setattr(setup, "find_uv", lambda: None)
        with pytest.raises(VoicebotError, match=r"pip install uv.*python3\.10 -m venv .*rasa==3\.6\.21"):
            setup.make_environment(project / ".venv-rasa")


def test_the_versions_that_are_named_by_hand_are_the_locked_ones() -> None:
    from bot.dialogue import setup

    pins = tomllib.loads((PACKAGES / "rasa_components" / "pyproject.toml").read_text("utf-8"))["project"]
    source = Path(setup.__file__).read_text("utf-8")
    assert all(pin in source for pin in pins["dependencies"])
