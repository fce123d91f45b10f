"""The files that operators start many gateways with, against the settings, doors and figures they rely on."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import ROOT, Settings

COMPOSE, CHART = ROOT / "deploy" / "compose", ROOT / "deploy" / "helm" / "voicebot"
SETTINGS = {f"VOICEBOT_{field.name.upper()}": field for field in dataclasses.fields(Settings)}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((COMPOSE / "compose.yml").read_text()))


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return dict(yaml.safe_load((CHART / "values.yaml").read_text()))


@pytest.fixture(scope="module")
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


def of_kind(manifests: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def containers(manifests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for manifest in manifests:
        spec = manifest.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            yield from template["spec"]["containers"]


def variables_of(text: str) -> set[str]:
    return set(re.findall(r"\bVOICEBOT_[A-Z_]+", text))


@pytest.mark.parametrize(
    "file",
    [
        COMPOSE / "compose.yml",
        COMPOSE / "embedded.yml",
        COMPOSE / ".env.example",
        CHART / "values.yaml",
        *sorted((CHART / "templates").iterdir()),
    ],
    ids=lambda path: path.name,
)
def test_every_variable_is_a_setting(file: Path) -> None:
    assert variables_of(file.read_text()) <= SETTINGS.keys()


def test_every_value_that_compose_asks_for_is_in_the_example_and_none_is_given_there() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", (COMPOSE / "compose.yml").read_text()))
    lines = [line for line in (COMPOSE / ".env.example").read_text().splitlines() if line and line[0] != "#"]
    given = dict(line.split("=", 1) for line in lines)
    assert asked == given.keys()
    assert [name for name, value in given.items() if value and not value.startswith("./")] == []


def test_every_file_that_compose_mounts_is_there(compose: dict[str, Any]) -> None:
    mounted = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]
    assert mounted
    assert [path for path in mounted if not (COMPOSE / path).is_file()] == []


def seconds(duration: str) -> int:
    return int(duration[:-1]) * {"s": 1, "m": 60}[duration[-1]]


def test_a_gateway_that_is_stopped_has_time_to_let_every_call_end(
    compose: dict[str, Any], values: dict[str, Any], manifests: list[dict[str, Any]]
) -> None:
    gateway = compose["services"]["gateway"]
    assert seconds(gateway["stop_grace_period"]) > int(gateway["environment"]["VOICEBOT_MAX_CALL_SECONDS"]) + 30
    pod = of_kind(manifests, "Deployment")["bot-gateway"]["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] > int(values["settings"]["VOICEBOT_MAX_CALL_SECONDS"]) + 30


def test_more_gateways_come_before_one_is_full(values: dict[str, Any]) -> None:
    assert int(values["gateway"]["callsPerReplica"]) < int(values["settings"]["VOICEBOT_MAX_CALLS"])


def test_the_autoscaler_watches_a_figure_that_the_gateway_gives(manifests: list[dict[str, Any]]) -> None:
    from bot.gateway.metrics import Metrics

    scaler = of_kind(manifests, "HorizontalPodAutoscaler")["bot-gateway"]
    name = scaler["spec"]["metrics"][0]["pods"]["metric"]["name"]
    assert f"\n{name} " in Metrics().text().decode()


def test_doors_that_are_knocked_at_exist(manifests: list[dict[str, Any]]) -> None:
    server = (ROOT / "bot" / "gateway" / "server.py").read_text()
    gateway = of_kind(manifests, "Deployment")["bot-gateway"]["spec"]["template"]["spec"]["containers"][0]
    probed = {gateway[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    front = (COMPOSE / "nginx.conf").read_text()
    passed = set(re.findall(r"location (?:= )?(/\w+)", front.split("# To the gateways")[0]))
    assert probed == {"/healthz", "/readyz"}
    assert [path for path in probed | passed if f'"{path}' not in server] == []


def test_a_full_gateway_leaves_the_service_but_is_not_killed(manifests: list[dict[str, Any]]) -> None:
    gateway = of_kind(manifests, "Deployment")["bot-gateway"]["spec"]["template"]["spec"]["containers"][0]
    assert gateway["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert gateway["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_both_fronts_ask_the_next_gateway_for_a_call_or_an_ending_and_log_no_query(
    manifests: list[dict[str, Any]],
) -> None:
    chart = of_kind(manifests, "ConfigMap")["bot-front"]["data"]["nginx.conf"]
    for front in (chart, (COMPOSE / "nginx.conf").read_text()):
        assert "proxy_next_upstream error timeout http_503;" in front.partition("/asterisk")[2].partition("}")[0]
        assert "proxy_next_upstream error timeout http_404;" in front.partition("/endings/")[2].partition("}")[0]
        assert "access_log off;" in front


def test_rasa_shares_locks_and_trackers(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.core.utils import AvailableEndpoints

    assert (COMPOSE / "endpoints.yml").read_text() == (CHART / "files" / "endpoints.yml").read_text()
    for name in re.findall(r"\$\{(\w+)\}", (COMPOSE / "endpoints.yml").read_text()):
        monkeypatch.setenv(name, f"http://{name.lower()}")
    endpoints = AvailableEndpoints.read_endpoints(str(COMPOSE / "endpoints.yml"))
    assert endpoints.lock_store.type == "redis"
    assert endpoints.lock_store.kwargs["password"] == "http://redis_password"
    assert endpoints.tracker_store.type == "SQL"
    assert endpoints.tracker_store.kwargs["dialect"] == "postgresql"
    assert endpoints.action.url == "http://actions_url"


def test_rasa_is_given_what_its_endpoints_ask_for(compose: dict[str, Any], manifests: list[dict[str, Any]]) -> None:
    asked = set(re.findall(r"\$\{(\w+)\}", (COMPOSE / "endpoints.yml").read_text()))
    assert asked <= compose["services"]["rasa"]["environment"].keys()
    rasa = of_kind(manifests, "Deployment")["bot-rasa"]["spec"]["template"]["spec"]["containers"][0]
    assert asked <= {variable["name"] for variable in rasa["env"]}


def test_only_what_touches_accounts_has_their_key_and_database(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {name for name, each in services.items() if each.get("secrets")} == {"actions", "accounts"}
    assert {name for name, each in services.items() if "VOICEBOT_DATABASE_URL" in each.get("environment", {})} == {
        "actions",
        "accounts",
    }


def test_no_container_of_the_chart_may_become_more_than_it_is(manifests: list[dict[str, Any]]) -> None:
    made = list(containers(manifests))
    assert len(made) == 6
    for container in made:
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert not container["securityContext"]["allowPrivilegeEscalation"]


@pytest.mark.skipif(not shutil.which("helm"), reason="needs helm")
def test_helm_finds_nothing_wrong() -> None:
    subprocess.run(["helm", "lint", "--strict", str(CHART)], check=True, capture_output=True, timeout=60)


def test_the_image_is_built_with_the_makefiles_uv_and_python() -> None:
    dockerfile = (COMPOSE / "Dockerfile").read_text()
    assert re.findall(r"uv==[\d.]+", dockerfile) == re.findall(r"uv==[\d.]+", (ROOT / "Makefile").read_text())
    assert f"python:{(ROOT / '.python-version').read_text().strip()[:4]}-slim" in dockerfile
