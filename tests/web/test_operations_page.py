"""The operator's page in Chromium, on a gateway with an action server and a store behind it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.accounts import Accounts
from bot.call import Call
from bot.events import Outcome
from bot.operations.keeping import CallsOfGateway
from bot.protocols import Channel
from bot.reports.recording import Recorder
from bot.tap import Tap, untapped
from bot.watching import Watch
from tests.call_tools import GOODBYE, READING, TIMING, WORDS, KeysOnly, Scripted
from tests.channels.fake_asterisk import FakeAsterisk
from tests.fitted import FIT
from tests.gateway.conftest import Site, site
from tests.operations.desk_tools import NUMBER, PHONE, WORD, make, opened, served
from tests.web.browser import Chromium, Tab
from tests.web.conftest import PASSWORD, Tones
from tests.web.test_page import ASK, CONFIRM, WISH, complaints, fits

CALL = (WISH, ASK, CONFIRM, READING, GOODBYE)


@dataclass
class House:
    """All of it, running."""

    url: str
    """Of the operator's page."""
    site: Site
    accounts: Accounts
    calls: CallsOfGateway


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("operations") / "accounts.sqlite")


class ScriptedBot:
    """Says what the script has it say."""

    async def answer(
        self, channel: Channel, watch: Watch, name: str = "", *, tap: Tap = untapped, recorded: bool = False
    ) -> Outcome:
        parts = (channel, KeysOnly(), Scripted(*CALL), Tones(0.5))
        return await Call("id", *parts, TIMING, FIT, words=WORDS, watch=watch, tap=tap).run()


answer = ScriptedBot().answer


@asynccontextmanager
async def house(made: Path, folder: Path, recorder: Recorder | None = None) -> AsyncIterator[House]:
    accounts = opened(Path(shutil.copy(made, folder / "accounts.sqlite")))
    async with served(accounts) as client:
        calls = CallsOfGateway(client)
        async with calls.keeping(), site(answer, secret="", records=calls, recorder=recorder) as here:
            for gauge in (here.gateway.metrics.dialogue_up, here.gateway.metrics.store_up):
                gauge.set(1)
            yield House(str(here.server.make_url("/operations")), here, accounts, calls)


async def until_expects(asterisk: FakeAsterisk, at: House, what: str) -> None:
    """Let the call's time go on until the bot waits for this, and has said so to the end."""
    while at.calls.snapshot()[0]["expect"] != what:
        await asterisk.tick()
    await asterisk.tick(times=30)


async def press(asterisk: FakeAsterisk, keys: str) -> None:
    for key in keys:
        await asterisk.press(key)
        await asterisk.tick(times=5)


async def keyed_call(at: House) -> None:
    """One that ends with a password."""
    async with at.site.call(f"caller={PHONE}&call=1764.1", secret=None) as asterisk:
        for expected, keys in (("menu", "8"), ("number", NUMBER + "#"), ("yesno", "1")):
            await until_expects(asterisk, at, expected)
            await press(asterisk, keys)
        while at.calls.snapshot():
            await asterisk.tick()


async def log_in(page: Tab, name: str, password: str = WORD) -> None:
    await page.until("document.querySelector('form.login')", "the login")
    for field, text in (("name", name), ("password", password)):
        await page.evaluate(f"document.querySelector('input[name={field}]').focus()")
        await page.command("Input.insertText", text=text)
    await page.press("Enter")


async def logged_in(page: Tab, name: str) -> None:
    await log_in(page, name)
    await page.until(f"document.querySelector('[data-who={name}]')", "the page")
    await page.until("document.querySelector('[data-live]') && !document.querySelector('[data-lost]')", "calls, live")
    await page.until("document.querySelector('[data-calls]')", "figures")
    await page.until("document.querySelector('[data-found]')", "a search")


async def test_who_has_no_password_is_told_so_and_gets_nothing(browser: Chromium, made: Path, tmp_path: Path) -> None:
    async with house(made, tmp_path) as at, browser.tab(at.url) as page:
        await log_in(page, "an", "wrong")
        await page.until("document.querySelector('[data-trouble]')", "a refusal")
        assert "không khớp" in await page.text("[data-trouble]")
        assert await complaints(page) == []
        assert await page.evaluate("document.querySelector('input[name=password]').value") == ""
        assert await page.evaluate("fetch('/operations/overview').then((answer) => answer.status)") == 401
        assert [each.event for each in at.accounts.audit.export()][-2] == "login_refused"
        await page.evaluate("document.querySelector('input[name=name]').value = ''")
        await logged_in(page, "an")
        assert await page.evaluate("document.cookie") == ""


@pytest.mark.parametrize(("name", "may"), [("vy", False), ("an", True)])
async def test_a_viewer_looks_and_an_operator_unlocks_and_exports(
    browser: Chromium, made: Path, tmp_path: Path, name: str, may: bool
) -> None:
    async with house(made, tmp_path) as at, browser.tab(at.url, language="en") as page:
        for attempt in range(3):
            at.accounts.begin_reset(f"call {attempt}", PHONE, f"999999999{attempt}")
        await logged_in(page, name)
        assert await page.evaluate("Boolean(document.querySelector('.unlock'))") is may
        assert await page.evaluate("Boolean(document.querySelector('.export'))") is may
        if may:
            await page.evaluate("document.querySelector('.unlock input').focus()")
            await page.command("Input.insertText", text=PHONE)
            await page.press("Enter")
            await page.until("document.querySelector('[data-forgiven=\"3\"]')", "the account unlocked")
            assert at.accounts.show(PHONE).state == "new"
            assert ("unlock", "web:an") in [(each.event, each.actor) for each in at.accounts.audit.export()]
        else:
            refused = await page.evaluate(
                "fetch('/operations/unlock', {method: 'POST', body: new URLSearchParams({phone: 'x'})})"
                ".then((answer) => answer.status)"
            )
            assert refused == 403
        await page.click(".logout")
        await page.until("document.querySelector('form.login')", "the login")
        assert await page.evaluate("fetch('/operations/overview').then((answer) => answer.status)") == 401


async def test_the_page_fills_while_a_call_goes_on_and_tells_of_it_afterwards(
    browser: Chromium, made: Path, tmp_path: Path
) -> None:
    async with house(made, tmp_path) as at, browser.tab(at.url) as page:
        await logged_in(page, "an")
        assert await page.evaluate("document.querySelector('[data-calls]').dataset.calls") == "0"
        async with at.site.call(f"caller={PHONE}&call=1764.1", secret=None) as asterisk:
            await page.until("document.querySelector('[data-live=\"1\"]')", "the call")
            await until_expects(asterisk, at, "menu")
            await press(asterisk, "8")
            await until_expects(asterisk, at, "number")
            await page.until("document.querySelector('[data-stage=answered][data-expect=number]')", "the question")
            await press(asterisk, NUMBER + "#")
            await until_expects(asterisk, at, "yesno")
            await page.until("document.querySelector('[data-stage=number_given]')", "the number")
            await press(asterisk, "1")
            while at.calls.snapshot():
                await asterisk.tick()
        await page.until("document.querySelector('[data-live=\"0\"]')", "no calls")
        await page.until("document.querySelector('[data-calls=\"1\"]')", "figures of one call")
        table = await page.evaluate("document.querySelector('details.figures').textContent")
        assert re.search(r"Một mật khẩu.*\d+ giây, \d+ đồng", table), table
        for row in ("number_given", "confirmed", "matched", "heard", "reset", "by_keys"):
            assert await page.evaluate(f"document.querySelector('[data-row={row}]').dataset.value") == "1", row
        await page.until("document.querySelector('[data-found=\"1\"]')", "one call found")
        assert await complaints(page) == []

        await page.evaluate("document.querySelector('[data-id] a').focus()")
        await page.press("Enter")
        await page.until("document.querySelector('.events') && document.activeElement.id === 'call-title'", "one call")
        assert await complaints(page) == []
        assert await fits(page)
        told = await page.evaluate("document.documentElement.outerHTML")
        assert "xin đọc mã số" in told
        assert "ask_reset" in told
        assert "1764.1" in told
        assert not any(secret in told for secret in (NUMBER, PHONE, PASSWORD))
        await page.click("a.back")
        await page.until("document.querySelector('[data-found=\"1\"]')", "the list again")
        assert page.errors == []
        ours = (at.url, "data:")  # the icon of the browser's own date field
        assert [each for each in page.requests if not each.startswith(ours)] == []
        await at.site.quiet()


@pytest.mark.parametrize("width", [1100, 360], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_everybody_can_use_it(browser: Chromium, made: Path, tmp_path: Path, width: int, dark: bool) -> None:
    async with house(made, tmp_path) as at, browser.tab(at.url, language="en" if dark else "vi") as page:
        await page.show(width=width, height=800, dark=dark)
        await page.until("document.querySelector('form.login')")
        assert await complaints(page) == []
        await logged_in(page, "an")
        assert await complaints(page) == []
        assert await fits(page)
        assert page.errors == []


async def test_calls_of_a_phone_are_found_and_the_search_is_in_the_audit_trail(
    browser: Chromium, made: Path, tmp_path: Path
) -> None:
    async with house(made, tmp_path) as at, browser.tab(at.url) as page:
        await logged_in(page, "vy")
        await page.evaluate("document.querySelector('.find input[type=tel]').focus()")
        await page.command("Input.insertText", text="12")
        await page.press("Enter")
        await page.until("document.querySelector('.card [role=status] .trouble')", "what is wrong with it")
        await page.evaluate("document.querySelector('.find input[type=tel]').select()")
        await page.command("Input.insertText", text=PHONE)
        await page.press("Enter")
        await page.until("!document.querySelector('.card [role=status] .trouble')", "an answer")
        assert ("calls_search", "web:vy") in [(each.event, each.actor) for each in at.accounts.audit.export()]
        assert not any(PHONE in each for each in page.requests)


async def test_a_list_of_calls_fits_a_phone(browser: Chromium, made: Path, tmp_path: Path) -> None:
    async with house(made, tmp_path) as at, browser.tab(at.url) as page:
        await keyed_call(at)
        await page.show(width=360, height=800)
        await logged_in(page, "an")
        await page.until("document.querySelector('[data-found=\"1\"]')", "the call")
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        assert await page.evaluate("document.querySelector('[data-id] a').getBoundingClientRect().right") < 360
        assert await complaints(page) == []
