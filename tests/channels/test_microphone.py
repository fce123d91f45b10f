"""The microphone channel: on a sound card whose blocks are its clock, on a real sound server, and without any."""

import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.audio.level import FLOOR_DB
from bot.channels import microphone, sound_device
from bot.channels.microphone import MicrophoneChannel, microphone_available
from bot.channels.sound_device import SoundDevice
from bot.errors import VoicebotError
from bot.events import HungUp, Key
from tests.channels.contract import ChannelContract, reading, tone
from tests.channels.sound_card import SoundCard
from tests.realtime import run_apart

RATE = MicrophoneChannel.rate
STOPPED = "the sound device has stopped; check that it is connected. The call ends"


def complaining() -> tuple[MicrophoneChannel, list[str]]:
    """A channel, and the lines that it complains in."""
    channel, lines = MicrophoneChannel(), list[str]()
    channel.complain = lines.append
    return channel, lines


class TestContract(ChannelContract):
    @pytest.fixture
    async def channel(self, card: SoundCard) -> AsyncIterator[MicrophoneChannel]:
        channel = MicrophoneChannel("0912345678")
        yield channel
        await channel.hang_up()


class TestSound:
    @pytest.mark.parametrize("rates", [(RATE,), (44100,)])
    async def test_what_the_microphone_hears_arrives(self, card: SoundCard, rates: tuple[int, ...]) -> None:
        card.rates = rates
        sound = tone(rates[0], 3, 440)
        card.speaks = lambda at, count: sound[at : at + count]
        async with reading(MicrophoneChannel(headphones=True)) as reader:
            await reader.until(lambda event: reader.samples >= 1.5 * RATE)
        heard = np.concatenate([frame.samples for frame in reader.frames])[RATE // 2 :][:RATE]
        assert np.argmax(np.abs(np.fft.rfft(heard))) == 440

    @pytest.mark.parametrize("rates", [(RATE,), (44100,)])
    async def test_what_the_bot_says_is_played_whole(self, card: SoundCard, rates: tuple[int, ...]) -> None:
        card.rates = rates
        channel = MicrophoneChannel()
        async with reading(channel) as reader:
            await channel.play(tone(RATE, 1, 600), "clip")
            await reader.marks("clip")
            await reader.until(lambda event: np.abs(card.played[-1]).max() < 100)
        played = np.concatenate(card.played)
        assert np.argmax(np.abs(np.fft.rfft(played, rates[0]))) == 600
        loud = np.flatnonzero(np.abs(played) > 100)
        assert loud[-1] - loud[0] == pytest.approx(rates[0], rel=0.02)


class TestLevel:
    async def test_is_that_of_the_microphone(self, card: SoundCard) -> None:
        card.speaks = lambda at, count: np.where(np.arange(at, at + count) % 2, 3277, -3277).astype(np.int16)
        channel = MicrophoneChannel(headphones=True)
        assert channel.level() == FLOOR_DB
        async with reading(channel) as reader:
            await reader.next()
            assert channel.level() == pytest.approx(-20.0, abs=0.1)
        assert channel.level() is None

    async def test_nobody_listens_while_the_bot_speaks_through_a_loudspeaker(self, card: SoundCard) -> None:
        channel = MicrophoneChannel()
        async with reading(channel) as reader:
            await reader.next()
            assert channel.level() is not None
            await channel.play(tone(RATE, 1, 600), "clip")
            await reader.until(lambda event: channel.level() is None)
            await reader.marks("clip")
            await reader.until(lambda event: channel.level() is not None)


class TestComplaints:
    async def test_of_lost_sound_there_is_one_line_while_the_call_goes_on(self, card: SoundCard) -> None:
        channel, lines = complaining()
        async with reading(channel) as reader:
            await reader.next()
            card.underflows = 3
            await reader.until(lambda event: card.underflows == 0)
            await reader.until(lambda event: bool(lines))
            assert lines == ["sound was lost: this machine is too busy; close other programs"]
            before = reader.samples
            await reader.until(lambda event: reader.samples > before + RATE)
        assert lines[1:] == ["sound was lost 3 times; this machine was too busy"]

    async def test_a_lost_device_is_one_line_and_ends_the_call(self, card: SoundCard) -> None:
        channel, lines = complaining()
        async with reading(channel) as reader:
            await reader.next()
            card.silent = True
            assert (await reader.until(lambda event: False))[-1] == HungUp()
        assert lines == [STOPPED]

    async def test_so_is_one_that_cannot_be_opened_again(self, card: SoundCard) -> None:
        channel, lines = complaining()
        async with reading(channel) as reader:
            await reader.next()
            card.refuses = True
            next(iter(card.open)).break_down()
            assert (await reader.until(lambda event: False))[-1] == HungUp()
        assert lines == [STOPPED]


class TestTheEnd:
    async def test_a_device_that_falls_silent_for_good_hangs_up(
        self, card: SoundCard, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with reading(MicrophoneChannel()) as reader:
            await reader.next()
            card.silent = True
            assert (await reader.until(lambda event: False))[-1] == HungUp()
        assert STOPPED in caplog.text
        assert not card.open

    async def test_a_device_that_stops_for_a_moment_is_opened_again(self, card: SoundCard) -> None:
        channel = MicrophoneChannel()
        async with reading(channel) as reader:
            await channel.play(tone(RATE, 0.5), "clip")
            await reader.next()
            next(iter(card.open)).break_down()
            assert await reader.marks("clip") == ["clip"]
        assert card.openings == 2

    async def test_a_device_that_gives_up_before_its_first_sound_is_opened_once_more(self, card: SoundCard) -> None:
        card.stops_at_once = 1
        async with reading(MicrophoneChannel()) as reader:
            await reader.next()
        assert card.openings == 2

    async def test_a_device_that_never_gives_sound_hangs_up(self, card: SoundCard) -> None:
        card.stops_at_once = 10
        async with reading(MicrophoneChannel()) as reader:
            assert await reader.next() == HungUp()
        assert card.openings == microphone.OPENINGS

    async def test_a_dead_device_that_cannot_be_given_back_ends_the_call_and_not_the_process(
        self, card: SoundCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sound_device, "CLOSING_SECONDS", 0.05)
        async with reading(MicrophoneChannel()) as reader:
            await reader.next()
            card.silent = True
            card.deaf.clear()
            assert (await reader.until(lambda event: False))[-1] == HungUp()
        assert card.openings == 1
        card.deaf.set()

    async def test_keys_and_hanging_up_come_from_the_keyboard(
        self, card: SoundCard, monkeypatch: pytest.MonkeyPatch
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

    async def test_a_call_that_never_began_gives_the_device_back(self, card: SoundCard) -> None:
        channel = MicrophoneChannel()
        await channel.hang_up()
        assert not card.open
        assert [event async for event in channel.events()] == [HungUp()]


def test_calls_work_on_a_real_sound_server() -> None:
    run_apart("tests/channels/on_pulseaudio.py", tries=3, seconds=120)


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
