"""What is sealed can be read by nobody on the way, and by the right place for a limited time."""

import base64
import json
import re
import stat
import string
import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot import sealing
from bot.actions.services import reset_of
from bot.errors import VoicebotError
from bot.sealing import TOKEN, Purpose, Seal, SealBroken, is_sealed, key_file, load_seal
from bot.settings import Settings

KEY = Fernet.generate_key()
NUMBER = "0123456789"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seal(clock: Clock) -> Seal:
    return Seal(KEY, 600, clock)


@pytest.mark.parametrize("purpose", Purpose)
def test_what_was_sealed_is_revealed_for_the_same_purpose(seal: Seal, purpose: Purpose) -> None:
    assert seal.reveal(seal.seal(NUMBER, purpose), purpose) == NUMBER


def test_a_token_of_one_purpose_is_never_revealed_for_another(seal: Seal) -> None:
    for sealed_for in Purpose:
        for asked_for in set(Purpose) - {sealed_for}:
            with pytest.raises(SealBroken):
                seal.reveal(seal.seal(NUMBER, sealed_for), asked_for)


@given(st.text(max_size=60))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    seal = Seal(KEY, 600)
    assert seal.reveal(seal.seal(text, Purpose.CALLER), Purpose.CALLER) == text


def test_the_text_is_not_in_the_token_and_two_seals_of_it_differ(seal: Seal) -> None:
    one, two = seal.seal(NUMBER, Purpose.PASSWORD), seal.seal(NUMBER, Purpose.PASSWORD)
    assert NUMBER not in one
    assert one != two


def test_texts_of_1_to_15_characters_give_tokens_of_one_length(seal: Seal) -> None:
    assert len({len(seal.seal("7" * n, purpose)) for n in range(1, 16) for purpose in Purpose}) == 1


def test_a_token_opens_until_its_time_is_over_and_never_after(seal: Seal, clock: Clock) -> None:
    token = seal.seal(NUMBER, Purpose.PASSWORD)
    clock.now += 600
    assert seal.reveal(token, Purpose.PASSWORD) == NUMBER
    clock.now += 1
    with pytest.raises(SealBroken):
        seal.reveal(token, Purpose.PASSWORD)


def test_a_token_of_another_key_stays_shut(seal: Seal, clock: Clock) -> None:
    with pytest.raises(SealBroken):
        seal.reveal(Seal(Fernet.generate_key(), 600, clock).seal(NUMBER, Purpose.CALLER), Purpose.CALLER)


def test_a_token_of_one_call_is_never_revealed_in_another(seal: Seal) -> None:
    calls = [seal, seal.of_call("1"), seal.of_call("2"), seal.of_call("1 2")]
    for sealed_in in calls:
        token = sealed_in.seal(NUMBER, Purpose.CALLER)
        for asked_in in calls:
            if asked_in is sealed_in:
                assert asked_in.reveal(token, Purpose.CALLER) == NUMBER
            else:
                with pytest.raises(SealBroken):
                    asked_in.reveal(token, Purpose.CALLER)


class TestACallsOwnKey:
    def test_a_password_is_revealed_only_where_the_call_is_and_only_while_it_lasts(self, seal: Seal) -> None:
        actions = Seal(KEY, 600, lambda: 1_000_000.0)  # another process, with the same key
        with seal.calls.call("7") as call:
            token = actions.of_call(call).seal(NUMBER, Purpose.PASSWORD)
            assert is_sealed(token)
            assert seal.of_call(call).reveal(token, Purpose.PASSWORD) == NUMBER
            with pytest.raises(SealBroken):
                actions.of_call(call).reveal(token, Purpose.PASSWORD)
            with seal.calls.call("7") as another, pytest.raises(SealBroken):
                seal.of_call(another).reveal(token, Purpose.PASSWORD)
        with pytest.raises(SealBroken):
            seal.of_call(call).reveal(token, Purpose.PASSWORD)

    def test_the_seal_key_is_needed_as_well(self, seal: Seal, clock: Clock) -> None:
        with seal.calls.call("") as call:
            token = Seal(Fernet.generate_key(), 600, clock, call).seal(NUMBER, Purpose.PASSWORD)
            with pytest.raises(SealBroken):
                seal.of_call(call).reveal(token, Purpose.PASSWORD)

    def test_a_changed_token_stays_shut(self, seal: Seal) -> None:
        with seal.calls.call("") as call:
            mine = seal.of_call(call)
            token = mine.seal(NUMBER, Purpose.PASSWORD)
            for i, character in enumerate(token):
                with pytest.raises(SealBroken):
                    mine.reveal(token[:i] + ("a" if character != "a" else "b") + token[i + 1 :], Purpose.PASSWORD)

    def test_numbers_are_revealed_by_the_actions(self, seal: Seal, clock: Clock) -> None:
        with seal.calls.call("7") as call:
            token = seal.of_call(call).seal(NUMBER, Purpose.CALLER)
            assert Seal(KEY, 600, clock, call).reveal(token, Purpose.CALLER) == NUMBER

    def test_ids_differ_and_begin_alike_for_what_an_exchange_names_alike(self, seal: Seal) -> None:
        with seal.calls.call("7") as one, seal.calls.call("7") as two, seal.calls.call("8") as other:
            assert one != two
            assert reset_of(one) == reset_of(two) != reset_of(other)
        with seal.calls.call("") as one, seal.calls.call("") as two:
            assert reset_of(one) != reset_of(two)

    @pytest.mark.parametrize(
        "name", ["7", "1764230000.12", "pbx-1764230000.12", "0f0e0d0c-0b0a-4908-8706-050403020100", "a84b4c76@10.0.0.1"]
    )
    def test_the_accounts_know_a_call_by_the_exchanges_name(self, seal: Seal, name: str) -> None:
        with seal.calls.call(name) as call:
            assert reset_of(call) == name
            token = seal.of_call(call).seal(NUMBER, Purpose.PASSWORD)
            assert seal.of_call(call).reveal(token, Purpose.PASSWORD) == NUMBER

    @pytest.mark.parametrize(
        "name",
        ["0912345678", "sip-0912345678-7", "+84912345678", "84912345678@pbx", "a b", "ж", "x" * 65, '"', "\n"],
    )
    def test_but_not_by_one_that_could_hold_a_number_or_anything_else(self, seal: Seal, name: str) -> None:
        with seal.calls.call(name) as call:
            assert re.fullmatch("[0-9a-f]{32}", reset_of(call))


def test_while_a_key_is_changed_tokens_of_both_are_revealed_and_the_first_one_seals(clock: Clock) -> None:
    new = Fernet.generate_key()
    before, both, after = (Seal(keys, 600, clock, "call") for keys in (KEY, [new, KEY], new))
    assert both.reveal(before.seal(NUMBER, Purpose.CALLER), Purpose.CALLER) == NUMBER
    assert after.reveal(both.seal(NUMBER, Purpose.CALLER), Purpose.CALLER) == NUMBER
    with pytest.raises(SealBroken):
        after.reveal(before.seal(NUMBER, Purpose.CALLER), Purpose.CALLER)


def test_a_token_with_any_character_changed_stays_shut(seal: Seal) -> None:
    token = seal.seal(NUMBER, Purpose.CALLER)
    for i, character in enumerate(token):
        changed = token[:i] + ("a" if character != "a" else "b") + token[i + 1 :]
        with pytest.raises(SealBroken):
            seal.reveal(changed, Purpose.CALLER)


@pytest.mark.parametrize("token", ["", "sealed", NUMBER, "sealed" + "a" * 117, "mật khẩu", "sealed" + "a" * 118, "\0"])
def test_what_is_no_token_stays_shut(seal: Seal, token: str) -> None:
    with pytest.raises(SealBroken):
        seal.reveal(token, Purpose.CALLER)


def test_the_error_tells_neither_token_nor_text(seal: Seal, clock: Clock) -> None:
    token = seal.seal(NUMBER, Purpose.CALLER)
    clock.now += 1e6
    with pytest.raises(SealBroken) as caught:
        seal.reveal(token, Purpose.CALLER)
    assert token not in str(caught.value)
    assert NUMBER not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_token_is_one_word_that_survives_json_and_lower_case(seal: Seal) -> None:
    token = seal.seal(NUMBER, Purpose.INSURANCE_NUMBER)
    assert set(token) <= set(string.ascii_lowercase + string.digits)
    entities = json.dumps({"insurance_number": token})
    assert entities == f'{{"insurance_number": "{token}"}}'
    assert seal.reveal(json.loads(entities)["insurance_number"].lower(), Purpose.INSURANCE_NUMBER) == NUMBER


def test_tokens_are_found_in_a_sentence(seal: Seal) -> None:
    tokens = [
        seal.seal(NUMBER, Purpose.INSURANCE_NUMBER),
        seal.seal("", Purpose.CALLER),
        seal.seal("1" * 40, Purpose.CALLER),
    ]
    sentence = f"mã số của tôi là {tokens[0]} à nhầm, {tokens[1]}. {tokens[2]}"
    assert TOKEN.findall(sentence) == tokens
    assert all(map(is_sealed, tokens))


@pytest.mark.parametrize("text", ["", "sealed", NUMBER, "không một hai", "sealed sealed"])
def test_words_are_not_taken_for_tokens(text: str) -> None:
    assert not is_sealed(text)


def test_a_sentence_around_a_token_is_not_a_token(seal: Seal) -> None:
    assert not is_sealed("là " + seal.seal(NUMBER, Purpose.CALLER))


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "var" / "seal.key"
    monkeypatch.setattr(sealing, "SEAL_KEY", path)
    return path


def test_the_key_of_the_settings_is_used(path: Path) -> None:
    settings = Settings(seal_key=KEY.decode())
    token = load_seal(settings).seal(NUMBER, Purpose.CALLER)
    assert load_seal(settings).reveal(token, Purpose.CALLER) == NUMBER
    assert not path.exists()


def test_the_settings_take_several_keys(path: Path) -> None:
    new = Fernet.generate_key()
    both = load_seal(Settings(seal_key=f"{new.decode()}, {KEY.decode()}"))
    assert both.reveal(Seal(KEY, 600).seal(NUMBER, Purpose.CALLER), Purpose.CALLER) == NUMBER
    assert Seal(new, 600).reveal(both.seal(NUMBER, Purpose.CALLER), Purpose.CALLER) == NUMBER


@pytest.mark.parametrize("raw", [bytes(32), b"k" * 32, b"secret!!" * 4, bytes(range(7)) * 4 + bytes(4)])
def test_a_key_that_anybody_could_guess_is_refused(raw: bytes, path: Path) -> None:
    key = base64.urlsafe_b64encode(raw)
    with pytest.raises(VoicebotError, match="guess"):
        load_seal(Settings(seal_key=key.decode()))
    path.parent.mkdir()
    path.write_bytes(key)
    path.chmod(0o600)
    with pytest.raises(VoicebotError, match=r"seal\.key.*guess"):
        load_seal(Settings())


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601])
def test_a_key_file_that_everybody_can_read_is_refused(path: Path, mode: int) -> None:
    load_seal(Settings())
    path.chmod(mode)
    with pytest.raises(VoicebotError, match="chmod 600"):
        load_seal(Settings())
    path.chmod(0o640)  # a group may: so Kubernetes gives secrets to a container
    load_seal(Settings())


def test_without_one_a_key_file_is_made_that_only_its_owner_reads(path: Path) -> None:
    token = load_seal(Settings()).seal(NUMBER, Purpose.CALLER)
    assert load_seal(Settings()).reveal(token, Purpose.CALLER) == NUMBER
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["seal.key"]


def test_processes_that_start_at_once_share_one_key(path: Path) -> None:
    barrier = threading.Barrier(8)
    keys: list[bytes] = []

    def start() -> None:
        barrier.wait()
        keys.append(key_file(path))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(list(path.parent.iterdir())) == 1


@pytest.mark.parametrize(
    "key",
    ["abc", "không phải khóa", "A" * 43, KEY.decode()[:-2], "!" + KEY.decode()[1:]],
    ids=["short", "words", "no padding", "cut", "a sign"],
)
def test_a_bad_key_is_named_without_being_told(key: str, path: Path) -> None:
    with pytest.raises(VoicebotError, match="VOICEBOT_SEAL_KEY") as caught:
        load_seal(Settings(seal_key=key))
    assert key not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"too short"])
def test_a_broken_key_file_is_named(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(VoicebotError, match=r"seal\.key"):
        load_seal(Settings())
    assert path.read_bytes() == content


def test_a_key_file_that_cannot_be_made_is_named(path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(VoicebotError, match=r"seal\.key"):
        load_seal(Settings())
