"""The tables of recordings: what is missing is one line, and docs/tutorial-own-speech.md names every column."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from asr_models.recipe.tables import CANNOT_BE_HAD, COLUMNS, UTTERANCES, WORDS, MissingError, check, rows
from bot.places import PACKAGES

PAGE = (PACKAGES / "docs" / "tutorial-own-speech.md").read_text("utf-8")
HEAD = "path\tcorpus\tspeaker\ttext\tlicence\tpart\n"


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    folder = tmp_path / "speech"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "1.flac").touch()
    (tmp_path / "noise").mkdir()
    return folder


def utterances(speech: Path, text: str) -> list[dict[str, str]]:
    (speech / UTTERANCES).write_text(text, "utf-8")
    return list(rows(speech, UTTERANCES))


def test_the_recipe_says_in_one_line_that_there_are_no_recordings(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "asr_models.recipe", "train", "--shared", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PACKAGES)
    assert done.returncode == CANNOT_BE_HAD
    assert done.stderr.startswith(f"no recordings, {tmp_path}/speech/utterances.tsv is missing: name their folder")
    assert len(done.stderr.splitlines()) == 1


def test_recordings_and_noise_are_enough(speech: Path) -> None:
    utterances(speech, HEAD)
    check(speech.parent)
    (speech.parent / "noise").rmdir()
    with pytest.raises(MissingError, match="noise is missing"):
        check(speech.parent)


def test_a_row_is_read_as_it_stands(speech: Path) -> None:
    [row] = utterances(speech, HEAD + 'a/1.flac\tmine\ta01\tkhông "chín\town\ttest\n')
    assert (row["speaker"], row["text"], row["part"]) == ("a01", 'không "chín', "test")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path\tcorpus\tspeaker\ttext\n", "the column licence is missing; it has path, corpus, speaker, text"),
        ("", "the column path is missing"),
        (HEAD + "a/2.flac\tm\ta\tmột\town\t\n", "line 2: there is no recording a/2.flac"),
        (HEAD + "a/1.flac\tm\ta\tmột\town\tlater\n", "line 2: part is 'later'; it is train, dev or test"),
    ],
)
def test_what_is_wrong_is_one_line(speech: Path, text: str, said: str) -> None:
    with pytest.raises(MissingError, match=said) as told:
        utterances(speech, text)
    assert "\n" not in str(told.value)


def test_word_times_need_not_be_there_but_whole(speech: Path) -> None:
    assert list(rows(speech, WORDS)) == []
    (speech / WORDS).write_text("path\tstart_s\tword\n", "utf-8")
    with pytest.raises(MissingError, match=r"words.tsv: the column end_s is missing"):
        list(rows(speech, WORDS))


def test_the_page_names_every_column() -> None:
    assert [column for columns in COLUMNS.values() for column in columns if f"`{column}`" not in PAGE] == []


def test_the_example_of_the_page_can_be_read(speech: Path) -> None:
    example = next(block for block in PAGE.split("```") if block.strip().startswith("path\tcorpus")).lstrip()
    for line in example.splitlines()[1:]:
        file = speech / line.split("\t")[0]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert [row["part"] for row in utterances(speech, example)] == ["train", "test"]
