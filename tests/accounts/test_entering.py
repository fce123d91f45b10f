"""Accounts come one by one or from a CSV file; what is wrong is named by its line, never quoted."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
from account_tools import Open
from sqlalchemy.engine import Connection

from bot.accounts import Accounts, AccountsUnavailable, register
from bot.accounts.demo import DEMO
from bot.accounts.importing import FEWEST, HOLD_SECONDS, LONGEST_BYTES, MOST, Summary, import_file, next_size
from bot.accounts.register import Entry, Row
from bot.errors import VoicebotError

HEADER = b"phone,insurance_number\n"


class Import:
    """Imports bytes as a file, and keeps what was reported."""

    def __init__(self, accounts: Accounts, path: Path) -> None:
        self.accounts, self.path = accounts, path
        self.bad: dict[int, str] = {}
        self.done: list[int] = []

    def __call__(self, content: bytes) -> Summary:
        self.path.write_bytes(content)
        self.bad.clear()
        return import_file(self.accounts, self.path, self.bad.__setitem__, self.done.append)


@pytest.fixture
def empty(open_store: Open) -> Accounts:
    accounts = open_store()
    accounts.init()
    return accounts


@pytest.fixture
def import_csv(empty: Accounts, tmp_path: Path) -> Import:
    return Import(empty, tmp_path / "accounts.csv")


# ── one by one ────────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_added_once(empty: Accounts) -> None:
    assert empty.add("0912345678", "0123456789")
    assert not empty.add("+84 912 345 678", " 0123456789 ")
    assert empty.begin_reset("call", "0912345678", "0123456789")


@pytest.mark.parametrize(
    ("phone", "number", "words"),
    [
        ("091234567", "0123456789", "not a phone number"),
        ("", "0123456789", "not a phone number"),
        ("0912345678", "123456789", "9 digits, not 10 or 12 .*leading zeros"),
        ("0912345678", "01234567890", "11 digits"),
        ("0912345678", "", "other characters than digits"),
        ("0912345678", "012345678x", "other characters than digits"),
        ("0912345678", "1.23E+09", "other characters than digits"),
        ("0912345678", "０１２３４５６７８９", "other characters than digits"),
        ("0912345678", "-123456789", "other characters than digits"),
    ],
)
def test_what_is_no_account_is_refused(empty: Accounts, phone: str, number: str, words: str) -> None:
    with pytest.raises(VoicebotError, match=words) as caught:
        empty.add(phone, number)
    assert not any(text and text in str(caught.value) for text in (phone, number))


def test_a_phone_and_a_number_belong_to_one_account(accounts: Accounts) -> None:
    with pytest.raises(VoicebotError, match="phone number belongs to another"):
        accounts.add(DEMO[0][0], "1212121212")
    with pytest.raises(VoicebotError, match="insurance number belongs to another"):
        accounts.add("0966123123", DEMO[0][1])


def test_accounts_are_counted(empty: Accounts) -> None:
    assert empty.count() == 0
    empty.import_rows([*DEMO, DEMO[0], ("0", "0")])
    assert empty.count() == len(DEMO)


def test_an_account_is_shown_masked(accounts: Accounts) -> None:
    shown = accounts.show("+84933333333")
    assert shown.phone == "*********333"
    assert shown.insurance_number == "*********789"
    assert shown.state == "new"
    accounts.begin_reset("call", "0933333333", "099123456789")
    assert accounts.show("0933333333").state == "new"
    accounts.activate("call")
    assert accounts.show("0933333333").state == "active"


# ── from a file ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content",
    [
        HEADER + b"0912345678,0123456789\n0900000001,0000000012\n",
        b"\xef\xbb\xbf" + HEADER + b"0912345678,0123456789\n0900000001,0000000012\n",
        (HEADER + b"0912345678,0123456789\n0900000001,0000000012").replace(b"\n", b"\r\n"),
        b'"phone","insurance_number"\n"0912345678","0123456789"\n\n"0900000001", 0000000012\n',
    ],
    ids=["plain", "byte order mark", "Windows", "quotes and empty lines"],
)
def test_files_as_programs_write_them(import_csv: Import, empty: Accounts, content: bytes) -> None:
    assert import_csv(content) == Summary(added=2)
    assert import_csv.bad == {}
    assert import_csv.done[-1] == len(content)
    assert empty.begin_reset("1", "0912345678", "0123456789")
    assert empty.begin_reset("2", "0900000001", "0000000012")


def test_importing_again_changes_nothing(import_csv: Import, empty: Accounts) -> None:
    content = HEADER + b"0912345678,0123456789\n"
    import_csv(content)
    password = empty.begin_reset("call", "0912345678", "0123456789")
    empty.activate("call")
    assert import_csv(content) == Summary(unchanged=1)
    assert password is not None
    assert empty.verify("0912345678", password)


def test_bad_rows_are_named_by_line_and_good_ones_added(import_csv: Import) -> None:
    assert import_csv(
        HEADER
        + b"0912345678,0123456789\n"
        + b"12345,0123456780\n"
        + b"\n"
        + b"0900000001,12\n"
        + b"0900000001\n"
        + b"0900000001,0000000012,extra\n"
        + b"\xff\xfe,0000000012\n"
        + b'"0900000001,0000000012\n'
        + b"0912345678,0123456789\n"
        + b"0912345678,0000000012\n"
        + b"0900000001,0123456789\n"
        + b"0900000001,0000000012\n"
    ) == Summary(added=2, unchanged=1, bad=8)
    reasons = {
        3: "not a phone number",
        5: "2 digits",
        6: "1 columns",
        7: "3 columns",
        8: "not UTF-8",
        9: "not CSV",
        11: "phone number belongs",
        12: "insurance number belongs",
    }
    assert list(import_csv.bad) == list(reasons)
    for line, words in reasons.items():
        assert words in import_csv.bad[line]
        assert not any(secret in import_csv.bad[line] for secret in ("0912345678", "0123456789", "0000000012"))


def test_rejected_rows_are_kept_to_be_corrected(import_csv: Import, empty: Accounts) -> None:
    good, wrong = b"0912345678,0123456789\r\n", b"12345,0123456780\r\n\xff\xfe,0000000012\r\n0900000001,12"
    import_csv.path.write_bytes(HEADER + good + wrong)
    kept = BytesIO()
    import_file(empty, import_csv.path, lambda *_: None, lambda _: None, kept)
    assert kept.getvalue() == HEADER + wrong + b"\n"


def test_of_a_line_without_an_end_the_beginning_alone_is_kept(import_csv: Import, empty: Accounts) -> None:
    """A file that is no CSV may have gigabytes in a line."""
    lines = HEADER + b"0912345678,0123456789\n" + b"0" * 3 * LONGEST_BYTES + b"\n0912345679,0123456780\n" + b"x" * 9999
    import_csv.path.write_bytes(lines)
    kept = BytesIO()
    summary = import_file(empty, import_csv.path, import_csv.bad.__setitem__, import_csv.done.append, kept)
    assert summary == Summary(added=2, bad=2)
    assert import_csv.bad == dict.fromkeys((3, 5), f"longer than {LONGEST_BYTES} bytes")
    assert len(kept.getvalue()) < 3 * LONGEST_BYTES
    with pytest.raises(VoicebotError, match="line 1 must be"):
        import_csv(b"x" * 9999)


def test_a_file_longer_than_a_batch(import_csv: Import, empty: Accounts) -> None:
    rows = [f"09{i:08},{i:010}" for i in range(1_000_000, 1_000_000 + 2 * FEWEST + 1)]
    rows[FEWEST + 3] = "wrong,0"
    assert import_csv(HEADER + "\n".join(rows).encode()) == Summary(added=2 * FEWEST, bad=1)
    assert list(import_csv.bad) == [FEWEST + 3 + 2]
    assert len(import_csv.done) > 1
    assert empty.begin_reset("call", "0901001000", "0001001000")


def test_a_list_that_is_there_in_part_is_added_where_it_is_not(import_csv: Import, empty: Accounts) -> None:
    rows = [f"09{i:08},{i:010}" for i in range(1_000_000, 1_000_000 + FEWEST)]
    import_csv(HEADER + "\n".join(rows[1::2]).encode())
    taken = f"{rows[1].partition(',')[0]},0009999999"
    assert import_csv(HEADER + "\n".join([*rows, taken, rows[0]]).encode()) == Summary(FEWEST // 2, FEWEST // 2 + 1, 1)
    assert import_csv.bad == {FEWEST + 2: "the phone number belongs to another insurance number already"}
    assert empty.count() == FEWEST


def test_accounts_are_listed_as_they_were_added(import_csv: Import, empty: Accounts) -> None:
    import_csv(HEADER + b"".join(b"09%08d,%010d\n" % (i, i) for i in range(1_000_000, 1_000_100)))
    assert [listed.insurance_number[-2:] for listed in empty.listed()] == [f"{i:02}" for i in range(100)]


@pytest.mark.parametrize(
    ("seconds", "size"),
    [
        (HOLD_SECONDS, FEWEST * 2),
        (HOLD_SECONDS / 3, FEWEST * 4),  # not at once to where it would be, what is measured varies
        (HOLD_SECONDS * 2, FEWEST),
        (HOLD_SECONDS * 100, FEWEST),
        (0.0, FEWEST * 4),
    ],
)
def test_a_transaction_is_as_long_as_calls_can_wait(seconds: float, size: int) -> None:
    assert next_size(FEWEST * 2, seconds) == size


def test_and_no_longer_however_fast_the_disk() -> None:
    assert next_size(MOST, 0.0) == MOST


def test_calls_go_on_during_an_import(empty: Accounts, open_store: Open, tmp_path: Path) -> None:
    """Of another process, between two transactions of the import; one lasts half a second, and a call waits for two."""
    rows = [f"09{i:08},{i:010}" for i in range(1_000_000, 1_000_000 + 2 * FEWEST)]
    path = tmp_path / "accounts.csv"
    path.write_bytes(HEADER + "\n".join(rows).encode())
    calls, given = open_store(), list[bool]()

    def call(done: int) -> None:
        phone, number = rows[len(given)].split(",")
        given.append(calls.begin_reset(f"{done}", phone, number) is not None and calls.activate(f"{done}"))

    import_file(empty, path, lambda *_: None, call)
    assert given == [True] * len(given)
    assert len(given) > 1


def test_an_import_that_breaks_off_leaves_whole_batches(
    import_csv: Import, empty: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And goes on from there when it is begun again."""
    rows = [f"09{i:08},{i:010}" for i in range(1_000_000, 1_000_000 + 2 * FEWEST)]
    content = HEADER + "\n".join(rows).encode()

    def dies_after_writing(connection: Connection, rows: Sequence[Row]) -> list[Entry]:
        entries = enter_new(connection, rows)
        if import_csv.done:
            raise KeyboardInterrupt
        return entries

    enter_new = register.enter_new
    monkeypatch.setattr(register, "enter_new", dies_after_writing)
    with pytest.raises(KeyboardInterrupt):
        import_csv(content)
    assert empty.count() == FEWEST
    assert empty.audit.verify().ok
    monkeypatch.undo()
    assert import_csv(content) == Summary(added=FEWEST, unchanged=FEWEST)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"0912345678,0123456789\n",
        b"phone;insurance_number\n0912345678;0123456789\n",
        b"insurance_number,phone\n",
        b"phone,insurance_number,name\n",
        "phone,insurance_number\n0912345678,0123456789\n".encode("utf-16"),
        "phone,insurance_number\n".encode("utf-16-le"),
        b"\x00\x01\x02",
    ],
)
def test_a_file_with_another_header_is_refused_whole(import_csv: Import, content: bytes) -> None:
    with pytest.raises(VoicebotError, match="line 1 must be phone,insurance_number") as caught:
        import_csv(content)
    assert "0912345678" not in str(caught.value)
    assert import_csv.done == []


def test_a_missing_file_and_a_folder_are_named(empty: Accounts, tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(VoicebotError, match=f"{path.name}: cannot be read"):
            import_file(empty, path, lambda *_: None, lambda _: None)


def test_an_import_without_a_store_says_so(open_store: Open, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(HEADER + b"0912345678,0123456789\n")
    with pytest.raises(AccountsUnavailable, match="accounts init"):
        import_file(open_store(), tmp_path / "a.csv", lambda *_: None, lambda _: None)
