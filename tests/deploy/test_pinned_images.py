"""deploy/pin-images.sh, with an engine that answers as docker does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.places import PACKAGES

DEPLOY = PACKAGES / "deploy"
DIGEST = f"sha256:{'0123456789abcdef' * 4}"

ENGINE = f"""#!/bin/sh
case "$1" in
  pull) [ "$3" != "$MISSING" ] ;;
  image) echo "docker.io/library/${{5%%:*}}@{DIGEST}" ;;
esac
"""


def variables() -> dict[str, str]:
    """Of compose.yml that name an image, and what they are where nothing is pinned."""
    return dict(re.findall(r"image: \$\{(\w+):-([^}]+)\}", (DEPLOY / "compose" / "compose.yml").read_text()))


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    """A copy of what the script touches."""
    for folder in ("compose", "helm"):
        (tmp_path / "deploy" / folder).mkdir(parents=True)
    shutil.copy(DEPLOY / "pin-images.sh", tmp_path / "deploy")
    (tmp_path / "engine").write_text(ENGINE)
    (tmp_path / "engine").chmod(0o755)
    return tmp_path / "deploy"


def pin(deploy: Path, missing: str = "") -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "ENGINE": str(deploy.parent / "engine"), "MISSING": missing}
    return subprocess.run([deploy / "pin-images.sh"], env=environ, capture_output=True, text=True, check=False)


def test_every_image_of_others_is_pinned(deploy: Path) -> None:
    assert pin(deploy).returncode == 0
    pinned = dict(line.split("=", 1) for line in (deploy / "compose" / "pinned.env").read_text().splitlines())
    bases = dict(re.findall(r"^ARG (\w+_BASE)=(.+)$", (DEPLOY / "compose" / "Dockerfile").read_text(), re.MULTILINE))
    assert pinned == {name: f"{image}@{DIGEST}" for name, image in (variables() | bases).items()}


def test_the_chart_is_given_the_same(deploy: Path) -> None:
    pin(deploy)
    values = yaml.safe_load((DEPLOY / "helm" / "voicebot" / "values.yaml").read_text())
    pinned = yaml.safe_load((deploy / "helm" / "pinned.yaml").read_text())
    assert pinned == {part: {"image": f"{values[part]['image']}@{DIGEST}"} for part in ("front", "postgres")}


def test_where_one_cannot_be_had_nothing_is_written(deploy: Path) -> None:
    done = pin(deploy, missing="redis:7")
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["No registry gave redis:7: nothing was written"]
    assert not (deploy / "compose" / "pinned.env").exists()


def test_compose_names_every_image_of_others_by_a_variable() -> None:
    images = re.findall(r"^\s+image: (\S+)", (DEPLOY / "compose" / "compose.yml").read_text(), re.MULTILINE)
    assert {image for image in images if not image.startswith("voicebot")} == {
        f"${{{name}:-{image}}}" for name, image in variables().items()
    }
