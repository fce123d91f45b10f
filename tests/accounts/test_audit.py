"""The audit trail: what happened is recorded with it, in one chain whatever writes, and can be asked."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from account_tools import Clock, Open, on_sqlite

from bot.accounts import Accounts, AccountsUnavailable, trail
from bot.accounts.chain import Checkpoint, Record, read_checkpoint
from bot.accounts.demo import DEMO
from bot.accounts.operators import operator
from bot.accounts.schema import REVISION
from bot.accounts.trail import EVERY
from bot.errors import VoicebotError

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO


def events(accounts: Accounts) -> list[str]:
    """What was recorded since the demo accounts were added."""
    return [record.event for record in recorded(accounts)]


def recorded(accounts: Accounts) -> list[Record]:
    return list(accounts.audit._records())[2:]


# ── what is recorded ──────────────────────────────────────────────────────────────────────────────


def test_a_store_begins_with_its_schema_and_its_accounts(accounts: Accounts) -> None:
    init, import_ = accounts.audit._records()
    assert (init.event, init.actor, init.detail) == ("init", operator(), f"schema none to {REVISION}")
    assert (import_.event, import_.detail) == ("import", f"{len(DEMO)} added, 0 unchanged, 0 bad")


def test_init_again_is_no_event(accounts: Accounts) -> None:
    accounts.init()
    assert events(accounts) == []


def test_a_reset_is_recorded_step_by_step(accounts: Accounts, clock: Clock) -> None:
    accounts.begin_reset("1764.7", PHONE, NUMBER)
    clock.advance(seconds=30)
    accounts.activate("1764.7")
    accounts.activate("1764.7")
    accounts.discard("1764.7")
    granted, activated = recorded(accounts)
    assert (granted.event, granted.at) == ("granted", "2026-03-01T08:00:00.000000Z")
    assert (activated.event, activated.at) == ("activated", "2026-03-01T08:00:30.000000Z")
    for record in (granted, activated):
        assert (record.actor, record.call) == ("call", "1764.7")
        assert record.phone == accounts._pseudonyms.phone("+84912345678")
        assert record.insurance_number == accounts._pseudonyms.insurance_number(NUMBER)


def test_every_refusal_is_recorded_with_its_cause(accounts: Accounts, open_store: Open) -> None:
    accounts.begin_reset("withheld", None, NUMBER)
    accounts.begin_reset("wrong", PHONE, OTHER_NUMBER)
    accounts.begin_reset("wrong again", PHONE, OTHER_NUMBER)
    open_store(max_failures=1).begin_reset("waits", PHONE, NUMBER)
    open_store(max_refusals=1).begin_reset("flood", OTHER_PHONE, OTHER_NUMBER)
    assert [(each.call, each.event, each.detail) for each in recorded(accounts)] == [
        ("withheld", "locked", "no calling number"),
        ("wrong", "refused", ""),
        ("wrong again", "repeated", ""),
        ("waits", "locked", "guesses or passwords of this phone or number"),
        ("flood", "locked", "guesses of all callers"),
    ]


def test_a_password_that_was_not_heard_is_recorded(accounts: Accounts, clock: Clock) -> None:
    accounts.begin_reset("hung up", PHONE, NUMBER)
    accounts.discard("hung up")
    accounts.discard("hung up")
    accounts.begin_reset("died", PHONE, NUMBER)
    accounts.begin_reset("too late", OTHER_PHONE, OTHER_NUMBER)
    clock.advance(minutes=10, seconds=1)
    assert not accounts.activate("too late")
    accounts.check()
    accounts.check()
    found = [(each.call, each.event, each.actor) for each in recorded(accounts) if each.event != "granted"]
    assert found == [
        ("hung up", "discarded", "call"),
        ("too late", "discarded", "call"),
        ("died", "discarded", "bot"),
    ]


def test_every_act_of_an_operator_is_recorded(accounts: Accounts) -> None:
    accounts.import_rows([("0966123123", "4242424242"), ("0966123124", "1"), (PHONE, NUMBER)])
    accounts.add("0966123125", "4242424243")
    accounts.unlock(PHONE)
    accounts.begin_reset("call", PHONE, NUMBER)
    accounts.change_phone(PHONE, "0966000001")
    accounts.remove("0966000001")
    list(accounts.listed())
    list(accounts.audit.export())
    accounts.audit.of_phone(PHONE)
    old, new = (accounts._pseudonyms.phone(f"+84{rest}") for rest in ("912345678", "966000001"))
    assert [(each.event, each.detail) for each in recorded(accounts)] == [
        ("import", "1 added, 1 unchanged, 1 bad"),
        ("import", "1 added, 0 unchanged, 0 bad"),
        ("unlock", "0 guesses forgiven"),
        ("granted", ""),
        ("discarded", ""),
        ("change_phone", "from this phone"),
        ("change_phone", "to this phone"),
        ("remove", ""),
        ("list", ""),
        ("audit_export", ""),
        ("audit_show", ""),
    ]
    assert [each.phone for each in recorded(accounts)[4:8]] == [old, old, new, new]
    assert {each.actor for each in recorded(accounts) if each.event != "granted"} == {operator()}


def test_who_is_behind_sudo_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = operator()
    monkeypatch.setenv("SUDO_USER", "minh")
    assert operator() == f"{plain} (sudo: minh)"
    monkeypatch.setenv("SUDO_USER", "m" * 100)
    assert len(operator()) == 64


def test_nothing_is_recorded_of_what_did_not_happen(accounts: Accounts) -> None:
    for fail in (
        lambda: accounts.remove("0966000001"),
        lambda: accounts.unlock("0966000001"),
        lambda: accounts.change_phone(PHONE, OTHER_PHONE),
    ):
        with pytest.raises(VoicebotError):
            fail()
    assert accounts.begin_reset("call", PHONE, OTHER_NUMBER) is None
    assert accounts.begin_reset("call", PHONE, NUMBER) is None
    assert events(accounts) == ["refused"]


# ── together with what it records ─────────────────────────────────────────────────────────────────


def test_a_reset_and_its_record_are_there_both_or_neither(accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    old = accounts.begin_reset("first", PHONE, NUMBER)
    assert old
    accounts.activate("first")
    new = accounts.begin_reset("second", PHONE, NUMBER)

    def fail(*_: object) -> None:
        raise AccountsUnavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(accounts._trail, "record", fail)
        for act in (
            lambda: accounts.activate("second"),
            lambda: accounts.begin_reset("third", OTHER_PHONE, OTHER_NUMBER),
            lambda: accounts.remove(PHONE),
        ):
            with pytest.raises(AccountsUnavailable):
                act()
    assert accounts.verify(PHONE, old)
    assert not accounts.verify(PHONE, new or "")
    with accounts._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM resets").scalar() == 2
    assert accounts.activate("second")
    assert events(accounts) == ["granted", "activated", "granted", "activated"]
    assert accounts.audit.verify().ok


def test_one_chain_grows_whatever_writes_at_once(accounts: Accounts, open_store: Open) -> None:
    stores = [open_store(patience=30) for _ in range(3)]  # SQLite lets writers wait in no order, on a busy machine long

    def call(i: int) -> None:
        phone, number = DEMO[i % len(DEMO)]
        store = stores[i % 3]
        if store.begin_reset(f"call {i}", phone, number if i % 4 else OTHER_NUMBER) and i % 2:
            store.activate(f"call {i}")
        store.discard(f"call {i}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(48)))
    verdict = accounts.audit.verify()
    assert verdict.ok, verdict
    assert verdict.last == verdict.records
    assert (
        len([each for each in recorded(accounts) if each.event in ("granted", "refused", "repeated", "locked")]) == 48
    )


# ── whole ─────────────────────────────────────────────────────────────────────────────────────────


def tamper(accounts: Accounts, *statements: str) -> None:
    """As who owns the database can do it: the triggers are dropped."""
    with accounts._database.writing() as connection:
        if accounts.name.startswith("sqlite"):
            for trigger in ("audit_unchanged", "audit_kept"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER USER")
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET event = 'refused' WHERE seq = 3", 3),
        ("UPDATE audit SET phone = NULL WHERE seq = 4", 4),
        ("UPDATE audit SET hash = previous WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq < 4", 3),
        ("DELETE FROM audit", 1),
        ("DELETE FROM audit WHERE seq > 3", 4),
        ("UPDATE checkpoints SET signature = hash", 4),
    ],
)
def test_verify_names_the_first_broken_record(accounts: Accounts, statement: str, broken: int) -> None:
    accounts.begin_reset("call", PHONE, NUMBER)
    accounts.activate("call")
    accounts.audit.checkpoint()
    assert accounts.audit.verify().ok
    tamper(accounts, statement)
    verdict = accounts.audit.verify()
    assert (verdict.ok, verdict.broken) == (False, broken)


def test_a_checkpoint_that_was_kept_elsewhere_tells_what_the_database_does_not(accounts: Accounts) -> None:
    accounts.begin_reset("call", PHONE, NUMBER)
    kept = accounts.audit.checkpoint()
    assert kept
    assert kept == accounts.audit.checkpoint(), "of one record there is one"
    tamper(accounts, "DELETE FROM checkpoints", "DELETE FROM audit WHERE seq = 3")
    assert accounts.audit.verify().ok
    assert accounts.audit.verify([kept]).broken == 3


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET event = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE seq = 2"]
)
def test_the_database_itself_refuses_to_change_a_record(accounts: Accounts, statement: str) -> None:
    with pytest.raises(AccountsUnavailable), accounts._database.writing() as connection:
        connection.exec_driver_sql(statement)
    assert accounts.audit.verify().ok


def test_every_hundredth_record_is_signed(accounts: Accounts) -> None:
    for i in range(EVERY):
        accounts.begin_reset(f"call {i}", None, NUMBER)
    with accounts._database.reading() as connection:
        assert connection.exec_driver_sql("SELECT seq FROM checkpoints").all() == [(EVERY,)]
    assert accounts.audit.verify().checkpoints == 1


def test_what_is_not_signed_for_an_hour_is_signed_by_a_running_bot_and_told_in_the_log(
    accounts: Accounts, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock.now = datetime.now(clock.now.tzinfo)  # the demo accounts are as old as their store
    accounts.audit.checkpoint()
    accounts.begin_reset("call", PHONE, OTHER_NUMBER)
    clock.advance(minutes=59)
    accounts.check()
    assert "checkpoint" not in caplog.text
    clock.advance(minutes=1)
    for _ in range(3):
        accounts.check()
    (told,) = [record.getMessage() for record in caplog.records if "checkpoint" in record.getMessage()]
    kept = read_checkpoint(told)
    assert kept.seq == 3
    assert accounts.audit.verify([kept]).checkpoints == 3


# ── keeping ───────────────────────────────────────────────────────────────────────────────────────


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


# ── asking ────────────────────────────────────────────────────────────────────────────────────────


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
