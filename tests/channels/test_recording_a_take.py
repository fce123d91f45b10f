"""A take from the microphone is what the microphone heard."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.channels import take
from bot.channels.take import TAKE_RATE, record_until
from bot.errors import VoicebotError


class Device:
    """Gives what `wait` lets it give."""

    opened: "Device"

    def __init__(self, rate: int, block: object, gone: object) -> None:
        self.rate, self.block, self.gone, self.closed = rate, block, gone, False
        Device.opened = self

    def start(self) -> None: ...

    def close(self) -> bool:
        self.closed = True
        return True


@pytest.fixture(autouse=True)
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(take, "SoundDevice", Device)


def test_all_that_is_heard_until_the_end_is_in_the_file(tmp_path: Path) -> None:
    def wait() -> None:
        for start in range(0, 4800, 960):
            silence = Device.opened.block(np.arange(start, start + 960).astype(np.int16), 960)  # type: ignore[operator]  # it was opened before
            assert silence.shape == (960,)
            assert not silence.any()

    record_until(tmp_path / "a.wav", wait)
    sound, rate = soundfile.read(tmp_path / "a.wav", dtype="int16")
    assert rate == TAKE_RATE
    np.testing.assert_array_equal(sound, np.arange(4800))
    assert Device.opened.closed


def test_a_microphone_that_goes_away_is_told(tmp_path: Path) -> None:
    def wait() -> None:
        assert callable(Device.opened.gone)
        Device.opened.gone()

    with pytest.raises(VoicebotError, match="went away"):
        record_until(tmp_path / "a.wav", wait)
    assert not (tmp_path / "a.wav").exists()
