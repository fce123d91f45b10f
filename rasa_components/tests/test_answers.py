"""Answers of an action server are checked as strictly as by Rasa itself, but faster."""

from __future__ import annotations

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from rasa_components import answers

GOOD = {"events": [{"event": "slot", "timestamp": None, "name": "wish", "value": "reset"}], "responses": []}
BAD = [{"events": [{"event": "no such event"}]}, {"events": "none"}, {"responses": {}}]


@pytest.fixture
def action(monkeypatch: pytest.MonkeyPatch) -> RemoteAction:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)  # put back after
    answers.check_once()
    return RemoteAction("action_check_account", None)


def test_a_good_answer_passes(action: RemoteAction) -> None:
    assert action._validate_action_result(GOOD)


@pytest.mark.parametrize("answer", BAD)
def test_a_bad_one_does_not(action: RemoteAction, answer: object) -> None:
    with pytest.raises(ValidationError):
        action._validate_action_result(answer)
