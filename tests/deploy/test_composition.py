"""The composition of deploy/compose, started: two gateways, two Rasa, two action servers, PostgreSQL, Redis, nginx.

Sixty calls through the front, keyed and spoken, while one of each part is killed in turn and one gateway is drained. It
takes five minutes, and runs where podman, podman-compose and the images are: tests/deploy/README.md says how to get
them. `-s` shows what each part held in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from proof.sockets import fill
from tests.deploy.callers import Callers, Held, digit_sounds
from tests.deploy.composition import PORT, Composition, missing, podman

pytestmark = [
    pytest.mark.skipif(bool(why := missing()), reason=why),
    pytest.mark.asyncio(loop_scope="module"),
]
CALLS = 12
"""At once, for each fault."""

FAULTS = 5
SPOKEN = CALLS * FAULTS // 5
STILL = 0.7
"""Seconds in which a part that is going to be killed answers nothing: turns of some callers come in them."""

MIDDLE = 11.0
"""Seconds after the first of them begins: the last has begun, the first is asked for its number or has given it."""


@pytest.fixture(scope="module")
def composition(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composition]:
    running = Composition(tmp_path_factory.mktemp("composition"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def callers(composition: Composition) -> AsyncIterator[Callers]:
    accounts = composition.accounts()
    made = Callers(PORT, composition.secret, accounts, await digit_sounds())
    await asyncio.to_thread(made.prepare, SPOKEN)
    await asyncio.to_thread(fill, accounts, made.people(CALLS * FAULTS))
    yield made
    print({name: f"{held / 1e6:.0f} MB" for name, held in composition.memory().items()})
    accounts.close()


async def killed(composition: Composition, service: str) -> str:
    """One container of a service is killed in the middle of the calls, with work in its hands: it stands still before;
    which."""
    await asyncio.sleep(MIDDLE)
    name = composition.names(service)[0]
    await asyncio.to_thread(podman, "kill", "--signal", "STOP", name)
    await asyncio.sleep(STILL)
    await asyncio.to_thread(podman, "kill", "--signal", "KILL", name)
    return name


async def back(composition: Composition, name: str) -> None:
    """Start it again where the engine has not, and wait until every gateway takes calls."""
    await asyncio.to_thread(podman, "start", name)
    for _ in range(120):
        if await asyncio.to_thread(composition.ready):
            return
        await asyncio.sleep(1)
    raise AssertionError(composition.logs())


def told(held: list[Held]) -> list[str]:
    return [f"{each.who.phone} {each.wire.how}, {len(each.passwords)} readings" for each in held if not each.whole]


async def test_calls_end_with_a_new_password(composition: Composition, callers: Callers) -> None:
    async def nothing() -> None:
        await asyncio.sleep(MIDDLE)
        print({name: composition.calls_at(name) for name in composition.names("gateway")})

    before = composition.processor_seconds()
    held = await callers.during(CALLS, nothing)
    after = composition.processor_seconds()
    print({name: f"{(after[name] - before[name]) / CALLS * 1000:.0f} ms of a core a call" for name in after})
    assert told(held) == []


async def test_no_call_is_lost_with_a_rasa(composition: Composition, callers: Callers) -> None:
    """Also not one whose turn it was working on: the other Rasa is told."""
    gone: list[str] = []

    async def kill() -> None:
        gone.append(await killed(composition, "rasa"))

    held = await callers.during(CALLS, kill)
    open_turns = composition.open_turns()
    await back(composition, gone[0])
    print(f"{len(open_turns)} turns were at the Rasa that was killed")
    assert told(held) == [], composition.logs()
    assert {each.wire.how for each in held} == {"bot hung up"}


async def test_no_call_is_lost_with_an_action_server(composition: Composition, callers: Callers) -> None:
    gone: list[str] = []

    async def kill() -> None:
        gone.append(await killed(composition, "actions"))

    held = await callers.during(CALLS, kill)
    await back(composition, gone[0])
    assert told(held) == [], composition.logs()


async def test_a_gateway_that_is_drained_ends_its_calls(composition: Composition, callers: Callers) -> None:
    name = composition.names("gateway")[0]
    in_progress: list[int] = []

    async def drain() -> None:
        await asyncio.sleep(MIDDLE / 2)
        in_progress.append(composition.calls_at(name))
        await asyncio.to_thread(podman, "stop", "--time", "120", name)

    held = await callers.during(CALLS, drain)
    await back(composition, name)
    assert in_progress[0] > 0
    assert told(held) == []


async def test_with_a_gateway_no_calls_are_lost_but_its_own(composition: Composition, callers: Callers) -> None:
    name = composition.names("gateway")[0]
    in_progress: list[int] = []

    async def kill() -> None:
        await asyncio.sleep(MIDDLE)
        in_progress.append(composition.calls_at(name))
        await asyncio.to_thread(podman, "kill", "--signal", "KILL", name)

    held = await callers.during(CALLS, kill)
    await back(composition, name)
    print(f"{len(told(held))} calls lost, {in_progress[0]} were on the gateway that was killed")
    assert 0 < len(told(held)) <= in_progress[0]
    assert {each.wire.how for each in held if not each.whole} == {"lost"}


async def test_no_account_is_left_inconsistent(callers: Callers) -> None:
    assert len(callers.held) == CALLS * FAULTS
    assert await callers.inconsistent() == []


def test_nothing_secret_is_in_any_log(composition: Composition, callers: Callers) -> None:
    logs = composition.logs()
    secret = [each for held in callers.held for each in (held.who.phone, held.who.number, *held.passwords)]
    assert [each for each in secret if each in logs] == []


def test_every_part_of_ours_is_closed(composition: Composition) -> None:
    """No root, nothing to write to but memory and what must last."""
    for service in ("gateway", "rasa", "actions", "front", "inside"):
        for name in composition.names(service):
            uid = podman("exec", name, "id", "-u").stdout.strip()
            written = podman("exec", name, "sh", "-c", "touch /srv/x /etc/x", check=False)
            assert (uid, written.returncode != 0) == ("1000", True), name
