"""The microphone channel on a real sound server without hardware. `make test` runs this file through test_microphone,
in a process of its own: a sound server is never exact to the sample and needs a processor that is free in time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.channels import microphone
from bot.channels.microphone import MicrophoneChannel, microphone_available
from bot.events import HungUp, Samples
from tests.channels.contract import ChannelContract, Reader, reading, tone
from tests.channels.sound_server import GUARD, SoundServer, loud, serving

RATE = MicrophoneChannel.rate


@pytest.fixture(scope="class")
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundServer]:
    """One for all tests of a class: starting it is what takes long."""
    with serving(tmp_path_factory.mktemp("sound")) as server:
        yield server


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

        class Only44100(sounddevice.Stream):  # type: ignore[misc]  # sounddevice has no types
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


class TestInterruption:
    async def test_a_device_that_stops_for_a_moment_is_opened_again(self, sound_server: SoundServer) -> None:
        channel = MicrophoneChannel(headphones=True)
        async with reading(channel) as reader:
            await channel.play(tone(RATE, 0.5), "clip")
            await reader.next()
            channel._device._stream.abort()
            assert await reader.marks("clip") == ["clip"]


class TestTheEnd:
    """Comes last: after it PortAudio may be of no use to this process."""

    async def test_a_device_that_disappears_hangs_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving(tmp_path) as server:
            async with reading(MicrophoneChannel()) as reader:
                await reader.next()
                monkeypatch.setattr(microphone, "LOST_SECONDS", 0.5)
                server.stop()
                assert (await reader.until(lambda event: False))[-1] == HungUp()
