"""The house's utterances and replies ⇄ Rasa's messages. Pure but for the sealing, which is given.

    Number, Chosen, Silence …  ──▶  /intent{"entity": "value"}     what is known skips Rasa's language understanding
    Said                       ──▶  the words, with every number in them hidden
    Reply                      ◀──  [{"text": …}, {"custom": {"secret": …, "holds": …, "expect": …, "outcome": …}}, …]

docs/dialogue.md is the reference of the `custom` fields, which stand in domain.yml.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.errors import VoicebotError
from bot.events import (
    KEYS,
    CallStarted,
    Chosen,
    Expect,
    Gone,
    Grammar,
    Number,
    Outcome,
    OwnPhone,
    Pause,
    PlayedOut,
    Prompt,
    Reply,
    Said,
    SecretDigits,
    Segment,
    Silence,
    TooFew,
    TooMany,
    Uncertain,
    Unheard,
    Unintelligible,
    Utterance,
)
from bot.sealing import Purpose
from rasa_components.custom_fields import LONGEST_WAIT
from rasa_components.hiding import hide_numbers

Sealer = Callable[[str, Purpose], str]
"""`Seal.seal`."""

AFTER_DIGITS = 0.7
"""Seconds of silence between the last digit and the next word: the caller is still writing it down."""

_KINDS: dict[str, Any] = {**{grammar.value: grammar for grammar in Grammar}, "played": "played", "nothing": "nothing"}
_CELLS = [str(cell) for cell in range(1, 21)]
_WITH_NUMBER = (Grammar.NUMBER, Grammar.MENU)


def to_rasa(utterance: Utterance, seal: Sealer, lengths: Sequence[int]) -> str:
    """The text of Rasa's user message. `lengths`: digits of an insurance number."""
    if isinstance(utterance, CallStarted):
        caller = utterance.caller
        return _intent("start_call", {"caller": seal(caller, Purpose.CALLER)}) if caller else _intent("caller_withheld")
    if isinstance(utterance, Number):
        source = "voice" if utterance.spoken else "keys"
        sealed = seal(utterance.digits, Purpose.INSURANCE_NUMBER)
        return _intent("give_number", {"insurance_number": sealed, "number_source": source})
    if isinstance(utterance, Said):
        # Rasa takes a text that begins with "/" for an intent, and refuses an empty one.
        text = utterance.text.strip("/ \n")
        return hide_numbers(text, lambda digits: seal(digits, Purpose.INSURANCE_NUMBER), lengths) or _intent("no_match")
    if isinstance(utterance, Chosen):
        return _intent(utterance.intent)
    if isinstance(utterance, TooFew):
        name = "more_digits" if utterance.progress else "too_few"
        return _intent(name, {"missing": str(utterance.missing), **_named_by(utterance.after, seal)})
    if isinstance(utterance, TooMany):
        source = "keys" if utterance.keyed else "voice"
        return _intent("too_many", {"count": str(utterance.count), "number_source": source})
    if isinstance(utterance, Uncertain):
        return _intent("uncertain_digit", {"cell": str(utterance.cell), **_named_by(utterance.after, seal)})
    if isinstance(utterance, Unintelligible) and utterance.digits:
        return _intent("no_match", {"digits": "unclear"})
    if isinstance(utterance, PlayedOut) and utterance.until is not None:
        return _intent("played", {"until": f"{utterance.until:.3f}"})
    return _intent(_PLAIN[type(utterance)])


_PLAIN: dict[type, str] = {
    **{Silence: "no_input", Unintelligible: "no_match", OwnPhone: "own_phone"},
    **{PlayedOut: "played", Unheard: "unheard", Gone: "hung_up"},
}


def _named_by(digits: str, seal: Sealer) -> dict[str, str]:
    """The entity `after`: digits that tell a caller which place is meant."""
    return {"after": seal(digits, Purpose.INSURANCE_NUMBER)} if digits else {}


def _intent(name: str, entities: Mapping[str, str] | None = None) -> str:
    return f"/{name}{json.dumps(entities)}" if entities else f"/{name}"


def from_rasa(messages: Sequence[Mapping[str, Any]], lengths: Sequence[int]) -> Reply:
    """A reply from the messages of one turn, in order. `lengths` fill the expectation of a number.

    Raises VoicebotError, quoting the response's words, where a field is unknown or wrong, or where nothing says what
    the caller is expected to do."""
    segments: list[Segment] = []
    expect: Expect | None = None
    outcome: Outcome | None = None
    words = ""
    for message in messages:
        custom = dict(message.get("custom") or {})
        try:
            if "text" in message:
                words = str(message["text"])
                if segments and isinstance(segments[-1], SecretDigits):
                    segments.append(Pause(AFTER_DIGITS))
                segments.append(Prompt(words))
            if "pause" in custom:
                segments.append(Pause(_seconds(custom.pop("pause"))))
            if "secret" in custom:
                segments.append(
                    SecretDigits(str(custom.pop("secret")), _one_of(custom.pop("holds"), ("number", "password")))
                )
            if "expect" in custom:
                expect = _expect(dict(custom.pop("expect")), lengths)
            if "outcome" in custom:
                outcome = Outcome(custom.pop("outcome"))
            _nothing_left(custom)
        except (KeyError, TypeError, ValueError) as error:
            raise VoicebotError(
                f"domain.yml: the response {words!r} has a wrong `custom` ({error}); correct it"
            ) from None
    if outcome is not None:
        expect = Expect("nothing", interruptible=False)
    if expect is None:
        said = f"after {words!r} it does not say what it expects" if messages else "it said nothing"
        raise VoicebotError(f"the dialogue did not finish its turn: {said}; see Rasa's and the action server's logs")
    return Reply(tuple(segments), expect, outcome)


def _expect(fields: dict[str, Any], lengths: Sequence[int]) -> Expect:
    kind = _KINDS[_one_of(fields.pop("kind"), _KINDS)]
    keys = {_one_of(key, KEYS): str(intent) for key, intent in dict(fields.pop("keys", {})).items()}
    expect = Expect(
        kind=kind,
        lengths=tuple(sorted(lengths)) if kind in _WITH_NUMBER else (),
        keys=keys,
        interruptible=_one_of(fields.pop("interruptible", True), (True, False)),
        cell=int(_one_of(str(fields.pop("cell")), _CELLS)) if "cell" in fields else None,
        patience=_seconds(fields.pop("patience")) if "patience" in fields else None,
    )
    _nothing_left(fields)
    return expect


def _seconds(value: Any) -> float:
    if not 0 < float(value) <= LONGEST_WAIT:
        raise ValueError(f"{value!r} is no time between 0 and {LONGEST_WAIT} s")
    return float(value)


def _one_of(value: Any, allowed: Any) -> Any:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(map(str, allowed))}")
    return value


def _nothing_left(fields: Mapping[str, Any]) -> None:
    if fields:
        raise ValueError(f"unknown field {', '.join(fields)}")
