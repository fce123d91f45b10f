"""A dialogue in place of Rasa for the tests of its process: `python -m tests.gateway.parrot [WHY NOT]`.

It says the words it is told; "die", "hang", "complain", "fail" and "crash" it does. Its account store has the trouble
that follows "store"."""

import asyncio
import logging
import os
import sys

from bot.errors import VoicebotError
from bot.events import Expect, Gone, Outcome, Prompt, Reply, Said, StoreHealth, Utterance
from bot.gateway import dialogue_worker
from bot.gateway.dialogue_worker import main
from bot.settings import Settings

dialogue_worker.STORE_SECONDS = 0.05

NOTHING = Expect("nothing")


class Parrot:
    def __init__(self) -> None:
        self._trouble = ""

    async def health(self) -> StoreHealth:
        return StoreHealth(self._trouble, 7, 9)

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        print("noise that a library makes on stdout")
        words = utterance.text if isinstance(utterance, Said) else "hello"
        if words == "die":
            os._exit(3)
        elif words == "hang":
            await asyncio.Event().wait()
        elif words.startswith("store"):
            self._trouble = words.removeprefix("store").strip()
        elif words == "complain":
            logging.getLogger(__name__).error("a parrot is tired")
        elif words == "fail":
            raise VoicebotError("that is too hard for a parrot")
        elif words == "crash":
            raise ZeroDivisionError("0123456789")
        return Reply((Prompt(words),), NOTHING, Outcome.HUNG_UP if isinstance(utterance, Gone) else None)

    async def close(self) -> None:
        """Nothing is held open."""


def open_parrot(settings: Settings) -> Parrot:
    if len(sys.argv) > 1:
        raise VoicebotError(sys.argv[1])
    return Parrot()


if __name__ == "__main__":
    main(open_parrot)
