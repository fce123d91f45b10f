"""Fetching from a server on this machine: resumed, checked, whole or not at all."""

import functools
import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from test_model_folders import fst

from bot.hearing.catalogue import Entry
from bot.hearing.fetching import fetch
from bot.hearing.models import ModelError

NAME = "small"


def zipped(extra: dict[str, bytes] | None = None, without: str = "") -> bytes:
    files = {
        f"{NAME}/am/final.mdl": bytes(range(256)) * 400,
        f"{NAME}/conf/model.conf": b"--beam=13\n",
        f"{NAME}/graph/HCLG.fst": fst(),
        f"{NAME}/graph/words.txt": b"<eps> 0\n",
    }
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, data in {**files, **(extra or {})}.items():
            if name != without:
                archive.writestr(name, data)
    return memory.getvalue()


class Server:
    """Serves one file. `ranges`: the ranges that were asked for; `stop_after`: bytes after which it hangs up."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.ranges: list[str | None] = []
        self.stop_after: int | None = None
        self.knows_ranges = True
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, self))
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/{NAME}.zip"

    @property
    def entry(self) -> Entry:
        return Entry(NAME, "", "", 8000, url=self.url, size=len(self.content))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *args: object) -> None:
        self.served = server
        super().__init__(*args)  # type: ignore[arg-type]  # socketserver's own three

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.served.ranges.append(asked)
        if not self.path.endswith(f"/{NAME}.zip"):
            self.send_error(404)
            return
        start = int(asked[6:-1]) if asked and self.served.knows_ranges else 0
        body = self.served.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.served.stop_after])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(zipped())
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


def no_progress(have: int, total: int) -> None:
    pass


def test_a_model_is_fetched_and_nothing_else_is_left(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = fetch(server.entry, server.sha256, tmp_path, lambda have, total: seen.append((have, total)))
    assert folder == tmp_path / NAME
    assert (folder / "am/final.mdl").read_bytes() == bytes(range(256)) * 400
    assert list(tmp_path.iterdir()) == [folder]
    assert seen[-1] == (len(server.content), len(server.content))


def test_an_interrupted_download_goes_on_where_it_stopped(server: Server, tmp_path: Path) -> None:
    server.stop_after = 60000
    with pytest.raises(ModelError, match="goes on where it stopped"):
        fetch(server.entry, server.sha256, tmp_path, no_progress)
    assert not (tmp_path / NAME).exists()
    server.stop_after = None
    fetch(server.entry, server.sha256, tmp_path, no_progress)
    assert server.ranges == [None, "bytes=60000-"]
    assert (tmp_path / NAME).is_dir()


def test_a_server_without_ranges_starts_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(b"x" * 1000)
    server.knows_ranges = False
    assert fetch(server.entry, server.sha256, tmp_path, no_progress).is_dir()


def test_a_download_that_was_complete_is_not_asked_for_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.zip.part").write_bytes(server.content)
    assert fetch(server.entry, server.sha256, tmp_path, no_progress).is_dir()
    assert server.ranges == []


def test_a_server_that_sends_without_end_does_not_fill_the_disk(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.hearing.fetching.ROOM", len(server.content) - 1)
    with pytest.raises(ModelError, match="more than"):
        fetch(server.entry, server.sha256, tmp_path, lambda *_: None)
    assert list(tmp_path.iterdir()) == []


def test_another_digest_is_refused_and_deleted(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="another SHA-256"):
        fetch(server.entry, "0" * 64, tmp_path, no_progress)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_there_is_told(server: Server, tmp_path: Path) -> None:
    entry = Entry(NAME, "", "", 8000, url=server.url.replace(NAME, "nothing"))
    with pytest.raises(ModelError, match="404"):
        fetch(entry, server.sha256, tmp_path, no_progress)


def test_no_server_is_told(tmp_path: Path) -> None:
    entry = Entry(NAME, "", "", 8000, url="http://127.0.0.1:9/small.zip")
    with pytest.raises(ModelError, match="cannot be fetched"):
        fetch(entry, "0" * 64, tmp_path, no_progress)


@pytest.mark.parametrize("evil", ["../evil", "/tmp/evil", "small/../../evil", "C:\\evil"])
def test_a_zip_that_writes_elsewhere_is_refused(server: Server, tmp_path: Path, evil: str) -> None:
    server.content = zipped({evil: b"x"})
    with pytest.raises(ModelError, match="not what a model's zip looks like"):
        fetch(server.entry, server.sha256, tmp_path / "fetched", no_progress)
    assert [file for file in tmp_path.rglob("*") if file.name.endswith("evil")] == []
    assert not (tmp_path / "fetched" / NAME).exists()


@pytest.mark.parametrize(
    "content", [zipped(without=f"{NAME}/am/final.mdl"), b"no zip" * 100], ids=["incomplete", "no zip"]
)
def test_a_zip_without_a_sound_model_leaves_no_folder(server: Server, tmp_path: Path, content: bytes) -> None:
    server.content = content
    with pytest.raises(ModelError):
        fetch(server.entry, server.sha256, tmp_path, no_progress)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []
