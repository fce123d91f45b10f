"""`voicebot check-line` against a gateway on a real port."""

import pytest

from bot.credentials import Credentials
from bot.errors import VoicebotError
from bot.events import HungUp, Outcome
from bot.protocols import Channel
from bot.telephony.line_check import check_line
from bot.watching import Ended, Watch
from tests.channels.contract import tone
from tests.gateway.conftest import SECRET, Listeners, site


async def speak(channel: Channel, watch: Watch, name: str) -> Outcome:
    """Says something, and listens until the caller hangs up."""
    assert (channel.caller, name) == (None, "check")
    await channel.play(tone(channel.rate, 0.1), "clip")
    async for event in channel.events():
        if event == HungUp():
            break
    watch(Ended(1.0, Outcome.HUNG_UP))
    return Outcome.HUNG_UP


async def hang_up(channel: Channel, watch: Watch, name: str) -> Outcome:
    await channel.hang_up()
    watch(Ended(0.0, Outcome.ERROR))
    return Outcome.ERROR


async def test_a_line_that_works_is_one_on_which_the_bot_is_heard() -> None:
    async with site(speak) as here:
        assert 0 < await check_line(f"ws://127.0.0.1:{here.server.port}", Credentials(SECRET).headers, "check") < 10
        await here.quiet()


async def test_another_secret_is_named_as_the_reason(listeners: Listeners) -> None:
    async with site(listeners.answer) as here:
        with pytest.raises(VoicebotError, match="VOICEBOT_LINE_SECRET"):
            await check_line(
                f"ws://127.0.0.1:{here.server.port}", Credentials("another secret of sixteen").headers, "check"
            )
        assert listeners.callers == []


async def test_a_full_machine_is_named_as_the_reason(listeners: Listeners) -> None:
    async with site(listeners.answer, calls=1) as here, here.call():
        with pytest.raises(VoicebotError, match="takes no calls now"):
            await check_line(f"ws://127.0.0.1:{here.server.port}", Credentials(SECRET).headers, "check")


async def test_a_call_that_ends_without_a_sound_does_not_pass() -> None:
    async with site(hang_up) as here:
        with pytest.raises(VoicebotError, match="without a sound"):
            await check_line(f"ws://127.0.0.1:{here.server.port}", Credentials(SECRET).headers, "check")


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9", "127.0.0.1:9", "ws://no machine", "http://["])
async def test_where_nothing_answers_the_line_says_what_to_do(url: str) -> None:
    with pytest.raises(VoicebotError, match="start `voicebot serve`"):
        await check_line(url, Credentials(SECRET).headers, "check")
