"""What the caller means by a number, over as many turns as it takes, and when that is known."""

from dataclasses import replace

import pytest

from bot.events import (
    RATE,
    Chosen,
    Expect,
    FinalResult,
    Grammar,
    Heard,
    KeyHeard,
    Number,
    OwnPhone,
    Partial,
    Reheard,
    Said,
    Silence,
    SpeechStarted,
    TooFew,
    TooMany,
    Uncertain,
    Unintelligible,
    Utterance,
)
from bot.turn import Turn
from tests.fitted import FIT
from tests.turn_tools import (
    ANSWER,
    NINE,
    TEN,
    TEN_OR_TWELVE,
    TIMING,
    YESNO,
    Caller,
    at,
    doubtful,
    given,
    keys,
    meant,
    seemed_nothing,
    speech,
    spell,
)


class TestNumber:
    def test_ten_keys_wait_a_little_for_one_too_many(self) -> None:
        utterance, second = meant(TEN, keys("0123456789"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 9 * 0.3 + 0.8, abs=0.021)

    def test_ten_spoken_digits_decide_when_the_piece_ends(self) -> None:
        utterance, second = meant(TEN, speech(spell("0123456789"), seconds=4))
        assert utterance == Number("0123456789", spoken=True)
        assert second == pytest.approx(5.28, abs=0.021)

    def test_where_twelve_are_allowed_ten_wait_a_little(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("0123456789"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 9 * 0.3 + 0.8, abs=0.021)

    def test_twelve_keys_wait_for_one_too_many_and_twelve_spoken_digits_decide_at_once(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("001099012345"))
        assert utterance == Number("001099012345", spoken=False)
        assert second == pytest.approx(1.0 + 11 * 0.3 + 0.8, abs=0.021)
        utterance, second = meant(TEN_OR_TWELVE, speech(spell("001099012345"), seconds=4))
        assert utterance == Number("001099012345", spoken=True)
        assert second == pytest.approx(5.28, abs=0.021)

    def test_hash_ends_a_complete_number_at_once(self) -> None:
        utterance, second = meant(TEN_OR_TWELVE, keys("0123456789#"))
        assert utterance == Number("0123456789", spoken=False)
        assert second == pytest.approx(1.0 + 10 * 0.3, abs=0.021)

    def test_star_deletes_the_last_digit(self) -> None:
        assert meant(TEN, keys("01234567*788"))[0] == Number("0123456788", spoken=False)
        assert meant(TEN, keys("0123455*6789"))[0] == Number("0123456789", spoken=False)

    def test_half_spoken_half_keyed_is_one_number_that_was_spoken(self) -> None:
        events = speech("không một hai ba bốn", seconds=2) + keys("56789", start=3.8)
        assert meant(TEN, events)[0] == Number("0123456789", spoken=True)

    def test_pauses_inside_a_number_cut_nobody_off(self) -> None:
        events = speech("không một hai") + speech("ba bốn năm", start=3.5) + speech("sáu bảy tám chín", start=6.0)
        assert meant(TEN, events)[0] == Number("0123456789", spoken=True)

    def test_a_number_cut_short_says_how_many_are_missing_after_the_pause(self) -> None:
        utterance, second = meant(TEN, speech(spell("01234567")))
        assert utterance == TooFew(2, progress=True)
        assert second == pytest.approx(2.0 + 2.5, abs=0.021)

    def test_eleven_spoken_digits_are_too_many_where_ten_or_twelve_are_allowed(self) -> None:
        assert meant(TEN_OR_TWELVE, speech(spell("01234567890")))[0] == TooMany(11)
        assert meant(TEN_OR_TWELVE, keys("01234567890#"))[0] == TooMany(11, keyed=True)

    def test_hash_after_too_few_does_not_wait(self) -> None:
        assert meant(TEN, keys("01234#")) == (TooFew(5, progress=True), pytest.approx(1.0 + 5 * 0.3, abs=0.021))

    def test_more_than_the_longest_are_too_many(self) -> None:
        assert meant(TEN_OR_TWELVE, speech(spell("0123456789012"))) == (TooMany(13), pytest.approx(4.5, abs=0.021))

    def test_a_caller_may_end_the_number_by_voice(self) -> None:
        utterance, second = meant(TEN, speech("không một hai ba") + speech("hết", start=3, seconds=0.5))
        assert (utterance, second) == (TooFew(6, progress=True), pytest.approx(3.78, abs=0.021))

    def test_after_a_piece_that_cannot_be_read_the_caller_is_told_where_to_go_on_and_no_gap_is_left(self) -> None:
        events = (
            speech("không một hai ba bốn năm") + speech("mười mốt trăm", start=3) + speech("sáu bảy tám chín", start=5)
        )
        assert meant(TEN, events)[0] == TooFew(4, after="345", progress=True)

    def test_what_is_unclear_after_a_whole_number_does_not_spoil_it(self) -> None:
        """It is read back, even where all of it was keyed."""
        events = keys("0123456789") + speech("mười mốt trăm", start=4.2)
        assert meant(TEN_OR_TWELVE, events)[0] == Number("0123456789", spoken=True)

    def test_a_number_of_which_nothing_can_be_read_is_no_match(self) -> None:
        assert meant(TEN, speech("mười mốt trăm"))[0] == Unintelligible()

    def test_while_somebody_speaks_nothing_is_decided_for_four_seconds(self) -> None:
        assert meant(TEN, [SpeechStarted(at(1))]) == (Unintelligible(), pytest.approx(5.4, abs=0.021))

    def test_a_command_is_no_number(self) -> None:
        assert meant(TEN_OR_TWELVE, speech("gặp tổng đài viên"))[0] == Said("gặp tổng đài viên", 0.9)

    def test_star_on_empty_cells_is_the_key_the_dialogue_offered(self) -> None:
        assert meant(TEN_OR_TWELVE, keys("*"))[0] == Chosen("ask_repeat")

    def test_an_alternative_of_the_right_length_wins_over_a_better_scored_one_that_is_too_short(self) -> None:
        texts = (spell("012345678"), spell("0123456788"))
        events = [SpeechStarted(at(1)), FinalResult(texts, 0.5, ended_at=at(4), at=at(4.28))]
        assert meant(TEN, events)[0] == Number("0123456788", spoken=True)

    def test_which_alternative_of_a_piece_was_right_may_show_in_the_next(self) -> None:
        first = FinalResult(
            (spell("01234"), spell("012344")), 0.6, ended_at=at(2), at=at(2.28), probabilities=(0.6, 0.3)
        )
        events = [SpeechStarted(at(1)), first, *speech(spell("5678"), start=3)]
        assert meant(TEN, events)[0] == Number("0123445678", spoken=True)

    def test_a_number_that_might_go_on_is_not_cut_off_for_an_alternative_that_has_the_length(self) -> None:
        first = FinalResult(
            (spell("012345678"), spell("0123456788")), 0.5, ended_at=at(4), at=at(4.28), probabilities=(0.5, 0.4)
        )
        events = [SpeechStarted(at(1)), first, *speech(spell("901"), start=6)]
        assert meant(TEN_OR_TWELVE, events)[0] == Number("012345678901", spoken=True)

    def test_one_that_is_hardly_likely_does_not(self) -> None:
        texts = (spell("012345678"), spell("0123456788"))
        events = [
            SpeechStarted(at(1)),
            FinalResult(texts, 0.9, ended_at=at(4), at=at(4.28), probabilities=(0.9, 0.004)),
        ]
        assert meant(TEN, events)[0] == TooFew(1, progress=True)

    def test_pieces_that_were_heard_again_count_as_they_are_known_by_now(self) -> None:
        *speaking, first = speech(spell("01234"))
        *_, second = speech(spell("56788"), start=3)
        assert isinstance(first, FinalResult)
        better = FinalResult((spell("01239"),), 0.9, first.ended_at, second.at)
        caller = Caller(TEN)
        for event in (*speaking, first, second, Reheard((better, second))):
            caller.turn.hear(event)
        assert caller.turn.cells == "0123956788"
        assert caller.turn.text == f"{spell('01239')} {spell('56788')}"

    def test_what_was_nothing_until_it_was_heard_again_is_a_piece_of_the_number(self) -> None:
        nothing = FinalResult((), 0.0, ended_at=at(2), at=at(2.28))
        caller = Caller(TEN)
        for event in (SpeechStarted(at(1)), nothing, Reheard((replace(nothing, texts=(spell("0123456789"),)),))):
            caller.turn.hear(event)
        assert caller.turn.decide(at(2.8)) == Number("0123456789", spoken=True)

    def test_what_seemed_digits_and_is_none_was_speech_that_was_not_understood(self) -> None:
        *begun, piece = speech("ba")
        assert isinstance(piece, FinalResult)
        caller = Caller(TEN)
        for event in (*begun, piece, Reheard((replace(piece, texts=(), confidence=0.0),))):
            caller.turn.hear(event)
        assert caller.turn.decide(piece.ended_at + at(1.0)) == Unintelligible()

    @pytest.mark.parametrize("before", ["", "ba chín bốn ba"])
    def test_a_wish_for_a_person_that_was_heard_late_is_one_and_no_digits(self, before: str) -> None:
        *begun, piece = speech(before)
        assert isinstance(piece, FinalResult)
        wish = replace(piece, texts=("gặp người",), probabilities=(0.97,))
        events = [*begun, piece, Reheard((replace(wish, at=at(2.7)),))]
        caller = Caller(TEN)
        for event in events:
            caller.turn.hear(event)
        assert caller.turn.decide(at(2.8)) == Said("gặp người", piece.confidence)
        assert caller.turn.cells == ""

    def test_a_piece_that_seemed_nothing_is_taken_where_the_number_wants_it(self) -> None:
        events = speech(spell("0123456")) + seemed_nothing("789", start=3)
        assert meant(TEN, events)[0] == Number("0123456789", spoken=True)

    @pytest.mark.parametrize("digits", ["7", "7890", ""])
    def test_but_not_else(self, digits: str) -> None:
        assert meant(TEN, speech(spell("01234")) + seemed_nothing(digits, start=3))[0] == TooFew(5, progress=True)

    @pytest.mark.parametrize("digits", ["7", "0123456789"])
    def test_alone_it_is_no_number(self, digits: str) -> None:
        assert meant(TEN, seemed_nothing(digits))[0] == Unintelligible()
        again = Caller(TEN, Caller(TEN, given("0123456788", TEN)).turn)  # called wrong
        assert again.does(seemed_nothing(digits))[0] == Unintelligible()

    def test_what_seemed_nothing_once_is_forgotten_in_the_next_turn(self) -> None:
        before = Caller(TEN)
        before.does(seemed_nothing("01"))
        assert Caller(TEN, before.turn).does(speech(spell("23456789")))[0] == TooFew(2, progress=True)

    def test_the_cells_show_a_piece_while_it_is_spoken(self) -> None:
        turn = Turn(TEN, TIMING, FIT)
        for heard in [SpeechStarted(0), Partial("không", 80), Partial("không một", 160)]:
            turn.hear(heard)
        assert turn.cells == "01"


class TestHowLongANumberIsWaitedFor:
    def waits(self, *heard: list[Heard], expect: Expect = TEN_OR_TWELVE) -> float | None:
        caller = Caller(expect)
        caller.does([each for some in heard for each in some], until=2.5)
        wait = caller.turn.number_wait
        return None if wait is None else wait / RATE

    def test_not_at_all_before_it_began(self) -> None:
        assert self.waits() is None

    def test_a_pause_while_it_is_unfinished(self) -> None:
        assert self.waits(speech("không một hai")) == 2.5

    def test_less_where_it_may_be_over(self) -> None:
        assert self.waits(speech(f"{NINE} chín", seconds=0.8)) == 0.8

    def test_no_longer_where_it_can_grow_no_further(self) -> None:
        assert self.waits(speech(f"{NINE} chín", seconds=0.8), expect=TEN) == 0.0

    def test_an_answer_is_no_number(self) -> None:
        assert self.waits(speech("đúng"), expect=YESNO) is None


class TestTheRestOfANumber:
    """The turns after one that was cut short: what stands is never asked for again."""

    @pytest.mark.parametrize(
        ("events", "number"),
        [
            (keys("89"), "0123456789"),
            (speech("tám chín"), "0123456789"),
            (speech("tám") + keys("9", start=3), "0123456789"),
            (speech("à nhầm sáu") + speech("tám chín", start=3.2), "0123456689"),
            (keys("*789"), "0123456789"),
            (keys("**9876543210"), "9876543210"),
            (speech("đọc lại từ đầu " + spell("9876543210")), "9876543210"),
        ],
    )
    def test_completes_it(self, events: list[Heard], number: str) -> None:
        utterance, _ = Caller(TEN_OR_TWELVE, given("01234567")).does(events)
        assert isinstance(utterance, Number)
        assert utterance.digits == number

    @pytest.mark.parametrize("between", [[], speech(""), speech("gặp ai đó")], ids=["silence", "noise", "other words"])
    def test_may_come_after_a_turn_with_nothing_of_it(self, between: list[Heard]) -> None:
        silent = Caller(TEN_OR_TWELVE, given("01234567"))
        assert silent.does(between)[0] in (Silence(), Unintelligible(), Said("gặp ai đó", 0.9))
        assert Caller(TEN_OR_TWELVE, silent.turn).does(keys("89"))[0] == Number("0123456789", spoken=True)

    def test_silence_has_all_the_time_of_a_first_question(self) -> None:
        assert Caller(TEN_OR_TWELVE, given("01234567")).does([]) == (Silence(), pytest.approx(6.0, abs=0.021))

    def test_may_still_be_too_little(self) -> None:
        assert Caller(TEN, given("01234")).does(keys("5#"))[0] == TooFew(4, progress=True)

    def test_the_caller_may_delete_all_of_it(self) -> None:
        assert Caller(TEN, given("01234")).does(keys("**"))[0] == TooFew(10)

    @pytest.mark.parametrize(
        "events",
        [
            speech("không một hai ba") + speech("bốn năm sáu", start=3.2) + speech("bảy tám chín", start=5.4),
            keys("0123456789"),
        ],
        ids=["spoken", "keyed"],
    )
    def test_whoever_gives_all_of_it_again_is_not_cut_off_at_twelve_digits(self, events: list[Heard]) -> None:
        utterance, _ = Caller(TEN_OR_TWELVE, given("01234567")).does(events)
        assert isinstance(utterance, Number)
        assert utterance.digits == "0123456789"

    @pytest.mark.parametrize("before", ["01", "01234", "012345678"])
    @pytest.mark.parametrize("end", ["", "#"])
    def test_whoever_keys_all_of_it_behind_a_part_that_was_spoken_is_not_cut_off_either(
        self, before: str, end: str
    ) -> None:
        utterance, _ = Caller(TEN_OR_TWELVE).does(
            [*speech(spell(before), seconds=1.5), *keys("0111234099" + end, start=3.5)]
        )
        assert isinstance(utterance, Number)
        assert utterance.digits == "0111234099"

    def test_too_many_digits_are_given_again_or_corrected(self) -> None:
        for events in (keys("*"), speech("xóa số cuối"), speech(spell("0123456789")), keys("0123456789")):
            utterance, _ = Caller(TEN_OR_TWELVE, given("01234567890")).does(events)
            assert isinstance(utterance, Number)
            assert utterance.digits == "0123456789"


class TestOneUncertainDigit:
    FIVE = Expect(Grammar.NUMBER, lengths=(10, 12), keys={"*": "ask_repeat"}, cell=5)
    EITHER = doubtful(spell("0123456789"), spell("0123756789"))

    def asked(self) -> Turn:
        caller = Caller(TEN_OR_TWELVE)
        assert caller.does(self.EITHER)[0] == Uncertain(5, after="123")
        return caller.turn

    @pytest.mark.parametrize(
        ("events", "digit"),
        [(keys("7"), "7"), (speech("bảy"), "7"), (speech("số thứ năm là bảy"), "7"), (speech("bốn"), "4")],
    )
    def test_is_asked_for_alone(self, events: list[Heard], digit: str) -> None:
        utterance, _ = Caller(self.FIVE, self.asked()).does(events)
        assert utterance == Number(f"0123{digit}56789", spoken=True)

    @pytest.mark.parametrize("events", [[], speech(""), speech("mười mốt trăm"), speech("chín tám")])
    def test_without_an_answer_the_number_is_read_back_as_it_was_heard(self, events: list[Heard]) -> None:
        assert Caller(self.FIVE, self.asked()).does(events)[0] == Number("0123456789", spoken=True)

    @pytest.mark.parametrize("events", [doubtful("bảy", "bốn"), doubtful(spell("0123756789"), spell("0123456789"))])
    def test_is_asked_for_once(self, events: list[Heard]) -> None:
        assert Caller(self.FIVE, self.asked()).does(events)[0] == Number("0123756789", spoken=True)

    def test_the_whole_number_may_be_keyed_instead(self) -> None:
        assert Caller(self.FIVE, self.asked()).does(keys("001099012345"))[0] == Number("001099012345", spoken=False)

    def test_other_words_are_for_the_dialogue(self) -> None:
        assert Caller(self.FIVE, self.asked()).does(speech("gặp tổng đài viên"))[0] == Said("gặp tổng đài viên", 0.9)
        assert Caller(self.FIVE, self.asked()).does(keys("*"))[0] == Chosen("ask_repeat")

    def test_a_keyed_digit_is_certain(self) -> None:
        events = doubtful(spell("01234"), spell("01237")) + keys("*456789", start=5)
        assert meant(TEN_OR_TWELVE, events)[0] == Number("0123456789", spoken=True)


class TestSlowCallers:
    """Each turn that brings digits says so; whoever was told once that digits are missing has more time."""

    def test_a_turn_with_more_digits_is_progress_and_one_without_is_none(self) -> None:
        caller = Caller(TEN_OR_TWELVE, given("01234"))
        assert caller.does(speech("năm"))[0] == TooFew(4, progress=True)
        again = Caller(TEN_OR_TWELVE, caller.turn)
        assert again.does(keys("*"))[0] == TooFew(5, progress=False)

    @pytest.mark.parametrize("by", ["voice", "keys"])
    def test_ten_single_digits_four_seconds_apart_are_one_number(self, by: str) -> None:
        events: list[Heard] = []
        for n, digit in enumerate("0123456789"):
            start = 1.0 + 4.0 * n
            events += speech(spell(digit), start, seconds=0.4) if by == "voice" else keys(digit, start)
        first = Caller(TEN)
        utterance, second = first.does([event for event in events if event.at < at(4)])
        assert utterance == TooFew(9, progress=True)
        rest = Caller(TEN, first.turn)
        utterance, _ = rest.does([event for event in events if event.at > second * 8000], until=60)
        assert utterance == Number("0123456789", spoken=by == "voice")

    def test_the_first_pause_is_short_and_later_ones_are_longer(self) -> None:
        assert Caller(TEN).does(speech("không"))[1] == pytest.approx(2.0 + 2.5, abs=0.021)
        assert Caller(TEN, given("0", TEN)).does(speech("một"))[1] == pytest.approx(2.0 + 4.5, abs=0.021)


class TestOwnPhone:
    PHONE = "0912345678"

    def test_is_said_to_be_one_and_taken_where_the_caller_insists(self) -> None:
        first = Caller(TEN_OR_TWELVE, own_phone=self.PHONE)
        assert first.does(speech(spell(self.PHONE)))[0] == OwnPhone()
        second = Caller(TEN_OR_TWELVE, first.turn, own_phone=self.PHONE)
        assert second.does(keys(self.PHONE + "#"))[0] == Number(self.PHONE, spoken=False)

    def test_another_number_after_it_takes_its_place(self) -> None:
        first = Caller(TEN_OR_TWELVE, own_phone=self.PHONE)
        first.does(keys(self.PHONE + "#"))
        second = Caller(TEN_OR_TWELVE, first.turn, own_phone=self.PHONE)
        assert second.does(keys("0123456789#"))[0] == Number("0123456789", spoken=False)


class TestKeysAtTheReadBack:
    @pytest.mark.parametrize(
        ("pressed", "meaning"),
        [
            ("1", Chosen("affirm")),
            ("2", Chosen("deny")),
            ("0", Chosen("ask_operator")),
            ("11", Chosen("affirm")),  # pressed twice, impatiently
            ("1#", Chosen("affirm")),
            ("5", Unintelligible()),
            ("*", Chosen("ask_repeat")),
        ],
    )
    def test_one_key_is_an_answer_when_no_other_follows(self, pressed: str, meaning: Utterance) -> None:
        assert Caller(ANSWER, given("0123456788")).does(keys(pressed))[0] == meaning

    @pytest.mark.parametrize("pressed", ["1", "2"])
    def test_after_a_second(self, pressed: str) -> None:
        assert Caller(ANSWER, given("0123456788")).does(keys(pressed))[1] == pytest.approx(2.0, abs=0.021)

    @pytest.mark.parametrize("number", ["0123456789", "1123456789", "2123456789", "0012345678", "001099012345"])
    def test_more_keys_are_the_right_number(self, number: str) -> None:
        assert Caller(ANSWER, given("0123456788")).does(keys(number + "#"))[0] == Number(number, spoken=False)
        assert Caller(ANSWER, given("0123456788")).does(keys(number))[0] == Number(number, spoken=False)

    @pytest.mark.parametrize("number", ["0123456789", "9012345678", "001099012345"])
    def test_a_no_before_them_is_no_digit(self, number: str) -> None:
        apart = keys("2") + keys(number + "#", start=1.5)
        assert Caller(ANSWER, given("0123456788")).does(apart)[0] == Number(number, spoken=False)
        at_once = keys("2" + number + "#")
        assert Caller(ANSWER, given("0123456788")).does(at_once)[0] == Number(number, spoken=True)  # read back

    def test_a_number_that_is_cut_short_there_is_asked_for(self) -> None:
        caller = Caller(ANSWER, given("0123456788"))
        assert caller.does(keys("01234#"))[0] == TooFew(5)
        assert Caller(TEN_OR_TWELVE, caller.turn).does(keys("56789"))[0] == Number("0123456789", spoken=False)


class TestReadBack:
    @pytest.mark.parametrize(
        ("said", "number"),
        [
            ("sai số thứ năm là chín", "0123956789"),
            ("sai rồi không phải bốn mà là chín", "0123956789"),
            ("không phải bốn mà là chín", "0123956789"),
            ("không số thứ năm là chín", "0123956789"),
            ("à nhầm tám", "0123456788"),
            ("sai rồi " + spell("0123956789"), "0123956789"),
            (spell("001099012345"), "001099012345"),
        ],
    )
    def test_what_is_wrong_may_be_put_right_in_the_same_breath(self, said: str, number: str) -> None:
        caller = Caller(YESNO, given("0123456789"))
        assert caller.does(speech(said)) == (Number(number, spoken=True), pytest.approx(2.28, abs=0.021))
        assert Caller(TEN_OR_TWELVE, caller.turn).does(speech("à nhầm một"))[0] == Number(f"{number[:-1]}1", True)

    @pytest.mark.parametrize(
        "said",
        [
            "sai",
            "không",
            "không phải",
            "hai",
            "đúng",
            "sai số thứ năm",
            "không phải năm",
            "nhầm không",
            spell("0123456789"),
            "sai " + NINE,
        ],
    )
    def test_anything_else_is_for_the_dialogue(self, said: str) -> None:
        assert Caller(YESNO, given("0123456789")).does(speech(said))[0] == Said(said, 0.9)

    def test_after_a_plain_no_a_correction_or_another_number_may_come(self) -> None:
        for events, number in (
            (speech("số thứ năm là chín"), "0123956789"),
            (speech(spell("0123956789")), "0123956789"),
            (keys("0123956789"), "0123956789"),
        ):
            denied = Caller(YESNO, given("0123456789"))
            assert denied.does(speech("sai"))[0] == Said("sai", 0.9)
            utterance, _ = Caller(TEN_OR_TWELVE, denied.turn).does(events)
            assert utterance == Number(number, spoken=not isinstance(events[0], KeyHeard))

    def test_the_number_called_wrong_is_not_heard_again_where_another_is_as_good(self) -> None:
        denied = Caller(YESNO, given("0123456789"))
        denied.does(speech("sai"))
        events = doubtful(spell("0123456789"), spell("0123756789"))
        assert Caller(TEN_OR_TWELVE, denied.turn).does(events)[0] in (
            Uncertain(5, after="123"),
            Number("0123756789", True),
        )
        assert denied.turn.numbers
        assert denied.turn.numbers.best.digits == "0123756789"

    @pytest.mark.parametrize("expect", [YESNO, TEN_OR_TWELVE])
    def test_a_hash_that_ended_the_number_is_no_answer_and_interrupts_nothing(self, expect: Expect) -> None:
        caller = Caller(expect, given("001099012345"))
        assert caller.does(keys("#")) == (Silence(), pytest.approx(6.0, abs=0.021))
        assert not caller.turn.began

    def test_nothing_is_decided_before_something_is_said(self) -> None:
        assert Caller(TEN_OR_TWELVE, given("0123456789")).does([]) == (Silence(), pytest.approx(6.0, abs=0.021))
