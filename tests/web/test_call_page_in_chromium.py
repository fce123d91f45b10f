"""The page of a call in Chromium: it plays, follows, seeks and asks nobody for anything."""

import json
from pathlib import Path

import numpy as np
import pytest

from bot.events import RATE
from bot.reports.page import page_of
from bot.reports.transcript import TranscriptLine
from tests.web.browser import Chromium
from tests.web.test_page import complaints, fits

LINES = [
    TranscriptLine(0.5, 2.0, "bot", "Xin chào quý khách."),
    TranscriptLine(3.0, 3.1, "key", "8"),
    TranscriptLine(3.2, 3.2, "state", "ask_reset"),
    TranscriptLine(3.5, 5.0, "bot", "Mã số của quý khách là ••••••••", 280.0),
    TranscriptLine(21.0, 22.0, "caller", "đúng <b>rồi</b>"),
]
CURRENT = "[...document.querySelectorAll('#lines button')].findIndex((each) => each.ariaCurrent)"


@pytest.fixture
def page_file(tmp_path: Path) -> str:
    sound = (6000 * np.sin(np.arange(25 * RATE) * 0.4)).astype(np.int16)
    file = tmp_path / "call.html"
    file.write_text(page_of("demo", "reset", LINES, sound, sound, secrets="spoken"), "utf-8")
    return file.as_uri()


@pytest.mark.asyncio
async def test_the_page_works_alone(browser: Chromium, page_file: str) -> None:
    async with browser.tab(page_file) as page:
        await page.until("document.getElementById('sound').readyState >= 1", "the sound")
        assert abs(await page.evaluate("document.getElementById('sound').duration") - 25) < 0.1
        assert await page.evaluate("document.querySelectorAll('#wave svg').length") == 2
        assert await page.evaluate(
            "[...document.querySelectorAll('#wave path')].every((each) => each.getAttribute('d'))"
        )

        lines = await page.evaluate("[...document.querySelectorAll('#lines li')].map((each) => each.className)")
        assert lines == ["bot", "key", "state", "bot", "caller"]
        assert await page.text("#lines .state") == "xin cấp lại mật khẩu"
        assert "đúng <b>rồi</b>" in await page.text("#lines .caller")
        assert "8 chữ số, đã che" in await page.evaluate("document.querySelectorAll('#lines .bot')[1].textContent")
        assert "mật khẩu" in await page.text("#note")

        await page.click("#lines li:nth-child(4) button")  # from this line on
        await page.until("document.getElementById('sound').currentTime > 3.5")
        await page.until(f"{CURRENT} === 2", "the line that is heard")
        await page.click("#play")
        await page.until("document.getElementById('sound').paused")

        box = await page.evaluate("JSON.stringify(document.querySelectorAll('#wave svg')[1].getBoundingClientRect())")
        x, y = json.loads(box)["x"] + json.loads(box)["width"] * 0.1, json.loads(box)["y"] + 5
        for kind in ("mousePressed", "mouseReleased"):
            await page.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        assert abs(await page.evaluate("document.getElementById('sound').currentTime") - 22.0) < 0.1
        assert await page.evaluate(CURRENT) == 3

        await page.evaluate("document.activeElement.blur()")
        await page.press("ArrowUp")
        assert await page.evaluate("document.getElementById('sound').currentTime") == 3.5
        await page.press("ArrowRight")
        assert await page.evaluate("document.getElementById('sound').currentTime") == 8.5
        await page.press(" ")
        await page.until("!document.getElementById('sound').paused")

        await page.evaluate("document.getElementById('language').value = 'en';"
                            "document.getElementById('language').dispatchEvent(new Event('change'))")  # fmt: skip
        assert "answered after 0.28 s" in await page.text("#lines li:nth-child(4)")
        for dark, width in ((False, 1100), (True, 360)):
            await page.show(dark=dark, width=width)
            assert await complaints(page) == []
            assert await fits(page)
        assert page.errors == []
        assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
