"""End of speech → first audio, in the browser and on a telephone line: `python -m tests.web.latency HOST:PORT CALLS`.

The same caller speaks, by turns, into Chromium's microphone and over a WebSocket as Asterisk does, to the same
`voicebot serve` without a secret. Both are measured at the caller's end, in frames of 20 ms: from the last frame of the
caller that is loud to the first of the answer.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.events import RATE
from bot.simulation.caller_voice import read_recording
from tests.channels.fake_asterisk import dialled
from tests.web.browser import chromium
from tests.web.conftest import write_sound
from tests.web.in_chromium import BREATH, NUMBER, READING_SECONDS, said, seconds

FRAME = 0.02
CALLER, BOT = 0.02, 0.005
"""Levels, of full scale, from which a frame counts as loud."""

TURNS = ("wish", "number", "yes")


def gaps(caller: Sequence[float], bot: Sequence[float]) -> list[float]:
    """Seconds from the caller's last loud frame to each answer."""
    found, last = [], None
    for at, (mine, theirs) in enumerate(zip(caller, bot, strict=False)):
        if theirs > BOT:
            if last is not None:
                found.append((at - last - 1) * FRAME)
            last = None
        elif mine > CALLER:
            last = at
    return found


async def in_browser(url: str, voice: Path) -> list[float]:
    with chromium(voice) as browser:
        async with browser.tab(url) as page:
            await page.evaluate(
                "import('/static/line.js').then(({Line}) => { const send = Line.prototype.send;"
                " Line.prototype.send = function (...all) { globalThis.line = this; send.apply(this, all); }; })"
            )
            await page.click(".go")
            await page.until("document.querySelector('[data-state=played]')")
            await page.until("document.querySelector('.line:last-child .secret')?.innerText.trim()")
            await page.click(".stop")
            await page.until("document.querySelector('[data-outcome]')")
            levels = await page.evaluate("JSON.parse(JSON.stringify(line.levels))")
            return gaps(levels["caller"], [level or 0.0 for level in levels["bot"]])


async def on_line(url: str, voice: Path) -> list[float]:
    sound = read_recording(voice)
    frames = sound[: sound.size // 160 * 160].reshape(-1, 160)
    async with dialled(f"{url.replace('http', 'ws', 1)}asterisk?caller=0912345678") as asterisk:
        await asterisk.start()
        loop = asyncio.get_running_loop()
        began = loop.time()
        for at, frame in enumerate(frames):
            await asyncio.sleep(max(0.0, began + at * FRAME - loop.time()))
            await asterisk.tick(frame)
            if at * FRAME > sound.size / RATE - 25:  # it is answered, or never will be
                break
        await asterisk.hang_up()
        heard = asterisk.heard_sound().reshape(-1, 160)
    return gaps(list(np.abs(frames).max(axis=1) / 32768), list(np.abs(heard).max(axis=1) / 32768))


async def main(where: str, calls: int) -> None:
    url = f"http://{where}/"
    greeting = await seconds(
        "Bảo hiểm xã hội xin nghe.", "Cấp lại mật khẩu, xin nói hoặc bấm phím tám. Gặp tổng đài viên, phím không."
    )
    question = await seconds("Xin đọc hoặc bấm mã số bảo hiểm xã hội.")
    read_back = await seconds("Mã số của quý khách là", "Đúng hay sai?") + READING_SECONDS
    found: dict[str, list[list[float]]] = {"browser": [], "telephone line": []}
    with tempfile.TemporaryDirectory() as folder:
        voice = write_sound(
            Path(folder) / "caller.wav",
            greeting + BREATH, said("cấp lại mật khẩu"), 0.8 + question + BREATH, said(NUMBER),
            0.8 + read_back + BREATH, said("đúng rồi"), 30.0,
        )  # fmt: skip
        for _ in range(calls):
            for name, measure in (("browser", in_browser), ("telephone line", on_line)):
                one = await measure(url, voice)
                print(name, [round(gap, 2) for gap in one], flush=True)
                if len(one) == len(TURNS):
                    found[name].append(one)
    print(f"\n| turn | {' | '.join(f'{name}, median s' for name in found)} | difference, ms |\n|---|---|---|---|")
    for turn, of_turn in enumerate(TURNS):
        browser, line = (float(np.median([one[turn] for one in each])) for each in found.values())
        print(f"| {of_turn} | {browser:.2f} | {line:.2f} | {(browser - line) * 1000:.0f} |")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
