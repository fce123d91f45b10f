"""Every scripted call in this folder, held by the whole bot: real sound, recogniser, Rasa, actions, SQLite and voice.

A call that is added here as a file is a test. What is in the account store afterwards is checked too.
"""

import secrets
from pathlib import Path

import pytest

from bot.accounts import open_accounts
from bot.accounts.demo import DEMO
from bot.assembly import Voicebot
from bot.places import PACKAGES
from bot.settings import Settings
from bot.simulation.caller_script import MissingRecordingError, load_script
from bot.simulation.run import simulate_call

SCRIPTS = [*sorted(Path(__file__).parent.glob("*.yml")), PACKAGES / "calls" / "demo.yml"]


EARLY = {"d_number_three_wishes", "e_menu_key_bounced"}
"""Scripts whose caller has more to say than a bot that understands at once lets him."""


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_call(path: Path, bot: Voicebot) -> None:
    try:
        script = load_script(path)
    except MissingRecordingError as error:
        pytest.skip(str(error))
    result = await simulate_call(bot, script)
    said = "\n".join(f"heard {e.heard!r}, said {e.said!r}" for e in result.record.exchanges)
    assert result.failure is None, f"{result.failure}\n{said}"
    assert result.left_over is None or path.stem in EARLY, f"{result.left_over}\n{said}"


@pytest.fixture
def password(settings: Settings) -> str:
    """A password that is in force for the first demo account."""
    accounts = open_accounts(settings)
    call_id = secrets.token_hex(8)
    password = accounts.begin_reset(call_id, *DEMO[0])
    assert password
    assert accounts.activate(call_id)
    return password


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("script", "still_opens"),
    [
        ("hang_up_number", True),
        ("hang_up_read_back", True),
        ("hang_up_first_reading", True),
        ("unknown_phone", True),
        ("hang_up_second_reading", False),
        ("keys_only", False),
    ],
)
async def test_the_old_password_is_in_force_until_the_new_one_was_heard(
    script: str, still_opens: bool, password: str, bot: Voicebot, settings: Settings
) -> None:
    await simulate_call(bot, load_script(Path(__file__).parent / f"{script}.yml"))
    assert open_accounts(settings).verify(DEMO[0][0], password) is still_opens
