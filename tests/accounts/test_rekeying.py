"""The key of the account store can be changed while calls go on: the new key above the old one in the key file, the
list of all accounts imported again, the old key taken out."""

import pytest
from account_tools import KEY, LIMITS, Clock, Open
from cryptography.fernet import Fernet

from bot.accounts import Accounts, AccountsUnavailable
from bot.accounts.demo import DEMO

NEW = Fernet.generate_key()
BOTH = NEW + b"\n" + KEY
(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER) = DEMO[0], DEMO[1]


def changing(open_store: Open) -> Accounts:
    store = open_store(key=BOTH)
    store.init()
    return store


def changed(open_store: Open) -> Accounts:
    """The old key is gone."""
    return open_store(key=NEW)


def reset(store: Accounts, call: str, phone: str = PHONE, number: str = NUMBER) -> str | None:
    password = store.begin_reset(call, phone, number)
    if password:
        assert store.activate(call)
    return password


def test_who_calls_meanwhile_is_found_and_is_found_afterwards(accounts: Accounts, open_store: Open) -> None:
    assert reset(changing(open_store), "meanwhile")
    assert reset(changed(open_store), "afterwards")


def test_who_did_not_come_by_is_not_found_without_the_old_key(accounts: Accounts, open_store: Open) -> None:
    changing(open_store)
    assert reset(changed(open_store), "afterwards") is None


def test_the_list_of_all_accounts_brings_all_under_the_new_key(accounts: Accounts, open_store: Open) -> None:
    entries = changing(open_store).import_rows(DEMO)
    assert {entry.status for entry in entries} == {"unchanged"}
    store = changed(open_store)
    assert all(store.begin_reset(f"{n}", *pair) for n, pair in enumerate(DEMO))


def test_a_process_with_the_old_key_alone_goes_on_until_the_store_is_told(accounts: Accounts, open_store: Open) -> None:
    """The new key is laid below the old one first, on every machine; then above it; then the store is told."""
    ready = open_store(key=KEY + b"\n" + NEW)
    assert reset(ready, "both know")
    assert reset(accounts, "the old alone", OTHER_PHONE, OTHER_NUMBER)
    changing(open_store)
    with pytest.raises(AccountsUnavailable, match="another key"):
        open_store().begin_reset("too late", PHONE, NUMBER)


def test_guesses_count_on(accounts: Accounts, open_store: Open) -> None:
    for n in range(LIMITS["max_failures"]):
        assert accounts.begin_reset(f"guess {n}", PHONE, f"{n:010d}") is None
    assert reset(changing(open_store), "locked") is None
    assert changed(open_store).begin_reset("still", PHONE, NUMBER) is None


def test_guesses_at_a_number_count_on_whoever_makes_them(accounts: Accounts, open_store: Open) -> None:
    limit = LIMITS["max_resets"]
    for n in range(limit):
        reset(accounts, f"{n}")
    store = changing(open_store)
    assert reset(store, "one too many") is None
    assert store.unlock(PHONE) == 0  # passwords, not guesses: nothing to forgive


def test_a_password_opens_until_the_old_key_is_gone(accounts: Accounts, open_store: Open) -> None:
    before = reset(accounts, "before")
    assert before
    store = changing(open_store)
    assert store.verify(PHONE, before)
    after = reset(store, "after")
    assert after
    assert store.verify(PHONE, after)
    assert not store.verify(PHONE, before)
    assert changed(open_store).verify(PHONE, after)


def test_operators_find_accounts_of_both_keys(accounts: Accounts, open_store: Open) -> None:
    store = changing(open_store)
    assert store.show(PHONE).state == "new"
    store.change_phone(PHONE, "0977777777")
    store.remove(OTHER_PHONE)
    assert changed(open_store).show("0977777777").state == "new"


def test_the_audit_trail_is_vouched_for_by_the_new_key(accounts: Accounts, open_store: Open, clock: Clock) -> None:
    accounts.audit.checkpoint()
    reset(changing(open_store), "meanwhile")
    verdict = changed(open_store).audit.verify()
    assert verdict.ok, verdict.reason
    assert verdict.checkpoints


def test_a_person_s_records_are_found_under_both_keys(accounts: Accounts, open_store: Open) -> None:
    reset(accounts, "before")
    store = changing(open_store)
    reset(store, "after")
    assert {record.call for record in store.audit.of_phone(PHONE)} >= {"before", "after"}


def test_an_owner_is_told_of_a_reset_from_before(accounts: Accounts, open_store: Open) -> None:
    old = open_store(notify=True)
    reset(old, "before")
    (notice,) = changing(open_store).outbox.claim()
    assert notice.phone == "+84" + PHONE[1:]


def test_a_pending_password_comes_into_force_all_the_same(accounts: Accounts, open_store: Open) -> None:
    password = accounts.begin_reset("over the change", PHONE, NUMBER)
    store = changing(open_store)
    assert store.activate("over the change")
    assert password
    assert store.verify(PHONE, password)
