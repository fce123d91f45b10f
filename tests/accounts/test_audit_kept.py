"""How long the audit trail is kept, and that what is left of it is still proved."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from account_tools import Clock, Open, tamper

from bot.accounts import Accounts, trail
from bot.accounts.chain import Record
from bot.accounts.demo import DEMO
from bot.accounts.trail import EVERY

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO


def old_and_new(accounts: Accounts, clock: Clock) -> None:
    """A refusal three hundred days before the clock's time, and one now."""
    clock.now = datetime.now(clock.now.tzinfo) + timedelta(days=1)
    accounts.begin_reset("old", PHONE, OTHER_NUMBER)
    clock.advance(days=300)
    accounts.begin_reset("new", PHONE, OTHER_NUMBER)


def test_what_is_too_old_is_removed_and_the_rest_is_still_proved(
    accounts: Accounts, open_store: Open, clock: Clock
) -> None:
    old_and_new(accounts, clock)
    kept = accounts.audit.checkpoint()
    assert kept
    bot = open_store(audit_days=100)
    bot.check()
    bot.check()
    verdict = bot.audit.verify([kept])
    assert (verdict.ok, verdict.first, verdict.last) == (True, 4, 5), verdict
    new, pruned = accounts.audit._records()
    assert (new.call, pruned.event, pruned.actor, pruned.detail) == ("new", "pruned", "bot", "3")
    tamper(accounts, "DELETE FROM audit WHERE seq = 4")
    assert bot.audit.verify().broken == 4


def test_a_day_is_removed_at_a_time(accounts: Accounts, open_store: Open, clock: Clock) -> None:
    old_and_new(accounts, clock)
    bot = open_store(audit_days=100)
    bot.check()
    clock.advance(days=100, hours=23)
    for _ in range(3):
        bot.check()
    assert accounts.audit.verify().first == 4
    clock.advance(hours=1)
    bot.check()
    assert bot.audit.verify().first == 5


def test_nothing_is_removed_without_the_setting(accounts: Accounts, clock: Clock) -> None:
    old_and_new(accounts, clock)
    accounts.check()
    assert accounts.audit.verify().first == 1


def test_a_trail_that_is_old_as_a_whole_keeps_its_last_record(
    accounts: Accounts, open_store: Open, clock: Clock
) -> None:
    old_and_new(accounts, clock)
    clock.advance(days=300)
    bot = open_store(audit_days=100)
    for _ in range(3):
        bot.check()
    assert [each.event for each in accounts.audit._records()] == ["pruned", "pruned"]
    assert bot.audit.verify().ok


def test_a_look_that_is_overtaken_by_a_removal_is_taken_again(
    accounts: Accounts, open_store: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_and_new(accounts, clock)
    bot, page = open_store(audit_days=100), trail.page
    looks = 0

    def overtaken(*arguments: Any) -> list[Record]:
        nonlocal looks
        looks += 1
        if looks == 1:
            bot.check()
        return page(*arguments)

    monkeypatch.setattr(trail, "page", overtaken)
    assert accounts.audit.verify().ok
    assert looks == 2


def test_a_trail_that_somebody_emptied_goes_on_and_stays_broken(accounts: Accounts) -> None:
    """Whoever can do that must not be able to stop all resets as well."""
    for i in range(EVERY):
        accounts.begin_reset(f"before {i}", None, NUMBER)
    tamper(accounts, "DELETE FROM audit")
    for i in range(EVERY + 5):
        accounts.begin_reset(f"after {i}", None, NUMBER)
    accounts.begin_reset("call", PHONE, NUMBER)
    assert accounts.activate("call")
    assert accounts.audit.verify().broken == EVERY
