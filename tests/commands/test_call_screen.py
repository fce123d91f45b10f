"""What a caller at the terminal is shown of a call: from notices and events, by the call's own clock."""

import re

import numpy as np
import pytest

from bot.audio.level import FLOOR_DB
from bot.commands.call_screen import STATES, TURNS, CallScreen
from bot.events import (
    RATE,
    Chosen,
    Expect,
    FinalResult,
    Frame,
    Grammar,
    KeyHeard,
    Outcome,
    Played,
    Prompt,
    Reheard,
    SpeechStarted,
)
from bot.places import PACKAGES
from bot.tap import Plays, Stops
from bot.watching import Ended, Listens, Speaks, Understood

MENU = Expect(Grammar.MENU, lengths=(10, 12), keys={"8": "ask_reset", "0": "ask_operator", "*": "ask_repeat"})
NUMBER = Expect(Grammar.NUMBER, lengths=(10, 12), keys={"*": "ask_repeat"})
YESNO = Expect(Grammar.YESNO, keys={"1": "affirm", "2": "deny"})


def says(screen: CallScreen, expect: Expect, at: float = 0.0) -> None:
    """The bot begins a prompt in one clip, whose mark is the second at which it begins."""
    screen.tap(at, Plays(Prompt("…"), np.zeros(1, np.int16), f"{at}"))
    screen.watch(Speaks(at, "…", 2.0, None, None, False, expect))


def asked(expect: Expect, **options: bool) -> CallScreen:
    """A screen at the caller's turn, from second 2 on."""
    screen = CallScreen(6.0, **options)
    says(screen, expect)
    screen.tap(2.0, Played("0.0"))
    return screen


def shown(screen: CallScreen, width: int = 80, level: float | None = None) -> str:
    return "\n".join(row.plain for row in screen.rows(width, level))


def piece(text: str, ended_at: float, confidence: float) -> FinalResult:
    return FinalResult((text,), confidence, int(ended_at * RATE), int(ended_at * RATE))


class TestWhoseTurnItIs:
    def test_it_is_the_callers_the_moment_the_prompt_ends(self) -> None:
        screen = CallScreen(6.0)
        says(screen, MENU)
        assert shown(screen).startswith("The hotline is speaking · Choosing a service\n")
        assert not screen.tap(1.98, Frame(np.zeros(160, np.int16)))
        assert screen.tap(2.0, Played("0.0"))
        assert shown(screen).startswith("Your turn · Choosing a service\n")

    def test_a_part_of_a_prompt_is_not_its_end(self) -> None:
        screen = CallScreen(6.0)
        screen.tap(0.0, Plays(Prompt("a"), np.zeros(1, np.int16), "1"))
        screen.tap(0.0, Plays(Prompt("b"), np.zeros(1, np.int16), "2"))
        screen.watch(Speaks(0.0, "a b", 2.0, None, None, False, MENU))
        assert not screen.tap(1.0, Played("1"))
        assert screen.turn == "bot"

    def test_an_interrupted_prompt_has_ended(self) -> None:
        screen = CallScreen(6.0)
        says(screen, MENU)
        assert screen.tap(1.0, Stops())
        assert screen.turn == "caller"

    def test_after_the_turn_the_hotline_works(self) -> None:
        screen = asked(MENU)
        screen.watch(Understood(3.0, 2.9, "8", Chosen("ask_reset")))
        assert "The hotline is working" in shown(screen)
        assert "Waiting for the hotline's answer" in shown(screen)

    def test_a_password_asks_for_nothing(self) -> None:
        screen = asked(Expect("played", interruptible=False))
        assert screen.turn == "thinking"
        assert "Reading the new password" in shown(screen)

    def test_the_end(self) -> None:
        screen = asked(MENU)
        screen.watch(Ended(4.0, Outcome.RESET))
        assert shown(screen) == "The call is over"

    def test_the_words_are_the_web_phones(self) -> None:
        page = (PACKAGES / "bot" / "web" / "static" / "i18n.js").read_text("utf-8").split("const EN = {")[1]
        words = dict(re.findall(r'^  (\w+): "(.*?)",$', page, re.MULTILINE))
        assert {name: words[f"turn_{name}"] for name in TURNS} == TURNS
        assert {name: words[f"state_{name}"] for name in STATES} == STATES


class TestWhatIsWaitedFor:
    @pytest.mark.parametrize(
        ("expect", "what"),
        [
            (MENU, "your choice"),
            (NUMBER, "10 or 12 digits"),
            (Expect(Grammar.NUMBER, lengths=(10,), cell=5), "digit 5 alone"),
            (YESNO, "yes or no"),
        ],
    )
    def test_and_for_how_long(self, expect: Expect, what: str) -> None:
        screen = asked(expect)
        assert f"Waiting for {what}, 6 s more" in shown(screen)
        screen.tap(4.5, Frame(np.zeros(160, np.int16)))
        assert f"Waiting for {what}, 4 s more" in shown(screen)
        screen.tap(9.0, Frame(np.zeros(160, np.int16)))
        assert f"Waiting for {what}, 0 s more" in shown(screen)

    def test_a_caller_who_looks_for_the_number_is_waited_for_longer(self) -> None:
        assert "30 s more" in shown(asked(Expect(Grammar.NUMBER, lengths=(10,), patience=30.0)))

    def test_while_somebody_speaks_no_time_runs(self) -> None:
        screen = asked(MENU)
        screen.tap(3.0, SpeechStarted(3 * RATE))
        assert "Waiting for your choice; hearing you" in shown(screen)

    def test_the_rest_of_a_number_is_waited_for_since_its_last_digit(self) -> None:
        screen = asked(NUMBER)
        screen.tap(3.0, KeyHeard("0", 3 * RATE))
        screen.watch(Listens(3.0, NUMBER, "0", "0", 2.5))
        assert "Waiting for 9 more digits, 3 s more" in shown(screen)
        screen.tap(4.6, Frame(np.zeros(160, np.int16)))
        assert "Waiting for 9 more digits, 1 s more" in shown(screen)
        screen.watch(Listens(4.6, NUMBER, "012345678", "012345678", 2.5))
        assert "Waiting for 1 more digit, " in shown(screen)
        screen.watch(Listens(4.6, NUMBER, "0123456789", "0123456789", 0.8))
        assert "Waiting for the end of the number, " in shown(screen)

    def test_what_must_be_heard_to_its_end_is_said(self) -> None:
        screen = CallScreen(6.0)
        says(screen, Expect(Grammar.MENU, keys={"8": "ask_reset"}, interruptible=False))
        assert "it cannot be interrupted" in shown(screen)
        assert shown(screen).endswith("Keys     q hang up")

    def test_how_a_prompt_can_be_interrupted_is_said(self) -> None:
        for hears, words in ((False, "a key interrupts"), (True, "a key or your voice interrupts")):
            screen = CallScreen(6.0, hears_over_prompt=hears)
            says(screen, MENU)
            assert words in shown(screen)


class TestWhatIsHeard:
    def test_with_its_confidence_the_least_of_all_pieces(self) -> None:
        screen = asked(NUMBER)
        assert "Hearing  …" in shown(screen)
        screen.tap(3.0, piece("không một", 3.0, 0.97))
        screen.tap(4.0, piece("hai", 4.0, 0.41))
        screen.watch(Listens(4.0, NUMBER, "không một hai", "012", 2.5))
        assert "Hearing  không một hai  41%" in shown(screen)

    def test_the_second_pass_takes_the_place_of_the_first(self) -> None:
        screen = asked(NUMBER)
        screen.tap(3.0, piece("không một", 3.0, 0.26))
        screen.tap(3.4, Reheard((piece("không một", 3.0, 0.95),)))
        screen.watch(Listens(3.4, NUMBER, "không một", "01", 2.5))
        assert "Hearing  không một  95%" in shown(screen)

    def test_keys_have_none(self) -> None:
        screen = asked(NUMBER)
        screen.tap(3.0, KeyHeard("0", 3 * RATE))
        screen.watch(Listens(3.0, NUMBER, "0", "0", 2.5))
        assert "Hearing  0\n" in shown(screen)

    def test_of_long_words_the_last_are_shown(self) -> None:
        screen = asked(NUMBER)
        screen.watch(Listens(3.0, NUMBER, "một hai ba bốn năm sáu bảy tám chín", "123456789", 2.5))
        row = next(row for row in screen.rows(30, None) if row.plain.startswith("Hearing"))
        assert row.plain == "Hearing  …năm sáu bảy tám chín"
        assert row.cell_len <= 30


class TestDots:
    @pytest.mark.parametrize(
        ("cells", "dots"),
        [
            ("", "[·] [·] [·] [·] [·] [·] [·] [·] [·] [·]"),
            ("012", "[0] [1] [2] [·] [·] [·] [·] [·] [·] [·]"),
            ("0123456789", "[0] [1] [2] [3] [4] [5] [6] [7] [8] [9]"),
            ("01234567890", "[0] [1] [2] [3] [4] [5] [6] [7] [8] [9] [0] [·]"),
        ],
    )
    def test_as_many_as_the_number_has(self, cells: str, dots: str) -> None:
        screen = asked(NUMBER)
        screen.watch(Listens(3.0, NUMBER, "", cells))
        assert f"Digits   {dots}\n" in shown(screen)

    def test_one_for_the_single_digit_that_is_asked_for(self) -> None:
        expect = Expect(Grammar.NUMBER, lengths=(10,), cell=3)
        screen = asked(expect)
        screen.watch(Listens(3.0, expect, "", "0123456789"))
        assert "Digits   [·]\n" in shown(screen)
        screen.watch(Listens(3.0, expect, "bảy", "0173456789"))
        assert "Digits   [7]\n" in shown(screen)

    def test_a_narrow_terminal_has_narrow_ones(self) -> None:
        screen = asked(NUMBER)
        screen.watch(Listens(3.0, NUMBER, "", "01234567890"))
        assert "Digits   01234567890·\n" in shown(screen, 50)

    def test_yes_or_no_has_none(self) -> None:
        assert "Digits" not in shown(asked(YESNO))


class TestKeys:
    @pytest.mark.parametrize(
        ("expect", "keys"),
        [
            (MENU, "8 reset · 0 operator · * repeat · q hang up"),
            (YESNO, "1 right · 2 wrong · q hang up"),
            (NUMBER, "0–9 digits · * repeat · q hang up"),
        ],
    )
    def test_what_they_mean_now(self, expect: Expect, keys: str) -> None:
        assert shown(asked(expect)).endswith(f"Keys     {keys}")

    def test_star_deletes_once_there_is_a_digit(self) -> None:
        screen = asked(NUMBER)
        screen.watch(Listens(3.0, NUMBER, "0", "0", 2.5))
        assert shown(screen).endswith("Keys     0–9 digits · * delete · # end · q hang up")

    def test_without_a_keyboard_there_is_ctrl_c(self) -> None:
        assert shown(asked(MENU, keyboard=False)).endswith("Keys     Ctrl-C end")


class TestMeter:
    @pytest.mark.parametrize(("level", "filled"), [(FLOOR_DB, 0), (-30.0, 10), (0.0, 20)])
    def test_is_as_full_as_it_is_loud(self, level: float, filled: int) -> None:
        meter = "█" * filled + "░" * (20 - filled)
        assert f"You      {meter}  {level:.0f} dB" in shown(asked(MENU), level=level)

    def test_says_where_nobody_listens(self) -> None:
        assert "You      not listened to now" in shown(asked(MENU), level=None)
