"""A call as one page: what it holds, how large it is, and that it can reach nothing."""

import base64
import hashlib
import io
import json
import re

import numpy as np
import soundfile

from bot.events import RATE, Chosen, Expect, Grammar, Number, Outcome, Samples
from bot.reports.page import DATA, page_of, template
from bot.reports.sound import levels, opus
from bot.reports.transcript import TranscriptLine, lines_of
from bot.watching import MASK, Ended, Listens, Notice, Speaks, Understood

MEGABYTE = 1_000_000
NOTICES: list[Notice] = [
    Speaks(0.0, "Xin chào.", 1.0, None, None, False, Expect(Grammar.MENU)),
    Understood(2.5, 2.2, "8", Chosen("ask_reset")),
    Speaks(2.5, "Mã số?", 1.0, 310.4, 300.0, False, Expect(Grammar.NUMBER)),
    Listens(4.0, Expect(Grammar.NUMBER, lengths=(10,)), "không một", "01"),
    Understood(6.0, 5.7, "không một hai", Number("012", spoken=True)),
    Speaks(6.0, f"Mật khẩu mới là {MASK}", 1.0, 280.0, 200.0, True, Expect("played")),
    Ended(9.0, Outcome.RESET),
]


def noise(seconds: float, seed: int) -> Samples:
    return np.random.default_rng(seed).normal(0, 1500, round(seconds * RATE)).astype(np.int16)


def call_in(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="call">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def page(lines: list[TranscriptLine], seconds: float = 2.0) -> str:
    return page_of("a call", "reset", lines, noise(seconds, 1), noise(seconds, 2), secrets="invented")


def test_the_page_holds_every_line_with_its_time_and_latency() -> None:
    call = call_in(page(lines_of(NOTICES)))
    assert call["lines"] == [
        {"who": "bot", "at": 0.0, "end": 1.0, "text": "Xin chào.", "latency_ms": None},
        {"who": "key", "at": 2.2, "end": 2.2, "text": "8", "latency_ms": None},
        {"who": "state", "at": 2.5, "end": 2.5, "text": "ask_reset", "latency_ms": None},
        {"who": "bot", "at": 2.5, "end": 3.5, "text": "Mã số?", "latency_ms": 310},
        {"who": "caller", "at": 4.0, "end": 5.7, "text": "• • •", "latency_ms": None},
        {"who": "state", "at": 6.0, "end": 6.0, "text": "3 digits, spoken", "latency_ms": None},
        {"who": "bot", "at": 6.0, "end": 7.0, "text": f"Mật khẩu mới là {MASK}", "latency_ms": 280},
        {"who": "state", "at": 9.0, "end": 9.0, "text": "reset", "latency_ms": None},
    ]
    assert (call["title"], call["outcome"], call["seconds"]) == ("a call", "reset", 2.0)


def test_the_sound_is_in_the_page_caller_left() -> None:
    quiet = np.zeros(RATE, np.int16)
    tone = (8000 * np.sin(np.arange(RATE) * 0.5)).astype(np.int16)
    call = call_in(page_of("a call", "reset", [], tone, quiet, secrets="invented"))
    kind, encoded = str(call["sound"]).split(",")
    assert kind == "data:audio/ogg;base64"
    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(encoded)))
    assert rate == RATE
    left, right = np.sqrt((sound**2).mean(axis=0))
    assert left > 0.1
    assert right < 0.001


def test_forty_seconds_of_noise_on_both_sides_are_less_than_a_megabyte() -> None:
    assert len(page([], 40.0).encode()) < MEGABYTE


def test_levels_are_peaks_of_twenty_milliseconds() -> None:
    sound = np.zeros(480, np.int16)
    sound[100], sound[350] = -32768, 8192
    assert levels(sound) == [100, 0, 50]
    assert levels(np.zeros(0, np.int16)) == []
    assert len(opus(sound, sound)) > 0


def test_the_policy_allows_the_pages_own_script_and_style_and_nothing_from_elsewhere() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', template())
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    script = re.findall(r"<script>(.*?)</script>", template(), re.DOTALL)
    style = re.findall(r"<style>(.*?)</style>", template(), re.DOTALL)
    for name, [text] in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[name] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    without_names = template().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", without_names)


def test_no_text_gets_out_of_its_place() -> None:
    evil = "</script><script>alert(1)</script><!-- \u2028 " + DATA
    made = page([TranscriptLine(0, 1, "caller", evil)])
    assert made.count("<script") == template().count("<script")
    lines = call_in(made)["lines"]
    assert isinstance(lines, list)
    assert lines[0]["text"] == evil


def test_a_call_without_a_sound_or_a_word_has_a_page() -> None:
    empty = np.zeros(0, np.int16)
    assert call_in(page_of("", "error", [], empty, empty, secrets="invented"))["seconds"] == 0.0
