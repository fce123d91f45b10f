"""docs/tutorial-second-service.md, followed block by block in a folder of its own; then the call, by voice and by
key. And what holds for any second service: a number serves what was chosen before, and nothing else."""

from __future__ import annotations

import dataclasses
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from dialogue_tools import Citizen, TextCall, words

from bot.accounts import Accounts
from bot.actions import executor
from bot.assembly import open_voicebot, read_prompts
from bot.events import RATE, Chosen, Number, Outcome, Said, Silence, Utterance
from bot.hearing import built, models, recogniser
from bot.phrases.build import build, waiting
from bot.phrases.wording import menu_phrases
from bot.places import PACKAGES
from bot.sealing import Seal
from bot.settings import Settings
from bot.simulation.caller_script import load_script
from bot.simulation.run import Simulated, simulate_call
from tests.conftest import train
from tests.rasa_tools import RasaOfTests, SharedRasa

PAGE = (PACKAGES / "docs" / "tutorial-second-service.md").read_text("utf-8")
CALLER = ("0912345678", "0123456789")
YEARS = "Quý khách đã đóng bảo hiểm xã hội được mười bảy năm. Cảm ơn quý khách đã gọi."

FEW = 8
"""One example in so many is learned from: these tests are about what is done with a number, not about understanding."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def follow(folder: Path) -> None:
    """Every diff is applied, and every block that has a file's name is that file."""
    for diff in blocks("diff"):
        done = subprocess.run(["patch", "-p1"], input=diff, text=True, cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    for name, content in re.findall(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE):
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, "utf-8")


def script(folder: Path, *, keyed: bool) -> Path:
    """The page's call."""
    text = blocks("yaml")[-1]
    if keyed:
        text = text.replace('say: "tra cứu số năm đóng bảo hiểm"', 'press: "5"')
    file = folder / f"call_{'keyed' if keyed else 'spoken'}.yml"
    file.write_text(text, "utf-8")
    return file


def thin_out(nlu: Path) -> None:
    """Leave some of each intent's examples."""
    read: dict[str, Any] = yaml.safe_load(nlu.read_text("utf-8"))
    for part in read["nlu"]:
        if "intent" in part:
            part["examples"] = "".join(part["examples"].splitlines(keepends=True)[::FEW])
    nlu.write_text(yaml.safe_dump(read, allow_unicode=True), "utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tutorial")
    shutil.copytree(PACKAGES / "data", folder / "data")
    for name in ("domain.yml", "config.yml"):
        shutil.copy(PACKAGES / name, folder / name)
    follow(folder)
    return folder


@pytest.fixture(scope="module")
def heard(project: Path) -> Iterator[None]:
    """The project's phrases are in the recogniser's menu."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(built, "GRAPHS", project / "var" / "graphs")
        wording = menu_phrases(project)
        own = models.find(Settings().model, built_graphs=False)
        assert waiting(own, wording) == ["ask_years"]
        assert [*build(own, wording).phrases] == ["ask_years"]
        recogniser.opener.cache_clear()
        yield
    recogniser.opener.cache_clear()


@pytest.fixture(scope="module")
def served(project: Path) -> Iterator[SharedRasa]:
    for nlu in (project / "data/nlu").glob("*.yml"):
        if nlu.name != "years.yml":
            thin_out(nlu)
    train(project, "tutorial", project)
    rasa = SharedRasa(project / "tutorial.tar.gz")
    yield rasa
    rasa.close()


@pytest.fixture
def password(accounts: Accounts) -> str:
    """One that is in force for the caller."""
    accounts.add(*CALLER)
    call_id = secrets.token_hex(8)
    made = accounts.begin_reset(call_id, *CALLER)
    assert made
    assert accounts.activate(call_id)
    return made


def with_both(project: Path, served: SharedRasa, settings: Settings) -> RasaOfTests:
    """The dialogue with the project's own action beside the bot's."""
    rasa = RasaOfTests(served, settings)
    rasa._actions = executor(rasa.services, project / "actions")
    return rasa


@pytest.fixture
def call(project: Path, served: SharedRasa, settings: Settings, seal: Seal) -> TextCall:
    return TextCall(with_both(project, served, settings), seal)


async def called(project: Path, served: SharedRasa, settings: Settings, file: Path) -> Simulated:
    async def dialogue(settings: Settings) -> RasaOfTests:
        return with_both(project, served, settings)

    bot = await open_voicebot(settings, [RATE], lambda _: None, dialogue=dialogue)
    try:
        return await simulate_call(bot, load_script(file))
    finally:
        await bot.close()


def test_its_domain_has_no_typo(project: Path) -> None:
    read_prompts(project / "domain.yml")


def test_it_edits_no_code(project: Path) -> None:
    """Dialogue files and one action."""
    changed = {
        str(file.relative_to(project))
        for file in project.rglob("*")
        if file.is_file() and (not (PACKAGES / file.relative_to(project)).is_file())
    }
    assert changed >= {"actions/tell_years.py", "data/nlu/years.yml", "data/rules/years.yml"}
    assert [name for name in changed if name.endswith(".py")] == ["actions/tell_years.py"]


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("keyed", [False, True], ids=["by voice", "by key"])
async def test_the_call_is_answered_and_the_password_is_not_touched(
    project: Path, served: SharedRasa, settings: Settings, accounts: Accounts, password: str, keyed: bool
) -> None:
    result = await called(project, served, settings, script(project, keyed=keyed))
    said = "\n".join(f"heard {e.heard!r}, said {e.said!r}" for e in result.record.exchanges)
    assert result.failure is None, f"{result.failure}\n{said}"
    assert accounts.verify(CALLER[0], password)


@pytest.mark.usefixtures("heard", "password")
async def test_another_phone_is_told_what_everybody_is_told(
    project: Path, served: SharedRasa, settings: Settings
) -> None:
    file = script(project, keyed=True)
    file.write_text(file.read_text("utf-8").replace(CALLER[0], "0900000001").replace("answered", "refused"), "utf-8")
    text = file.read_text("utf-8").replace('said: ["được mười bảy năm"]', 'said: ["không khớp"]')
    file.write_text(text, "utf-8")
    result = await called(project, served, dataclasses.replace(settings), file)
    assert result.failure is None, result.failure
    assert result.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "given",
    [
        [Chosen("ask_years"), Number(CALLER[1], spoken=False)],
        [Chosen("ask_years"), Number(CALLER[1], spoken=True), Chosen("affirm")],
        [Chosen("ask_years"), Silence(), Number(CALLER[1], spoken=False)],
        [Said("tra cứu số năm đóng bảo hiểm"), Number(CALLER[1], spoken=False)],
    ],
    ids=["keyed", "spoken", "after a silence", "wished for in words"],
)
async def test_a_number_given_for_the_second_service_resets_no_password(
    given: Sequence[Utterance], call: TextCall
) -> None:
    reply = await call.start(CALLER[0], *given)
    assert words(reply) == YEARS
    assert reply.outcome is Outcome.ANSWERED
    assert call.revealed("password") == []


@pytest.mark.parametrize("wish", [[Chosen("ask_reset")], []], ids=["chosen", "the number alone"])
async def test_the_first_service_still_does(wish: Sequence[Utterance], call: TextCall, citizen: Citizen) -> None:
    await call.start(citizen.phone, *wish, Number(citizen.number, spoken=False))
    assert len(call.revealed("password")) == 1
