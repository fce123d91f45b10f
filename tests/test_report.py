"""A call's report: the sound to the sample, the words in order, and a picture that can be drawn for any call."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.errors import VoicebotError
from bot.events import RATE, Samples
from bot.reports.transcript import TranscriptLine
from bot.simulation.report import FILES, write_report
from bot.simulation.timeline import ROW_SECONDS, ROW_WIDTH, Label, _label, _rows

LINES = [
    TranscriptLine(0.0, 2.0, "bot", "Xin chào quý khách. Cấp lại mật khẩu, bấm tám."),
    TranscriptLine(2.4, 2.5, "key", "8"),
    TranscriptLine(2.5, 2.5, "state", "Chosen"),
    TranscriptLine(2.6, 4.0, "bot", "Xin đọc mã số."),
    TranscriptLine(4.4, 6.0, "caller", "không một hai ba"),
    TranscriptLine(6.3, 8.0, "bot", "Mật khẩu mới là ••••••••"),
    TranscriptLine(8.0, 8.0, "state", "reset"),
]


def sound(seconds: float, level: int = 5000) -> Samples:
    return np.full(round(seconds * RATE), level, np.int16)


def size_of(png: Path) -> tuple[int, int]:
    header = png.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")


def test_the_report_is_six_files(tmp_path: Path) -> None:
    paths = write_report(tmp_path / "new" / "folder", "a call", LINES, sound(8), sound(8), "reset")
    assert [path.name for path in paths] == [*FILES]
    assert all(path.stat().st_size > 0 for path in paths if path.name != "events.jsonl")


def test_the_caller_is_left_and_the_bot_right(tmp_path: Path) -> None:
    caller, bot = np.arange(800).astype(np.int16), -np.arange(1000).astype(np.int16)
    [wav, *_] = write_report(tmp_path, "a call", [], caller, bot, "hung_up")
    stereo, rate = soundfile.read(wav, dtype="int16")
    assert (rate, stereo.shape) == (RATE, (1000, 2))
    np.testing.assert_array_equal(stereo[:800, 0], caller)
    assert not stereo[800:, 0].any()
    np.testing.assert_array_equal(stereo[:, 1], bot)


def test_the_transcript_tells_who_said_what_when_in_order(tmp_path: Path) -> None:
    transcript = write_report(tmp_path, "a call", LINES[::-1], sound(8), sound(8), "reset")[2]
    text = transcript.read_text("utf-8").splitlines()
    assert text[0] == "a call: reset, 8.0 s"
    assert text[4:6] == ["   2.40    2.50  key     8", "   2.50    2.50  state   Chosen"]
    assert len(text) == 3 + len(LINES)


def test_a_longer_call_makes_a_taller_picture_of_the_same_width(tmp_path: Path) -> None:
    def picture(seconds: float) -> tuple[int, int]:
        return size_of(write_report(tmp_path, "a call", LINES, sound(seconds), sound(seconds), "reset")[1])

    short, long = picture(8), picture(3 * ROW_SECONDS)
    assert short[0] == long[0]
    assert short[1] < long[1]


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ([], 0.0),
        ([], 0.001),
        (LINES, 0.0),
        ([TranscriptLine(0, 0, "key", "8")] * 40, 3.0),
        ([TranscriptLine(0, 1, "caller", "")], 2.0),
        ([TranscriptLine(1, 1, "bot", "trường " * 200)], 2.0),
        ([TranscriptLine(0, 1, "caller", "x" * 500)], 2.0),
        ([TranscriptLine(0, 1, "caller", "$\\frac{ $a_b^{ \n\t%")], 2.0),
        ([TranscriptLine(ROW_SECONDS - 1, ROW_SECONDS + 5, "bot", "over the end of a row")], 40.0),
        ([TranscriptLine(ROW_SECONDS, ROW_SECONDS, "state", "at the very end")], ROW_SECONDS),
    ],
)
def test_no_call_is_too_strange_to_be_drawn(tmp_path: Path, lines: list[TranscriptLine], seconds: float) -> None:
    paths = write_report(tmp_path, "a $call_", lines, sound(seconds), sound(seconds), "error")
    assert size_of(paths[1])[0] > 1000


def test_every_text_stands_once_and_covers_no_other() -> None:
    crowd = [TranscriptLine(i * 0.3, i * 0.3 + 0.4, "bot", f"câu số {i} hơi dài") for i in range(200)]
    labels = [row.below for row in _rows(crowd, 62.0)]
    assert sorted(label.line.at_s for row in labels for label in row) == [line.at_s for line in crowd]
    for row in labels:
        for one in row:
            assert 0 <= one.left <= one.left + one.width <= ROW_WIDTH + 1e-6
            assert not [other for other in row if other is not one and covers(one, other)]


def covers(one: Label, other: Label) -> bool:
    ends = min(one.left + one.width, other.left + other.width)
    return one.lane == other.lane and max(one.left, other.left) < ends - 1e-6


def test_a_text_that_is_too_long_is_cut_visibly() -> None:
    [row] = _rows([], 10.0)
    assert _label(TranscriptLine(1, 1.2, "bot", "một hai ba " * 30), row).texts[-1].endswith("…")


@pytest.mark.parametrize("name", FILES)
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(VoicebotError, match=r"the report cannot be written to .* give another folder"):
        write_report(tmp_path, "a call", LINES, sound(1), sound(1), "reset")


def test_a_file_in_the_folders_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VoicebotError, match="cannot be written"):
        write_report(tmp_path / "file", "a call", LINES, sound(1), sound(1), "reset")


def test_the_picture_leaves_the_plotting_library_as_it_was(tmp_path: Path) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    write_report(tmp_path, "a call", LINES, sound(1), sound(1), "reset")
    assert dict(matplotlib.rcParams) == before
