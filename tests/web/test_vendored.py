"""The libraries of the pages are those that were looked at, and their licences lie beside them."""

import gzip
import hashlib
import json

import pytest

from bot.places import PACKAGES
from bot.web.pages import STATIC, read_pages

LIBRARIES = json.loads((PACKAGES / "deploy" / "vendored.json").read_text("utf-8"))
FILES = [(package["name"], file) for package in LIBRARIES for file in package["files"]]
MOST_BYTES = 100_000
"""Of all pages together, as they travel."""


@pytest.mark.parametrize(("package", "file"), FILES, ids=[file["to"] for _, file in FILES])
def test_each_file_is_the_one_of_its_version(package: str, file: dict[str, str]) -> None:
    content = (PACKAGES / file["to"]).read_bytes()
    if file["to"].endswith(".gz"):
        content = gzip.decompress(content)
    assert hashlib.sha256(content).hexdigest() == file["sha256"], f"{package}: run python3 deploy/vendor.py"


def test_every_package_brings_its_licence_and_no_file_comes_from_elsewhere() -> None:
    for package in LIBRARIES:
        assert any(file["from"] == "LICENSE" for file in package["files"])
        assert package["integrity"].startswith("sha512-")
    here = {path.relative_to(PACKAGES).as_posix() for path in (STATIC / "vendor").iterdir()}
    assert here == {file["to"] for _, file in FILES if file["to"].startswith("bot/web/static/vendor/")}


def test_the_pages_are_small() -> None:
    assert sum(len(page.packed) for page in read_pages().values()) < MOST_BYTES
