"""Scripted callers of `make eval`: what they do, and that their calls are held by the whole bot."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import numpy as np
import pytest

from asr_models.evaluation import calls, people
from asr_models.evaluation.caller import Answers, Caller, Dictates, Presses
from asr_models.evaluation.lines import CLEAN, Surroundings
from bot.events import RATE, ChannelEvent, Expect, Frame, Grammar, HungUp, Key, Outcome, Played
from bot.settings import Settings
from bot.simulation.line import Line
from bot.simulation.scripted_caller import FRAME, REACTION
from tests.rasa_tools import RasaOfTests, SharedRasa

NUMBER = "0123456789"
ASKS = Expect(Grammar.NUMBER, lengths=(10, 12))
READS = Expect(Grammar.YESNO)


def fifth(cell: int = 5) -> Expect:
    return Expect(Grammar.NUMBER, lengths=(10, 12), cell=cell)


class TestCaller:
    def test_asks_for_a_password_and_dictates_the_number(self) -> None:
        caller = Caller(NUMBER)
        assert caller.answer("Cấp lại mật khẩu, bấm tám.", "", Expect(Grammar.MENU)) == Presses("8")
        assert caller.answer("Xin đọc hoặc bấm mã số.", "", ASKS) == Dictates(NUMBER)

    @pytest.mark.parametrize(("read", "agrees"), [(NUMBER, True), ("0123456780", False), ("01234567890", False)])
    def test_agrees_to_no_number_but_his(self, read: str, agrees: bool) -> None:
        caller = Caller(NUMBER)
        assert caller.answer("Mã số là Đúng hay sai?", read, READS) == Answers(agrees)
        assert caller.answer("Xin nói đúng, hoặc sai.", "", READS) == Answers(agrees)
        assert caller.answer("Nếu đúng, xin bấm phím một.", "", READS) == Presses("1" if agrees else "2")
        assert caller.repeated == 2

    def test_answers_a_question_for_one_digit_with_that_digit(self) -> None:
        caller = Caller(NUMBER, given=1)
        assert caller.answer("Xin đọc hoặc bấm lại số thứ năm.", "", fifth()) == Dictates("4")
        assert (caller.given, caller.asked, caller.keyed) == (1, 1, False)

    def test_gives_it_all_where_the_digit_asked_for_is_none_of_his(self) -> None:
        caller = Caller(NUMBER, given=1)
        assert caller.answer("Xin đọc lại số thứ mười một.", "", fifth(11)) == Dictates(NUMBER)

    @pytest.mark.parametrize(
        ("words", "told", "given"),
        [
            ("Còn thiếu ba số. Xin đọc tiếp.", "", Dictates("789")),
            ("Còn thiếu ba số. Xin đọc tiếp sau", "456", Dictates("789")),
            ("Còn thiếu sáu số. Xin đọc tiếp sau", "012", Dictates("3456789")),
            ("Còn thiếu ba số. Xin đọc tiếp sau", "466", Dictates(NUMBER)),
            ("Vẫn còn thiếu ba số. Xin bấm tiếp trên bàn phím.", "", Presses("789#")),
        ],
    )
    def test_gives_the_rest_that_is_asked_for(self, words: str, told: str, given: object) -> None:
        caller = Caller(NUMBER, given=1)
        assert caller.answer(words, told, ASKS) == given
        assert caller.keyed == isinstance(given, Presses)

    def test_speaks_again_where_he_is_told_to_and_keys_where_he_is_told_to(self) -> None:
        caller = Caller(NUMBER, given=1)
        assert caller.answer("Tôi xin lỗi. Xin đọc lại mã số, chậm từng số.", "", ASKS) == Dictates(NUMBER)
        assert caller.answer("Tôi xin lỗi. Xin bấm mã số trên bàn phím.", "", ASKS) == Presses(NUMBER + "#")
        assert (caller.given, caller.keyed) == (3, True)

    @pytest.mark.parametrize("kind", ["played", "nothing"])
    def test_only_listens_to_the_end(self, kind: str) -> None:
        assert Caller(NUMBER).answer("Mật khẩu mới", "", Expect(kind)) is None  # type: ignore[arg-type]  # a literal


def hum(seconds: float) -> people.Sound:
    return np.asarray(np.sin(np.arange(round(seconds * RATE))), np.float64)


class TestVoice:
    words = {word: [hum(0.2 + digit / 20)] for digit, word in enumerate(people.DIGITS)}  # noqa: RUF012  # never changed

    def voice(self) -> calls.Voice:
        return calls.Voice(self.words, (hum(0.3), hum(0.5)), random.Random(0))

    def test_no_is_not_the_digit_zero(self) -> None:
        assert self.voice().say(Answers(False)).size == 0.3 * RATE
        assert self.voice().say(Dictates("0")).size == 0.2 * RATE

    def test_is_the_same_each_time_and_in_whole_frames(self) -> None:
        once, again = (self.voice().say(Dictates(NUMBER)) for _ in range(2))
        assert np.array_equal(once, again)
        assert once.size % FRAME == 0

    async def test_waits_for_the_bot_to_finish_and_then_speaks_and_presses(self) -> None:
        channel = calls.CallerChannel("0912000000", self.voice(), Line())
        prompt = np.ones(RATE, np.int16)
        await channel.play(prompt, "prompt")
        channel.intend(Answers(True))
        heard: list[ChannelEvent] = []
        async for event in channel.events():
            heard.append(event)
            if event == Played("prompt"):
                frames = sum(isinstance(each, Frame) for each in heard)
            if event == Key("8"):
                await channel.hang_up()
            if len(heard) == 150:
                await channel.play(prompt, "another")
                channel.intend(Presses("8"))
        loud = [n for n, event in enumerate(e for e in heard if isinstance(e, Frame)) if event.samples.any()]
        assert frames * FRAME == prompt.size
        assert loud[0] * FRAME == prompt.size + REACTION
        assert len(loud) * FRAME == 0.5 * RATE
        assert heard[-2:] == [Key("8"), HungUp()] or heard[-1] == HungUp()


def test_everybody_has_a_number_and_a_phone_of_his_own() -> None:
    speakers = {"cn-a": TestVoice.words, "dw-b": {word: TestVoice.words[word] for word in people.DIGITS[3:]}}
    plan = calls.planned(speakers, 20)
    assert plan == calls.planned(speakers, 20)
    assert len({call.phone for call in plan}) == len({call.number for call in plan}) == 40
    assert all(set(call.number) <= set("3456789") for call in plan if call.speaker == "dw-b")


def test_a_left_out_speaker_reaches_his_account(shared: Path, shared_rasa: SharedRasa) -> None:
    async def dialogue(settings: Settings) -> RasaOfTests:
        return RasaOfTests(shared_rasa, settings)

    clips = people.clips_of("test", shared)
    speakers = {name: words for name, words in people.speakers(clips).items() if name == "cn-spk2"}
    answers = [people.saying(clips, word) for word in ("không", "đúng")]
    around = Surroundings(shared)
    plan = calls.planned(speakers, 2)
    made = asyncio.run(calls.make(Settings(), plan, speakers, answers, lambda seed: around.line(CLEAN, seed), dialogue))
    assert [call.outcome for call in made] == [Outcome.RESET, Outcome.RESET]
    assert all(call.right and not call.wrong and call.caller.given >= 1 for call in made)
    assert all(25 < call.seconds < 120 for call in made)
