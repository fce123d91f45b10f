"""What the caller means apart from a number, and when it is known. Times are seconds of sound; nothing waits."""

import pytest

from bot.events import (
    UNKNOWN,
    Chosen,
    Expect,
    FinalResult,
    Grammar,
    Heard,
    KeyHeard,
    Number,
    Partial,
    Said,
    SpeechStarted,
    Unintelligible,
)
from bot.turn import Turn
from tests.fitted import FIT
from tests.turn_tools import MENU, TEN, TIMING, YESNO, Caller, at, meant, speech, spell


class TestMenu:
    def test_the_spoken_digit_is_the_key(self) -> None:
        assert meant(MENU, speech("tám"))[0] == Chosen("ask_reset")
        assert meant(MENU, speech("không"))[0] == Chosen("ask_operator")
        assert meant(MENU, speech(f"{UNKNOWN} không"))[0] == Chosen("ask_operator")  # "bấm không"

    def test_a_denial_is_not_the_key_nought(self) -> None:
        """In "không phải", "không hiểu" the graph of the menu has no words for what follows the "không"."""
        assert meant(MENU, speech(f"không {UNKNOWN}"))[0] == Said("không", 0.9)

    def test_a_wish_in_words_waits_a_little_for_its_end(self) -> None:
        utterance, second = meant(MENU, speech("cấp lại mật khẩu"))
        assert utterance == Said("cấp lại mật khẩu", 0.9)
        assert second == pytest.approx(2.8, abs=0.021)

    def test_the_whole_wish_with_the_number_after_a_pause_is_one(self) -> None:
        number = spell("0123456789")
        events = speech("cấp lại mật khẩu mã số") + speech(number, start=3.5, seconds=4)
        assert meant(MENU, events)[0] == Said(f"cấp lại mật khẩu mã số {number}", 0.9)

    def test_the_number_of_a_whole_wish_can_be_corrected_at_the_read_back(self) -> None:
        caller = Caller(MENU)
        caller.does(speech("cấp lại mật khẩu mã số " + spell("0123456789")))
        assert Caller(YESNO, caller.turn).does(speech("sai số thứ năm là chín"))[0] == Number("0123956789", spoken=True)

    def test_one_weak_word_chooses_nothing(self) -> None:
        """A "không" in the background would hand the call to a person."""
        assert meant(MENU, speech("không", confidence=0.7))[0] == Unintelligible()
        assert meant(MENU, speech("gặp nhân viên", confidence=0.4))[0] == Unintelligible()

    @pytest.mark.parametrize(
        ("heard", "wish"),
        [
            ({"nhân viên": 0.53, "gặp nhân viên": 0.40}, "nhân viên"),  # both hold it
            ({"gặp nhân viên": 0.60, "nhân viên": 0.30}, "gặp nhân viên"),  # the longest that is sure
            ({"gặp nhân viên": 0.30, "<unk> nhân viên": 0.27, "nhân viên": 0.18}, "nhân viên"),
            ({"tôi gặp ai nhân viên": 0.3, "gặp nhân viên": 0.4}, "gặp nhân viên"),  # others between its words
            ({"không gặp nhân viên": 0.4, "gặp nhân viên": 0.4}, None),  # a no is no wish
            ({"nhân viên": 0.5, "đọc lại": 0.4}, None),
            ({"viên nhân": 0.5, "nhân viên": 0.4}, None),  # in their order
            ({"": 0.62, "gặp tổng đài viên": 0.3}, None),
        ],
    )
    def test_what_all_likely_alternatives_hold_is_what_was_said(
        self, heard: dict[str, float], wish: str | None
    ) -> None:
        piece = FinalResult(tuple(heard), max(heard.values()), at(2), at(2.28), tuple(heard.values()))
        utterance, _ = meant(MENU, [SpeechStarted(at(1)), piece])
        assert utterance == (Said(wish, piece.confidence) if wish else Unintelligible())

    def test_a_wish_is_as_likely_as_all_ways_of_hearing_it(self) -> None:
        """Whether unknown speech stood beside it or not."""
        heard = {"cấp lại mật khẩu": 0.25, "cấp lại mật khẩu <unk>": 0.2, "<unk> cấp lại mật khẩu": 0.1}
        assert meant(MENU, answer(heard))[0] == Said("cấp lại mật khẩu", 0.25)
        assert meant(MENU, answer({"cấp lại mật khẩu": 0.25, "quên mật khẩu": 0.2}))[0] == Unintelligible()


class TestYesNo:
    def test_a_no_decides_when_its_piece_ends(self) -> None:
        assert meant(YESNO, speech("sai rồi", seconds=0.5)) == (Said("sai rồi", 0.9), pytest.approx(1.78, abs=0.021))

    def test_a_yes_may_be_taken_back_for_a_moment(self) -> None:
        yes = speech("đúng rồi", seconds=0.5)
        assert meant(YESNO, yes) == (Said("đúng rồi", 0.9), pytest.approx(2.5, abs=0.021))
        assert meant(YESNO, [*yes, *speech("à không", start=2.4)])[0] == Said("đúng rồi à không", 0.9)
        assert meant(YESNO, [*yes, *speech("à không", start=2.8)])[0] == Said("đúng rồi", 0.9)

    def test_unknown_speech_just_behind_a_yes_belongs_to_it(self) -> None:
        yes = speech("đúng rồi", seconds=0.5)
        assert meant(YESNO, [*yes, *speech("", start=2.2, seconds=0.6)])[0] == Said("đúng rồi <unk>", 0.9)
        assert meant(YESNO, [*yes, *speech("", start=2.2, seconds=0.2)])[0] == Said("đúng rồi", 0.9)  # a cough

    def test_no_is_no_and_not_zero(self) -> None:
        assert meant(YESNO, speech("không", seconds=0.4))[0] == Said("không", 0.9)

    @pytest.mark.parametrize("said", ["đúng <unk>", "<unk> đúng", "<unk> không phải"])
    def test_unknown_speech_beside_an_answer_is_told_to_the_dialogue(self, said: str) -> None:
        assert meant(YESNO, speech(said))[0] == Said(said, 0.9)

    def test_unknown_speech_just_before_a_yes_belongs_to_it(self) -> None:
        just_before = speech("<unk>", start=1.0, seconds=0.5) + speech("đúng", start=2.0, seconds=0.4)
        assert meant(YESNO, just_before)[0] == Said("<unk> đúng", 0.9)
        turn = Turn(YESNO, TIMING, FIT)
        for event in speech("<unk>", start=1.0, seconds=0.5):  # during the prompt
            turn.hear(event)
        turn.prompt_ended(at(4))
        for event in speech("đúng", start=4.5, seconds=0.4):
            turn.hear(event)
        assert turn.decide(at(6)) == Said("đúng", 0.9)

    @pytest.mark.parametrize("wish", ["nhân viên", "gặp người", "tổng đài viên", "đọc lại", "chờ chút", "không phải"])
    def test_what_is_no_yes_stands_without_it(self, wish: str) -> None:
        """ "chuyển qua", and behind a pause "nhân viên giùm cái coi": of whom was asked is clear."""
        around = speech("<unk>", start=1.0, seconds=0.5), speech(wish, start=2.0, seconds=0.6)
        assert meant(YESNO, [*around[0], *around[1]])[0] == Said(wish, 0.9)
        assert meant(YESNO, [*around[0], *around[1], *speech("", start=3.1, seconds=0.6)])[0] == Said(wish, 0.9)

    def test_a_cough_before_a_yes_does_not(self) -> None:
        assert meant(YESNO, speech("", seconds=0.2) + speech("đúng", start=1.5, seconds=0.4))[0] == Said("đúng", 0.9)


class TestUnclearYesOrNo:
    @pytest.mark.parametrize(
        ("heard", "text"),
        [
            ({"đúng": 0.9}, "đúng"),
            ({"đúng rồi": 0.5, "đúng": 0.4, "không": 0.1}, "đúng rồi"),  # yes in any words
            ({"không": 0.4, "không phải": 0.3, "vâng": 0.2}, "không"),
        ],
    )
    def test_an_answer_is_taken(self, heard: dict[str, float], text: str) -> None:
        assert meant(YESNO, answer(heard))[0] == Said(text, heard[text])

    @pytest.mark.parametrize(
        "heard", [{"phải": 0.8}, {"đúng": 0.45, "không": 0.4}, {"không": 0.3, "đúng": 0.3}, {"vâng": 0.36}]
    )
    def test_one_that_may_well_be_another_is_asked_for_again(self, heard: dict[str, float]) -> None:
        assert meant(YESNO, answer(heard))[0] == Unintelligible()

    def test_unless_a_clear_one_follows(self) -> None:
        assert meant(YESNO, [*answer({"vâng": 0.36}), *speech("không", start=2.0)])[0] == Said("không", 0.36)

    @pytest.mark.parametrize("heard", [{"": 0.0}, {"vâng": 0.3}])
    def test_a_prompt_cut_short_by_noise_leaves_time_to_answer(self, heard: dict[str, float]) -> None:
        turn = Turn(YESNO, TIMING, FIT)
        turn.hear(SpeechStarted(at(1)))
        turn.hear(Partial("vâng", at(1.5)))
        turn.prompt_ended(at(3))  # interrupted
        ((text, share),) = heard.items()
        turn.hear(FinalResult((text,) if text else (), share, ended_at=at(1.8), at=at(3)))
        assert turn.decide(at(3.7)) is None
        turn.hear(KeyHeard("1", at(3.7)))
        assert turn.decide(at(3.7)) == Chosen("affirm")

    def test_a_correction_is_taken_for_what_it_is(self) -> None:
        before = Turn(TEN, TIMING, FIT)
        for event in speech("không một hai ba bốn năm sáu bảy tám tám"):
            before.hear(event)
        heard = answer({"à nhầm chín": 0.5})
        turn = Turn(Expect(Grammar.YESNO, lengths=(10,)), TIMING, FIT, before)
        turn.prompt_ended(0)
        for event in heard:
            turn.hear(event)
        assert turn.decide(at(3)) == Number("0123456789", spoken=True)


class TestBargeIn:
    def test_a_key_or_a_word_begins_a_turn_and_noise_does_not(self) -> None:
        noisy, spoken, keyed = (Turn(MENU, TIMING, FIT) for _ in range(3))
        noisy.hear(SpeechStarted(0))
        noisy.hear(FinalResult((), 0.0, ended_at=at(1), at=at(1.28)))
        spoken.hear(Partial("cấp", at(1)))
        keyed.hear(KeyHeard("8", at(1)))
        assert (noisy.began, spoken.began, keyed.began) == (False, True, True)

    @pytest.mark.parametrize(
        ("partial", "began"), [("tư", False), ("sửa", False), ("gặp tư", False), ("gặp tổng đài", True), ("bảy", True)]
    )
    def test_the_first_word_of_a_phrase_does_not_stop_the_question_for_a_number(
        self, partial: str, began: bool
    ) -> None:
        turn = Turn(TEN, TIMING, FIT)
        turn.hear(Partial(partial, at(1)))
        assert turn.began is began


def answer(probabilities: dict[str, float]) -> list[Heard]:
    """A piece with these alternatives."""
    values = tuple(probabilities.values())
    return [
        SpeechStarted(at(1)),
        FinalResult(tuple(probabilities), values[0], ended_at=at(1.5), at=at(1.78), probabilities=values),
    ]
