"""What the figures on a model's card mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr_models.evaluation import card, people
from asr_models.evaluation.figures import (
    NONE,
    brier,
    calibration,
    confusions,
    errors,
    expected_calibration_error,
    over_speakers,
    ratio,
    share,
)
from asr_models.evaluation.hearing import Ear, Heard, Passes
from asr_models.evaluation.lines import CLEAN, CONDITIONS, IN_A_ROOM, Condition, Surroundings
from asr_models.evaluation.sections import PICTURES, report
from bot.audio.level import active_level
from bot.events import RATE, Grammar
from bot.settings import Settings
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of


class TestShares:
    def test_an_interval_is_wilsons(self) -> None:
        # Newcombe (1998), table I: 81 of 263
        assert share(81, 263) == pytest.approx((0.3080, 0.2553, 0.3662), abs=1e-4)

    @pytest.mark.parametrize("right", [0, 20])
    def test_all_or_nothing_is_still_uncertain(self, right: int) -> None:
        found = share(right, 20)
        assert 0 <= found.low < found.high <= 1

    def test_nobody_measured_is_no_figure(self) -> None:
        with pytest.raises(ZeroDivisionError):
            share(0, 0)

    def test_speakers_count_alike_and_their_interval_is_the_same_each_time(self) -> None:
        found = over_speakers([0.2, 0.4, 0.9])
        assert found.value == pytest.approx(0.5)
        assert found.low < 0.5 < found.high
        assert found == over_speakers([0.2, 0.4, 0.9])


class TestRatio:
    def test_counts_events_not_trials(self) -> None:
        found = ratio([0, 3, 1], [10, 10, 20])
        assert found.value == pytest.approx(0.1)
        assert found.low < 0.1 < found.high
        assert found == ratio([0, 3, 1], [10, 10, 20])

    def test_of_what_is_the_same_everywhere_has_no_doubt(self) -> None:
        assert ratio([1, 1], [10, 10]) == (0.1, 0.1, 0.1)


class TestConfusions:
    @pytest.mark.parametrize(
        ("said", "heard", "wrong"),
        [
            ("0123456789", "0123456789", []),
            ("012", "042", [(1, 4)]),
            ("012", "02", [(1, NONE)]),
            ("012", "0132", [(NONE, 3)]),
            ("012", "", [(0, NONE), (1, NONE), (2, NONE)]),
        ],
    )
    def test_every_digit_said_is_heard_as_one_thing(self, said: str, heard: str, wrong: list[tuple[int, int]]) -> None:
        matrix = confusions(said, heard)
        assert errors(matrix) == len(wrong)
        assert all(matrix[place] == 1 for place in wrong)
        assert matrix[:NONE].sum() == len(said)
        assert matrix[:, :NONE].sum() == len(heard)


class TestCalibration:
    def test_confidence_that_means_what_it_says_has_no_error(self) -> None:
        bins = calibration([0.75] * 4 + [0.25] * 4, [True, True, True, False, True, False, False, False])
        assert [(b.confidence, b.right.value, b.answers) for b in bins] == [(0.25, 0.25, 4), (0.75, 0.75, 4)]
        assert expected_calibration_error(bins) == 0

    def test_certainty_that_is_always_wrong_has_all_of_it(self) -> None:
        assert expected_calibration_error(calibration([1.0, 1.0], [False, False])) == 1


class TestBrierScore:
    def test_a_prophet_has_none_and_who_cannot_tell_has_a_quarter(self) -> None:
        assert brier([1.0, 0.0], [True, False]) == 0
        assert brier([0.5, 0.5], [True, False]) == 0.25
        assert brier([0.0], [True]) == 1


def voice(seconds: float = 1.0) -> people.Sound:
    """A rough voice: a buzz in syllables, within the telephone's band."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(np.sign(np.sin(2 * np.pi * 440 * time)) * np.abs(np.sin(2 * np.pi * 4 * time)), np.float64)


class TestStrings:
    def test_a_string_is_made_of_the_speakers_own_words_and_is_the_same_each_time(self) -> None:
        words = {word: [voice(0.2 + i / 20)] for i, word in enumerate(people.DIGITS[:7])}
        one, again = (next(people.strings("cn-a", words, 10, 1)) for _ in range(2))
        assert len(one.digits) == 10
        assert set(one.digits) <= set("0123456")
        assert one.words == again.words
        assert np.array_equal(one.sound, again.sound)

    def test_its_shortest_word_is_told_in_seconds(self) -> None:
        words = {word: [voice(0.2 + i / 20)] for i, word in enumerate(people.DIGITS[:7])}
        for said in people.strings("cn-a", words, 3, 20):
            assert said.shortest == pytest.approx(0.2 + min(map(int, said.digits)) / 20)

    def test_speakers_of_few_digits_dictate_nothing(self) -> None:
        assert people.speakers([]) == {}


class TestLines:
    @pytest.fixture
    def around(self, shared: object) -> Surroundings:
        return Surroundings(shared)  # type: ignore[arg-type]  # the fixture's Path

    @pytest.mark.parametrize("condition", CONDITIONS + IN_A_ROOM, ids=lambda c: c.name)
    def test_every_line_carries_the_voice_the_same_each_time(self, around: Surroundings, condition: Condition) -> None:
        arrived = around.carry(voice(), condition, 1)
        assert arrived.dtype == np.int16
        assert arrived.size == 2 * RATE
        assert np.array_equal(arrived, around.carry(voice(), condition, 1))

    @pytest.mark.parametrize("room", IN_A_ROOM, ids=lambda c: c.name)
    def test_a_room_goes_on_when_the_voice_ends(self, around: Surroundings, room: Condition) -> None:
        def after(condition: Condition) -> float:
            return float(np.square(around.carry(voice(), condition, 1)[-RATE // 2 :].astype(float)).mean())

        assert after(room) > 10 * after(CLEAN)

    @pytest.mark.parametrize("snr_db", [20, 5])
    def test_noise_keeps_its_distance_from_the_voice(self, around: Surroundings, snr_db: int) -> None:
        arrived = around.carry(voice(), Condition("noisy", noise="white", snr_db=snr_db), 0)
        before, during = arrived[: RATE // 2], arrived[RATE // 2 : -RATE // 2]
        power = active_level(during) ** 2 - active_level(before) ** 2
        assert 10 * np.log10(power / active_level(before) ** 2) == pytest.approx(snr_db, abs=2)

    @pytest.mark.parametrize("noise", ["white", "babble", "office"])
    def test_noise_passes_the_telephone_as_the_voice_does(self, around: Surroundings, noise: str) -> None:
        line = around.line(Condition("noisy", law=None, noise=noise, snr_db=10), 0)
        power = np.abs(np.fft.rfft(line.carry(np.zeros(4 * RATE, np.int16)))) ** 2
        frequency = np.fft.rfftfreq(4 * RATE, 1 / RATE)
        outside = power[(frequency < 180) | (frequency > 3520)].sum()
        assert outside < 1e-3 * power.sum()


class TestCard:
    def test_new_figures_take_the_place_of_the_old_and_the_prose_stays(self) -> None:
        first = card.replaced("# model\nprose\n", "old")
        second = card.replaced(first + "\n## After\n", "new")
        assert "old" not in second
        assert second.startswith("# model\nprose\n")
        assert second.endswith("## After\n")
        assert second.count(card.FIGURES.begin) == second.count("new") == 1

    def test_a_comparison_has_a_place_of_its_own(self) -> None:
        both = card.replaced(card.replaced("# model\n", "figures"), "beside", card.BESIDE)
        again = card.replaced(card.replaced(both, "new figures"), "new beside", card.BESIDE)
        assert again.count("new figures") == again.count("new beside") == 1
        assert "\nfigures" not in again
        assert again.count(card.BESIDE.begin) == again.count(card.BESIDE.end) == 1

    def test_parts_that_were_measured_alone_take_their_places(self) -> None:
        old = card.replaced("# model\n", "### One\nfirst\n\n### Two\nsecond\n")
        new = card.merged(old, "### Two\nanother\n\n### Three\nthird\n")
        assert [new.index(text) for text in ("first", "another", "third")] == sorted(
            new.index(text) for text in ("first", "another", "third")
        )
        assert "second" not in new
        assert card.merged(new, "### Two\nanother\n") == new

    def test_a_new_card_has_the_parts_that_were_measured(self) -> None:
        assert "### One" in card.merged("# model\n", "### One\nfirst\n")


class TestPasses:
    """Three ways to hear the same numbers; the words of this model are synthetic, so the figures mean nothing."""

    @pytest.fixture(scope="class")
    def ears(self) -> dict[Passes, Ear]:
        return {passes: Ear(Settings(), passes) for passes in Passes}

    def test_each_hears_numbers(self, ears: dict[Passes, Ear]) -> None:
        sound = sound_of(Say("một hai ba bốn năm"), CallerVoice())
        padded = np.pad(sound, RATE // 2)
        assert {ear.hear(padded, Grammar.NUMBER, (5,)).digits for ear in ears.values()} == {"12345"}

    def test_the_second_alone_needs_a_second_pass(self) -> None:
        with pytest.raises(ValueError, match="no second pass"):
            Ear(Settings(model="vi-digits-free"), Passes.SECOND)


class TestSections:
    class Stub:
        """Two speakers, of whom the second pass hears both and the first only one."""

        count, speakers, passes = 2, dict.fromkeys(("cn-a", "dw-b")), list(Passes)

        def strings(self, condition: Condition, length: int, passes: Passes = Passes.BOTH) -> list[Heard]:
            said = "0123456789"[:length]
            return [
                Heard(name, said, said if right else said[1:], said, right, 0.9, 0.1 if name == "dw-b" else 0.3)
                for name in self.speakers
                for right in (True, passes is not Passes.FIRST or name == "cn-a")
            ]

    def test_passes_stand_side_by_side_under_the_worst_speaker(self, tmp_path: Path) -> None:
        text = report(self.Stub(), tmp_path, ["passes"])  # type: ignore[arg-type]  # a stand-in with the methods that are used
        assert "**The worst speaker, both passes, ten digits, clean, µ-law: cn-a, 100.0%" in text
        rows = [line for line in text.splitlines() if line.startswith("| 10 | clean, µ-law | dw-b")]
        assert [row.count("50.0%") + row.count("100.0%") for row in rows] == [3]
        assert {file.name for file in tmp_path.iterdir()} == set(PICTURES.values())

    def test_strings_without_short_words_are_told_apart(self, tmp_path: Path) -> None:
        text = report(self.Stub(), tmp_path, ["passes"])  # type: ignore[arg-type]  # the same stand-in
        assert "| clean, µ-law | all | 4 | 75.0% | 100.0% | 100.0% |" in text
        assert "| clean, µ-law | no word under 0.15 s | 2 | 100.0% | 100.0% | 100.0% |" in text

    def test_only_what_was_asked_for_is_measured(self, tmp_path: Path) -> None:
        text = report(self.Stub(), tmp_path, ["confidence"])  # type: ignore[arg-type]  # the same stand-in
        assert list(card.sections(text)) == ["### Confidence"]
        assert "Brier score" in text
        assert [file.name for file in tmp_path.iterdir()] == ["calibration.png"]
