"""Which clips are wanted, and how recordings come into the folder of prompts."""

import tomllib
from pathlib import Path

import pytest

from bot.assembly import DOMAIN
from bot.errors import VoicebotError
from tests.tts.test_recorded import manifest, record
from tts.prompt_set import Wanted, keep, manifest_of, matches, wanted
from tts.recorded import MANIFEST, open_recorded, words_of
from vietnamese_numbers import DIGIT_WORDS

HELLO = Wanted("xin-chao", "Xin chào.", "prompt")


@pytest.fixture
def domain(tmp_path: Path) -> Path:
    path = tmp_path / "domain.yml"
    path.write_text(
        "responses:\n"
        '  utter_a: [{text: "Xin chào."}, {custom: {pause: 1}}]\n'
        '  utter_b: [{text: "xin chào"}, {text: "Còn thiếu {missing} số."}, {text: "Đúng hay sai?"}]\n',
        "utf-8",
    )
    return path


def test_every_text_is_wanted_once_and_so_are_the_digits(domain: Path) -> None:
    clips = wanted(domain)
    assert clips[0] == HELLO
    assert [(clip.name, clip.kind) for clip in clips[1:3]] == [
        ("con-thieu-missing-so", "variable"),
        ("dung-hay-sai", "prompt"),
    ]
    assert [(clip.name, clip.text) for clip in clips[3:]] == [
        (f"digit-{number}", word) for number, word in enumerate(DIGIT_WORDS)
    ]


def test_the_projects_own_clips_have_names_of_their_own() -> None:
    clips = wanted(DOMAIN)
    assert len({clip.name for clip in clips}) == len({words_of(clip.text) for clip in clips}) == len(clips)
    assert all(clip.name and clip.name.isascii() and len(clip.name) < 50 for clip in clips)


def test_a_file_that_is_no_domain_is_told(tmp_path: Path) -> None:
    (tmp_path / "domain.yml").write_text("intents: []", "utf-8")
    with pytest.raises(VoicebotError, match="no Rasa domain with responses"):
        wanted(tmp_path / "domain.yml")


def test_a_recording_is_found_by_its_name_or_by_its_folders_list(tmp_path: Path, domain: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("Xin-Chao.wav", "take 7.flac", "other.wav", "notes.txt"):
        (source / name).touch()
    manifest(source, {"đúng hay sai": "take 7.flac"})
    found = {file.name: clip.name if clip else None for file, clip in matches(source, wanted(domain))}
    assert found == {"Xin-Chao.wav": "xin-chao", "take 7.flac": "dung-hay-sai", "other.wav": None}


def test_a_kept_recording_is_what_callers_hear(tmp_path: Path) -> None:
    record(tmp_path / "take.wav")
    folder = tmp_path / "new" / "prompts"
    assert keep(tmp_path / "take.wav", HELLO, folder) == folder / "xin-chao.wav"
    assert open_recorded(folder).get("Xin chào!", 8000) is not None


def test_keeping_changes_its_own_line_alone(tmp_path: Path) -> None:
    record(tmp_path / "take.wav")
    lines = ["# our voice", "[prompts]", '"Tạm biệt." = "bye.wav"  # Lan', '"xin chào" = "old.wav"', ""]
    (tmp_path / MANIFEST).write_text("\n".join(lines), "utf-8")
    keep(tmp_path / "take.wav", HELLO, tmp_path)
    after = (tmp_path / MANIFEST).read_text("utf-8").splitlines()
    assert after == [*lines[:3], '"Xin chào." = "xin-chao.wav"']
    keep(tmp_path / "take.wav", Wanted("a", 'Nói "a".', "prompt"), tmp_path)
    listed = tomllib.loads((tmp_path / MANIFEST).read_text("utf-8"))["prompts"]
    assert listed == {"Tạm biệt.": "bye.wav", "Xin chào.": "xin-chao.wav", 'Nói "a".': "a.wav"}


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("prompts = 3", "utf-8")
    with pytest.raises(VoicebotError, match="correct it or remove it"):
        manifest_of(tmp_path)
    assert manifest_of(tmp_path / "nowhere") == {}
