"""Calls over a real telephone line, all at once: keys, voice, an unknown caller, one who hangs up, one who wants a
person. What a caller heard is taken from Asterisk's recording: prompts by comparing sound, numbers with the bundled
recogniser.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.accounts.demo import DEMO
from bot.accounts.passwords import DIGITS
from bot.events import RATE
from bot.places import PACKAGES
from bot.settings import Settings
from bot.simulation.caller_script import SHARED, Play, Press, Say, Wait, load_script
from tests.pbx.conftest import Prompts
from tests.pbx.ears import Recording
from tests.pbx.exchange import AUDIOSOCKET_LINE, HOTLINE, WIDE_LINE, Exchange
from tests.pbx.gateway import Gateway, free_port
from tests.pbx.telephone_sound import Step, write_pcap
from tests.pbx.telephones import CHECK_FAILED, NOTHING, REMOTE_PARTY, WITHHELD, Number, Telephone, dial, person
from vietnamese_numbers import DIGIT_WORDS

KEYS, VOICE, OLDER, HANGS_UP, RECORDED = DEMO[1], DEMO[3], DEMO[2], DEMO[4], DEMO[0]
"""Phone number and insurance number. OLDER calls through AudioSocket, as from an older PBX; RECORDED speaks with real
people's voices, those of the script below."""

SCRIPT = PACKAGES / "tests" / "calls" / "real_speaker_a.yml"

STRANGER, HIDDEN, PRETENDER = "0999999999", DEMO[5], "0988888888"
"""A number without an account, in Remote-Party-ID; an account's number that is not to be shown; one who claims to be
KEYS."""

RADIO_LOST = ("0977777777", "0988776655")
"""An account whose telephone gives no sound any more once the number is keyed, and does not hang up."""

UNASSERTED = "anonymous"
"""Claims in From to be KEYS; the carrier asserts nothing. Asterisk has no other name of this call."""

WIDE, TRANSFERRED = "0999999998", "0999999997"
"""Numbers without an account: on a line whose media between Asterisk and the bot has WIDE_RATE, and who wants a
person."""

UNVOUCHED, UNVOUCHED_OLDER = "0999999996", "0999999995"
"""Their signature failed the carrier's check, over a WebSocket and over AudioSocket."""

WIDE_RATE = 16000

REFUSED = [STRANGER, PRETENDER, WIDE]

LINES = {OLDER[0]: AUDIOSOCKET_LINE, UNVOUCHED_OLDER: AUDIOSOCKET_LINE, WIDE: WIDE_LINE}
"""Who calls another number than the hotline's."""


@dataclass(frozen=True)
class Calls:
    """All calls of this file, held and over. `went`: number → 0 where the telephone saw what it expected."""

    went: Mapping[str, int]
    person_answered: bool
    old_passwords: Mapping[str, str]
    exchange: Exchange

    def heard(self, caller: str) -> Recording:
        return Recording(self.exchange.heard(caller))


def plan(prompts: Prompts) -> dict[str, list[Step]]:
    """What each caller does from the moment the call is answered. Those with keys interrupt; who speaks listens."""
    spoken = " ".join(DIGIT_WORDS[int(digit)] for digit in VOICE[1])
    greeting = prompts.seconds("utter_greet", "utter_ask_wish") + 1.0
    question = prompts.seconds("utter_ask_insurance_number") + 1.2
    listening = Wait(60)
    steps: dict[str, list[Step]] = {
        KEYS[0]: [Wait(2), Press("8"), Wait(1.5), Press(f"{KEYS[1]}#"), listening],
        VOICE[0]: [Wait(greeting), Say("tám"), Wait(question), Say(spoken), Wait(11), Say("đúng rồi"), listening],
        OLDER[0]: [Wait(2), Press("8"), Wait(1.5), Press(f"{OLDER[1]}#"), listening],
        STRANGER: [Wait(2), Press("8"), Wait(1.5), Press(f"{KEYS[1]}#"), listening],
        WIDE: [Wait(2), Press("8"), Wait(1.5), Press(f"{KEYS[1]}#"), listening],
        HIDDEN[0]: [Wait(2), Press("8"), Wait(1.5), Press(f"{HIDDEN[1]}#"), listening],
        UNASSERTED: [Wait(2), Press("8"), Wait(1.5), Press(f"{KEYS[1]}#"), listening],
        UNVOUCHED: [listening],
        UNVOUCHED_OLDER: [listening],
        RADIO_LOST[0]: [Wait(2), Press("8"), Wait(1.5), Press(f"{RADIO_LOST[1]}#")],
        PRETENDER: [Wait(2), Press("8"), Wait(1.5), Press(f"{KEYS[1]}#"), listening],
        HANGS_UP[0]: [Wait(2), Press("8"), Wait(1.5), Press(f"{HANGS_UP[1]}#"), listening],
        TRANSFERRED: [Wait(2), Press("0"), listening],
    }
    if SHARED.exists():
        number, yes = (step for step in load_script(SCRIPT).steps if isinstance(step, Play))
        steps[RECORDED[0]] = [Wait(2), Press("8"), Wait(question), number, Wait(11), yes, listening]
    return steps


@pytest.fixture(scope="module")
def calls(
    tools: Path, exchange: Exchange, gateway: Gateway, prompts: Prompts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Calls]:
    folder = tmp_path_factory.mktemp("telephones")
    gateway.accounts.import_rows([RADIO_LOST])
    old_passwords = {account[0]: a_password(gateway, account) for account in (HANGS_UP, RADIO_LOST)}
    telephones: dict[str, Telephone] = {}
    somebody = person(tools, folder, exchange.sites.person)
    try:
        for caller, steps in plan(prompts).items():
            sound = folder / f"{caller}.pcap"
            write_pcap(sound, steps, folder / "speech")
            # Some two seconds into the first reading: the new password was not heard to its end.
            hang_up_after = 9.5 if caller == HANGS_UP[0] else None
            telephones[caller] = dial(
                tools,
                folder,
                number=number_of(caller),
                sound=sound,
                exchange=exchange.sites.sip,
                port=free_port(),
                called=LINES.get(caller, HOTLINE),
                hang_up_after=hang_up_after,
            )
        went = {caller: telephone.finish() for caller, telephone in telephones.items()}
        yield Calls(went, somebody.finish() == 0, old_passwords, exchange)
    finally:
        for telephone in (*telephones.values(), somebody):
            telephone.stop()


def number_of(caller: str) -> Number:
    if caller == HIDDEN[0]:
        return Number(caller, "anonymous", WITHHELD)
    if caller == UNASSERTED:
        return Number(caller, KEYS[0], NOTHING)
    if caller in (UNVOUCHED, UNVOUCHED_OLDER):
        return Number(caller, caller, CHECK_FAILED)
    if caller == STRANGER:
        return Number(caller, KEYS[0], REMOTE_PARTY)
    return Number(caller, KEYS[0] if caller == PRETENDER else caller)


def a_password(gateway: Gateway, account: tuple[str, str]) -> str:
    """A password that is in force before the calls."""
    call_id = secrets.token_hex(8)
    password = gateway.accounts.begin_reset(call_id, *account)
    assert password
    assert gateway.accounts.activate(call_id)
    return password


def passwords_heard(recording: Recording, prompts: Prompts, settings: Settings) -> list[str | None]:
    """Both readings of the password; a hole that a busy machine left in one of them makes it None or another number."""
    first = recording.find(prompts["utter_new_password"])
    assert first, "the password was not announced"
    second = recording.find(prompts["utter_repeat_password"], first.end)
    assert second, "the password was not repeated"
    length = second.start - first.end
    assert len(recording.samples) - second.end > 0.9 * length, "the second reading was cut short"
    return [recording.digits(at, at + length, settings, DIGITS) for at in (first.end, second.end)]


@pytest.mark.parametrize(
    "caller", [KEYS, VOICE, RECORDED, OLDER], ids=["keys", "voice", "recorded voice", "audiosocket"]
)
def test_a_caller_hears_twice_the_password_that_then_opens_the_account(
    caller: tuple[str, str], calls: Calls, gateway: Gateway, prompts: Prompts, settings: Settings
) -> None:
    if caller[0] not in calls.went:
        pytest.skip(f"needs the real recordings in {SHARED}, which are not part of the repository")
    assert calls.went[caller[0]] == 0, "the bot did not end the call"
    readings = passwords_heard(calls.heard(caller[0]), prompts, settings)
    assert [each for each in readings if each and gateway.accounts.verify(caller[0], each)]


def test_a_caller_who_speaks_hears_the_number_read_back(calls: Calls, prompts: Prompts, settings: Settings) -> None:
    recording = calls.heard(VOICE[0])
    began, ended = recording.find(prompts["utter_read_back"]), recording.find(prompts["utter_ask_number_confirmed"])
    assert began
    assert ended
    assert recording.digits(began.end, ended.start, settings, len(VOICE[1])) == VOICE[1]


def test_a_prompt_that_is_interrupted_is_not_heard_to_its_end(calls: Calls, prompts: Prompts) -> None:
    assert calls.heard(VOICE[0]).find(prompts["utter_ask_wish"])
    assert not calls.heard(KEYS[0]).find(prompts["utter_ask_wish"])


@pytest.mark.parametrize(
    "caller",
    [HIDDEN[0], UNASSERTED, UNVOUCHED, UNVOUCHED_OLDER],
    ids=["withheld", "in From alone", "failed its check", "failed its check, audiosocket"],
)
def test_a_number_that_cannot_be_relied_on_hears_at_once_that_it_cannot_be_served(
    caller: str, calls: Calls, prompts: Prompts
) -> None:
    assert calls.went[caller] == 0, "the bot did not end the call"
    recording = calls.heard(caller)
    assert recording.find(prompts["utter_withheld"])
    assert not recording.find(prompts["utter_greet"])


@pytest.mark.parametrize("caller", REFUSED, ids=["unknown", "claims another's number", "16 kHz"])
def test_a_caller_without_a_number_of_an_account_hears_the_one_refusal_once(
    caller: str, calls: Calls, prompts: Prompts
) -> None:
    assert calls.went[caller] == 0, "the bot did not end the call"
    recording, rate = calls.heard(caller), WIDE_RATE if caller == WIDE else RATE
    refused = prompts.played("utter_refused", rate)
    refusal = recording.find(refused)
    assert refusal
    assert not recording.find(refused, refusal.end)
    assert not recording.find(prompts.played("utter_new_password", rate))


def test_hanging_up_during_the_first_reading_leaves_the_old_password(
    calls: Calls, gateway: Gateway, prompts: Prompts
) -> None:
    assert calls.went[HANGS_UP[0]] == 0
    assert calls.heard(HANGS_UP[0]).find(prompts["utter_new_password"]), "the caller hung up too early"
    assert gateway.accounts.verify(HANGS_UP[0], calls.old_passwords[HANGS_UP[0]])


def test_a_telephone_that_lost_its_radio_during_the_first_reading_keeps_the_old_password(
    calls: Calls, gateway: Gateway, prompts: Prompts
) -> None:
    assert calls.went[RADIO_LOST[0]] == 0, "the bot did not end the call"
    recording = calls.heard(RADIO_LOST[0])
    reading = recording.find(prompts["utter_new_password"])
    assert reading, "there was no reading"
    assert recording.find(prompts["utter_unheard"], reading.end)
    assert not recording.find(prompts["utter_repeat_password"], reading.end)
    assert gateway.accounts.verify(RADIO_LOST[0], calls.old_passwords[RADIO_LOST[0]])


def test_a_caller_who_wants_a_person_gets_one(calls: Calls, prompts: Prompts) -> None:
    assert calls.heard(TRANSFERRED).find(prompts["utter_transfer"])
    assert calls.person_answered
    assert calls.went[TRANSFERRED] == 0, "the call did not end when the person hung up"


def test_nothing_is_left_of_calls_that_are_over(calls: Calls, gateway: Gateway) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and (calls.exchange.channels() or gateway.figure("voicebot_calls_in_progress")):
        time.sleep(0.2)
    assert calls.exchange.channels() == 0
    assert gateway.figure("voicebot_calls_in_progress") == 0
    assert gateway.figure("voicebot_calls_total") == len(calls.went)


def test_the_log_and_the_audit_trail_name_a_call_as_the_exchange_does(calls: Calls, gateway: Gateway) -> None:
    named = re.findall(r"ended after \d+ s: reset \(call ([^)]+)\)", gateway.log.read_text())
    assert [name for name in named if re.fullmatch(r"\d+\.\d+", name)], "over a WebSocket it is Asterisk's UNIQUEID"
    assert [name for name in named if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", name)]
    for name in named:
        assert [record.event for record in gateway.accounts.audit.of_call(name)] == ["granted", "activated"]
    assert gateway.accounts.audit.verify().ok


def test_the_gateways_log_names_no_caller_and_no_number(calls: Calls, gateway: Gateway) -> None:
    log = gateway.log.read_text()
    assert not [each for account in (*DEMO, (STRANGER, PRETENDER)) for each in account if each in log]
