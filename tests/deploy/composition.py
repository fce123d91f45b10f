"""The composition of deploy/compose as it runs, for the test that kills its parts: podman and podman-compose."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from bot.accounts import Accounts
from tests.deploy.conftest import COMPOSE

IMAGES = ("voicebot", "voicebot-rasa", "nginx:1.29", "redis:7", "postgres:16")
PROJECT = "voicebot-test"
PORT = 18088
USER = 1000
"""Who runs in our images."""

STAGES = (("db", "redis"), ("accounts",), ("inside", "rasa", "actions"), ("gateway",), ("front", "forget"))
"""What compose.yml's `depends_on` says, for a podman that cannot wait for health (before 4.6, or without systemd)."""

READY_SECONDS = 600.0

LOCKS = "1"
"""The database of Redis that Rasa keeps its locks in, unless endpoints.yml says otherwise."""


def missing() -> str:
    """Why the composition cannot be started here; empty where it can."""
    for program in ("podman", "podman-compose"):
        if not shutil.which(program):
            return f"needs {program}: tests/deploy/README.md says how to install it"
    absent = [name for name in IMAGES if podman("image", "exists", name, check=False).returncode]
    made = "deploy/images.sh and tests/deploy/stand_ins/build.sh make them"
    return f"needs the images {', '.join(absent)}: {made}" if absent else ""


def podman(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run podman. Raises AssertionError with what it complains of."""
    done = subprocess.run(["podman", *arguments], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"podman {' '.join(arguments)}: {done.stderr}"
    return done


class Composition:
    """All services, started and ready for calls at 127.0.0.1, `PORT`, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        """Secrets of its own lie in `folder`."""
        self.key = urlsafe_b64encode(secrets.token_bytes(32))
        self.secret, self._accounts_password = secrets.token_hex(24), secrets.token_hex(24)
        self._redis_password = secrets.token_hex(24)
        key_file = folder / "accounts.key"
        key_file.write_bytes(self.key)
        key_file.chmod(0o600)
        os.chown(key_file, USER, USER)
        values = {
            "VOICEBOT_LINE_SECRET": self.secret,
            "VOICEBOT_SEAL_KEY": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "ACCOUNTS_DB_PASSWORD": self._accounts_password,
            **{name: secrets.token_hex(24) for name in ("VOICEBOT_RASA_SECRET", "POSTGRES_PASSWORD")},
            "TRACKERS_DB_PASSWORD": secrets.token_hex(24),
            "REDIS_PASSWORD": self._redis_password,
            "ACCOUNTS_KEY_FILE": str(key_file),
            "FRONT_PORT": str(PORT),
        }
        self._environment = folder / "env"
        self._environment.write_text("".join(f"{name}={value}\n" for name, value in values.items()))

    def start(self) -> None:
        """Raises AssertionError where a call is not taken in time."""
        end = time.monotonic() + READY_SECONDS
        for services in STAGES:
            self._compose("up", "--detach", "--no-build", "--no-deps", *services)
            while services == ("accounts",) and not self._has_schema():
                assert time.monotonic() < end, self.logs()
                time.sleep(1)
        while not self.ready():
            assert time.monotonic() < end, self.logs()
            time.sleep(1)

    def _has_schema(self) -> bool:
        done = podman("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", f"{PROJECT}_accounts_1")
        return done.stdout.split() == ["exited", "0"]

    def stop(self) -> None:
        """Everything goes, what PostgreSQL keeps, too."""
        self._compose("down", "--volumes", "--timeout", "5", check=False)

    def ready(self) -> bool:
        """Whether every gateway takes calls, and the front passes them on."""
        gateways = [f"http://{self.address(each, 'outside')}:8080/readyz" for each in self.names("gateway")]
        return len(gateways) == 2 and all(answers(url) for url in [*gateways, f"http://127.0.0.1:{PORT}/readyz"])

    def names(self, service: str) -> list[str]:
        """Of the containers of a service that run."""
        labels = (f"com.docker.compose.project={PROJECT}", f"com.docker.compose.service={service}")
        filters = [part for label in labels for part in ("--filter", f"label={label}")]
        return sorted(podman("ps", *filters, "--format", "{{.Names}}").stdout.split())

    def address(self, name: str, network: str) -> str:
        """Of a container in one of its networks; empty where it has none."""
        told: list[dict[str, Any]] = json.loads(podman("inspect", name).stdout)
        networks = told[0]["NetworkSettings"]["Networks"]
        return str(networks.get(f"{PROJECT}_{network}", {}).get("IPAddress", ""))

    def calls_at(self, gateway: str) -> int:
        """How many calls are in progress there."""
        url = f"http://{self.address(gateway, 'outside')}:8080/metrics"
        with urllib.request.urlopen(url, timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return int(float(next(line.split()[1] for line in lines if line.startswith("voicebot_calls_in_progress "))))

    def open_turns(self) -> set[str]:
        """Calls with a turn that a Rasa began and did not end: their locks in Redis. A killed Rasa leaves its locks."""
        (redis,) = self.names("redis")
        password = f"REDISCLI_AUTH={self._redis_password}"
        told = podman("exec", "--env", password, redis, "redis-cli", "-n", LOCKS, "--scan", "--pattern", "lock:*")
        return set(told.stdout.split())

    def accounts(self) -> Accounts:
        """The account store that the action servers use."""
        (database,) = self.names("db")
        url = URL.create("postgresql", "voicebot", self._accounts_password, self.address(database, "data"), 5432)
        given = url.set(database="voicebot").render_as_string(hide_password=False)
        return Accounts(given, max_failures=100, lock_seconds=60, key=self.key)

    def memory(self) -> dict[str, int]:
        """Bytes that each container's processes hold (proportional set size), by its name."""
        return {name: sum(map(held, processes)) for name, processes in self._processes().items()}

    def processor_seconds(self) -> dict[str, float]:
        """What the processes of each container have spent since they began, by its name."""
        return {name: sum(map(spent, processes)) for name, processes in self._processes().items()}

    def _processes(self) -> dict[str, list[int]]:
        told = podman(
            "ps", "--filter", f"label=com.docker.compose.project={PROJECT}", "--format", "{{.Names}} {{.Pid}}"
        )
        return {name: with_children(int(pid)) for name, pid in (line.split() for line in told.stdout.splitlines())}

    def logs(self) -> str:
        """The end of what each container said."""
        named = f"label=com.docker.compose.project={PROJECT}"
        every = podman("ps", "--all", "--filter", named, "--format", "{{.Names}}").stdout.split()
        return "\n".join(
            f"--- {name}\n{told.stdout[-1500:]}{told.stderr[-1500:]}"
            for name in every
            if (told := podman("logs", "--tail", "20", name, check=False))
        )

    def _compose(self, *arguments: str, check: bool = True) -> None:
        files = ("--file", str(COMPOSE / "compose.yml"), "--env-file", str(self._environment))
        command = ["podman-compose", "--project-name", PROJECT, *files, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
        assert not check or done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def with_children(pid: int) -> list[int]:
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in with_children(int(child)))]


def held(pid: int) -> int:
    """Bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def spent(pid: int) -> float:
    """Seconds, in the program and for it in the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
