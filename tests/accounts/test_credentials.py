"""A password that was handed out lets its owner in once, in time, to choose another one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from account_tools import Clock, Open

from bot.accounts import Accounts
from bot.accounts.credentials import CHANGE_WITHIN, MOST
from bot.accounts.demo import DEMO
from bot.errors import VoicebotError

(PHONE, NUMBER), (OTHER_PHONE, OTHER_NUMBER), *_ = DEMO
OWN = "một mật khẩu dài"


@pytest.fixture
def password(accounts: Accounts) -> str:
    """In force since the clock's time."""
    password = accounts.begin_reset("call", PHONE, NUMBER)
    assert accounts.activate("call")
    assert password
    return password


def outcome(accounts: Accounts, password: str, phone: str = PHONE) -> tuple[bool, bool, str | None]:
    checked = accounts.credentials.check(phone, password)
    return checked.valid, checked.must_change, checked.reason


def events(accounts: Accounts) -> list[str]:
    return [record.event for record in accounts.audit._records()][2:]


def test_it_lets_in_once_and_must_be_changed(accounts: Accounts, password: str) -> None:
    assert outcome(accounts, password) == (True, True, None)
    assert outcome(accounts, password) == (False, True, "used")
    assert not accounts.verify(PHONE, password)
    assert events(accounts) == ["granted", "activated", "used"]


def test_looking_uses_nothing_up(accounts: Accounts, password: str) -> None:
    assert accounts.verify(PHONE, password)
    assert accounts.verify(PHONE, password)
    assert outcome(accounts, password)[0]


def test_of_many_at_once_one_is_let_in(accounts: Accounts, open_store: Open, password: str) -> None:
    stores = [accounts, open_store(), open_store()]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: stores[i % 3].credentials.check(PHONE, password).valid, range(12)))
    assert found.count(True) == 1


def test_it_expires(accounts: Accounts, password: str, clock: Clock) -> None:
    clock.advance(hours=24, seconds=-1)
    assert accounts.verify(PHONE, password)
    clock.advance(seconds=1)
    assert not accounts.verify(PHONE, password)
    assert outcome(accounts, password) == (False, True, "expired")
    assert outcome(accounts, "00000000") == (False, False, "wrong"), "who does not know it does not learn that"
    with pytest.raises(VoicebotError, match="is expired"):
        accounts.credentials.change(PHONE, password, OWN)


def test_how_long_it_works_is_a_setting(accounts: Accounts, open_store: Open, clock: Clock) -> None:
    store = open_store(password_hours=2)
    password = store.begin_reset("call", PHONE, NUMBER)
    clock.advance(minutes=5)
    store.activate("call")
    assert store.show(PHONE).expires_at == clock.now.replace(hour=10, minute=5)
    clock.advance(hours=2)
    assert password
    assert not store.verify(PHONE, password)


def test_its_owner_chooses_another_one_which_has_no_limits(accounts: Accounts, password: str, clock: Clock) -> None:
    assert outcome(accounts, password)[0]
    clock.advance(seconds=CHANGE_WITHIN.total_seconds())
    accounts.credentials.change(PHONE, password, OWN)
    clock.advance(days=1000)
    for _ in range(2):
        assert outcome(accounts, OWN) == (True, False, None)
    assert outcome(accounts, password) == (False, False, "wrong")
    assert events(accounts) == ["granted", "activated", "used", "changed"]
    shown = accounts.show(PHONE)
    assert (shown.must_change, shown.expires_at) == (False, None)


def test_later_it_cannot_be_changed_any_more(accounts: Accounts, password: str, clock: Clock) -> None:
    assert outcome(accounts, password)[0]
    clock.advance(seconds=CHANGE_WITHIN.total_seconds() + 1)
    with pytest.raises(VoicebotError, match="is used"):
        accounts.credentials.change(PHONE, password, OWN)


@pytest.mark.parametrize("new", ["short", "x" * (MOST + 1), ""])
def test_a_password_of_ones_own_has_a_length(accounts: Accounts, password: str, new: str) -> None:
    with pytest.raises(VoicebotError, match="8 to 128 characters"):
        accounts.credentials.change(PHONE, password, new)
    assert accounts.verify(PHONE, password)


def test_the_one_that_was_handed_out_is_not_kept(accounts: Accounts, password: str) -> None:
    with pytest.raises(VoicebotError, match="is the present one") as caught:
        accounts.credentials.change(PHONE, password, password)
    assert password not in str(caught.value)


def test_a_further_reset_ends_ones_own(accounts: Accounts, password: str) -> None:
    accounts.credentials.change(PHONE, password, OWN)
    new = accounts.begin_reset("again", PHONE, NUMBER)
    assert outcome(accounts, OWN)[0], "a pending one changes nothing"
    accounts.activate("again")
    assert outcome(accounts, OWN) == (False, False, "wrong")
    assert new
    assert outcome(accounts, new) == (True, True, None)


@pytest.mark.parametrize("phone", [OTHER_PHONE, "0966999999", "x", ""])
def test_it_opens_no_other_account(accounts: Accounts, password: str, phone: str) -> None:
    assert outcome(accounts, password, phone) == (False, False, "wrong")
    with pytest.raises(VoicebotError, match="is wrong"):
        accounts.credentials.change(phone, password, OWN)
