"""A trained dialogue that is not of the files here is told at the start, not in a call."""

from __future__ import annotations

import os
import shutil
from datetime import timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.dialogue import open_dialogue
from bot.errors import VoicebotError
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from bot.dialogue.embedded import EmbeddedRasa

EMBEDDED = "bot.dialogue.embedded"


def check_domain(rasa: EmbeddedRasa, domain: Path) -> None:
    from bot.dialogue import freshness  # takes seconds to import, and Rasa changes the event loops of all tests

    freshness.check_domain(rasa._agent, Path("models/dialogue.tar.gz"), domain)


def changed_since(rasa: EmbeddedRasa, root: Path) -> list[str]:
    from bot.dialogue import freshness

    return freshness.changed_since(rasa._agent, root)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The files that a dialogue is trained from, as old as can be."""
    for name in ("config.yml", "domain.yml", "data", "bot/dialogue"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (0, 0))
    return tmp_path


def rewrite(domain: Path, old: str, new: str) -> None:
    text = domain.read_text("utf-8")
    assert old in text
    domain.write_text(text.replace(old, new), "utf-8")


class TestTheDomain:
    def test_what_it_was_trained_from_is_the_same_however_it_is_laid_out(self, rasa: EmbeddedRasa, root: Path) -> None:
        domain = root / "domain.yml"
        domain.write_text("# a comment\n\n" + domain.read_text("utf-8"), "utf-8")
        os.utime(domain)
        check_domain(rasa, domain)

    @pytest.mark.parametrize(("old", "new"), [("utter_out_of_order:", "utter_else:"), ("kind: number", "kind: any")])
    def test_another_one_is_refused_in_one_line_that_says_what_to_do(
        self, rasa: EmbeddedRasa, root: Path, old: str, new: str
    ) -> None:
        rewrite(root / "domain.yml", old, new)
        with pytest.raises(VoicebotError, match=r"dialogue\.tar\.gz: .* another domain\.yml; .*make setup") as error:
            check_domain(rasa, root / "domain.yml")
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize("text", ["slots: [", "- no\n- domain\n", None])
    def test_one_that_cannot_be_read_is_told(self, rasa: EmbeddedRasa, root: Path, text: str | None) -> None:
        domain = root / "domain.yml"
        domain.unlink()
        if text is not None:
            domain.write_text(text, "utf-8")
        with pytest.raises(VoicebotError, match="correct it") as error:
            check_domain(rasa, domain)
        assert "\n" not in str(error.value)

    def test_no_dialogue_is_opened_with_another_one(
        self, settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rewrite(root / "domain.yml", "kind: number", "kind: any")
        monkeypatch.setattr(f"{EMBEDDED}.ROOT", root)
        with pytest.raises(VoicebotError, match="make setup"):
            open_dialogue(settings)


class TestTheOtherFiles:
    def test_none_has_changed(self, rasa: EmbeddedRasa, root: Path) -> None:
        assert changed_since(rasa, root) == []

    @pytest.mark.parametrize("name", ["config.yml", "data/rules/*.yml", "bot/dialogue/folding.py"])
    def test_those_written_later_are_named(self, rasa: EmbeddedRasa, root: Path, name: str) -> None:
        path = sorted(root.glob(name))[0]
        trained = rasa._agent.processor.model_metadata.trained_at.replace(tzinfo=timezone.utc).timestamp()
        os.utime(path, (trained - 1, trained - 1))
        assert changed_since(rasa, root) == []
        os.utime(path, (trained + 1, trained + 1))
        assert changed_since(rasa, root) == [str(path.relative_to(root))]

    def test_a_dialogue_is_opened_with_a_warning(
        self, settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        os.utime(root / "config.yml")
        monkeypatch.setattr(f"{EMBEDDED}.ROOT", root)
        open_dialogue(settings)
        [warned] = [record.getMessage() for record in caplog.records if record.name == EMBEDDED]
        assert "config.yml changed after" in warned
        assert "make setup" in warned
