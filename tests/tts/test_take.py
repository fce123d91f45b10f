"""What is wrong with a recording is said, with what to do."""

from pathlib import Path

import numpy as np
import pytest

from tts.sound import Sound
from tts.take import inspect, judged

RATE = 16000


def take(seconds: float = 0.6, level: float = 0.2, noise: float = 0.0005, lead: float = 0.3) -> Sound:
    """Two "words" between silences."""
    rng = np.random.default_rng(1)
    word = np.sin(2 * np.pi * 300 * np.arange(int(seconds * RATE)) / RATE) * level
    quiet = np.zeros(int(lead * RATE))
    sound = np.concatenate([quiet, word, quiet])
    return np.clip(sound + rng.normal(0, noise, sound.size), -1, 1).astype(np.float32)


def test_a_good_take_has_no_problem() -> None:
    result = judged(take(), RATE, "xin chào")
    assert result.problems == ()
    assert result.seconds == pytest.approx(0.6, abs=0.05)
    assert result.level_db == pytest.approx(-17, abs=0.5)
    assert result.peak_db == pytest.approx(-14, abs=0.5)


@pytest.mark.parametrize(
    ("sound", "problem"),
    [
        (np.zeros(RATE, np.float32), "nothing can be heard"),
        (take(level=3.0), "overloaded"),
        (take(level=0.002, noise=0.00001), "too quiet"),
        (take(lead=0.0), "begins in the middle of a sound"),
        (take(lead=0.0), "ends in the middle of a sound"),
        (take(noise=0.012), "noisy"),
        (take(seconds=3.0), "other words"),
        (take(seconds=0.1), "other words"),
    ],
)
def test_what_is_wrong_is_said(sound: Sound, problem: str) -> None:
    assert any(problem in each for each in judged(sound, RATE, "xin chào").problems)


def test_a_file_that_is_no_sound_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no sound")
    [problem] = inspect(tmp_path / "a.wav", "xin chào").problems
    assert problem.startswith("cannot be used")
