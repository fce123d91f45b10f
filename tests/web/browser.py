"""Chromium, driven by its DevTools protocol. Its microphone plays a file, once, from the moment a page opens it.

Nothing here sleeps: a test waits until the page has come so far, and fails after `GUARD` seconds.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

GUARD = 60
"""Seconds for a page to come to what a test waits for."""

START_SECONDS = 60
"""For Chromium to start, on a very busy machine."""

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

FLAGS = [
    "--headless=new",
    "--no-sandbox",  # tests run as root in containers, where Chromium's sandbox does not
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=Translate",
    "--use-fake-device-for-media-stream",
    "--host-resolver-rules=MAP phone.test 127.0.0.1",
    "--autoplay-policy=user-gesture-required",
    "--remote-debugging-port=0",
]


class Tab:
    """One page. `errors`: what its console, its policy and its scripts complained of; `requests`: what it asked for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame.data)
            if "id" in message:
                self._waiting.pop(message["id"]).set_result(message)
            elif message["method"] == "Runtime.exceptionThrown":
                details = message["params"]["exceptionDetails"]
                self.errors.append(details.get("exception", {}).get("description", details["text"]))
            elif message["method"] == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
                self.errors.append(message["params"]["entry"]["text"])
            elif message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])

    async def command(self, method: str, **params: object) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": params}))
        message = await asyncio.wait_for(answer, GUARD)
        assert "error" not in message, (method, message["error"])
        return dict(message["result"])

    async def evaluate(self, script: str) -> Any:
        """The value of an expression, awaited where it is a promise."""
        answer = await self.command(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, (script, answer["exceptionDetails"])
        return answer["result"].get("value")

    async def until(self, condition: str, what: str = "") -> Any:
        """Wait until an expression is true; its value."""
        wait = (
            f"new Promise((done) => {{ const look = () => {{ const value = ({condition}); "
            "if (value) done(value); else setTimeout(look, 10); }; look(); })"
        )
        try:
            return await self.evaluate(wait)
        except TimeoutError:
            seen = await self.evaluate("document.body.innerText")
            raise AssertionError(f"never came to {what or condition}; errors {self.errors}; the page: {seen}") from None

    async def text(self, selector: str) -> str:
        return str(await self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    async def click(self, selector: str) -> None:
        """Where a finger would."""
        find = f"document.querySelector({json.dumps(selector)})"
        await self.until(f"{find} && !{find}.disabled", selector)
        box = await self.evaluate(
            f"(() => {{ {find}.scrollIntoView({{block: 'center'}}); const box = {find}.getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.command("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    async def press(self, key: str) -> None:
        """A key of the keyboard, wherever the focus is."""
        text = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
        code = {"Enter": 13, "Tab": 9, " ": 32}.get(key, ord(key[0]))
        for kind in ("keyDown", "keyUp"):
            extra = text if kind == "keyDown" else {}
            await self.command("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **extra)

    async def screenshot(self) -> bytes:
        """The whole page, as PNG."""
        size = (await self.command("Page.getLayoutMetrics"))["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = await self.command("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    async def show(self, *, width: int = 1100, height: int = 900, dark: bool = False) -> None:
        """On a screen of so many pixels, by day or by night."""
        await self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.command("Emulation.setEmulatedMedia", features=[scheme])

    async def open(self, url: str) -> None:
        await self.command("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && document.querySelector('h1')", f"the page at {url}")


class Chromium:
    """A running browser. Its pages are opened one after the other."""

    def __init__(self, port: int) -> None:
        self._port = port

    @asynccontextmanager
    async def tab(self, url: str, *, microphone: str = "granted", language: str = "vi") -> AsyncIterator[Tab]:
        """A page at this address, in a browser set to `language`. `microphone`: granted or denied."""
        async with aiohttp.ClientSession(f"http://127.0.0.1:{self._port}") as session:
            async with session.put("/json/new?about:blank") as answer:
                target = await answer.json()
            try:
                async with session.ws_connect(f"/devtools/page/{target['id']}", max_msg_size=0) as socket:
                    page = Tab(socket)
                    for domain in ("Page", "Runtime", "Log", "Network"):
                        await page.command(f"{domain}.enable")
                    if URL(url).host == "127.0.0.1":  # no other page can be given a microphone
                        setting = {"permission": {"name": "microphone"}, "setting": microphone}
                        await page.command("Browser.setPermission", **setting, origin=str(URL(url).origin()))
                    agent = await page.evaluate("navigator.userAgent")
                    await page.command("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
                    await page.show()
                    await page.open(url)
                    yield page
            finally:
                async with session.put(f"/json/close/{target['id']}"):
                    pass


@contextmanager
def chromium(sound: Path | None = None) -> Iterator[Chromium]:
    """Start a browser whose microphone plays `sound`, or beeps, and end it. Skips where there is none."""
    program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={sound}%noloop"] if sound else FLAGS
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *flags, f"--user-data-dir={profile}", "about:blank"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                yield Chromium(_port(Path(profile) / "DevToolsActivePort", process))
            finally:
                process.terminate()


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    """Chromium tells its port by a file of two lines, when it is ready."""
    for _ in range(round(START_SECONDS / 0.02)):
        if process.poll() is not None:
            pytest.skip(f"Chromium ended with {process.returncode}; `chromium --headless=new` in a terminal says why")
        if file.exists() and len(lines := file.read_text().split("\n")) > 1:
            return int(lines[0])
        time.sleep(0.02)
    raise TimeoutError("Chromium does not start")
