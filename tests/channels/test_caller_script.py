"""Caller scripts: what can be written, and what is refused with file, line and remedy."""

import unicodedata
from pathlib import Path

import pytest

from bot.errors import VoicebotError
from bot.events import Outcome
from bot.places import PACKAGES
from bot.simulation.caller_script import (
    SHARED,
    BargeIn,
    CallerVoice,
    Expected,
    HangUp,
    MissingRecordingError,
    Play,
    Press,
    Say,
    Wait,
    load_script,
    parse_script,
)
from bot.simulation.yaml_reader import ScriptError

WHOLE = """
name: a whole call
description: everything a script can hold
caller: "0912345678"
keys: inband
voice: {dialect: south, speed: 1.1,
  pitch: 60, variant: f3, noise_db: 20, noise: babble, line: g711, loss: 0.01, seed: 7}
steps:
  - press: "8"
  - say: "không một hai"
  - play: recording.flac
  - wait: 2.5
  - barge_in: {after: 0.8, press: "1"}
  - barge_in: {after: 1, say: đúng}
  - hang_up: {after: 2}
  - hang_up: true
expect:
  outcome: reset
  said: ["mật khẩu mới"]
  not_said: [không khớp]
  heard: ["không một hai"]
  password_readings: 2
"""


@pytest.mark.parametrize("escape", ["\\ud800", "\\0", "\\e[31m", "\\x07", "\\udfffx"])
@pytest.mark.parametrize("line", ['  - say: "một {}"', '  - play: "{}.wav"', '  - press: "{}"', '  - {{"{}": 1}}'])
def test_a_character_that_is_none_of_a_text_is_refused_in_its_line(line: str, escape: str) -> None:
    text = f'caller: "0912345678"\nsteps:\n{line.format(escape)}\n'
    with pytest.raises(ScriptError, match=r"^call\.yml:3: .*no(ne| )"):
        parse_script(text, Path("call.yml"))


def test_a_script_holds_a_whole_call(tmp_path: Path) -> None:
    (tmp_path / "recording.flac").touch()
    (tmp_path / "call.yml").write_text(WHOLE, "utf-8")
    script = load_script(tmp_path / "call.yml")
    assert (script.name, script.description) == ("a whole call", "everything a script can hold")
    assert (script.caller, script.keys) == ("0912345678", "inband")
    assert script.voice == CallerVoice("south", 1.1, 60, "f3", 20, "babble", "g711", 0.01, 7)
    assert script.steps == (
        Press("8"),
        Say("không một hai"),
        Play((tmp_path / "recording.flac",)),
        Wait(2.5),
        BargeIn(0.8, Press("1")),
        BargeIn(1, Say("đúng")),
        HangUp(2),
        HangUp(),
    )
    assert script.expect == Expected(Outcome.RESET, ("mật khẩu mới",), ("không khớp",), ("không một hai",), 2)


def test_all_but_caller_and_steps_may_be_left_out() -> None:
    script = parse_script('caller: "0912345678"\nsteps: []', Path("calls/silence.yml"))
    assert (script.name, script.keys, script.steps) == ("silence", "events", ())
    assert (script.voice, script.expect) == (CallerVoice(), Expected())


def test_a_withheld_number_is_null() -> None:
    assert parse_script("caller: null\nsteps: []", Path("x.yml")).caller is None


def test_texts_are_composed_so_that_equal_words_are_equal() -> None:
    decomposed = unicodedata.normalize("NFD", "mật khẩu")
    script = parse_script(f'caller: null\nsteps: []\nexpect: {{said: ["{decomposed}"]}}', Path("x.yml"))
    assert script.expect.said == ("mật khẩu",)


def test_a_noise_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "street.flac").touch()
    script = parse_script("caller: null\nvoice: {noise: street.flac}\nsteps: []", tmp_path / "x.yml")
    assert script.voice.noise == tmp_path / "street.flac"


def test_recordings_kept_beside_the_checkout_have_a_prefix(shared: Path) -> None:
    text = 'caller: null\nsteps: [{play: "${SHARED}/speech/utterances.tsv"}]'
    assert parse_script(text, Path("x.yml")).steps == (Play((SHARED / "speech" / "utterances.tsv",)),)


@pytest.mark.parametrize(
    "path",
    [*sorted((PACKAGES / "tests" / "calls").glob("*.yml")), PACKAGES / "calls" / "demo.yml"],
    ids=lambda path: path.stem,
)
def test_the_projects_own_scripts_are_well_formed(path: Path) -> None:
    try:
        load_script(path)
    except MissingRecordingError as error:
        pytest.skip(str(error))


REFUSED = {
    "caller: [": "x.yml:1: not valid YAML",
    "": "x.yml: empty",
    "- a": "x.yml:1: the script: must be a mapping with caller, steps",
    "steps: []": "x.yml:1: the script: 'caller' is missing",
    'caller: "1"': "'steps' is missing",
    "caller: 0701234567\nsteps: []": 'in quotes, as in "0123": digits are text',
    "caller: 0912345678\nsteps: []": "caller: a telephone number must be in quotes",
    "caller: null\nsteps: []\nvioce: {}": "x.yml:3: vioce: unknown here; known are caller, steps, name",
    "caller: null\nsteps: []\nsteps: []": "x.yml:3: steps: given twice",
    "caller: null\nsteps: {press: '8'}": "x.yml:2: steps: must be a list",
    "caller: null\nsteps:\n  - press: 8": "x.yml:3: press: keys must be in quotes",
    "caller: null\nsteps:\n  - press: '8a'": "x.yml:3: press: a telephone has the keys 0123456789*#",
    "caller: null\nsteps:\n  - press: ''": "press: a telephone has the keys",
    "caller: null\nsteps:\n  - shout: hello": "x.yml:3: shout: unknown here; known are press, say, play",
    "caller: null\nsteps:\n  - press: '8'\n    say: tám": "x.yml:3: steps[1]: a step is one of press, say",
    "caller: null\nsteps:\n  - {}": "a step is one of",
    "caller: null\nsteps:\n  - say: ''": "say: is empty",
    "caller: null\nsteps:\n  - say: 12": "say: '12' is read as something else than text; put it in quotes",
    "caller: null\nsteps:\n  - say: no": "say: 'no' is read as something else than text",
    "caller: null\nsteps:\n  - say: [một]": "say: must be a single value",
    "caller: null\nsteps:\n  - wait: long": "wait: 'long' must be a number from 0 to 60",
    "caller: null\nsteps:\n  - wait: 61": "wait: '61' must be a number",
    "caller: null\nsteps:\n  - wait: -1": "wait: '-1' must be a number",
    "caller: null\nsteps:\n  - wait: .nan": "wait: '.nan' must be a number",
    "caller: null\nsteps:\n  - wait: '2'": "wait: '2' must be a number",
    "caller: null\nsteps:\n  - barge_in: {press: '1'}": "barge_in: 'after' is missing",
    "caller: null\nsteps:\n  - barge_in: {after: 1}": "barge_in: barge_in takes one of press, say or play",
    "caller: null\nsteps:\n  - barge_in: {after: 1, press: '1', say: một}": "takes one of press, say or play",
    "caller: null\nsteps:\n  - hang_up: false": "hang_up: must be a mapping with after",
    "caller: null\nsteps:\n  - hang_up: now": "hang_up: must be a mapping with after",
    "caller: null\nsteps:\n  - play: none.flac": "x.yml:3: play: there is no file none.flac; correct the path",
    "caller: null\nsteps: []\nvoice: {noise: rain}": "noise: there is no file rain",
    "caller: null\nsteps: []\nvoice: {dialect: west}": "dialect: 'west' is none of north, central, south",
    "caller: null\nsteps: []\nvoice: {speed: 5}": "speed: '5' must be a number from 0.5 to 2",
    "caller: null\nsteps: []\nvoice: {line: tin}": "line: 'tin' is none of clean, g711, ulaw",
    "caller: null\nsteps: []\nkeys: loud": "keys: 'loud' is none of events, inband",
    "caller: null\nsteps: []\nexpect: {outcome: won}": "outcome: 'won' is none of reset, answered, refused",
    "caller: null\nsteps: []\nexpect: {said: tạm biệt}": "said: must be a list",
    "caller: null\nsteps: []\nexpect: {password_readings: two}": "password_readings: 'two' must be a number",
    "caller: null\nsteps: []\nexpect: {password_readings: 1.5}": "password_readings: '1.5' must be a whole number",
    "caller: null\nsteps: []\n? [1]\n: 2": "must be a single value",
    "caller: null\nsteps: []\n---\ncaller: null": "not valid YAML",
    "caller: *nobody\nsteps: []": "x.yml:1: not valid YAML",
    "caller: \x07\nsteps: []": "x.yml: not valid YAML",
}


@pytest.mark.parametrize("text", REFUSED, ids=repr)
def test_a_mistake_is_told_in_one_line_with_its_place(text: str) -> None:
    with pytest.raises(ScriptError) as error:
        parse_script(text, Path("x.yml"))
    message = str(error.value)
    assert REFUSED[text] in message
    assert message.startswith("x.yml")
    assert "\n" not in message


HOSTILE = {
    "deep": "caller: " + "[" * 2000 + "]" * 2000 + "\nsteps: []\n",
    "deeper, and never closed": "caller: " + "[" * 100_000,
    "deep mappings": "caller: " + "{a: " * 2000,
    "aliases": "caller: null\nsteps:\n- &w {wait: 1}\n" + "- *w\n" * 200_000,
    "steps": "caller: null\nsteps:\n" + "- {wait: 1}\n" * 50_000,
    "long": "caller: null # " + "x" * 2**20,
    "itself": "caller: null\nsteps: &s\n- *s\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_no_call_needs_is_refused_before_all_of_it_is_read(name: str) -> None:
    with pytest.raises(ScriptError) as error:
        parse_script(HOSTILE[name], Path("x.yml"))
    assert str(error.value).startswith("x.yml")
    assert "\n" not in str(error.value)


def test_as_many_steps_as_an_hour_has_are_taken() -> None:
    script = parse_script("caller: null\nsteps:\n- &w {wait: 1}\n" + "- *w\n" * 3000, Path("x.yml"))
    assert len(script.steps) == 3001


def test_the_example_in_the_documentation_is_a_script() -> None:
    text = (PACKAGES / "docs" / "caller-scripts.md").read_text("utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    assert parse_script(example, Path("docs/caller-scripts.md")).expect.outcome is Outcome.RESET


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(VoicebotError, match="No such file"):
        load_script(tmp_path / "none.yml")
    with pytest.raises(VoicebotError, match="Is a directory"):
        load_script(tmp_path)
    (tmp_path / "latin.yml").write_bytes("caller: null # gọi".encode("utf-16"))
    with pytest.raises(VoicebotError, match="not UTF-8"):
        load_script(tmp_path / "latin.yml")


def test_a_mistake_never_shows_the_callers_number() -> None:
    with pytest.raises(ScriptError) as error:
        parse_script("caller: 0912345678\nsteps: []", Path("x.yml"))
    assert "0912345678" not in str(error.value)
