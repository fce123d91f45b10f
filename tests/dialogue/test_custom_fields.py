"""A typo under `custom` in domain.yml is one line with file, response and field, before anybody calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.assembly import DOMAIN, read_prompts
from bot.errors import VoicebotError
from bot.events import KEYS, Grammar, Outcome
from rasa_components import custom_fields
from rasa_components.custom_fields import faults, intent_names

INTENTS = {"ask_reset", "ask_operator"}


def found(custom: object) -> list[str]:
    return list(faults({"utter_menu": [{"text": "a"}, {"text": "b", "custom": custom}]}, INTENTS))


def test_the_projects_own_domain_is_right() -> None:
    read_prompts(DOMAIN)


def test_the_tables_are_those_of_the_bot() -> None:
    assert {*custom_fields.KINDS} == {*(grammar.value for grammar in Grammar), "played", "nothing"}
    assert {*custom_fields.OUTCOMES} == {outcome.value for outcome in Outcome}
    assert custom_fields.KEYS == KEYS


@pytest.mark.parametrize(
    "custom",
    [
        {"expect": {"kind": "menu", "keys": {"8": "ask_reset"}, "patience": 30, "interruptible": False}},
        {"expect": {"kind": "number", "cell": "{cell}"}, "secret": "{after}", "holds": "number"},
        {"expect": {"kind": "played"}, "pause": 1.0},
        {"outcome": "transferred"},
    ],
)
def test_what_is_right_passes(custom: object) -> None:
    assert found(custom) == []


@pytest.mark.parametrize(
    ("custom", "said"),
    [
        ({"expct": {"kind": "menu"}}, "custom has no field 'expct'; it has expect, secret, holds, pause, outcome"),
        ("menu", "custom is 'menu'; fields are wanted, such as expect"),
        ({"expect": "menu"}, "custom.expect has no kind"),
        (
            {"expect": {"kind": "meny"}},
            "custom.expect.kind is 'meny'; it is one of menu, number, yesno, any, played, nothing",
        ),
        (
            {"expect": {"kind": "any", "key": {}}},
            "custom.expect has no field 'key'; it has kind, keys, interruptible, cell, patience",
        ),
        (
            {"expect": {"kind": "any", "keys": {"5": "ask_yeras"}}},
            "custom.expect.keys: key 5 has the intent 'ask_yeras', which is not under intents",
        ),
        (
            {"expect": {"kind": "any", "keys": {8: "ask_reset"}}},
            "custom.expect.keys: 8 is no key in quotes; it is one of 0 1 2 3 4 5 6 7 8 9 * #",
        ),
        ({"expect": {"kind": "any", "keys": 8}}, "custom.expect.keys is 8; a key and its intent are wanted"),
        (
            {"expect": {"kind": "any", "patience": 600}},
            "custom.expect.patience is 600; it is a time over 0 and up to 60 s",
        ),
        ({"pause": "long"}, "custom.pause is 'long'; it is a time over 0 and up to 60 s"),
        ({"secret": "{number}"}, "custom has one of secret and holds; both are wanted"),
        (
            {"secret": "{number}", "holds": "a number"},
            "custom.holds is 'a number'; it is one of number, password",
        ),
        (
            {"outcome": "transfered"},
            "custom.outcome is 'transfered'; it is one of reset, answered, refused, no_input, no_match, hung_up, "
            "transferred, error",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(custom: object, said: str) -> None:
    assert found(custom) == [f"response utter_menu, variation 2: {said}"]


def test_intents_with_settings_have_their_names() -> None:
    assert intent_names(["greet", {"deny": {"use_entities": []}}]) == {"greet", "deny"}


def test_serving_does_not_start(tmp_path: Path) -> None:
    domain: dict[str, Any] = yaml.safe_load(DOMAIN.read_text("utf-8"))
    domain["responses"]["utter_ask_wish"][0]["custom"]["expect"]["keys"]["5"] = "ask_yeras"
    file = tmp_path / "domain.yml"
    file.write_text(yaml.safe_dump(domain, allow_unicode=True), "utf-8")
    with pytest.raises(VoicebotError, match=r"domain.yml: response utter_ask_wish, variation 1: .*yeras") as told:
        read_prompts(file)
    assert "\n" not in str(told.value)
