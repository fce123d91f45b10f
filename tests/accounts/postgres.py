"""A PostgreSQL server of the tests' own, from Debian's package, and a line to it that can fall silent."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def programs() -> Path | None:
    """The folder of the newest server's programs; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server(folder: Path, superuser: str = "voicebot", durable: bool = False) -> Iterator[str]:
    """Runs a server in a new folder, on a spare port; the URL of its empty database. Skips where there is none.

    It asks nobody for a password. `durable`: it waits for the disk, as one that is to be kept does."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip("needs PostgreSQL: apt install postgresql")
    with socket.create_server(("127.0.0.1", 0)) as spare:
        port = spare.getsockname()[1]
    folder.mkdir()
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to be run by root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        subprocess.run([*as_user, str(bin_ / program), *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL)

    data, log = str(folder / "data"), str(folder / "log")
    run("initdb", "-D", data, "-A", "trust", "-U", superuser, "--no-sync")
    run(
        "pg_ctl",
        "-D",
        data,
        "-l",
        log,
        "-w",
        "-o",
        f"-p {port} -k {folder}{'' if durable else ' -c fsync=off'}",
        "start",
    )
    try:
        run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", superuser, "accounts")
        yield f"postgresql://{superuser}@127.0.0.1:{port}/accounts"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")


class Line:
    """Passes on what comes to `port`. Connections may fall silent for good: what is sent on them is taken, acknowledged
    by this machine's kernel, and lost, as behind a firewall that forgot them."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._silent = threading.Event()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def fall_silent(self) -> None:
        """Nothing that is there now, and nothing that comes later, is passed on."""
        self._silent.set()

    def speak_again(self) -> None:
        """New connections are passed on; those that fell silent stay so."""
        self._silent = threading.Event()

    def close(self) -> None:
        for each in (self._listening, *self._sockets):
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server_port))
            self._sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=(source, sink, self._silent), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket, silent: threading.Event) -> None:
    try:
        while data := source.recv(65536):
            if not silent.is_set():
                sink.sendall(data)
        if not silent.is_set():
            sink.shutdown(socket.SHUT_WR)
    except OSError:
        return
