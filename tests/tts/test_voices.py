"""The real voices, and what happens when their worker fails."""

import os
import select
import signal
import subprocess
import sys
import threading
import wave
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from bot.errors import VoicebotError
from bot.places import PACKAGES
from tts.espeak import Espeak
from tts.sound import MARGIN_MS, PEAK
from tts.voice import VOICES, Voice, open_voice
from tts.worker import settle
from vietnamese_numbers import DIGIT_WORDS

SENTENCE = "số điện thoại và mã số bảo hiểm không khớp"


@pytest.mark.parametrize("name", VOICES)
def test_every_voice_speaks_every_digit_and_a_sentence_at_both_rates(name: str) -> None:
    voice = open_voice(name, 165)
    try:
        for rate in (8000, 16000):
            seconds = [len(voice.render(word, rate)) / rate for word in DIGIT_WORDS]
            assert all(0.12 < each < 0.6 for each in seconds), seconds
        assert 1.5 < len(voice.render(SENTENCE, 8000)) / 8000 < 5
    finally:
        voice.close()


def test_clips_have_one_level_and_no_silence_around_them(northern: Voice) -> None:
    for words in (*DIGIT_WORDS, SENTENCE):
        clip = np.abs(northern.render(words, 8000).astype(float)) / 32768
        assert 0.15 < clip.max() <= PEAK
        audible = np.flatnonzero(clip > clip.max() / 100)
        assert audible[0] < 8 * 2 * MARGIN_MS
        assert len(clip) - audible[-1] < 8 * 2 * MARGIN_MS


def test_a_slower_voice_takes_longer(northern: Voice) -> None:
    slow = open_voice("vi", 110)
    try:
        assert len(slow.render(SENTENCE, 8000)) > 1.2 * len(northern.render(SENTENCE, 8000))
    finally:
        slow.close()


class Forgetful:
    """An engine that loses the first settings made, as espeak-ng's does on a busy machine."""

    def __init__(self, lost: int) -> None:
        self.lost = lost
        self.has: dict[str, object] = {"voice": "gmw/en", "rate": 200, "volume": 1.0}

    def setProperty(self, name: str, value: object) -> None:  # noqa: N802  # pyttsx3's name
        if self.lost:
            self.lost -= 1
        else:
            self.has[name] = f"aav/{value}" if name == "voice" else value

    def getProperty(self, name: str) -> object:  # noqa: N802  # pyttsx3's name
        return self.has[name]

    def save_to_file(self, text: str, sound: BinaryIO) -> None:
        with wave.open(sound, "wb") as file:
            file.setparams((1, 2, 22050, 0, "NONE", ""))

    def runAndWait(self) -> None:  # noqa: N802  # pyttsx3's name
        pass


@pytest.mark.parametrize("lost", range(8))
def test_a_setting_that_was_lost_is_made_again(lost: int) -> None:
    engine = Forgetful(lost)
    settle(engine, {"voice": "vi", "rate": 110, "volume": 0.7})
    assert engine.has == {"voice": "aav/vi", "rate": 110, "volume": 0.7}


def test_a_setting_the_engine_never_has_is_given_up() -> None:
    engine = Forgetful(10**6)
    settle(engine, {"rate": 110})
    assert engine.has["rate"] == 200


def test_an_unknown_voice_is_refused_with_the_list_of_voices() -> None:
    with pytest.raises(VoicebotError, match=r"klingon.*vi, vi-vn-x-central, vi-vn-x-south"):
        open_voice("klingon", 165)


def test_a_worker_that_was_killed_is_replaced() -> None:
    voice = Espeak("vi", 165)
    try:
        voice.render("một", 8000)
        first = voice.pid
        assert first
        os.kill(first, signal.SIGKILL)
        assert len(voice.render("hai", 8000)) > 0
        assert voice.pid != first
    finally:
        voice.close()
    assert voice.pid is None


def test_several_threads_share_one_worker(northern: Voice) -> None:
    lengths: list[int] = []
    threads = [threading.Thread(target=lambda: lengths.append(len(northern.render("bốn", 8000)))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lengths) == 6
    assert max(lengths) - min(lengths) < 8 * 20  # the same word within 20 ms, and no other


@pytest.mark.parametrize(
    "program",
    [
        "pass",
        'input(); print(\'{"rate": 22050, "bytes": 100}\')',
        'input(); print(\'{"rate": 22050, "bytes": 0}\')',
        "input(); print('nonsense')",
    ],
)
def test_a_worker_that_fails_twice_is_a_clear_error(program: str) -> None:
    voice = Espeak("vi", 165, command=[sys.executable, "-S", "-c", program])
    with pytest.raises(VoicebotError, match='died twice; see whether this speaks: espeak-ng -v vi "xin chào"'):
        voice.render("một", 8000)
    assert voice.pid is None


def test_a_worker_that_hangs_is_given_up_after_the_deadline() -> None:
    voice = Espeak("vi", 165, command=[sys.executable, "-S", "-c", "import sys; sys.stdin.read()"], deadline=0.3)
    with pytest.raises(VoicebotError, match=r"gave no answer within 0\.3 s twice"):
        voice.render("một", 8000)
    assert voice.pid is None


def test_a_text_without_sound_is_a_clear_error() -> None:
    silent = "input(); print('{\"rate\": 8000, \"bytes\": 4}'); print('\\0' * 4)"
    voice = Espeak("vi", 165, command=[sys.executable, "-S", "-c", silent])
    with pytest.raises(VoicebotError, match="makes no sound"):
        voice.render("một", 8000)
    voice.close()


def worker_after(statement: str) -> Espeak:
    """A voice whose worker runs `statement` first."""
    program = f"{statement}; import tts.worker; tts.worker.main('vi', 165)"
    return Espeak("vi", 165, command=[sys.executable, "-c", program])


def test_without_espeak_ng_the_error_says_how_to_install_it() -> None:
    """The library cannot be loaded, as where the package is missing."""
    voice = worker_after("import ctypes; ctypes.cdll.LoadLibrary = None")
    with pytest.raises(VoicebotError, match="espeak-ng is missing: apt-get install espeak-ng"):
        voice.render("một", 8000)


def test_a_voice_that_this_espeak_ng_lacks_is_said_to_be_missing() -> None:
    with pytest.raises(VoicebotError, match="espeak-ng has no voice vi-vn-x-moon"):
        Espeak("vi-vn-x-moon", 165).render("một", 8000)


def test_the_worker_writes_no_file_even_when_it_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    voice = Espeak("vi", 165)
    voice.render(SENTENCE, 8000)
    assert voice.pid
    os.kill(voice.pid, signal.SIGKILL)
    voice.render(SENTENCE, 8000)
    voice.close()
    assert list(tmp_path.iterdir()) == []


def test_the_worker_loads_nothing_heavy() -> None:
    program = (
        "import sys, tts.worker, pyttsx3; print([m for m in ('numpy', 'rasa', 'vosk', 'bot') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=PACKAGES, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux, to wait for a process that is not its child")
def test_the_worker_ends_with_a_parent_that_is_killed() -> None:
    program = (
        "from tts.voice import open_voice; import sys\n"
        "voice = open_voice('vi', 165); voice.render('một', 8000); print(voice.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=PACKAGES, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    worker = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    ended, _, _ = select.select([worker], [], [], 10)
    os.close(worker)
    assert ended
