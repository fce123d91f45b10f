"""Checks the fields under `custom` in domain.yml, so that no caller is the first to notice a mistake. Pure.

docs/dialogue.md is the reference of the fields. Rasa checks them when it trains or validates (`checked_domain`), and
the bot before it takes calls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

KINDS = ("menu", "number", "yesno", "any", "played", "nothing")
KEYS = "0123456789*#"
OUTCOMES = ("reset", "answered", "refused", "no_input", "no_match", "hung_up", "transferred", "error")
HOLDS = ("number", "password")
LONGEST_WAIT = 60
"""Longest `patience` and `pause` of a response, in seconds."""

FIELDS = ("expect", "secret", "holds", "pause", "outcome")
EXPECT = ("kind", "keys", "interruptible", "cell", "patience")


def faults(responses: Mapping[str, Any], intents: Collection[str]) -> Iterator[str]:
    """The mistakes in the `custom` fields of these responses, one line each. `responses`, `intents`: as in a domain.
    A value with a slot ("{cell}") is known only in a call, so it is accepted."""
    for name, variations in responses.items():
        for number, variation in enumerate(variations or (), 1):
            custom = variation.get("custom") if isinstance(variation, Mapping) else None
            if custom is not None:
                for fault in _faults(custom, intents):
                    yield f"response {name}, variation {number}: {fault}"


def intent_names(intents: Iterable[Any]) -> set[str]:
    """Names of a domain's intents; one with settings is a mapping."""
    return {name for intent in intents for name in (intent if isinstance(intent, Mapping) else (intent,))}


def _faults(custom: Any, intents: Collection[str]) -> Iterator[str]:
    if not isinstance(custom, Mapping):
        yield f"custom is {custom!r}; fields are wanted, such as expect"
        return
    yield from _unknown("custom", custom, FIELDS)
    if ("secret" in custom) != ("holds" in custom):
        yield "custom has one of secret and holds; both are wanted"
    yield from _one_of("custom.holds", custom.get("holds", HOLDS[0]), HOLDS)
    yield from _one_of("custom.outcome", custom.get("outcome", OUTCOMES[0]), OUTCOMES)
    yield from _seconds("custom.pause", custom.get("pause", 1))
    if "expect" in custom:
        yield from _expect(custom["expect"], intents)


def _expect(expect: Any, intents: Collection[str]) -> Iterator[str]:
    if not isinstance(expect, Mapping) or "kind" not in expect:
        yield "custom.expect has no kind"
        return
    yield from _unknown("custom.expect", expect, EXPECT)
    yield from _one_of("custom.expect.kind", expect["kind"], KINDS)
    yield from _one_of("custom.expect.interruptible", expect.get("interruptible", True), (True, False))
    yield from _one_of("custom.expect.cell", str(expect.get("cell", 1)), [str(cell) for cell in range(1, 21)])
    yield from _seconds("custom.expect.patience", expect.get("patience", 1))
    keys = expect.get("keys", {})
    if not isinstance(keys, Mapping):
        yield f"custom.expect.keys is {keys!r}; a key and its intent are wanted"
        return
    for key, intent in keys.items():
        if not isinstance(key, str) or key not in KEYS or len(key) != 1:
            yield f"custom.expect.keys: {key!r} is no key in quotes; it is one of {' '.join(KEYS)}"
        if intent not in intents:
            yield f"custom.expect.keys: key {key} has the intent {intent!r}, which is not under intents"


def _unknown(at: str, fields: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    for field in fields:
        if field not in known:
            yield f"{at} has no field {field!r}; it has {', '.join(known)}"


def _one_of(at: str, value: Any, allowed: Collection[Any]) -> Iterator[str]:
    if value not in allowed and not _slot(value):
        yield f"{at} is {value!r}; it is one of {', '.join(map(str, allowed))}"


def _seconds(at: str, value: Any) -> Iterator[str]:
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= LONGEST_WAIT
    if not known and not _slot(value):
        yield f"{at} is {value!r}; it is a time over 0 and up to {LONGEST_WAIT} s"


def _slot(value: Any) -> bool:
    return isinstance(value, str) and "{" in value
