"""What Docker Compose and Helm themselves make of the files for many gateways, where they are installed."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from tests.deploy.conftest import CHART, COMPOSE


def run(*command: str, **environ: str) -> str:
    """What a tool prints; with what it complains of where it fails."""
    done = subprocess.run(
        command, env={**os.environ, **environ}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestCompose:
    """`config` needs no engine."""

    @pytest.fixture(scope="class")
    def command(self) -> list[str]:
        for command in (["docker", "compose"], ["docker-compose"]):
            if shutil.which(command[0]):
                told = subprocess.run([*command, "version", "--short"], capture_output=True, text=True, check=False)
                if told.returncode == 0 and int(told.stdout.lstrip("v").partition(".")[0]) >= 2:
                    return command
        pytest.skip("needs Docker Compose, version 2 or later: https://docs.docker.com/compose/install/")

    @pytest.fixture(params=[["compose.yml"]], ids=lambda files: files[-1])
    def services(self, command: list[str], request: pytest.FixtureRequest, compose: dict[str, Any]) -> dict[str, Any]:
        files = [part for file in request.param for part in ("-f", str(COMPOSE / file))]
        asked = set(re.findall(r"\$\{(\w+):\?", (COMPOSE / "compose.yml").read_text()))
        told = run(
            *command, "--env-file", os.devnull, *files, "config", "--format", "json", **dict.fromkeys(asked, "x")
        )
        services: dict[str, Any] = json.loads(told)["services"]
        assert services.keys() == compose["services"].keys()
        return services

    def test_it_finds_nothing_wrong(self, services: dict[str, Any]) -> None:
        assert services["gateway"]["stop_grace_period"] == "16m0s"

    def test_a_gateway_waits_for_nothing_that_is_not_run(self, services: dict[str, Any]) -> None:
        needed = services["gateway"]["depends_on"]
        assert needed
        assert [name for name in needed if services[name].get("deploy", {}).get("replicas") == 0] == []

    def test_nothing_starts_with_a_secret_missing(self, command: list[str]) -> None:
        with pytest.raises(AssertionError, match=r"see \.env\.example"):
            run(*command, "--env-file", os.devnull, "-f", str(COMPOSE / "compose.yml"), "config")


def helm_library() -> Any:
    """Helm itself as a Python package, 244 MB: `pip install helm-python-sdk`."""
    return importlib.import_module("helm_python") if importlib.util.find_spec("helm_python") else None


@pytest.mark.skipif(not (shutil.which("helm") or helm_library()), reason="needs helm, or: pip install helm-python-sdk")
class TestHelm:
    def test_it_finds_nothing_wrong(self) -> None:
        if shutil.which("helm"):
            run("helm", "lint", "--strict", str(CHART))
        else:
            assert helm_library().lint(str(CHART))["errors"] == []

    def test_it_renders_what_is_tested_here(self, manifests: list[dict[str, Any]]) -> None:
        def ordered(made: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
            return sorted(made, key=lambda each: (each["kind"], each["metadata"]["name"]))

        if shutil.which("helm"):
            rendered = run("helm", "template", "bot", str(CHART), "--namespace", "hotline")
        else:
            with helm_library().Chart.load(str(CHART)) as chart:
                rendered = "\n---\n".join(chart.render({}, name="bot", namespace="hotline").values())
        assert ordered(filter(None, yaml.safe_load_all(rendered))) == ordered(manifests)
