"""Every caller script that a page of docs/ shows can be copied: all can be read, and the first one's call comes out as
it says."""

import re
from pathlib import Path

import pytest
import yaml

from bot.assembly import Voicebot
from bot.places import PACKAGES
from bot.simulation.caller_script import parse_script
from bot.simulation.run import simulate_call


def examples() -> list[tuple[str, str]]:
    """Page and text of each block of YAML that is a caller script: it has `steps` at the top, and no Rasa rules."""
    found = []
    for page in sorted((PACKAGES / "docs").glob("**/*.md")):
        for block in re.findall(r"^```ya?ml\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            value = yaml.safe_load(block)
            if isinstance(value, dict) and "steps" in value:
                found.append((page.name, block))
    return found


EXAMPLES = examples()


def test_there_are_some() -> None:
    assert [page for page, _ in EXAMPLES] == ["caller-scripts.md", "tutorial-second-service.md"]


@pytest.mark.parametrize(("page", "text"), EXAMPLES, ids=[page for page, _ in EXAMPLES])
def test_each_can_be_read(page: str, text: str, tmp_path: Path) -> None:
    assert parse_script(text, tmp_path / "call.yml").steps


@pytest.mark.asyncio(loop_scope="session")
async def test_the_first_call_comes_out_as_the_page_says(bot: Voicebot, tmp_path: Path) -> None:
    _, text = EXAMPLES[0]
    script = parse_script(text, tmp_path / "call.yml")
    result = await simulate_call(bot, script)
    assert result.failure is None, result.failure
    assert result.left_over is None
