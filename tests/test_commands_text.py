"""docs/command-line.md is what the commands say."""

from bot.commands_text import page
from bot.places import PACKAGES


def test_the_page_is_up_to_date() -> None:
    assert (PACKAGES / "docs" / "command-line.md").read_text("utf-8") == page(), "run `make docs-settings`"
