"""The dialogue's process looks after the store, which sweeps what dead calls left, at once and again and again."""

import asyncio
import io

import pytest

from bot.events import Reply, StoreHealth, Utterance
from bot.gateway import dialogue_worker


class Keeper:
    def __init__(self) -> None:
        self.looks: list[float] = []

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        raise NotImplementedError

    async def close(self) -> None: ...

    async def health(self) -> StoreHealth:
        self.looks.append(len(self.looks))
        return StoreHealth()


async def test_it_is_looked_after_at_the_start_and_every_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise asyncio.CancelledError

    keeper = Keeper()
    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await dialogue_worker._watch_store(keeper, io.BytesIO())
    assert slept == [2.0] * 3
    assert len(keeper.looks) == 3
