"""A hotline with a second self-service: a number serves what was chosen before, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dialogue_tools import Citizen, TextCall, words

from bot.accounts import Accounts
from bot.events import Chosen, Number, Outcome, Said, Silence, Utterance
from bot.places import PACKAGES
from bot.sealing import Seal
from bot.settings import Settings
from tests.conftest import train
from tests.rasa_tools import RasaOfTests, SharedRasa

YEARS = "Quý khách đã đóng bảo hiểm mười năm."
RULE = {
    "rule": "the years of a confirmed number are told",
    "condition": [{"active_loop": "reset_form"}, {"slot_was_set": [{"wish": "years"}]}],
    "steps": [
        {"action": "reset_form"},
        {"active_loop": None},
        {"slot_was_set": [{"requested_slot": None}]},
        {"action": "utter_years"},
    ],
}


FEW = 8
"""One example in so many is learned from: these tests are about what is done with a number, not about understanding."""


def thin_out(nlu: Path) -> None:
    """Leave some of each intent's examples."""
    read: dict[str, Any] = yaml.safe_load(nlu.read_text("utf-8"))
    for part in read["nlu"]:
        if "intent" in part:
            part["examples"] = "".join(part["examples"].splitlines(keepends=True)[::FEW])
    nlu.write_text(yaml.safe_dump(read, allow_unicode=True), "utf-8")


def add_the_second_service(folder: Path) -> None:
    domain: dict[str, Any] = yaml.safe_load((folder / "domain.yml").read_text("utf-8"))
    domain["intents"].append("ask_years")
    wish = domain["slots"]["wish"]
    wish["values"].append("years")
    wish["mappings"].append({"type": "from_intent", "intent": "ask_years", "value": "years"})
    for variation in domain["responses"]["utter_ask_wish"]:
        variation["custom"]["expect"]["keys"]["5"] = "ask_years"
    domain["responses"]["utter_years"] = [{"text": YEARS, "custom": {"outcome": "transferred"}}]
    (folder / "domain.yml").write_text(yaml.safe_dump(domain, allow_unicode=True), "utf-8")
    examples = "- tra cứu số năm đóng bảo hiểm\n- tôi đã đóng bảo hiểm được bao nhiêu năm\n- xem số năm đóng bảo hiểm\n"
    nlu = {"version": "3.1", "nlu": [{"intent": "ask_years", "examples": examples}]}
    (folder / "data/nlu/years.yml").write_text(yaml.safe_dump(nlu, allow_unicode=True), "utf-8")
    rules = {"version": "3.1", "rules": [RULE]}
    (folder / "data/rules/years.yml").write_text(yaml.safe_dump(rules, allow_unicode=True), "utf-8")


@pytest.fixture(scope="module")
def two_services(
    settings: Settings, accounts: Accounts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RasaOfTests]:
    folder = tmp_path_factory.mktemp("two-services")
    shutil.copytree(PACKAGES / "data", folder / "data")
    for name in ("domain.yml", "config.yml"):
        shutil.copy(PACKAGES / name, folder / name)
    for nlu in (folder / "data/nlu").glob("*.yml"):
        thin_out(nlu)
    add_the_second_service(folder)
    train(folder, "two", folder)
    rasa = SharedRasa(folder / "two.tar.gz")
    yield RasaOfTests(rasa, settings)
    rasa.close()


@pytest.mark.parametrize(
    "way",
    [
        lambda number: [Chosen("ask_years"), Number(number, spoken=False)],
        lambda number: [Chosen("ask_years"), Number(number, spoken=True), Chosen("affirm")],
        lambda number: [Chosen("ask_years"), Silence(), Number(number, spoken=False)],
        lambda number: [Said("tra cứu số năm đóng bảo hiểm"), Number(number, spoken=False)],
    ],
    ids=["keyed", "spoken", "after a silence", "wished for in words"],
)
async def test_a_number_given_for_the_second_service_resets_no_password(
    way: Any, two_services: RasaOfTests, seal: Seal, citizen: Citizen
) -> None:
    call = TextCall(two_services, seal)
    reply = await call.start(citizen.phone, *way(citizen.number))
    assert words(reply) == YEARS
    assert reply.outcome is Outcome.TRANSFERRED
    assert call.revealed("password") == []


@pytest.mark.parametrize("wish", [[Chosen("ask_reset")], []], ids=["chosen", "the number alone"])
async def test_the_first_service_still_does(
    wish: list[Utterance], two_services: RasaOfTests, seal: Seal, citizen: Citizen
) -> None:
    call = TextCall(two_services, seal)
    await call.start(citizen.phone, *wish, Number(citizen.number, spoken=False))
    assert len(call.revealed("password")) == 1
