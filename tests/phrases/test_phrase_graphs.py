"""New wording in the menu's graph: by its arcs, by the command, and by ear."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.commands.phrases import app
from bot.errors import VoicebotError
from bot.events import RATE, Grammar
from bot.hearing import built, models, recogniser
from bot.hearing.models import ModelError
from bot.phrases import graph as graphs
from bot.phrases import wording
from bot.phrases.build import build, waiting
from bot.phrases.graph import Step
from bot.phrases.lexicon import pronounced
from bot.phrases.wording import menu_phrases
from bot.places import PACKAGES
from bot.simulation.caller_script import CallerVoice, Say
from bot.simulation.caller_voice import sound_of

YEARS = ["tra cứu số năm đóng bảo hiểm", "xem số năm đóng bảo hiểm"]
HEARD = "số đóng bảo hiểm"
"""What both end with. A digit word in a phrase is not told."""

WORDING = {"ask_reset": ["cấp lại mật khẩu", "quên mật khẩu"], "ask_years": YEARS}


@pytest.fixture(autouse=True)
def _var_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "GRAPHS", tmp_path / "graphs")
    monkeypatch.setattr(models, "HOME", tmp_path)


def bundled() -> models.ModelFolder:
    return models.inspect(PACKAGES / "asr_models" / "vi-digits", built_graphs=False)


def steps(text: str) -> list[Step]:
    return [Step(sound) for word in text.split() for sound in pronounced(word)[0]]


class TestAGraph:
    file = PACKAGES / "asr_models" / "vi-digits" / "graphs" / "menu" / "HCLG.fst"

    def test_is_read_and_written_without_a_change(self, tmp_path: Path) -> None:
        menu = graphs.read(self.file)
        graphs.write(menu, tmp_path / "HCLG.fst")
        before, after = self.file.read_bytes(), (tmp_path / "HCLG.fst").read_bytes()
        assert len(before) == len(after)
        assert before[65:] == after[65:], "states and arcs, and the sizes before them"
        assert graphs.read(tmp_path / "HCLG.fst") == menu

    def test_holds_what_it_was_made_for_and_nothing_else(self) -> None:
        menu = graphs.read(self.file)
        unknown = int(dict(line.split() for line in (self.file.parent / "words.txt").open(encoding="utf-8"))["<unk>"])
        assert menu.holds(steps("cấp lại mật khẩu"), without=unknown)
        assert not menu.holds(steps(YEARS[0]), without=unknown)

    def test_branches_share_their_beginning(self) -> None:
        menu = graphs.read(self.file)
        before = len(menu.arcs)
        menu.branch(menu.start, menu.start, steps("tra cứu"), 4.0)
        menu.branch(menu.start, menu.start, steps("tra cứu sổ"), 4.0)
        assert len(menu.arcs) == before + len(steps("tra cứu sổ"))
        assert menu.holds(steps("tra cứu"))
        assert menu.holds(steps("tra cứu sổ"))

    @pytest.mark.parametrize("damage", [b"", b"no graph", slice(0, 2000)])
    def test_that_is_none_is_one_clear_line(self, tmp_path: Path, damage: bytes | slice) -> None:
        file = tmp_path / "HCLG.fst"
        file.write_bytes(self.file.read_bytes()[damage] if isinstance(damage, slice) else damage)
        with pytest.raises(ModelError, match=r"HCLG.fst: .*the bundled models alone") as told:
            graphs.read(file)
        assert "\n" not in str(told.value)


class TestBuilding:
    def test_adds_new_intents_and_leaves_the_models_own(self) -> None:
        found = build(bundled(), WORDING)
        assert found.phrases == {"ask_years": YEARS}
        assert found.folder == built.folder_of(bundled().path)
        menu = graphs.read(found.folder / "HCLG.fst")
        assert all(menu.holds(steps(phrase)) for phrase in YEARS)
        assert models.find("vi-digits").graphs[Grammar.MENU] == found.folder

    def test_courtesies_may_follow(self) -> None:
        folder = build(bundled(), WORDING).folder
        assert folder
        words = dict(line.split() for line in (folder / "words.txt").open(encoding="utf-8"))
        menu = graphs.read(folder / "HCLG.fst")
        assert menu.holds(steps(f"{YEARS[0]} ạ"), without=int(words["<unk>"]))

    def test_of_nothing_new_removes_an_earlier_graph(self) -> None:
        build(bundled(), WORDING)
        assert build(bundled(), {"ask_reset": WORDING["ask_reset"]}).folder is None
        assert models.find("vi-digits").graphs[Grammar.MENU] == bundled().graphs[Grammar.MENU]

    def test_the_projects_own_dialogue_needs_none(self) -> None:
        assert build(bundled(), menu_phrases(PACKAGES)).folder is None

    def test_a_phrase_that_cannot_be_spelled_is_left_out(self) -> None:
        found = build(bundled(), {"ask_years": [*YEARS, "tra cứu trên vssid"]})
        assert found.left_out == {"ask_years": ["tra cứu trên vssid"]}
        assert waiting(bundled(), {"ask_years": [*YEARS, "tra cứu trên vssid"]}) == []

    def test_an_intent_without_any_is_an_error(self) -> None:
        with pytest.raises(VoicebotError, match="no example of ask_years can be spelled"):
            build(bundled(), {"ask_years": ["vssid", "check"]})

    def test_what_is_not_built_yet_is_told(self) -> None:
        assert waiting(bundled(), WORDING) == ["ask_years"]
        build(bundled(), WORDING)
        assert waiting(bundled(), WORDING) == []
        assert waiting(bundled(), {"ask_years": [*YEARS, "tôi đóng được mấy năm"]}) == ["ask_years"]


class TestABuiltGraph:
    def test_of_another_model_is_refused(self) -> None:
        folder = build(bundled(), WORDING).folder
        assert folder
        about = json.loads((folder / built.ABOUT).read_text("utf-8"))
        (folder / built.ABOUT).write_text(json.dumps(about | {"from": "0"}))
        with pytest.raises(ModelError, match=r"another model's graph; run `voicebot phrases build`"):
            models.find("vi-digits")

    def test_that_is_damaged_is_refused(self) -> None:
        folder = build(bundled(), WORDING).folder
        assert folder
        with (folder / "HCLG.fst").open("ab") as file:
            file.write(b"more")
        with pytest.raises(ModelError, match=r"damaged; run `voicebot phrases build`"):
            models.find("vi-digits")


@pytest.mark.parametrize("dialect", ["north", "central", "south"])
def test_it_is_heard_in_every_dialect(dialect: str) -> None:
    build(bundled(), WORDING)
    recogniser.opener.cache_clear()
    try:
        hears = recogniser.opener("vi-digits")(Grammar.MENU)
    finally:
        recogniser.opener.cache_clear()
    silence = np.zeros(RATE // 2, np.int16)
    hears.accept(np.concatenate([silence, sound_of(Say(YEARS[0]), CallerVoice(dialect=dialect)), silence]))
    assert hears.finish().texts[0] in (f"tra cứu {HEARD}", f"xem {HEARD}"), "either is the same intent"


class TestWording:
    def project(self, folder: Path, examples: str) -> Path:
        (folder / "data" / "nlu").mkdir(parents=True)
        (folder / "domain.yml").write_text(
            'responses:\n  utter_menu:\n  - text: a\n    custom:\n      expect: {kind: menu, keys: {"5": ask_years}}\n'
            '  utter_other:\n  - text: b\n    custom:\n      expect: {kind: any, keys: {"6": ask_more}}\n',
            "utf-8",
        )
        (folder / "data" / "nlu" / "years.yml").write_text(
            f"nlu:\n- intent: ask_years\n  examples: {examples}\n- intent: ask_more\n  examples: |\n    - thêm\n",
            "utf-8",
        )
        return folder

    @pytest.mark.parametrize(
        "examples",
        [
            "|\n    - Xem số năm\n    - xem [số năm](what)\n",
            '\n  - text: Xem số  năm\n  - text: \'xem [số năm]{"entity": "what"}\'',
        ],
    )
    def test_is_what_the_keys_of_the_menu_choose(self, tmp_path: Path, examples: str) -> None:
        assert wording.menu_phrases(self.project(tmp_path, examples)) == {"ask_years": ["xem số năm"]}

    def test_a_file_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        folder = self.project(tmp_path, "|\n    - xem\n")
        (folder / "data" / "nlu" / "years.yml").write_text("nlu: [", "utf-8")
        with pytest.raises(VoicebotError, match=r"years.yml: cannot be read"):
            wording.menu_phrases(folder)


class TestTheCommand:
    def test_says_what_can_be_said(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("VOICEBOT_CONFIG", os.devnull)
        monkeypatch.setattr(wording, "menu_phrases", lambda _: WORDING)
        monkeypatch.setattr(models, "try_out", lambda *_: None)
        result = CliRunner().invoke(app, ["build", "--json"])
        assert result.exit_code == 0, result.output
        told = json.loads(result.stdout)
        assert (told["model"], told["phrases"], told["left_out"]) == ("vi-digits", {"ask_years": 2}, {})
        assert "2 phrases of ask_years can be said" in CliRunner().invoke(app, ["build"]).stdout

    def test_with_nothing_to_do_says_so(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("VOICEBOT_CONFIG", os.devnull)
        assert "nothing to build" in CliRunner().invoke(app, ["build"]).stdout
