"""docs/settings.md is what the settings say."""

from __future__ import annotations

import dataclasses
import re

from bot.places import PACKAGES
from bot.settings import Settings
from bot.settings_text import commented_toml, described, page


def test_the_page_is_up_to_date() -> None:
    assert (PACKAGES / "docs" / "settings.md").read_text("utf-8") == page(), "run `make docs-settings`"


def test_every_setting_has_words() -> None:
    assert [each.name for each in described()] == [field.name for field in dataclasses.fields(Settings)]
    assert all(len(each.text) > 15 and each.text.endswith(".") for each in described())


def test_the_page_shows_type_default_and_range() -> None:
    rows = {row.split("`")[1]: row for row in page().splitlines() if row.startswith("| `")}
    assert "| `VOICEBOT_MAX_CALLS` | whole number | `100` | 1 to 10,000 |" in rows["max_calls"]
    assert "| number | `0.8` | 0.1 to 10.0 s |" in rows["settle_seconds"]
    assert '| text | `"off"` | off, prefer, require |' in rows["verstat"]
    assert "text, not logged" in rows["line_secret"]
    assert all(row.count("|") == 7 for row in rows.values())


def test_the_commented_file_has_no_line_that_is_too_long() -> None:
    assert max(len(line) for line in commented_toml().splitlines()) <= 105


def test_no_page_names_a_setting_that_is_not_there() -> None:
    known = {f"VOICEBOT_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    known |= {"VOICEBOT_HOME", "VOICEBOT_CONFIG"}
    named = set(re.findall(r"\bVOICEBOT_[A-Z_]+[A-Z]\b", (PACKAGES / "docs" / "operations.md").read_text("utf-8")))
    assert sorted(named - known) == []
