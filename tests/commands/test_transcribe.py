"""`voicebot transcribe`: the contract that others script against."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer
from typer.testing import CliRunner, Result

from bot.audio.keypad_tones import key_tone
from bot.commands.transcribe import transcribe
from bot.errors import VoicebotError
from bot.events import FinalResult, Grammar, KeyHeard
from bot.hearing.catalogue import catalogue
from bot.transcription import Given, alternatives, in_a_room, understood
from tests.fitted import FIT
from vietnamese_numbers.hypotheses import platt_scaled

FIELDS = ["path", "text", "digits", "confidence", "alternatives", "seconds", "cpu_seconds"]
LENGTHS = (10, 12)
CALLS = FIT.numbers
FILES = replace(CALLS, near=FIT.files.near)

bundled = pytest.mark.skipif(
    not catalogue()["vi-digits"].folder.is_dir(), reason="needs the bundled model: git checkout asr_models/vi-digits"
)


@pytest.fixture(autouse=True)
def _settings_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_CONFIG", os.devnull)


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(transcribe)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def piece(*texts: str) -> FinalResult:
    return FinalResult(texts, 0.9, 0, 0)


def keyed(keys: str) -> list[Given]:
    return [KeyHeard(key) for key in keys]


def quiet(path: Path, rate: int = 8000, channels: int = 1) -> Path:
    soundfile.write(path, np.zeros((rate // 2, channels)), rate)
    return path


class TestUnderstanding:
    def test_pieces_of_a_number_are_joined(self) -> None:
        pieces = [piece("không chín một hai"), piece("ba bốn năm"), piece("sáu bảy tám")]
        assert understood(pieces, Grammar.NUMBER, LENGTHS, CALLS)[:2] == (
            "không chín một hai ba bốn năm sáu bảy tám",
            "0912345678",
        )

    def test_the_alternative_of_the_right_length_is_taken_as_in_a_call(self) -> None:
        nine, ten = "không chín một hai ba bốn năm sáu bảy", "không chín một hai ba bốn năm sáu bảy tám"
        assert understood([piece(nine, ten)], Grammar.NUMBER, LENGTHS, CALLS)[:2] == (ten, "0912345678")

    def test_a_number_of_another_length_is_still_told(self) -> None:
        assert understood([piece("một hai ba")], Grammar.NUMBER, LENGTHS, CALLS)[:2] == ("một hai ba", "123")

    def test_a_files_number_is_not_bent_to_a_length_that_is_hardly_likely(self) -> None:
        nine, ten = "không chín một hai ba bốn năm sáu bảy", "không chín một hai ba bốn năm sáu bảy bảy"
        heard = [FinalResult((nine, ten), 0.8, 0, 0, (0.8, 0.08))]
        assert understood(heard, Grammar.NUMBER, LENGTHS, FILES)[1] == "091234567"
        assert understood(heard, Grammar.NUMBER, LENGTHS, CALLS)[1] == "0912345677"  # a caller fell silent

    def test_a_number_inside_a_wish_is_found(self) -> None:
        text = "cấp lại mật khẩu mã số không chín một hai ba bốn năm sáu bảy tám"
        assert understood([piece(text)], Grammar.ANY, LENGTHS, CALLS)[:2] == (text, "0912345678")

    def test_no_number_is_null(self) -> None:
        assert understood([piece("cấp lại mật khẩu")], Grammar.ANY, LENGTHS, CALLS)[:2] == (
            "cấp lại mật khẩu",
            None,
        )
        assert understood([], Grammar.NUMBER, LENGTHS, CALLS)[:2] == ("", None)

    def test_a_no_is_not_a_zero(self) -> None:
        assert understood([piece("không")], Grammar.YESNO, LENGTHS, CALLS)[:2] == ("không", None)

    def test_confidence_is_that_of_the_digits_or_else_of_the_words(self) -> None:
        ten = FinalResult(("không một hai ba bốn", "không một hai ba"), 0.6, 0, 0, (0.6, 0.2))
        rest = FinalResult(("năm sáu bảy tám chín",), 0.5, 0, 0, (0.5,))
        assert understood([ten, rest], Grammar.NUMBER, LENGTHS, CALLS)[2] == pytest.approx(
            platt_scaled(0.3 / 0.9, CALLS.platt_slope, CALLS.platt_shift)
        )
        assert understood([ten, rest], Grammar.YESNO, LENGTHS, CALLS)[2] == pytest.approx(0.3)
        assert understood([], Grammar.NUMBER, LENGTHS, CALLS)[2] == 0

    def test_a_piece_that_was_hardly_anything_is_what_a_number_wants_or_nothing(self) -> None:
        hardly = FinalResult(("", "chín"), 0.0, 0, 0, (0.6, 0.2))
        nine = "không một hai ba bốn năm sáu bảy tám"
        assert understood([piece(nine), hardly], Grammar.NUMBER, LENGTHS, CALLS)[:2] == (
            f"{nine} chín",
            "0123456789",
        )
        assert understood([piece("không"), hardly], Grammar.NUMBER, LENGTHS, CALLS)[:2] == ("không", "0")
        assert understood([piece("đúng"), hardly], Grammar.YESNO, LENGTHS, CALLS)[:2] == ("đúng", None)
        listed = alternatives([piece("không"), hardly], Grammar.NUMBER, LENGTHS)
        assert [each["text"] for each in listed] == ["không", "không chín"]

    @pytest.mark.parametrize("grammar", [Grammar.NUMBER, Grammar.ANY])
    def test_keys_in_the_sound_are_digits(self, grammar: Grammar) -> None:
        heard = keyed("0123456789")
        assert understood(heard, grammar, LENGTHS, CALLS) == (
            "0 1 2 3 4 5 6 7 8 9",
            "0123456789",
            pytest.approx(1.0),
        )
        assert alternatives(heard, grammar, LENGTHS) == [{"text": "0 1 2 3 4 5 6 7 8 9", "digits": "0123456789"}]

    @pytest.mark.parametrize("grammar", [Grammar.NUMBER, Grammar.ANY])
    def test_keys_and_words_are_one_number_in_their_order(self, grammar: Grammar) -> None:
        heard = [piece("không một hai"), *keyed("34"), piece("năm sáu"), *keyed("789")]
        told = "không một hai 3 4 năm sáu 7 8 9"
        assert understood(heard, grammar, LENGTHS, CALLS)[:2] == (told, "0123456789")
        assert alternatives(heard, grammar, LENGTHS) == [{"text": told, "digits": "0123456789"}]

    def test_the_key_that_deletes_and_the_key_that_ends_do_what_they_do_in_a_call(self) -> None:
        assert understood(keyed("013*23456789#"), Grammar.NUMBER, LENGTHS, CALLS)[:2] == (
            "0 1 3 * 2 3 4 5 6 7 8 9 #",
            "0123456789",
        )

    def test_keys_beside_other_words_are_found(self) -> None:
        heard = [piece("cấp lại mật khẩu"), *keyed("0123456789")]
        assert understood(heard, Grammar.ANY, LENGTHS, CALLS)[1] == "0123456789"

    def test_keys_that_are_no_digits_are_no_alternative(self) -> None:
        assert alternatives(keyed("#"), Grammar.NUMBER, LENGTHS) == []

    def test_a_key_that_answers_yes_is_no_number(self) -> None:
        assert understood(keyed("1"), Grammar.YESNO, LENGTHS, CALLS)[:2] == ("1", None)

    def test_an_ambiguous_number_is_null(self) -> None:
        assert understood([piece("hai trăm linh")], Grammar.NUMBER, LENGTHS, CALLS)[1] is None

    def test_alternatives_of_the_pieces_are_combined_best_first(self) -> None:
        combined = alternatives([piece("một", "bốn"), piece("hai", "sáu")], Grammar.NUMBER, LENGTHS)
        assert combined[0] == {"text": "một hai", "digits": "12"}
        assert [each["digits"] for each in combined][-1] == "46"
        assert alternatives([], Grammar.NUMBER, LENGTHS) == []

    def test_the_likelier_of_two_alternatives_comes_first_whatever_its_rank_in_its_piece(self) -> None:
        even = FinalResult(("một", "bốn"), 0.5, 0, 0, (0.5, 0.45))
        sure = FinalResult(("hai", "sáu"), 0.9, 0, 0, (0.9, 0.05))
        found = [each["digits"] for each in alternatives([sure, even], Grammar.NUMBER, LENGTHS)]
        assert found == ["21", "24", "61", "64"]

    def test_alternatives_of_a_length_that_is_expected_come_before_all_others(self) -> None:
        nine, ten = "không chín một hai ba bốn năm sáu bảy", "không chín một hai ba bốn năm sáu bảy tám"
        others = [nine.replace("chín", word) for word in ("một", "hai", "ba", "bốn", "năm")]
        found = alternatives([piece(nine, *others, ten)], Grammar.NUMBER, LENGTHS)
        assert [each["digits"] for each in found][:2] == ["0912345678", "091234567"]

    def test_no_number_is_listed_twice(self) -> None:
        found = alternatives([piece("hai mươi ba", "hai ba", "hai bốn")], Grammar.NUMBER, LENGTHS)
        assert [each["digits"] for each in found] == ["23", "24"]

    def test_a_file_of_many_pieces_takes_no_time(self) -> None:
        assert len(alternatives([piece("một", "hai", "ba", "bốn", "năm")] * 200, Grammar.NUMBER, LENGTHS)) == 10


def test_the_quiet_around_a_file_is_its_own() -> None:
    loud = np.random.default_rng(0).normal(0, 3000, 8000).astype(np.int16)
    sound = in_a_room(loud, 8000)
    assert len(sound) == 8000 + 1.4 * 8000
    assert 1500 < sound[:3200].astype(float).std() < 3500
    assert not in_a_room(np.zeros(100, np.int16), 8000).any()
    assert len(in_a_room(np.zeros(0, np.int16), 8000)) == 1.4 * 8000


@bundled
@pytest.mark.parametrize(("rate", "channels", "name"), [(8000, 1, "a.wav"), (44100, 2, "a.flac"), (16000, 1, "b.wav")])
def test_silence_is_an_empty_text(tmp_path: Path, rate: int, channels: int, name: str) -> None:
    result = run(quiet(tmp_path / name, rate, channels), "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found) == FIELDS
    assert (found["path"], found["text"], found["digits"]) == (str(tmp_path / name), "", None)
    assert (found["confidence"], found["alternatives"], found["seconds"]) == (0.0, [], 0.5)
    assert found["cpu_seconds"] > 0


@bundled
def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "no.wav").write_text("no sound")
    result = run(tmp_path / "absent.wav", tmp_path / "no.wav", quiet(tmp_path / "a.wav"), "--json")
    assert result.exit_code == 1
    assert [json.loads(line)["path"] for line in result.stdout.splitlines()] == [str(tmp_path / "a.wav")]
    told = result.stderr.splitlines()
    assert len(told) == 2
    assert "absent.wav" in told[0]
    assert "no.wav" in told[1]


@bundled
def test_people_get_a_table(tmp_path: Path) -> None:
    assert run(quiet(tmp_path / "a.wav")).stdout == f"{tmp_path / 'a.wav'}\t-\t(nothing)\n"


@bundled
def test_a_keyed_number_is_written_down_though_packets_were_lost(tmp_path: Path) -> None:
    parts = [np.zeros(1600, np.int16)]
    for key in "0123456789":
        tone = key_tone(key, 1600)
        tone[640:800] = 0  # 20 ms
        parts += [tone, np.zeros(800, np.int16)]
    soundfile.write(tmp_path / "keys.wav", np.concatenate(parts), 8000)
    found = json.loads(run(tmp_path / "keys.wav", "--expect", "number", "--json").stdout)
    assert (found["text"], found["digits"]) == ("0 1 2 3 4 5 6 7 8 9", "0123456789")


@bundled
def test_a_spoken_number_is_written_down(shared: Path) -> None:
    result = run(shared / "speech/connected-numbers/spk1/1.flac", "--expect", "number", "--json")
    found = json.loads(result.stdout)
    assert len(found["text"].split()) >= 8
    assert 1 <= len(found["alternatives"]) <= 10
    assert list(found["alternatives"][0]) == ["text", "digits"]
    assert 0 < found["confidence"] <= 1


def test_a_model_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    result = run(quiet(tmp_path / "a.wav"), "--model", "nonesuch")
    assert isinstance(result.exception, VoicebotError)
    assert "installed:" in str(result.exception)


def test_an_unknown_expectation_is_bad_usage(tmp_path: Path) -> None:
    assert run(quiet(tmp_path / "a.wav"), "--expect", "poem").exit_code == 2
