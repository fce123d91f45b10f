"""The files that operators start many gateways with, against the settings, doors and figures they rely on."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from bot.accounts.database import driven
from bot.dialogue import environment
from bot.places import PACKAGES
from bot.settings import Settings
from tests.accounts.postgres import programs, server
from tests.deploy.conftest import CHART, COMPOSE

SETTINGS = {f"VOICEBOT_{field.name.upper()}": field for field in dataclasses.fields(Settings)}


def of_kind(manifests: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in manifests if each["kind"] == kind}


def pod_specs(manifests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for manifest in manifests:
        spec = manifest.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            yield template["spec"]


def containers(manifests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for pod in pod_specs(manifests):
        yield from pod["containers"]


def variables_of(text: str) -> set[str]:
    return set(re.findall(r"\bVOICEBOT_[A-Z_]+", text))


@pytest.mark.parametrize(
    "file",
    [
        COMPOSE / "compose.yml",
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


@pytest.mark.parametrize("part", ["gateway", "front"])
def test_what_holds_calls_has_time_to_let_every_one_end_when_it_is_stopped(
    compose: dict[str, Any], values: dict[str, Any], manifests: list[dict[str, Any]], part: str
) -> None:
    services = compose["services"]
    longest = int(services["gateway"]["environment"]["VOICEBOT_MAX_CALL_SECONDS"])
    assert seconds(services[part]["stop_grace_period"]) > longest + 30
    pod = of_kind(manifests, "Deployment")[f"bot-{part}"]["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] > int(values["settings"]["VOICEBOT_MAX_CALL_SECONDS"]) + 30


def test_what_a_call_needs_is_stopped_after_it(compose: dict[str, Any]) -> None:
    """Compose stops a service before those it depends on."""
    services = compose["services"]

    def below(name: str) -> set[str]:
        needed = set(services[name].get("depends_on", ()))
        return needed.union(*map(below, needed))

    assert below("front") == services.keys() - {"front", "forget"}
    assert below("gateway") == below("front") - {"gateway"}


def test_more_gateways_come_before_one_is_full(values: dict[str, Any]) -> None:
    assert int(values["gateway"]["callsPerReplica"]) < int(values["settings"]["VOICEBOT_MAX_CALLS"])


def test_the_autoscaler_watches_a_figure_that_the_gateway_gives(manifests: list[dict[str, Any]]) -> None:
    from bot.gateway.metrics import Metrics

    scaler = of_kind(manifests, "HorizontalPodAutoscaler")["bot-gateway"]
    name = scaler["spec"]["metrics"][0]["pods"]["metric"]["name"]
    assert f"\n{name} " in Metrics().text().decode()


def test_doors_that_are_knocked_at_exist(manifests: list[dict[str, Any]]) -> None:
    server = (PACKAGES / "bot" / "gateway" / "server.py").read_text()
    gateway = of_kind(manifests, "Deployment")["bot-gateway"]["spec"]["template"]["spec"]["containers"][0]
    probed = {gateway[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    passed = set(re.findall(r"location (?:= )?(/\w+)", (COMPOSE / "front.conf").read_text()))
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
    for front in (chart, (COMPOSE / "front.conf").read_text()):
        assert "proxy_next_upstream error timeout http_503;" in front.partition("/asterisk")[2].partition("}")[0]
        assert "proxy_next_upstream error timeout http_404;" in front.partition("/endings/")[2].partition("}")[0]
        assert "access_log off;" in front


def test_rasa_shares_locks_and_trackers() -> None:
    assert (COMPOSE / "endpoints.yml").read_text() == (CHART / "files" / "endpoints.yml").read_text()
    endpoints = yaml.safe_load((COMPOSE / "endpoints.yml").read_text())
    assert endpoints["lock_store"]["type"] == "redis"
    assert endpoints["lock_store"]["password"] == "${REDIS_PASSWORD}"
    assert (endpoints["tracker_store"]["type"], endpoints["tracker_store"]["dialect"]) == ("SQL", "postgresql")
    assert endpoints["action_endpoint"]["url"] == "${ACTIONS_URL}"


def test_rasa_is_given_no_key(compose: dict[str, Any], manifests: list[dict[str, Any]]) -> None:
    """Whoever breaks into it reads no number and no password."""
    given = {"VOICEBOT_SEAL_KEY", "VOICEBOT_DATABASE_URL", "VOICEBOT_LINE_SECRET", "ACCOUNTS_DB_PASSWORD"}
    assert given.isdisjoint(compose["services"]["rasa"]["environment"])
    rasa = of_kind(manifests, "Deployment")["bot-rasa"]["spec"]["template"]["spec"]["containers"][0]
    assert given.isdisjoint(variable["name"] for variable in rasa["env"])


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


def test_each_database_has_a_role_of_its_own_that_cannot_enter_the_other(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to the server's user
        Path(folder).chmod(0o755)
        with server(Path(folder) / "postgresql", "postgres") as url:
            at = make_url(url)
            environ = {
                "PATH": f"{programs()}:{os.environ['PATH']}", "PGHOST": str(at.host), "PGPORT": str(at.port),
                "POSTGRES_USER": "postgres", "ACCOUNTS_DB_PASSWORD": "it's", "TRACKERS_DB_PASSWORD": "another",
            }  # fmt: skip
            subprocess.run([COMPOSE / "databases.sh"], env=environ, check=True, capture_output=True)

            def enters(role: str, database: str) -> bool:
                engine = create_engine(driven(at.set(username=role, database=database)), poolclass=NullPool)
                try:
                    with engine.begin() as connection:
                        connection.execute(text("CREATE TABLE own (id INTEGER)"))
                except OperationalError as error:
                    if "permission denied for database" in str(error):
                        return False
                    raise
                return True

            pairs = [(role, database) for role in ("voicebot", "trackers") for database in ("voicebot", "trackers")]
            assert [pair for pair in pairs if enters(*pair)] == [("voicebot", "voicebot"), ("trackers", "trackers")]


def test_who_needs_not_reach_another_cannot(compose: dict[str, Any], manifests: list[dict[str, Any]]) -> None:
    networks = {name: set(each["networks"]) for name, each in compose["services"].items()}

    def reached_by(name: str) -> set[str]:
        return {other for other, own in networks.items() if other != name and own & networks[name]}

    assert reached_by("front") == {"gateway"}
    assert not reached_by("gateway") & {"db", "redis", "forget", "accounts"}
    assert [name for name, each in compose["networks"].items() if not each.get("internal")] == ["outside"]

    deployments = of_kind(manifests, "Deployment")
    parts = {name: each["spec"]["template"]["metadata"]["labels"] for name, each in deployments.items()}
    policies = of_kind(manifests, "NetworkPolicy")
    assert policies.keys() - {"bot-jobs"} == parts.keys() - {"bot-front"}  # exchanges reach the front from anywhere
    for name in parts.keys() - {"bot-front"}:
        spec = policies[name]["spec"]
        assert spec["podSelector"]["matchLabels"] == parts[name]
        container = deployments[name]["spec"]["template"]["spec"]["containers"][0]
        assert {p["port"] for rule in spec["ingress"] for p in rule["ports"]} == {
            container["ports"][0]["containerPort"]
        }
        asking = [
            s["podSelector"]["matchLabels"] for rule in spec["ingress"] for s in rule["from"] if "podSelector" in s
        ]
        assert asking
        assert [each for each in asking if each not in parts.values()] == []
    assert "ingress" not in policies["bot-jobs"]["spec"]  # nobody


def test_who_asks_rasa_or_its_actions_shows_a_secret_and_they_want_it(
    compose: dict[str, Any], manifests: list[dict[str, Any]]
) -> None:
    name = "VOICEBOT_RASA_SECRET"
    assert {"gateway", "rasa", "actions"} <= {
        n for n, each in compose["services"].items() if name in each.get("environment", {})
    }
    assert {c["name"] for c in containers(manifests) if name in {v["name"] for v in c.get("env", ())}} == {
        *("gateway", "rasa", "actions"),
    }
    credentials = yaml.safe_load((PACKAGES / "credentials.yml").read_text())
    assert credentials.keys() == {"rasa_components.channel.GuardedRest"}


def test_rasa_tells_nobody_how_it_is_used() -> None:
    """Its telemetry is on unless somebody says otherwise."""
    assert "ENV RASA_TELEMETRY_ENABLED=false" in (COMPOSE / "Dockerfile").read_text().partition(" AS rasa")[2]
    assert "export RASA_TELEMETRY_ENABLED := false" in (PACKAGES / "Makefile").read_text()
    assert environment.QUIET["RASA_TELEMETRY_ENABLED"] == "false"


def test_no_container_of_the_chart_may_become_more_than_it_is(manifests: list[dict[str, Any]]) -> None:
    made = list(containers(manifests))
    assert len(made) == 6
    for container in made:
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert not container["securityContext"]["allowPrivilegeEscalation"]


def test_the_key_of_the_accounts_is_open_to_its_group_alone(manifests: list[dict[str, Any]]) -> None:
    """Kubernetes mounts a secret readable by everybody unless told otherwise, and the bot takes no such key."""
    volumes = [
        volume["secret"] for pod in pod_specs(manifests) for volume in pod.get("volumes", ()) if "secret" in volume
    ]
    assert [volume.get("defaultMode") for volume in volumes] == [0o440, 0o440]


def test_no_service_of_the_namespace_gets_into_the_settings_of_a_pod(manifests: list[dict[str, Any]]) -> None:
    """Else Kubernetes sets VOICEBOT_PORT=tcp://… in pods beside a service `voicebot`, as of a release of that name,
    and no program of this project starts with such a port."""
    made = list(pod_specs(manifests))
    assert len(made) == 6
    assert [pod["containers"][0]["name"] for pod in made if pod.get("enableServiceLinks", True)] == []


PARSE = "import sys; from rasa.__main__ import create_argument_parser as p; p().parse_args(sys.argv[1:])"


def test_every_command_is_one_that_its_program_knows(compose: dict[str, Any], manifests: list[dict[str, Any]]) -> None:
    import typer

    from bot.command_line import app

    def is_known(program: str, arguments: Sequence[str]) -> bool:
        if program == "python":
            assert arguments[:2] == ["-m", "rasa_components.quiet"]
            command = [str(PACKAGES / Settings.rasa_environment / "bin" / "python"), "-c", PARSE, *arguments[2:]]
            return subprocess.run(command, check=False).returncode == 0
        group = typer.main.get_command(app)
        names = list(itertools.takewhile(lambda each: not each.startswith("-"), arguments))
        for name in names:
            group = getattr(group, "commands", {})[name]
        options = {option for each in group.params for option in each.opts}
        return all(each in options for each in arguments if each.startswith("--"))

    ours = [each for each in compose["services"].values() if each["image"].startswith("voicebot")]
    pods = [each for each in containers(manifests) if each["image"].startswith(("voicebot:", "voicebot-rasa:"))]
    run = [(*each.get("entrypoint", ["voicebot"]), *each["command"]) for each in ours]
    run += [(*each.get("command", ["voicebot"]), *each["args"]) for each in pods]
    assert len(run) == 8
    assert all(is_known(program, arguments) for program, *arguments in run)


def test_what_the_pods_run_is_what_compose_runs(compose: dict[str, Any], manifests: list[dict[str, Any]]) -> None:
    image = (COMPOSE / "Dockerfile").read_text().rpartition("ENTRYPOINT ")[2].splitlines()[0]
    (pod,) = (each for each in containers(manifests) if each["image"].startswith("voicebot-rasa:"))
    assert json.loads(image) == compose["services"]["rasa"]["entrypoint"] == pod["command"]
    assert pod["command"] == ["python", "-m", "rasa_components.quiet"]


def test_what_git_ignores_and_what_operators_keep_secret_comes_into_no_image() -> None:
    kept_out = (COMPOSE / "Dockerfile.dockerignore").read_text().splitlines()

    def wanted(folder: Path, pattern: str) -> str:
        pattern, place = pattern.rstrip("/"), folder.relative_to(PACKAGES)
        anywhere = "/" not in pattern and folder == PACKAGES
        return f"**/{pattern}" if anywhere else str(place / pattern.lstrip("/"))

    ignored = {folder: (folder / ".gitignore").read_text().split() for folder in (PACKAGES, COMPOSE)}
    assert {".env", "*.key", "*.csv"} <= set(ignored[COMPOSE])
    patterns = {wanted(folder, pattern) for folder, patterns in ignored.items() for pattern in patterns}
    assert sorted(patterns - set(kept_out)) == [], "add these to deploy/compose/Dockerfile.dockerignore"


def test_the_chart_brings_the_version_that_is_here(values: dict[str, Any]) -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    here = tomllib.loads((PACKAGES / "pyproject.toml").read_text())["project"]["version"]
    assert chart["version"] == chart["appVersion"] == values["image"]["tag"] == here


def test_the_image_is_built_with_the_makefiles_uv_and_python() -> None:
    dockerfile = (COMPOSE / "Dockerfile").read_text()
    assert set(re.findall(r"uv==[\d.]+", dockerfile)) == set(
        re.findall(r"uv==[\d.]+", (PACKAGES / "Makefile").read_text())
    )
    assert re.findall(r"python:(3\.\d+)-slim", dockerfile) == (PACKAGES / ".python-version").read_text().split()
