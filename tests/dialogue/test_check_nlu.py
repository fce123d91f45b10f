"""The judge of `rasa test nlu`: what it lets pass and what it does not."""

import json
from pathlib import Path

from check_nlu import FALLBACK, Result, faults, read

GOOD = [Result("đúng", "affirm", "affirm")] * 99


def test_all_right_has_no_fault() -> None:
    assert faults(GOOD) == []


def test_outside_the_domain_the_fallback_is_right_and_an_intent_is_a_fault() -> None:
    assert faults([*GOOD, Result("trời mưa", "no_match", FALLBACK)]) == []
    assert faults([*GOOD, Result("trời mưa", "no_match", "greet")]) == ["outside the domain, taken for greet: trời mưa"]


def test_a_single_no_taken_for_yes_is_a_fault() -> None:
    assert faults([*GOOD, Result("chưa đúng", "deny", "affirm")]) == ["a no is taken for yes: chưa đúng"]


def test_five_in_a_hundred_may_be_asked_again_and_no_more() -> None:
    unsure = Result("sai", "deny", FALLBACK)
    assert faults([*GOOD[:95], *[unsure] * 5]) == []
    assert faults([*GOOD[:94], *[unsure] * 6]) == ["94 of 100 sentences are right, fewer than 95%"]


def test_no_sentences_are_not_good() -> None:
    assert faults([]) != []


def test_an_intent_below_the_threshold_is_the_fallback(tmp_path: Path) -> None:
    row = {"text": "đúng", "intent": "affirm", "intent_prediction": {"name": "affirm", "confidence": 0.59}}
    (tmp_path / "intent_successes.json").write_text(json.dumps([row]), "utf-8")
    (tmp_path / "intent_errors.json").write_text("[]", "utf-8")
    assert read(tmp_path, 0.6) == [Result("đúng", "affirm", FALLBACK)]
    assert read(tmp_path, 0.5) == [Result("đúng", "affirm", "affirm")]
