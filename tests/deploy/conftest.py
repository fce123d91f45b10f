"""Fixtures for the files that operators start many gateways with."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from bot.places import PACKAGES

COMPOSE, CHART = PACKAGES / "deploy" / "compose", PACKAGES / "deploy" / "helm" / "voicebot"


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((COMPOSE / "compose.yml").read_text()))


@pytest.fixture(scope="session")
def values() -> dict[str, Any]:
    return dict(yaml.safe_load((CHART / "values.yaml").read_text()))


@pytest.fixture(scope="session")
def manifests(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The chart as Helm renders it: its templates use nothing but values, the release, and files."""
    known = {"Release": {"Name": "bot", "Namespace": "hotline"}, "Values": values}

    def value(match: re.Match[str]) -> str:
        expression = match[1].strip()
        if file := re.fullmatch(r'toJson \(\.Files\.Get "(.+)"\)', expression):
            return yaml.dump((CHART / file[1]).read_text(), default_style='"', width=10**6).strip()
        found: Any = known
        for name in expression.removeprefix("toJson ").lstrip(".").split("."):
            found = found[name]
        if expression.startswith("toJson "):
            return yaml.dump(found, default_flow_style=True, width=10**6).strip()
        return str(found)

    return [
        manifest
        for template in sorted((CHART / "templates").glob("*.yaml"))
        for manifest in yaml.safe_load_all(re.sub(r"\{\{(.+?)\}\}", value, template.read_text()))
    ]
