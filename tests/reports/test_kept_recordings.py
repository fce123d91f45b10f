"""Finding the recording of a call by its record, and what the operator's page is given of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.reports.kept import OURS, SUFFIXES, Recordings, drawn, stem_of
from bot.reports.recording import Recorder
from bot.simulation.caller_script import parse_script
from bot.simulation.script import ScriptChannel
from tests.reports.test_recording_calls import SCRIPT, Bot

ID = "a" * 32
BEGAN = datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)
CALL = {"id": ID, "started": BEGAN.timestamp(), "exchange": "1764.1"}


@pytest.mark.parametrize("apart", [-2, -1, 0, 1, 2])
@pytest.mark.parametrize("exchange", ["1764.1", ""])
def test_a_recording_is_found_by_its_record(tmp_path: Path, apart: int, exchange: str) -> None:
    call = {**CALL, "started": BEGAN.timestamp() + apart, "exchange": exchange}
    stem = stem_of(BEGAN, exchange, ID)
    (tmp_path / f"{stem}.ogg").write_bytes(b"OggS")
    (tmp_path / f"{stem}.json").write_text('{"seconds": 1.0}')
    kept = Recordings(tmp_path)
    assert kept.sound(call) == b"OggS"
    assert kept.picture(call) == {"seconds": 1.0}


@pytest.mark.parametrize(
    "call",
    [
        {**CALL, "id": "b" * 32},
        {**CALL, "exchange": "1764.2"},
        {**CALL, "started": BEGAN.timestamp() + 10},
        {**CALL, "id": "../../../etc/passwd"},
    ],
    ids=["another", "of another name", "of another time", "no id"],
)
def test_another_call_has_none(tmp_path: Path, call: dict[str, object]) -> None:
    (tmp_path / f"{stem_of(BEGAN, '1764.1', ID)}.ogg").write_bytes(b"OggS")
    assert Recordings(tmp_path).sound(call) is None
    assert Recordings(tmp_path).picture(call) is None


def test_a_picture_that_is_being_written_is_none_yet(tmp_path: Path) -> None:
    (tmp_path / f"{stem_of(BEGAN, '1764.1', ID)}.json").write_text('{"seconds":')
    assert Recordings(tmp_path).picture(CALL) is None


def test_all_files_of_a_recording_are_known_as_such() -> None:
    for stem in (stem_of(BEGAN, "", "0123abcd"), stem_of(BEGAN, "1764.1", ID)):
        assert all(OURS.fullmatch(stem + suffix) for suffix in SUFFIXES)


async def test_what_is_drawn_of_a_call_holds_no_word(tmp_path: Path) -> None:
    recorder = Recorder(Bot(), tmp_path / "recordings", 30)
    channel = ScriptChannel(parse_script(SCRIPT, tmp_path / "script.yml"))
    await recorder.answer(channel, lambda notice: None, "1764.1", ID)
    recorder.close()
    [file] = (tmp_path / "recordings").glob(f"*-1764.1-{ID}.json")
    found = json.loads(file.read_text("utf-8"))
    assert found.keys() == {"seconds", "levels", "blanks", "regions"}
    assert [each["who"] for each in found["regions"]][:3] == ["bot", "key", "bot"]
    assert all(each.keys() == {"who", "at", "end", "latency_ms"} for each in found["regions"])
    assert max(found["levels"]["bot"]) > 0


def test_states_are_no_regions() -> None:
    line = {"at": 1.0, "end": 2.0, "text": "tám", "latency_ms": None}
    picture = {
        "seconds": 3.0,
        "levels": {},
        "blanks": [],
        "lines": [{**line, "who": "state"}, {**line, "who": "caller"}],
    }
    assert drawn(picture)["regions"] == [{"who": "caller", "at": 1.0, "end": 2.0, "latency_ms": None}]
