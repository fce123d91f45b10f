"""The whole bot of the campaign: real hearing, Rasa, actions, store and speech, with faults between them."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy import update

from bot.accounts import Accounts
from bot.accounts.phones import normalise
from bot.accounts.schema import accounts as table
from bot.actions import services as services_module
from bot.actions.services import Services
from bot.assembly import DOMAIN, Voicebot, read_prompts
from bot.events import RATE
from bot.hearing import load_models
from bot.sealing import Seal
from bot.settings import Settings
from proof.faulty_dialogue import FaultyDialogue
from proof.faulty_store import HASHER, WORK_SECONDS, FaultyAccounts, Limits
from proof.faulty_voice import FaultyVoice
from proof.run import Clock
from proof.sound import LevelVoice
from tests.rasa_tools import RasaOfTests, SharedRasa
from tts.clips import Clips
from tts.recorded import Recorded
from tts.speech import CallSpeech

LIMITS = Limits(max_failures=100, lock_seconds=60, max_resets=10_000, max_refusals=1_000_000, password_hours=72)
"""Each account has a few calls; the limits on guessing are tested elsewhere. A password lives longer than any jump of
the clock: after a jump of a day it would have expired, as it should, and the account would look lost."""

BLOCK = 500
"""Accounts that are made together."""


@dataclass(frozen=True)
class Citizen:
    """An account, and the password that opens it."""

    phone: str
    number: str
    password: str


def citizen(n: int) -> Citizen:
    """The n-th citizen; no two have a number in common."""
    return Citizen(f"0912{n:06}", f"79{n * 7919 % 10**8:08}", f"{(n * 104729 + 7) % 10**8:08}")


class House:
    """Made by `opened`."""

    def __init__(
        self, bot: Voicebot, dialogue: FaultyDialogue, accounts: FaultyAccounts, auditor: Accounts, clock: Clock
    ) -> None:
        self.bot, self.dialogue, self.accounts, self.clock = bot, dialogue, accounts, clock
        self._auditor = auditor
        self._made = 0

    def citizen(self, n: int) -> Citizen:
        """The n-th citizen, whose account is made if there is none yet."""
        while n >= self._made:
            block = [citizen(each) for each in range(self._made, self._made + BLOCK)]
            self._auditor.import_rows([(each.phone, each.number) for each in block])
            with self._auditor._database.writing() as connection:
                for each in block:
                    phone = self._auditor._pseudonyms.phone(normalise(each.phone))
                    kept = self._auditor.passwords.hash(each.password)
                    connection.execute(update(table).where(table.c.phone == phone).values(password=kept))
            self._made += BLOCK
        return citizen(n)

    def in_force(self, phone: str, passwords: list[str]) -> list[str]:
        """The passwords of these that open the account, as another process sees it."""
        return [each for each in dict.fromkeys(passwords) if self._auditor.verify(phone, each)]


@asynccontextmanager
async def opened(folder: Path, rasa: SharedRasa) -> AsyncIterator[House]:
    """A house whose files lie in `folder`."""
    settings = Settings(number_lengths=(10, 12), **LIMITS)
    clock, key, file = Clock(), Fernet.generate_key(), folder / "accounts.sqlite"
    auditor = Accounts(f"sqlite:///{file}", key=key, hasher=HASHER, **LIMITS)
    auditor.init()
    store = FaultyAccounts(file, clock, key, LIMITS)
    seal = Seal(Fernet.generate_key(), settings.seal_seconds, lambda: _now(clock))
    services = Services(settings)
    vars(services).update(accounts=store, seal=seal)
    logging.raiseExceptions = False  # while the disk is full, a log cannot be written either
    before = services_module.WORK_SECONDS
    services_module.WORK_SECONDS = WORK_SECONDS
    words, prompts = read_prompts(DOMAIN)
    voice = LevelVoice()
    prompt_clips, digit_clips = Clips(voice, folder / "clips"), Clips(voice, folder / "clips")
    speech = CallSpeech(Recorded({}), prompt_clips, digit_clips, seal)
    try:
        load_models(settings)
        dialogue = FaultyDialogue(RasaOfTests(rasa, settings, services), clock, store.told)
        await speech.warm(prompts, RATE)
        ready = (words.wait, words.apology, words.void, words.stands, words.unknown)
        gc.collect()
        gc.freeze()  # as `voicebot serve` does
        bot = Voicebot(settings, dialogue, FaultyVoice(speech, ready), seal.calls, words)
        yield House(bot, dialogue, store, auditor, clock)
    finally:
        services_module.WORK_SECONDS = before
        await speech.close()
        store.close()
        auditor.close()


def _now(clock: Clock) -> float:
    return time.time() + clock.offset
