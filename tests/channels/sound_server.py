"""A sound card for tests: PulseAudio with null sinks, in a folder of its own."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile

from bot.events import Samples

GUARD = 20


class SoundServer:
    """What is spoken into `mic_in` reaches the microphone; what the loudspeaker plays can be read from `heard`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "native"
        self.environment = {
            "PULSE_SERVER": f"unix:{self.socket}",
            "PULSE_RUNTIME_PATH": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SOURCE": "mic_in.monitor",
            "PULSE_SINK": "heard",
        }
        sinks = [f"module-null-sink sink_name={name} rate=16000 channels=1" for name in ("mic_in", "heard")]
        modules = [f"module-native-protocol-unix socket={self.socket} auth-anonymous=1", *sinks]
        options = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-level=error"]
        environment = {**os.environ, **self.environment}
        command = ["pulseaudio", *options, *(f"--load={module}" for module in modules)]
        self._processes = [
            subprocess.Popen(command, env={**environment, "HOME": str(folder)}, stderr=subprocess.DEVNULL)
        ]
        deadline = time.monotonic() + GUARD
        asked = ["pactl", "get-default-sink"]
        while subprocess.run(asked, env=environment, capture_output=True, check=False).returncode != 0:
            if self._processes[0].poll() is not None or time.monotonic() > deadline:
                self.stop()
                pytest.skip(f"pulseaudio does not start within {GUARD} s here; `pulseaudio -n` in a terminal says why")
        # A null sink passes on two seconds at a time unless somebody listens who wants less.
        for sink in ("mic_in", "heard"):
            listen = ["parec", "--latency-msec=20", f"--device={sink}.monitor"]
            self._processes.append(subprocess.Popen(listen, env=environment, stdout=subprocess.DEVNULL))

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait(GUARD)

    async def speak(self, sound: Samples, rate: int) -> None:
        """Into the microphone, from a file, as a person at another program would."""
        path = self.folder / "spoken.wav"
        soundfile.write(path, sound, rate)
        player = await asyncio.create_subprocess_exec("paplay", "--device=mic_in", str(path))
        assert await asyncio.wait_for(player.wait(), GUARD) == 0

    async def recorder(self) -> asyncio.subprocess.Process:
        """A program that writes what the loudspeaker plays: 16 kHz, mono, 16 bit."""
        options = ["--device=heard.monitor", "--raw", "--rate=16000", "--channels=1", "--latency-msec=20"]
        return await asyncio.create_subprocess_exec("parec", *options, stdout=asyncio.subprocess.PIPE)


LOOKS = 5
"""PortAudio, which sees nothing but names, at times pairs the devices of two different libraries: it looks again."""


def _found(sounddevice: ModuleType) -> bool:
    """Whether PortAudio, looking for devices anew, can open what it finds."""
    sounddevice._terminate()
    sounddevice._initialize()
    try:
        sounddevice.Stream(samplerate=16000, channels=1, dtype="int16").close()
    except sounddevice.PortAudioError:
        return False
    return any(device["name"] == "health" for device in sounddevice.query_devices())


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[SoundServer]:
    """A fresh sound server to which sounddevice talks in this context. Skips where the machine has no part of it."""
    for program in ("pulseaudio", "pactl", "paplay", "parec"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program} (Debian: apt install pulseaudio pulseaudio-utils libasound2-plugins)")
    try:
        import sounddevice
    except OSError:
        pytest.skip("needs the PortAudio library (Debian: apt install libportaudio2)")
    server = SoundServer(folder)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        try:
            if not any(_found(sounddevice) for _ in range(LOOKS)):
                pytest.skip("PortAudio cannot open PulseAudio's devices (Debian: apt install libasound2-plugins)")
            yield server
        finally:
            server.stop()


def loud(sound: Samples) -> int:
    """Milliseconds in which something is heard."""
    blocks = sound[: sound.size // 16 * 16].astype(float).reshape(-1, 16)
    return int((np.abs(blocks).max(axis=1) > 1000).sum())
