"""Rasa checks each answer of its action server against a schema, and before that the schema itself, which takes nine
tenths of a turn. Here the schema is checked only once."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import validators
from rasa.core.actions.action import RemoteAction


def check_once() -> None:
    """From now on check only answers, as strictly as before."""
    RemoteAction._validate_action_result = _is_valid


@cache
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def _is_valid(_: RemoteAction, result: dict[str, Any]) -> bool:
    """True for a valid answer. Raises jsonschema.ValidationError, as Rasa's own method does."""
    _validator().validate(result)
    return True
