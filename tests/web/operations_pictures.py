"""The pictures of docs/operations-page.md: `python -m tests.web.operations_pictures FOLDER`.

A week of invented calls, always the same but for the date, and two in progress. The figures are nobody's."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.accounts import Accounts
from bot.events import RATE, Expect, Grammar, Number
from bot.operations.calls import Calls
from bot.operations.keeping import CallsOfGateway
from bot.operations.record import CallRecord
from bot.reports.kept import PICTURE, SOUND, drawn, stem_of
from bot.reports.page import picture_of
from bot.reports.recording import Recorder
from bot.reports.sound import opus
from bot.reports.transcript import TranscriptLine
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of
from bot.watching import Speaks, Understood
from tests.gateway.conftest import site
from tests.operations.desk_tools import PHONE, make, opened, served
from tests.web.browser import Chromium, Tab, chromium
from tests.web.test_operations_page import ScriptedBot, answer, logged_in

DAY, AN_HOUR = 86_400, 3_600
ENDINGS = ("reset",) * 62 + ("refused",) * 11 + ("hung_up",) * 12 + ("no_input",) * 4 + ("no_match",) * 5
OUTCOMES = ENDINGS + ("transferred",) * 5 + ("error",)

SAID = (
    (0.2, "bot", "Tổng đài bảo hiểm xã hội xin nghe. Để được cấp lại mật khẩu, mời bấm phím 8 hoặc nói số 8.", 6.1),
    (7.0, "caller", "tám", "ask_reset", "offered", None),
    (7.4, "bot", "Mời đọc hoặc bấm mã số bảo hiểm xã hội.", 2.9),
    (15.1, "caller", "• • • • • • •", "3 digits missing", "too_few", None),
    (15.5, "bot", "Còn thiếu ba chữ số, mời đọc tiếp.", 2.4),
    (20.8, "caller", "• • •", "10 digits, spoken", "whole", None),
    (21.3, "bot", "Mã số là •••••••• . Đúng hay sai?", 6.4),
    (29.6, "caller", "đúng rồi", "words", "words", 0.94),
    (30.4, "bot", "Mật khẩu mới là ••••••••", 7.0),
    (38.0, "bot", "Xin nhắc lại, mật khẩu mới là •••••••• . Cảm ơn quý vị đã gọi.", 9.5),
)  # fmt: skip


def events() -> tuple[dict[str, object], ...]:
    made: list[dict[str, object]] = []
    for at, who, text, *rest in SAID:
        if who == "bot":
            latency = round(1000 * (at - made[-1]["at"])) if made and made[-1]["who"] == "caller" else None  # type: ignore[operator]  # `at` is a number
            more = {"seconds": rest[0], "latency_ms": latency, "wait_ms": None, "expect": "number"}
        else:
            names = ("meaning", "why", "confidence")
            more = {"ended_at": at - 0.3, "by": "voice", **dict(zip(names, rest, strict=True))}
        made.append({"at": at, "who": who, "text": text, **more})
    return tuple(made)


def record(folder: Path, call: CallRecord) -> None:
    """What was said in it, by a synthesiser, as if it had been recorded."""
    sides = {who: np.zeros(round(call.seconds * RATE), np.int16) for who in ("bot", "caller")}
    lines = []
    for at, who, text, *rest in SAID:
        sound = sound_of(
            Say(text.replace("•", "") if text.strip("• ") else "dạ"),
            CallerVoice(dialect="north" if who == "bot" else "south"),
        )
        sound = sound[: round((rest[0] if who == "bot" else 1.5) * RATE)]
        end = at + sound.size / RATE if who == "bot" else at - 0.3
        begin = end - sound.size / RATE
        if "•" not in text or who == "bot":
            sides[who][round(begin * RATE) :][: sound.size] = sound[: sides[who].size - round(begin * RATE)]
        latency = next((each["latency_ms"] for each in call.events if each["who"] == "bot" and each["at"] == at), None)
        lines.append(TranscriptLine(begin, end, who, text, latency))
    blanks = [(7.4, 20.8), (30.4, call.seconds)]
    picture = picture_of(call.outcome, lines, sides["caller"], sides["bot"], secrets="blanked", blanks=blanks)
    stem = stem_of(datetime.fromtimestamp(call.started, UTC), call.exchange, call.id)
    (folder / f"{stem}{PICTURE}").write_text(json.dumps(drawn(picture)), "utf-8")
    (folder / f"{stem}{SOUND}").write_bytes(opus(sides["caller"], sides["bot"]))


def fill(accounts: Accounts) -> CallRecord:
    """A week of calls; the newest."""
    rng, kept, now = random.Random(8), Calls(accounts.backing, None), time.time()
    newest = None
    for number in range(900):
        began = now - 7 * DAY + number * 7 * DAY / 900
        if not 6 <= (began / AN_HOUR + 7) % 24 < 21 and rng.random() < 0.85:
            continue
        outcome = rng.choice(OUTCOMES) if number < 899 else "reset"
        reset, refused = outcome == "reset", outcome == "refused"
        given = 20.8 if reset or refused or rng.random() < 0.3 else None
        spoken = rng.random()
        newest = CallRecord(
            id=f"{number:032x}", exchange=f"{now:.0f}.{number}", started=began, outcome=outcome,
            seconds=rng.uniform(44, 70) if reset else rng.uniform(12, 50), number_given=given,
            confirmed=29.6 if reset or refused else None, matched=30.4 if reset else None,
            heard=38.0 if reset else None,
            retries=rng.choice((0, 0, 0, 1, 1, 2)), voice_digits=10 if given and spoken < 0.6 else 0,
            key_digits=10 if given and spoken > 0.52 else 0,
            latencies=tuple(round(rng.lognormvariate(6.15, 0.35)) for _ in range(5)), events=events(),
        )  # fmt: skip
        kept.keep(newest, PHONE)
    assert newest
    return newest


async def above(page: Tab, selector: str) -> bytes:
    """The page down to the card in which this is, as PNG."""
    end = await page.evaluate(f"document.querySelector('{selector}').closest('section').getBoundingClientRect().y")
    size = await page.evaluate("innerWidth")
    clip = {"x": 0, "y": 0, "width": size, "height": end, "scale": 1}
    shot = await page.command("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
    return base64.b64decode(shot["data"])


async def pictures(browser: Chromium, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        accounts = opened(make(Path(place) / "accounts.sqlite"))
        newest = fill(accounts)
        recorder = Recorder(ScriptedBot(), Path(place) / "recordings", 30)
        record(recorder.folder, newest)
        async with served(accounts, Settings()) as client:
            calls = CallsOfGateway(client)
            async with site(answer, secret="", records=calls, recorder=recorder) as here:
                for gauge in (here.gateway.metrics.dialogue_up, here.gateway.metrics.store_up):
                    gauge.set(1)
                for name, expect in (("1764.7", Grammar.YESNO), ("1764.9", Grammar.MENU)):
                    watch = calls.begin(name, PHONE)
                    if expect is Grammar.YESNO:
                        watch(Understood(9.0, 8.7, "", Number("0123456789", spoken=True)))
                    watch(Speaks(9.1, "", 1.0, None, None, False, Expect(expect)))
                for language, width, dark in (("vi", 1200, False), ("en", 1200, True), ("vi", 390, False)):
                    async with browser.tab(str(here.server.make_url("/operations")), language=language) as page:
                        await page.show(width=width, height=900, dark=dark)
                        await page.until("document.querySelector('form.login, [data-who]')")
                        if await page.evaluate("document.querySelector('form.login') !== null"):
                            await logged_in(page, "an")
                        await page.until("document.querySelector('[data-live=\"2\"]')")
                        await page.until("document.querySelector('.chart') && document.querySelector('[data-found]')")
                        name = f"operations-{language}-{width}"
                        (folder / f"{name}.png").write_bytes(await above(page, "#find-title"))
                        await page.evaluate(f"location.hash = 'call/{newest.id}'")
                        await page.click(".player .play")
                        await page.until("Number(document.querySelector('.player input').value) > 1.5")
                        await page.click(".player .play")
                        await page.until("document.querySelector('.play[data-state=paused]')")
                        await page.evaluate("document.activeElement.blur()")
                        (folder / f"{name}-call.png").write_bytes(await page.screenshot())


def main(folder: Path) -> None:
    with chromium() as browser:
        asyncio.run(pictures(browser, folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
