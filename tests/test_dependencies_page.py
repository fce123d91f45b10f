"""docs/dependencies.md names every package of the gateway's environment, in the version of uv.lock."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from bot.places import PACKAGES

PAGE = (PACKAGES / "docs" / "dependencies.md").read_text("utf-8")
NAMED = dict(re.findall(r"`([a-z0-9-]+)` (\d[\w.]*[\w])", PAGE))
LOCKED: dict[str, dict[str, Any]] = {
    package["name"]: package for package in tomllib.loads((PACKAGES / "uv.lock").read_text("utf-8"))["package"]
}

ELSEWHERE = re.compile(r"== '(?:win32|darwin|cygwin|emscripten|Windows|Darwin|nt)'")
"""Markers of packages that Linux does not get."""


def needed(name: str, seen: set[str]) -> Iterator[str]:
    """The package and all that it needs on Linux."""
    if name in seen:
        return
    seen.add(name)
    yield name
    for wanted in LOCKED[name].get("dependencies", []):
        if not ELSEWHERE.search(wanted.get("marker", "")):
            yield from needed(wanted["name"], seen)


INSTALLED = sorted(set(needed("voicebot", set())) - {"voicebot"})


def test_every_package_of_the_gateway_is_named() -> None:
    assert len(INSTALLED) > 50
    assert [name for name in INSTALLED if name not in NAMED] == []


def test_each_has_the_version_that_is_locked() -> None:
    """Where this fails: look up what is known of the new version, and write it down."""
    assert {name: version for name, version in NAMED.items() if LOCKED[name]["version"] != version} == {}


def test_none_is_named_that_is_not_installed() -> None:
    assert sorted(NAMED.keys() - set(INSTALLED)) == []
