"""A trained dialogue that is not of the files here is told at the start, not in a call."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue import freshness, local
from bot.dialogue.local import LocalRasa
from bot.errors import VoicebotError
from bot.places import PACKAGES
from bot.settings import Settings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The files that a dialogue is trained from, as old as can be."""
    for name in ("config.yml", "domain.yml", "endpoints.yml", "data", "rasa_components"):
        copy = shutil.copytree if (PACKAGES / name).is_dir() else shutil.copyfile
        copy(PACKAGES / name, tmp_path / name)
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (0, 0))
    return tmp_path


def rewrite(domain: Path, old: str, new: str) -> None:
    text = domain.read_text("utf-8")
    assert old in text
    domain.write_text(text.replace(old, new), "utf-8")


class TestTheDomain:
    def test_what_it_was_trained_from_is_the_same_however_it_is_laid_out(
        self, dialogue_model: Path, root: Path
    ) -> None:
        domain = root / "domain.yml"
        domain.write_text("# a comment\n\n" + domain.read_text("utf-8"), "utf-8")
        os.utime(domain)
        assert freshness.check(dialogue_model, root, root) == []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("utter_out_of_order:", "utter_else:"),
            ("kind: number", "kind: any"),
            ("- action_clear_failure", "- action_other"),
            ("- ask_wait", "- ask_else"),
        ],
    )
    def test_another_one_is_refused_in_one_line_that_says_what_to_do(
        self, dialogue_model: Path, root: Path, old: str, new: str
    ) -> None:
        rewrite(root / "domain.yml", old, new)
        with pytest.raises(VoicebotError, match=r"\.tar\.gz: .* another domain\.yml; .*make setup") as error:
            freshness.check(dialogue_model, root)
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize("text", ["slots: [", "- no\n- domain\n", "intents: []\n", "", None])
    def test_one_that_cannot_be_read_is_told(self, dialogue_model: Path, root: Path, text: str | None) -> None:
        domain = root / "domain.yml"
        domain.unlink()
        if text is not None:
            domain.write_text(text, "utf-8")
        with pytest.raises(VoicebotError, match="correct it") as error:
            freshness.check(dialogue_model, root)
        assert "\n" not in str(error.value)

    def test_no_dialogue_is_opened_with_another_one(
        self, settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rewrite(root / "domain.yml", "kind: number", "kind: any")
        monkeypatch.setattr(local, "HOME", root)
        with pytest.raises(VoicebotError, match="make setup"):
            LocalRasa(settings)


class TestTheOtherFiles:
    @pytest.mark.parametrize("name", ["config.yml", "data/rules/*.yml", "rasa_components/folding.py"])
    def test_those_written_later_are_named(self, dialogue_model: Path, root: Path, name: str) -> None:
        path = sorted(root.glob(name))[0]
        trained = datetime.fromisoformat(freshness._metadata(dialogue_model)["trained_at"])
        seconds = trained.replace(tzinfo=UTC).timestamp()
        os.utime(path, (seconds - 1, seconds - 1))
        assert freshness.check(dialogue_model, root, root) == []
        os.utime(path, (seconds + 1, seconds + 1))
        assert freshness.check(dialogue_model, root, root) == [str(path.relative_to(root))]


def test_of_a_folder_the_newest_model_is_taken(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old")):
        (tmp_path / f"{name}.tar.gz").write_bytes(b"")
        os.utime(tmp_path / f"{name}.tar.gz", (1000 - age, 1000 - age))
    assert freshness.newest(tmp_path).name == "new.tar.gz"
    assert freshness.newest(tmp_path / "old.tar.gz").name == "old.tar.gz"


@pytest.mark.parametrize(
    ("changed", "told"), [(["a"], "a"), (["a", "b", "c"], "a, b, c"), (["a", "b", "c", "d"], "a, b, c and 1 more")]
)
def test_of_many_files_some_are_named(changed: list[str], told: str) -> None:
    assert freshness.some_of(changed) == told
