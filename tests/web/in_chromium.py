"""Whole calls by voice and keys: `voicebot serve` as it is, and Chromium with a caller's voice in its microphone.

The microphone plays a file from the moment the page opens it, so a caller's sentences are timed by how long the bot's
prompts are. They may come late by six seconds and early by any time: the bot lets itself be interrupted.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.events import Prompt, Samples
from bot.places import PACKAGES
from bot.sealing import load_seal
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of
from bot.simulation.line import telephone_band
from tests.conftest import GENEROUS
from tests.gateway.test_serving import free_port
from tests.web.browser import Tab, chromium
from tests.web.conftest import write_sound
from tts.speech import open_speech

NUMBER = "không một hai ba bốn năm sáu bảy tám chín"
DIGITS = "0123456789"
PASSWORDS: list[str] = []
"""That were read to a caller."""

SLOWEST_MS = 2500
READING_SECONDS = 7.0
"""Of ten digits, more than they take."""

BREATH = 1.0
"""Seconds between the end of a prompt, as planned, and what the caller says."""


@pytest.fixture(scope="module")
def url(dialogue_model: Path, accounts_url: str) -> Iterator[str]:
    """A served bot with a web phone, as on a laptop. Nothing secret is in its log."""
    port = free_port()
    ready = {
        "VOICEBOT_RASA_MODEL": str(dialogue_model),
        "VOICEBOT_DATABASE_URL": accounts_url,
        "VOICEBOT_LINE_SECRET": "",
    }
    command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=PACKAGES, env={**os.environ, **GENEROUS, **ready}, stderr=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stderr
        log = ""
        try:
            while "ready:" not in log:
                line = serving.stderr.readline()
                assert line, log
                log += line
            assert f"the web phone at http://127.0.0.1:{port}/" in log
            yield f"http://127.0.0.1:{port}/"
        finally:
            serving.terminate()
            log += serving.stderr.read()
    assert PASSWORDS
    for secret in ("0912345678", DIGITS, "Traceback", *PASSWORDS):
        assert secret not in log, log


def said(text: str) -> Samples:
    return telephone_band(sound_of(Say(text), CallerVoice(dialect="north", speed=0.9)))


async def seconds(*prompts: str) -> float:
    """How long the bot takes to say them."""
    speech = open_speech(Settings(), load_seal(Settings()))
    try:
        clips = [await speech.clip(Prompt(prompt), 16000) for prompt in prompts]
    finally:
        await speech.close()
    return sum(clip.size for clip in clips) / 16000


async def password_of(page: Tab) -> str:
    """The password while it is spoken; digits alone."""
    shown = await page.until(
        "document.querySelector('[data-state=played]')"
        " && [...document.querySelectorAll('.line:last-child .secret')].map((each) => each.innerText)"
        ".find((each) => /[0-9]/.test(each))",
        "a password",
    )
    PASSWORDS.append("".join(filter(str.isdigit, shown)))
    return PASSWORDS[-1]


async def check_report(page: Tab, outcome: str, *secrets: str) -> None:
    """The call ended so, and nothing of these is left."""
    await page.until("document.querySelector('[data-outcome]')", "the report")
    assert await page.evaluate("document.querySelector('[data-outcome]').dataset.outcome") == outcome
    html = await page.evaluate("document.querySelector('main').outerHTML.replace(/<p class=.hint.[^]*?<[/]p>/g, '')")
    for secret in secrets:
        assert secret not in "".join(html.split())
    assert page.errors == []


async def press(page: Tab, state: str, keys: str) -> None:
    """When the bot asks for them."""
    await page.until(f"document.querySelector('[data-state={state}]') && document.activeElement.className === 'keypad'")
    for key in keys:
        await page.press(key)


async def spoken(url: str, voice: Path) -> None:
    """By voice, the first words into the greeting; the caller hangs up when the password was read once."""
    with chromium(voice) as browser:
        async with browser.tab(url) as page:
            await page.click(".go")
            await page.until("document.querySelector('.line.bot .cut')", "the greeting interrupted")
            await page.until("document.querySelector('[data-state=number]')", "the wish understood")
            await page.until("document.querySelector('[data-hearing]').innerText.includes('không một')", "his words")
            await page.until(f"document.querySelector('[data-cells=\"{DIGITS}\"]')", "ten digits in their cells")
            await page.until("document.querySelector('.secret')?.innerText.includes('012 345 6789')", "the read-back")
            password = await password_of(page)
            assert len(password) == 8
            await page.until("document.querySelector('.log').innerText.includes('Xin nhắc lại')", "the second reading")
            await page.click(".stop")
            await check_report(page, "reset", password, DIGITS, "".join(NUMBER.split()))
            shown = "[...document.querySelectorAll('[data-latency]')].map((each) => +each.dataset.latency)"
            latencies = await page.evaluate(shown)
            assert len(latencies) == 3
            assert max(latencies) < SLOWEST_MS


async def keyed(url: str) -> None:
    """By keys, to the end."""
    with chromium() as browser:
        async with browser.tab(url) as page:
            await page.click(".go")
            await press(page, "menu", "8")
            await press(page, "number", f"{DIGITS}#")
            password = await password_of(page)
            await check_report(page, "reset", password, DIGITS)
        async with browser.tab(url) as page:
            await page.click(".go")
            await press(page, "menu", "8")
            await press(page, "number", "9999999999#")
            refusal = "document.querySelector('.log').innerText.includes('không khớp hoặc chưa đăng ký')"
            await page.until(refusal, "the refusal")
            await check_report(page, "refused", "9999999999")


async def test_whole_calls(url: str, tmp_path: Path) -> None:
    """At the same time, since most of it is listening: one by voice, and by keys one that is served and one refused."""
    question = await seconds("Xin đọc hoặc bấm mã số bảo hiểm xã hội.")
    read_back = await seconds("Mã số của quý khách là", "Đúng hay sai?") + READING_SECONDS
    voice = write_sound(
        tmp_path / "caller.wav",
        2.5, said("cấp lại mật khẩu"), 0.8 + question + BREATH, said(NUMBER),
        0.8 + read_back + BREATH, said("đúng rồi"), 60.0,
    )  # fmt: skip
    await asyncio.gather(spoken(url, voice), keyed(url))
