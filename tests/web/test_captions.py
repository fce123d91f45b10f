"""What is seen of a call (bot/web/static/captions.js), a pure function that is run where it lives: in the browser."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.browser import Chromium
from tests.web.conftest import phone

CAPTION = {"event": "CAPTION", "begin": 0, "end": 1, "flush": 0}
PROMPT = {**CAPTION, "id": "0", "text": "mật khẩu là", "secret": False}
SECRET = {**CAPTION, "id": "1", "text": "8312 1190", "secret": True}
SPEAKS = {"event": "SPEAKS", "at": 1.0, "seconds": 4.0, "latency_ms": 90, "expect": "played", "cell": None}
BEGINS, ENDS = "begins", "ends"


async def seen_after(browser: Chromium, *steps: Any) -> dict[str, Any]:
    """What is seen, shown and kept of a call. Steps are messages, (BEGINS or ENDS, a part), or JavaScript."""
    calls = []
    for step in steps:
        if isinstance(step, dict):
            calls.append(f"told(seen, {json.dumps(step)})")
        elif isinstance(step, tuple):
            calls.append(f"heardPart(seen, '{step[1]}', {json.dumps(step[0] == ENDS)})")
        else:
            calls.append(step)
    script = (
        "import('/static/captions.js').then(({told, heardPart, flushed, over, visible, shown, kept, NOTHING}) => {"
        f" let seen = NOTHING; {' '.join(f'seen = {call};' for call in calls)}"
        " return JSON.stringify({seen, kept: visible(seen).map(kept),"
        " shown: visible(seen).map((line) => line.parts.map(shown).join('|'))}); })"
    )
    async with phone() as (url, _, _), browser.tab(url) as page:
        found: dict[str, Any] = json.loads(await page.evaluate(script))
        return found


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        ([], []),
        ([(BEGINS, "0")], ["mật khẩu là|"]),
        ([(BEGINS, "0"), (ENDS, "0"), (BEGINS, "1")], ["mật khẩu là|8312 1190"]),
        ([(BEGINS, "0"), (ENDS, "0"), (BEGINS, "1"), (ENDS, "1")], ["mật khẩu là|••••••••"]),
        ([(BEGINS, "0"), "flushed(seen, 2)"], ["mật khẩu là"]),
        ([(BEGINS, "0"), (BEGINS, "1"), "flushed(seen, 2)"], ["mật khẩu là|••••••••"]),
        ([(BEGINS, "0"), (BEGINS, "1"), "over(seen, 2)"], ["mật khẩu là|••••••••"]),
        (["over(seen, 2)"], []),
    ],
    ids=["waiting", "prompt", "secret", "said", "interrupted", "interrupted secret", "over", "over before"],
)
async def test_words_are_shown_when_they_are_spoken_and_secrets_only_then(
    browser: Chromium, steps: list[Any], shown: list[str]
) -> None:
    found = await seen_after(browser, PROMPT, SECRET, SPEAKS, *steps)
    assert found["shown"] == shown
    assert "8312" not in json.dumps(found["kept"])
    spoken_now = shown and "8312" in shown[0]
    if steps and not spoken_now and steps[-1] != (BEGINS, "0"):
        assert "8312" not in json.dumps(found["seen"]), "it is forgotten, not only hidden"


async def test_words_of_before_a_barge_in_that_come_after_it_are_dropped(browser: Chromium) -> None:
    found = await seen_after(browser, "flushed(seen, 1)", PROMPT)
    assert found["seen"]["lines"] == []


async def test_each_reply_is_a_line_with_its_latency_and_digits_end_with_the_turn(browser: Chromium) -> None:
    listens = {
        "event": "LISTENS",
        "at": 6.0,
        "text": "không một",
        "cells": "01",
        "length": 10,
        "expect": "number",
        "cell": None,
    }
    understood = {"event": "UNDERSTOOD", "at": 8.0, "ended_at": 7.5, "text": "• •", "meaning": "8 digits missing"}
    found = await seen_after(
        browser,
        PROMPT,
        SPEAKS,
        (BEGINS, "0"),
        listens,
        understood,
        {**PROMPT, "id": "2"},
        {**SPEAKS, "at": 8.1},
        (BEGINS, "2"),
    )
    lines = found["seen"]["lines"]
    assert [(line["who"], line["at"], line["end"], line["latency"]) for line in lines] == [
        ("bot", 1.0, 5.0, 90),
        ("caller", 6.0, 7.5, None),
        ("bot", 8.1, 12.1, 90),
    ]
    assert (found["seen"]["cells"], found["seen"]["heard"]) == ("", "")
    assert "không một" not in json.dumps(found)


async def test_what_a_synthesiser_speaks_is_marked(browser: Chromium) -> None:
    found = await seen_after(browser, {**PROMPT, "synthetic": True}, {**SECRET, "synthetic": False}, (BEGINS, "0"))
    assert [part["synthetic"] for part in found["seen"]["lines"][0]["parts"]] == [True, False]
