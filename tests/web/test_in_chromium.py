"""Whole calls from Chromium, in real time (tests/web/in_chromium.py)."""

from tests.realtime import run_apart


def test_whole_calls() -> None:
    run_apart("tests/web/in_chromium.py", tries=2, seconds=300)
