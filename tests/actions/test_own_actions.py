"""Actions in a project's own folder are found there, and a broken one is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.actions import all_actions
from bot.actions.own import own_actions
from bot.actions.services import Services
from bot.errors import VoicebotError
from bot.settings import Settings

ONE = """
from rasa_sdk import Action
from bot.actions.services import ServiceAction

class WithServices(ServiceAction):
    def name(self):
        return "action_with_services"
    async def run(self, dispatcher, tracker, domain):
        return []

class Plain(Action):
    def name(self):
        return "action_plain"
"""


@pytest.fixture
def services() -> Services:
    return Services(Settings())


def names(folder: Path, services: Services) -> list[str]:
    return [action.name() for action in own_actions(folder, services)]


def test_every_action_of_a_file_is_found_and_no_class_that_it_only_imports(tmp_path: Path, services: Services) -> None:
    (tmp_path / "one.py").write_text(ONE, "utf-8")
    (tmp_path / "_helpers.py").write_text("raise RuntimeError", "utf-8")
    assert names(tmp_path, services) == ["action_with_services", "action_plain"]


def test_without_a_folder_there_are_none(tmp_path: Path, services: Services) -> None:
    assert names(tmp_path / "none", services) == []


def test_they_come_with_all_others(tmp_path: Path, services: Services) -> None:
    (tmp_path / "one.py").write_text(ONE, "utf-8")
    found = [action.name() for action in all_actions(services, tmp_path)]
    assert {"action_plain", "action_check_account"} <= set(found)


@pytest.mark.parametrize("text", ["import nonesuch", "class A(", "raise ValueError('a\\nb')"])
def test_a_file_that_cannot_be_imported_is_one_line_with_its_name(
    tmp_path: Path, services: Services, text: str
) -> None:
    (tmp_path / "broken.py").write_text(text, "utf-8")
    with pytest.raises(VoicebotError, match=r"broken.py: this action cannot be imported") as told:
        names(tmp_path, services)
    assert "\n" not in str(told.value)
