"""The pictures of docs/web-phone.md: `python -m tests.web.pictures http://127.0.0.1:8080/ FOLDER`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.web.browser import Chromium, chromium
from tests.web.in_chromium import press

DIGITS = "0123456789"


async def call(
    browser: Chromium, url: str, folder: Path, language: str, *, width: int, height: int, dark: bool
) -> None:
    """A call by keys; pictures of the number, the password and the report."""
    name = f"web-phone-{language}-{'phone' if width < 600 else 'desktop'}-{'dark' if dark else 'light'}"

    async def keep(what: str) -> None:
        (folder / f"{name}-{what}.png").write_bytes(await page.screenshot())

    async with browser.tab(url, language=language) as page:
        await page.show(width=width, height=height, dark=dark)
        await keep("start")
        await page.click(".go")
        await page.until("document.querySelector('.log').innerText.includes('phím không')", "the menu")
        await press(page, "menu", "8")
        await page.until("document.querySelectorAll('.line.bot').length > 1", "the question")
        await press(page, "number", DIGITS[:7])
        await page.until("document.querySelectorAll('.cell.full').length === 7")
        await keep("number")
        await press(page, "number", DIGITS[7:] + "#")
        await page.until("[...document.querySelectorAll('.secret')].some((each) => /[0-9]/.test(each.innerText))")
        await keep("password")
        await page.until("document.querySelector('[data-outcome]')")
        await page.evaluate("document.activeElement.blur()")
        await keep("report")


async def main(url: str, folder: Path) -> None:
    with chromium() as browser:
        await call(browser, url, folder, "vi", width=1100, height=760, dark=False)
        await call(browser, url, folder, "en", width=1100, height=760, dark=True)
        await call(browser, url, folder, "vi", width=390, height=844, dark=True)
        await call(browser, url, folder, "en", width=390, height=844, dark=False)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
