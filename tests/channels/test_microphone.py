"""The microphone channel against a sound server without hardware, and where there is no sound at all."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.channels import microphone
from bot.channels.microphone import MicrophoneChannel, microphone_available
from bot.channels.sound_device import SoundDevice
from bot.errors import VoicebotError
from bot.events import HungUp, Key, Samples
from tests.channels.contract import ChannelContract, Reader, reading, tone
from tests.channels.sound_server import GUARD, SoundServer, loud, serving

RATE = MicrophoneChannel.rate


class TestContract(ChannelContract):
    @pytest.fixture
    async def channel(self, sound_server: SoundServer) -> AsyncIterator[MicrophoneChannel]:
        channel = MicrophoneChannel("0912345678")
        yield channel
        await channel.hang_up()


def pitch(sound: Samples) -> int:
    """Hertz of the strongest frequency in the last second."""
    return int(np.argmax(np.abs(np.fft.rfft(sound[-RATE:], RATE))))


class TestSound:
    async def hear(self, reader: Reader, server: SoundServer, hertz: float) -> Samples:
        """The last second of the microphone, once half a second of tone has mostly arrived there."""

        def last() -> Samples:
            return np.concatenate([frame.samples for frame in reader.frames[-50:]])

        limit = reader.samples + GUARD * RATE
        speaking = asyncio.create_task(server.speak(tone(44100, 0.5, hertz), 44100))
        await reader.until(lambda event: loud(last()) >= 400 or reader.samples > limit)
        await speaking
        return last()

    async def test_what_is_spoken_into_the_microphone_arrives(self, sound_server: SoundServer) -> None:
        assert microphone_available() is None
        async with reading(MicrophoneChannel()) as reader:
            await reader.next()
            heard = await self.hear(reader, sound_server, 440)
        assert pitch(heard) == pytest.approx(440, abs=4)

    async def test_what_the_bot_says_is_played(self, sound_server: SoundServer) -> None:
        channel = MicrophoneChannel(headphones=True)
        recorder = await sound_server.recorder()
        assert recorder.stdout is not None
        await asyncio.wait_for(recorder.stdout.readexactly(2), GUARD)
        async with reading(channel) as reader:
            await channel.play(tone(RATE, 0.3, 600), "short")
            assert await reader.marks("short") == ["short"]
            played = np.zeros(0, np.int16)
            while loud(played) < 250 and played.size < GUARD * RATE:
                piece = await asyncio.wait_for(recorder.stdout.readexactly(640), GUARD)
                played = np.concatenate([played, np.frombuffer(piece, np.int16)])
        recorder.kill()
        await recorder.wait()
        assert pitch(played) == pytest.approx(600, abs=4)

    async def test_a_device_of_another_rate_is_resampled(self, sound_server: SoundServer) -> None:
        import sounddevice

        class Only44100(sounddevice.Stream):  # type: ignore[misc]
            def __init__(self, samplerate: int, **options: object) -> None:
                if samplerate != 44100:
                    raise sounddevice.PortAudioError("Invalid sample rate")
                super().__init__(samplerate=samplerate, **options)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sounddevice, "Stream", Only44100)
            channel = MicrophoneChannel(headphones=True)
        async with reading(channel) as reader:
            await reader.next()
            before = reader.samples
            await channel.play(tone(RATE, 0.3), "clip")
            await reader.marks("clip")
            assert reader.samples - before >= 0.3 * RATE - 0.02 * RATE
            heard = await self.hear(reader, sound_server, 440)
        assert pitch(heard) == pytest.approx(440, abs=4)


class TestTheEnd:
    async def test_a_device_that_disappears_hangs_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving(tmp_path) as server:
            async with reading(MicrophoneChannel()) as reader:
                await reader.next()
                monkeypatch.setattr(microphone, "LOST_SECONDS", 0.5)
                server.stop()
                assert (await reader.until(lambda event: False))[-1] == HungUp()

    async def test_a_device_that_stops_for_a_moment_is_opened_again(self, sound_server: SoundServer) -> None:
        channel = MicrophoneChannel(headphones=True)
        async with reading(channel) as reader:
            await channel.play(tone(RATE, 0.5), "clip")
            await reader.next()
            channel._device._stream.abort()
            assert await reader.marks("clip") == ["clip"]

    async def test_keys_and_hanging_up_come_from_the_keyboard(
        self, sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hands: list[Callable[..., None]] = []

        @contextlib.contextmanager
        def keyboard(press: Callable[[str], None], hang_up: Callable[[], None]) -> Iterator[None]:
            hands.extend((press, hang_up))
            yield

        monkeypatch.setattr(microphone, "keypad", keyboard)
        async with reading(MicrophoneChannel()) as reader:
            await reader.next()
            press, hang_up = hands
            press("8")
            assert (await reader.until(lambda event: isinstance(event, Key)))[-1] == Key("8")
            hang_up()
            assert (await reader.until(lambda event: False))[-1] == HungUp()

    async def test_a_call_that_never_began_gives_the_device_back(self, sound_server: SoundServer) -> None:
        channel = MicrophoneChannel()
        await channel.hang_up()
        assert [event async for event in channel.events()] == [HungUp()]


class TestWithoutSound:
    def test_without_portaudio_the_way_to_get_it_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
        assert microphone_available() == (
            "the PortAudio library is missing; install it (Debian and Ubuntu: apt install libportaudio2)"
        )
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)

    async def test_without_a_device_it_is_told_what_to_connect(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "sounddevice.py").write_text(
            "class PortAudioError(Exception): pass\n"
            "def query_devices(kind): raise PortAudioError(f'Error querying device -1')\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
        with pytest.raises(VoicebotError, match="no microphone or no loudspeaker was found; connect one"):
            MicrophoneChannel()
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)

    def test_a_device_in_use_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "sounddevice.py").write_text(
            "class PortAudioError(Exception): pass\n"
            "def query_devices(kind): return {'default_samplerate': 48000.0}\n"
            "def Stream(**options): raise PortAudioError('Device unavailable', -9985)\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
        with pytest.raises(VoicebotError, match=r"cannot be opened \(Device unavailable\); close other programs"):
            SoundDevice(RATE, lambda heard, count: np.zeros(count, np.int16), lambda: None)
        monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
