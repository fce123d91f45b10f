"""Scripted callers: when they act, what of them arrives, and when they give up. Times are seconds of the call."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from bot.audio.keypad_tones import COLUMNS, ROWS
from bot.audio.level import active_level
from bot.events import RATE, Frame, HungUp, Key, Samples
from bot.simulation.caller_script import parse_script
from bot.simulation.script import ScriptChannel
from tests.channels.contract import ChannelContract, Reader, tone

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="needs espeak-ng, the caller's voice (Debian: apt install espeak-ng)"
)


def channel_of(steps: str, cache: Path, *, voice: str = "{}", keys: str = "events") -> ScriptChannel:
    text = f'caller: "0912345678"\nvoice: {voice}\nkeys: {keys}\nsteps: [{steps}]'
    return ScriptChannel(parse_script(text, Path("test.yml")), cache)


class Bot:
    """Greets for a second, and answers keys: `answers[key]` is how long, `after[key]` seconds later than the key."""

    def __init__(self, channel: ScriptChannel, answers: Mapping[str, float], after: Mapping[str, float] = {}) -> None:
        self.channel = channel
        self.log: list[tuple[float, str]] = []
        self._answers = answers
        self._after = after
        self._due: list[tuple[float, str]] = []

    async def hold(self, seconds: float = 120, greeting: float = 1.0) -> list[tuple[float, str]]:
        """The keys and the end of the call, with their times; the bot hangs up after `seconds`."""
        if greeting:
            await self.channel.play(tone(RATE, greeting), "greeting")
        samples = 0
        async for event in self.channel.events():
            now = round(samples / RATE, 3)
            if isinstance(event, Frame):
                samples += event.samples.size
                for due, key in [each for each in self._due if now >= each[0]]:
                    self._due.remove((due, key))
                    await self.channel.play(tone(RATE, self._answers[key]), key)
                if samples >= seconds * RATE:
                    await self.channel.hang_up()
            elif isinstance(event, Key):
                self.log.append((now, event.key))
                await self.interrupted()
                if event.key in self._answers:
                    self._due.append((now + self._after.get(event.key, 0), event.key))
            elif isinstance(event, HungUp):
                self.log.append((now, "end"))
        return self.log

    async def interrupted(self) -> None:
        await self.channel.stop()


class TestContract(ChannelContract):
    @pytest.fixture
    def channel(self, tmp_path: Path) -> ScriptChannel:
        return channel_of("", tmp_path, voice="{noise_db: 20, line: g711}")


class TestTurns:
    async def test_a_step_happens_when_the_bot_has_finished_and_a_moment_has_passed(self, tmp_path: Path) -> None:
        channel = channel_of('press: "8"', tmp_path)
        assert (0.98 + 0.32, "8") in await Bot(channel, {}).hold(5)

    async def test_no_step_happens_before_the_bot_has_spoken(self, tmp_path: Path) -> None:
        channel = channel_of('press: "8"', tmp_path)
        assert await Bot(channel, {}).hold(5, greeting=0) == [(5.0, "end")]

    async def test_the_next_step_waits_for_the_answer_however_late(self, tmp_path: Path) -> None:
        channel = channel_of('{press: "8"}, {press: "1"}', tmp_path)
        [(first, _), (second, _), _] = await Bot(channel, {"8": 2.0}, after={"8": 30.0}).hold(60)
        assert second - first == pytest.approx(30.0 + 2.0 + 0.3, abs=0.05)

    async def test_keys_follow_one_another_every_fifth_of_a_second(self, tmp_path: Path) -> None:
        log = await Bot(channel_of('press: "012#"', tmp_path), {}).hold(5)
        assert [key for _, key in log] == ["0", "1", "2", "#", "end"]
        assert np.diff([at for at, _ in log[:4]]) == pytest.approx(0.2)

    async def test_a_wait_joins_two_steps_into_one_turn(self, tmp_path: Path) -> None:
        log = await Bot(channel_of('{press: "1"}, {wait: 0.6}, {press: "2"}', tmp_path), {}).hold(5)
        assert log[1][0] - log[0][0] == pytest.approx(0.2 + 0.6)

    async def test_a_caller_spoken_to_while_waiting_hears_the_bot_out(self, tmp_path: Path) -> None:
        channel = channel_of('{press: "1"}, {wait: 3}, {press: "2"}', tmp_path)
        log = await Bot(channel, {"1": 4.0}, after={"1": 2.0}).hold(20)
        assert log[1][0] - log[0][0] == pytest.approx(2.0 + 4.0 + 0.3, abs=0.05)

    async def test_a_caller_hangs_up_after_a_wait_without_hearing_the_bot_out(self, tmp_path: Path) -> None:
        channel = channel_of('{press: "1"}, {wait: 0.5}, {hang_up: true}', tmp_path)
        log = await Bot(channel, {"1": 4.0}).hold(20)
        assert log[1][0] - log[0][0] == pytest.approx(0.2 + 0.5, abs=0.05)

    async def test_two_replies_without_a_gap_are_one(self, tmp_path: Path) -> None:
        channel = channel_of('press: "8"', tmp_path)
        await channel.play(tone(RATE, 1.0), "first")
        await channel.play(tone(RATE, 1.0), "second")
        assert (await Bot(channel, {}).hold(5))[0][0] == pytest.approx(3.3, abs=0.05)


class TestBargeIn:
    async def test_happens_so_many_seconds_into_the_speech(self, tmp_path: Path) -> None:
        channel = channel_of('barge_in: {after: 0.8, press: "1"}', tmp_path)
        assert (await Bot(channel, {}).hold(5))[0] == (0.8, "1")
        assert channel.unperformed() is None

    async def test_the_tail_of_what_was_interrupted_is_no_answer(self, tmp_path: Path) -> None:
        channel = channel_of('{barge_in: {after: 0.5, press: "1"}}, {press: "2"}', tmp_path)
        log = await Bot(channel, {"1": 1.0}, after={"1": 5.0}).hold(20)
        assert log[1][0] == pytest.approx(0.5 + 5.0 + 1.0 + 0.3, abs=0.05)

    async def test_a_bot_that_speaks_on_is_no_answer_either(self, tmp_path: Path) -> None:
        class Deaf(Bot):
            async def interrupted(self) -> None:
                pass

        channel = channel_of('{barge_in: {after: 0.5, press: "1"}}, {press: "2"}', tmp_path)
        assert await Deaf(channel, {}).hold(20) == [(0.5, "1"), (20.0, "end")]

    async def test_the_bot_may_break_off_of_its_own_accord(self, tmp_path: Path) -> None:
        channel = channel_of('press: "1"', tmp_path)
        reader = Reader(channel.events())
        await channel.play(tone(RATE, 30.0), "greeting")
        await reader.until(lambda event: reader.samples >= 3 * RATE)
        await channel.stop()
        await reader.until(lambda event: isinstance(event, Key))
        assert reader.samples / RATE == pytest.approx(3.3, abs=0.05)

    async def test_is_counted_from_the_answer_not_from_the_greeting(self, tmp_path: Path) -> None:
        channel = channel_of('{press: "8"}, {barge_in: {after: 0.5, press: "1"}}', tmp_path)
        log = await Bot(channel, {"8": 3.0}, after={"8": 1.0}).hold(10)
        assert log[1][0] - log[0][0] == pytest.approx(1.5, abs=0.05)

    async def test_a_speech_shorter_than_that_is_told(self, tmp_path: Path) -> None:
        channel = channel_of('barge_in: {after: 5, press: "1"}', tmp_path)
        await Bot(channel, {}).hold(5)
        assert channel.unperformed() == "step 1: the bot spoke for less than 5 s"


class TestTheEnd:
    async def test_hanging_up_waits_for_its_turn(self, tmp_path: Path) -> None:
        channel = channel_of("hang_up: true", tmp_path)
        assert (await Bot(channel, {}).hold(20))[-1][0] == pytest.approx(1.3, abs=0.05)

    async def test_hanging_up_within_the_bots_speech(self, tmp_path: Path) -> None:
        channel = channel_of("hang_up: {after: 0.4}", tmp_path)
        assert (await Bot(channel, {}).hold(20))[-1][0] == pytest.approx(0.4, abs=0.05)

    async def test_a_caller_without_further_steps_stays_on_the_line(self, tmp_path: Path) -> None:
        channel = channel_of('press: "8"', tmp_path)
        assert (await Bot(channel, {}).hold(50))[-1] == (50.0, "end")
        assert channel.unperformed() is None

    async def test_after_a_minute_of_silence_the_caller_gives_up_and_says_so(self, tmp_path: Path) -> None:
        channel = channel_of("", tmp_path)
        assert (await Bot(channel, {}).hold(1000))[-1][0] == pytest.approx(61.0, abs=0.05)
        assert channel.unperformed() == "nobody said anything for a minute, and the caller hung up"

    async def test_a_bot_that_never_ends_the_call_is_left_after_ten_minutes(self, tmp_path: Path) -> None:
        channel = channel_of("", tmp_path)
        assert (await Bot(channel, {}).hold(1000, greeting=599))[-1][0] == pytest.approx(600.0, abs=0.05)
        assert channel.unperformed() == "the call did not end within ten minutes, and the caller hung up"

    async def test_steps_that_the_call_did_not_reach_are_told(self, tmp_path: Path) -> None:
        channel = channel_of('{press: "8"}, {wait: 1}, {press: "1"}', tmp_path)
        await Bot(channel, {}).hold(2)
        assert channel.left_over() == "the call ended before step 3"
        assert channel.unperformed() is None


class TestSound:
    async def test_both_directions_are_recorded_sample_by_sample(self, tmp_path: Path) -> None:
        channel = channel_of("", tmp_path)
        reader = Reader(channel.events())
        await reader.until(lambda event: reader.samples >= RATE)
        clip = tone(RATE, 0.5)
        await channel.play(clip, "clip")
        await reader.marks("clip")
        caller, bot = channel.recording
        assert caller.size == bot.size == reader.samples
        assert not bot[:RATE].any()
        np.testing.assert_array_equal(bot[RATE : RATE + clip.size], clip)
        np.testing.assert_array_equal(caller, np.concatenate([frame.samples for frame in reader.frames]))

    async def test_without_noise_a_silent_caller_is_silent(self, tmp_path: Path) -> None:
        channel = channel_of("", tmp_path)
        await Bot(channel, {}).hold(2)
        assert not channel.recording[0].any()

    async def test_noise_is_there_from_the_first_sample_to_the_last(self, tmp_path: Path) -> None:
        channel = channel_of("", tmp_path, voice="{noise_db: 10, noise: babble, line: ulaw}")
        await Bot(channel, {}).hold(4)
        level = np.sqrt((channel.recording[0].astype(float).reshape(-1, RATE // 2) ** 2).mean(axis=1))
        assert level.min() > 0.5 * level.max()

    async def test_keys_in_band_are_tones_and_no_events(self, tmp_path: Path) -> None:
        channel = channel_of('press: "5"', tmp_path, keys="inband")
        assert await Bot(channel, {}).hold(3) == [(3.0, "end")]
        sound = channel.recording[0].astype(float)
        first, last = np.flatnonzero(np.abs(sound) > 1000)[[0, -1]]
        assert (last - first) / RATE == pytest.approx(0.1, abs=0.01)
        spectrum = np.abs(np.fft.rfft(sound[first : first + 800]))
        peaks = {hertz for hertz in (*ROWS, *COLUMNS) if spectrum[round(hertz / 10)] > spectrum.max() / 2}
        assert peaks == {770, 1336}

    async def test_lost_packets_are_silence_of_whole_frames(self, tmp_path: Path) -> None:
        channel = channel_of("", tmp_path, voice="{noise_db: 0, loss: 0.2}")
        await Bot(channel, {}).hold(20)
        frames = channel.recording[0].reshape(-1, 160)
        assert (~frames.any(axis=1)).mean() == pytest.approx(0.2, abs=0.04)

    @needs_espeak
    async def test_the_same_script_gives_the_same_samples(self, tmp_path: Path) -> None:
        async def call(cache: str) -> Samples:
            voice = "{dialect: south, noise_db: 15, line: g711, loss: 0.05, seed: 3}"
            channel = channel_of('{say: "không một hai"}, {press: "1"}', tmp_path / cache, voice=voice)
            await Bot(channel, {}).hold(5)
            return channel.recording[0]

        np.testing.assert_array_equal(await call("a"), await call("b"))

    @needs_espeak
    async def test_speech_stands_above_the_noise_by_what_the_script_says(self, tmp_path: Path) -> None:
        async def level(voice: str) -> float:
            channel = channel_of('say: "không một hai ba bốn năm sáu bảy tám chín"', tmp_path, voice=voice)
            await Bot(channel, {}).hold(4)
            return active_level(channel.recording[0] if "noise" not in voice else channel.recording[0][:RATE])

        ratio = await level("{line: g711}") / await level("{line: g711, noise_db: 20}")
        assert 20 * np.log10(ratio) == pytest.approx(20, abs=1)


def test_the_caller_is_known_and_kept_out_of_representations(tmp_path: Path) -> None:
    channel = channel_of('press: "0123456789"', tmp_path)
    assert channel.caller == "0912345678"
    script = parse_script('caller: "0912345678"\nsteps: [{press: "0123456789"}]', Path("test.yml"))
    assert "0912345678" not in repr(script)
    assert "0123456789" not in repr(script)
