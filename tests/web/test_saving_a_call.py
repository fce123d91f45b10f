"""The call that a page saves: the page of a call report, with the sound that the browser heard."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import soundfile

from bot.audio import g711
from bot.reports.page import DATA, template
from bot.web.pages import CALL_PAGE, read_pages
from tests.call_tools import GOODBYE, READING
from tests.reports.test_call_page import call_in
from tests.web.browser import Chromium, Tab
from tests.web.conftest import PASSWORD, phone
from tests.web.test_page import CALL, WISH

CATCH = "URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return 'blob:none'; }"


async def saved_by(page: Tab) -> str:
    """What the page hands to the browser as a file."""
    await page.evaluate(f"HTMLAnchorElement.prototype.click = () => {{}}; {CATCH}; null")
    await page.click(".save-call")
    return str(await page.until("window.saved", "the saved page"))


async def test_a_call_is_saved_with_its_sound_and_without_its_digits(browser: Chromium, tmp_path: Path) -> None:
    async with phone(WISH, READING, GOODBYE) as (url, here, _), browser.tab(url) as page:
        await page.click(".go")
        await page.until("document.activeElement.className === 'keypad'", "the focus on the keypad")
        await page.press("8")
        await page.until("document.querySelector('[data-outcome=reset]')", "the report")
        assert "mật khẩu" in await page.text("#save-call-secret")
        saved = await saved_by(page)
        assert page.errors == []
        await here.quiet()

    call = call_in(saved)
    assert (call["outcome"], call["secrets"]) == ("reset", "spoken")
    lines = call["lines"]
    assert isinstance(lines, list)
    assert "mật khẩu mới ••••••••" in [line["text"] for line in lines]
    assert PASSWORD not in saved

    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(str(call["sound"]).split(",")[1])))
    assert rate == 8000
    assert abs(len(sound) / rate - float(str(call["seconds"]))) < 0.5
    bot = sound[:, 1]
    spectrum = np.abs(np.fft.rfft(bot * np.hanning(len(bot))))
    loudest = np.fft.rfftfreq(len(bot), 1 / rate)[spectrum.argmax()]
    assert abs(loudest - 440) < 5  # Hz: what the bot of these tests says

    file = tmp_path / "call.html"
    file.write_text(saved, "utf-8")
    async with browser.tab(file.as_uri()) as page:
        await page.until("document.getElementById('sound').readyState >= 1", "the sound of the saved page")
        assert page.errors == []


async def test_the_browsers_mu_law_is_that_of_g711(browser: Chromium) -> None:
    samples = [*range(-32768, 32768, 97), -1, 0, 1, 32767]
    async with phone(*CALL) as (url, _, _), browser.tab(url) as page:
        run = f"import('/static/saved.js').then((module) => {samples}.map(module.companded))"
        octets = np.array(await page.evaluate(run), np.uint8)
    decoded = g711.decode(octets, "u").astype(int)
    assert np.all(np.abs(decoded - np.array(samples)) <= np.maximum(np.abs(samples) / 16, 8) + 1)


async def test_halving_the_rate_keeps_what_a_telephone_keeps(browser: Chromium) -> None:
    async with phone(*CALL) as (url, _, _), browser.tab(url) as page:
        for hertz, kept in ((1000, True), (7000, False)):
            run = (
                f"import('/static/saved.js').then((module) => [...module.halved([Int16Array.from({{length: 1600}},"
                f" (_, i) => 8000 * Math.sin(2 * Math.PI * {hertz} * i / 16000))])])"
            )
            level = np.abs(np.array(await page.evaluate(run))[20:-20]).max()
            assert (level > 7500) if kept else (level < 800)


def test_the_gateway_sends_the_page_as_it_is_saved_and_lets_no_browser_run_it() -> None:
    page = read_pages()[CALL_PAGE]
    assert page.body.decode() == template()
    assert DATA in template()
    assert page.kind.startswith("text/plain")
