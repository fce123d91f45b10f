"""A recorded call in the operator's page: both voices drawn, and played to operators alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.reports.recording import Recorder
from tests.operations.desk_tools import NUMBER, PHONE
from tests.web.browser import Chromium, Tab
from tests.web.conftest import PASSWORD
from tests.web.test_operations_page import House, ScriptedBot, house, keyed_call, logged_in, made
from tests.web.test_page import complaints, fits

__all__ = ["made"]  # a fixture


@asynccontextmanager
async def one_call(
    browser: Chromium, made: Path, folder: Path, name: str, language: str = "vi"
) -> AsyncIterator[tuple[Tab, House]]:
    """The page of a call that was recorded, as somebody sees it."""
    recorder = Recorder(ScriptedBot(), folder / "recordings", 30)
    async with house(made, folder, recorder) as at:
        await keyed_call(at)
        recorder.close()  # it is written
        async with browser.tab(at.url, language=language) as page:
            await logged_in(page, name)
            await page.until("document.querySelector('[data-found=\"1\"]')", "the call")
            await page.evaluate("location.hash = document.querySelector('[data-id] a').hash")
            await page.until("document.querySelector('.waves')", "the recording")
            yield page, at


def listened(at: House) -> list[tuple[str, str | None]]:
    return [(each.actor, each.call) for each in at.accounts.audit.export() if each.event == "call_listen"]


async def test_an_operator_sees_both_voices_and_plays_them(browser: Chromium, made: Path, tmp_path: Path) -> None:
    async with one_call(browser, made, tmp_path, "an") as (page, at):
        for who in ("bot", "caller"):
            outline = await page.evaluate(f"document.querySelector('.waves path.{who}').getAttribute('d')")
            assert outline.startswith("M")
        kinds = ("region.bot", "region.key", "blank", "wait")
        assert all([await page.evaluate(f"!!document.querySelector('.waves .{kind}')") for kind in kinds])
        assert listened(at) == [], "who looks does not listen"
        await page.click(".player .play")
        await page.until("document.querySelector('.play[data-state=playing]')", "sound")
        await page.until("Number(document.querySelector('.player input').value) > 0.1", "the line moves")
        assert listened(at) == [("web:an", "1764.1")]
        await page.press("ArrowRight")
        await page.until("Number(document.querySelector('.player input').value) > 5", "five seconds on")
        await page.click(".player .play")
        await page.until("document.querySelector('.play[data-state=paused]')", "a pause")
        assert listened(at) == [("web:an", "1764.1")], "once, however often it is played"
        told = await page.evaluate("document.documentElement.outerHTML")
        assert not any(secret in told for secret in (NUMBER, PHONE, PASSWORD))
        assert page.errors == []
        ours = (at.url, "data:", f"blob:{at.url.removesuffix('/operations')}")
        assert [each for each in page.requests if not each.startswith(ours)] == []


async def test_a_viewer_sees_them_and_hears_nothing(browser: Chromium, made: Path, tmp_path: Path) -> None:
    async with one_call(browser, made, tmp_path, "vy") as (page, at):
        assert await page.evaluate("document.querySelector('.player')") is None
        assert "người vận hành" in await page.text(".recording")
        refused = await page.evaluate(
            "fetch('/operations/calls/' + location.hash.slice(6) + '/sound', {method: 'POST'}).then((a) => a.status)"
        )
        assert refused == 403
        assert listened(at) == []


async def test_the_price_of_the_call_and_its_source_are_named(browser: Chromium, made: Path, tmp_path: Path) -> None:
    async with one_call(browser, made, tmp_path, "an", "en") as (page, _):
        told = await page.text("[data-price]")
        assert told == "A call is reckoned at 1,200 đồng a minute: the tests' carrier."
        assert "Cost of the call" in await page.text(".facts")


@pytest.mark.parametrize("width", [1100, 360], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_everybody_can_use_the_player(
    browser: Chromium, made: Path, tmp_path: Path, width: int, dark: bool
) -> None:
    async with one_call(browser, made, tmp_path, "an", "en" if dark else "vi") as (page, _):
        await page.show(width=width, height=800, dark=dark)
        assert await complaints(page) == []
        assert await fits(page)
