"""A chain tells what was done to it, and where."""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts.chain import (
    GENESIS,
    Checkpoint,
    Event,
    Record,
    Signer,
    What,
    link,
    read_checkpoint,
    verify,
)

SIGNER, STRANGER = Signer(b"k" * 32), Signer(b"s" * 32)
KEY = SIGNER.public
START = datetime(2026, 3, 1, 8, 0, 0, 123456)


def chain(length: int, seq: int = 0, previous: str = GENESIS) -> list[Record]:
    """So many records behind the record `seq`."""
    records: list[Record] = []
    for number in range(seq + 1, seq + length + 1):
        event = Event(START + timedelta(seconds=number), What.REFUSED, call=f"call {number}", phone="p" * 64)
        records.append(link(event, number, records[-1].hash if records else previous))
    return records


def signed(record: Record, signer: Signer = SIGNER) -> Checkpoint:
    return signer.checkpoint(record.seq, record.hash, START)


def rewritten(records: list[Record], at: int, **change: object) -> list[Record]:
    """One record changed, and the chain made whole again behind it, as who lacks the key can do it."""
    done = list(records[:at])
    for record in [replace(records[at], **change), *records[at + 1 :]]:  # type: ignore[arg-type]  # each value has its field's type
        bare = replace(record, previous=done[-1].hash if done else GENESIS)
        done.append(replace(bare, hash=bare.digest()))
    return done


def test_a_chain_as_it_was_written_is_whole() -> None:
    records = chain(5)
    verdict = verify(records, [signed(records[2])], KEY)
    assert (verdict.ok, verdict.records, verdict.first, verdict.last, verdict.checkpoints) == (True, 5, 1, 5, 1)
    assert (verdict.broken, verdict.reason) == (None, "")
    assert verify([], [], KEY).ok


def test_another_program_can_check_it() -> None:
    """The rule of docs/accounts.md, written once more."""
    previous = "0" * 64
    for record in chain(3):
        fields = asdict(record)
        hash_ = fields.pop("hash")
        assert fields["previous"] == previous
        assert hashlib.sha256(json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()).hexdigest() == hash_
        previous = hash_


@given(st.integers(0, 9), st.sampled_from(["at", "actor", "event", "call", "phone", "insurance_number", "detail"]))
def test_a_changed_field_is_found(which: int, field: str) -> None:
    records = chain(10)
    records[which] = replace(records[which], **{field: "changed"})
    verdict = verify(records, [], KEY)
    assert (verdict.ok, verdict.broken, verdict.reason) == (False, which + 1, "it was changed")


@given(st.integers(1, 8))
def test_a_missing_record_is_found(which: int) -> None:
    records = chain(10)
    del records[which]
    verdict = verify(records, [], KEY)
    assert (verdict.ok, verdict.broken, verdict.reason) == (False, which + 1, "the record is missing")


def test_records_that_changed_places_are_found() -> None:
    one, two, three, four = chain(4)
    assert verify([one, replace(three, seq=2), replace(two, seq=3), four], [], KEY).broken == 2


def test_a_chain_made_whole_again_contradicts_its_checkpoint() -> None:
    records = chain(10)
    verdict = verify(rewritten(records, 3, actor="somebody else"), [signed(records[6])], KEY)
    assert (verdict.ok, verdict.broken) == (False, 7)
    assert "signed over another record" in verdict.reason


def test_what_comes_after_the_last_checkpoint_is_only_as_safe_as_a_chain() -> None:
    records = chain(10)
    assert verify(rewritten(records, 8, actor="somebody else"), [signed(records[6])], KEY).ok


def test_a_checkpoint_of_another_key_is_none() -> None:
    records = rewritten(chain(10), 3, actor="somebody else")
    verdict = verify(records, [signed(records[6], STRANGER)], KEY)
    assert (verdict.ok, verdict.broken) == (False, 7)
    assert "not of this store's key" in verdict.reason


def test_an_end_that_was_cut_off_is_found_by_a_checkpoint() -> None:
    records = chain(10)
    verdict = verify(records[:5], [signed(records[7])], KEY)
    assert (verdict.ok, verdict.broken) == (False, 6)
    assert verify(records[:5], [], KEY).ok, "without one it cannot be"
    assert verify([], [signed(records[7])], KEY).broken == 1


def pruned(removed: int, told: int) -> tuple[list[Record], list[Record]]:
    """A chain whose first records were removed, with a record that says how many; and those that were removed."""
    whole = chain(removed + 2)
    event = Event(START + timedelta(days=1), What.PRUNED, "bot", detail=str(told))
    return [*whole[removed:], link(event, removed + 3, whole[-1].hash)], whole[:removed]


def test_a_beginning_that_was_removed_by_the_rules_is_held_by_its_checkpoint() -> None:
    records, gone = pruned(4, told=4)
    verdict = verify(records, [signed(gone[-1])], KEY)
    assert (verdict.ok, verdict.first, verdict.last) == (True, 5, 7)


def test_a_beginning_that_was_removed_in_another_way_is_found() -> None:
    records, gone = pruned(4, told=4)
    for checkpoints in ([], [signed(gone[-1], STRANGER)], [signed(gone[2])], [signed(replace(gone[-1], hash=GENESIS))]):
        verdict = verify(records, checkpoints, KEY)
        assert (verdict.ok, verdict.broken) == (False, 4)
    records, gone = pruned(4, told=3)
    verdict = verify(records, [signed(gone[-1])], KEY)
    assert (verdict.ok, verdict.broken) == (False, 4)
    assert "no record says so" in verdict.reason


def test_a_checkpoint_is_read_from_a_line_of_a_log() -> None:
    checkpoint = signed(chain(1)[0])
    assert read_checkpoint(f"2026-03-01 bot.accounts.audit: audit checkpoint: {checkpoint.line()}\n") == checkpoint


@pytest.mark.parametrize(
    "line",
    [
        *("", "{", "{}", "[1]", '{"seq": 1}', "x {} y", '{"seq":"1","at":"","hash":"","key":"","signature":""}'),
        *(
            '{"seq":0,"at":"","hash":"","key":"","signature":""}',
            '{"seq":-1,"at":"","hash":"","key":"","signature":""}',
        ),
    ],
)
def test_what_is_no_checkpoint_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_checkpoint(line)


@pytest.mark.parametrize("signature", ["", "zz", "00" * 64])
def test_a_signature_that_is_none_is_not_genuine(signature: str) -> None:
    assert not replace(signed(chain(1)[0]), signature=signature).is_genuine(KEY)
