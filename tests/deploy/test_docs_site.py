"""The documentation builds as a site, and every link in it leads somewhere (mkdocs --strict)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.places import PACKAGES

UV = shutil.which("uv") or PACKAGES / ".tools" / "bin" / "uv"
HERE = "UV_PROJECT_ENVIRONMENT"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    environ = os.environ | {HERE: str(folder / "venv"), "NO_MKDOCS_2_WARNING": "1"}
    mkdocs = [str(UV), "run", "--locked", "--quiet", "--only-group", "docs", "mkdocs"]
    if (
        not Path(UV).exists()
        or subprocess.run([*mkdocs, "--version"], cwd=PACKAGES, env=environ, check=False).returncode
    ):
        pytest.skip("needs uv (`make setup` installs it in .tools), and a package index that has mkdocs-material")
    built = folder / "site"
    run = subprocess.run(
        [*mkdocs, "build", "--strict", "--site-dir", str(built)],
        cwd=PACKAGES, env=environ, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return built


def test_it_has_every_page(site: Path) -> None:
    pages = {path.stem for path in (PACKAGES / "docs").glob("*.md")}
    assert all((site / page / "index.html").is_file() for page in pages)
    assert "Vietnamese" in (site / "index.html").read_text("utf-8")


def test_it_asks_nothing_of_another_host(site: Path) -> None:
    for page in site.rglob("*.html"):
        asked = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?://[^"]+)"', page.read_text("utf-8"))
        assert [each for each in asked if "canonical" not in each] == [], page
