"""What the audit trail is asked, and that no secret is in an answer."""

from datetime import timedelta

import pytest
from account_tools import Clock, on_sqlite

from bot.accounts import Accounts
from bot.accounts.chain import Checkpoint
from bot.accounts.demo import DEMO
from bot.errors import VoicebotError

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO


def test_a_phone_is_asked_about(accounts: Accounts, clock: Clock) -> None:
    accounts.begin_reset("own", PHONE, NUMBER)
    accounts.begin_reset("stranger", "0966123123", NUMBER)
    accounts.begin_reset("other", OTHER_PHONE, OTHER_NUMBER)
    assert [each.call for each in accounts.audit.of_phone(PHONE)] == ["own", "stranger"]
    assert [each.call for each in accounts.audit.of_phone("+84912345678")] == ["own", "stranger"]
    accounts.change_phone(PHONE, "0966000001")
    assert [each.call for each in accounts.audit.of_phone("0966000001") if each.call] == ["own", "stranger", "own"]
    assert accounts.audit.of_phone("0966999999") == []
    with pytest.raises(VoicebotError, match="phone number"):
        accounts.audit.of_phone("12")


def test_a_call_is_asked_about(accounts: Accounts) -> None:
    accounts.begin_reset("1764.7", PHONE, NUMBER)
    accounts.begin_reset("1764.8", PHONE, NUMBER)
    accounts.activate("1764.7")
    assert [each.event for each in accounts.audit.of_call("1764.7")] == ["granted", "activated"]


def test_a_time_is_exported(accounts: Accounts, clock: Clock) -> None:
    begin = clock.now.replace(tzinfo=None)
    for hour in range(4):
        accounts.begin_reset(f"call {hour}", PHONE, OTHER_NUMBER)
        clock.advance(hours=1)
    found = accounts.audit.export(begin + timedelta(hours=1), begin + timedelta(hours=3))
    assert [each.call for each in found] == ["call 1", "call 2"]


@on_sqlite
def test_a_long_trail_is_read_in_pages(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.accounts.trail.PAGE", 3)
    for i in range(7):
        accounts.begin_reset(f"call {i}", None, NUMBER)
    assert [each.seq for each in accounts.audit._records()] == list(range(1, 10))


def test_the_trail_holds_no_number_and_no_password(accounts: Accounts) -> None:
    password = accounts.begin_reset("call", PHONE, NUMBER)
    accounts.activate("call")
    accounts.change_phone(PHONE, "0966000001")
    text = repr(list(accounts.audit.export())) + repr(accounts.audit.of_phone(PHONE))
    secrets = [PHONE, PHONE[1:], NUMBER, "0966000001", "966000001", password or ""]
    assert not any(secret in text for secret in secrets)


def test_a_checkpoint_holds_nothing_but_the_chain(accounts: Accounts) -> None:
    made = accounts.audit.checkpoint()
    assert isinstance(made, Checkpoint)
    assert set(vars(made) if hasattr(made, "__dict__") else ()) == {"seq", "at", "hash", "key", "signature"}
