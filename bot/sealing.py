"""Seal and reveal what must not be read on the way: callers' numbers, insurance numbers, passwords.

A sealed token is one word of lower-case letters and digits, so that it passes unharmed through Rasa's
`/intent{"entity": "token"}`, its tokenizers and its tracker. Inside is a Fernet token (AES-128-CBC, HMAC-SHA256,
time of sealing; https://github.com/fernet/spec) under a key of its own for each purpose and each call, so that an
insurance number's token is never revealed as a password, and no token in another call than its own. Texts of up to 15
characters all give tokens of one length.

A password is sealed to the key of its call as well (bot/call_keys.py): who has the seal key and all tokens cannot read
it, neither during the call nor after it.
"""

from __future__ import annotations

import base64
import contextlib
import enum
import os
import secrets
import stat
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.call_keys import CallKeys, share_with
from bot.errors import VoicebotError
from bot.places import HOME
from bot.secret_keys import decode_key, decode_keys, given_keys
from bot.settings import Settings
from rasa_components.hiding import TOKEN

SEAL_KEY = HOME / "var" / "seal.key"

TO_A_CALL = b"\x01"
"""First byte of a token that begins with a public key. A Fernet token begins with 0x80."""

_PREFIX = "sealed"


class SealBroken(VoicebotError):  # noqa: N818  # the name says what happened
    """A token that cannot be revealed; neither the token nor the text is in the message."""

    def __init__(self) -> None:
        super().__init__("a sealed token cannot be opened: it is too old, damaged, of another purpose, call or key")


class Purpose(enum.StrEnum):
    """What a sealed text is."""

    CALLER = "caller"
    INSURANCE_NUMBER = "insurance_number"
    PASSWORD = "password"  # noqa: S105  # a purpose, no password
    OPERATIONS = "operations"
    """What a gateway tells and asks for the operator's page (bot/operations/client.py)."""


class Seal:
    """Seals texts of one call and reveals them for `seconds`.

    keys   as `Fernet.generate_key` makes them: urlsafe base64 of 32 bytes; VoicebotError if one is none. The first one
           seals, all of them reveal: so a key is changed without dropping the calls in progress
    clock  seconds since 1970
    call   the call's id; empty: what was typed to Rasa itself, in no call
    """

    def __init__(
        self,
        keys: bytes | Sequence[bytes],
        seconds: int,
        clock: Callable[[], float] = time.time,
        call: str = "",
        calls: CallKeys | None = None,
    ) -> None:
        self.calls = calls or CallKeys()
        """The calls that go on in this process."""
        self._keys = [keys] if isinstance(keys, bytes) else list(keys)
        self._raw = [
            decode_key(key, "the seal key (seal_key in voicebot.toml or VOICEBOT_SEAL_KEY)") for key in self._keys
        ]
        self._seconds, self._clock, self._call = seconds, clock, call

    def of_call(self, call: str) -> Seal:
        """The same seal for another call: neither opens a token of the other."""
        return Seal(self._keys, self._seconds, self._clock, call, self.calls)

    def seal(self, text: str, purpose: Purpose) -> str:
        """A token that only `reveal` for the same purpose and call opens; each time another one. A password's is opened
        only in the process that holds the call, and only as long as the call lasts."""
        shared, public = (share_with(self._call) if purpose is Purpose.PASSWORD else None) or (b"", b"")
        token = self._fernets(purpose, shared).encrypt_at_time(text.encode(), int(self._clock()))
        return _word((TO_A_CALL + public if public else b"") + base64.urlsafe_b64decode(token))

    def reveal(self, token: str, purpose: Purpose) -> str:
        """The sealed text. Raises SealBroken for all but an unchanged, unexpired token of this purpose and call."""
        try:
            public, body = _parts(_bytes(token))
            shared = self.calls.shared(self._call, public) if public else b""
            fernet = self._fernets(purpose, shared)
            return fernet.decrypt_at_time(base64.urlsafe_b64encode(body), self._seconds, int(self._clock())).decode()
        except (InvalidToken, ValueError):
            raise SealBroken from None

    def _fernets(self, purpose: Purpose, shared: bytes) -> MultiFernet:
        return MultiFernet([Fernet(_derive(raw + shared, purpose, self._call)) for raw in self._raw])


def is_sealed(text: str) -> bool:
    """Whether the whole text has the shape of a sealed token; it may still be expired or forged."""
    return TOKEN.fullmatch(text) is not None


def load_seal(settings: Settings) -> Seal:
    """The seal of these settings; without a key in them that of var/seal.key, made on first use."""
    return Seal(given_keys(settings.seal_key) or key_file(SEAL_KEY), settings.seal_seconds)


def key_file(path: Path) -> bytes:
    """The key in a file, made with mode 0600 if there is none. Of several processes that make it at once one wins.

    Raises VoicebotError where the file cannot be read or made, can be read by everybody, or holds no key.
    """
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & stat.S_IRWXO:
            raise VoicebotError(f"{path}: everybody on this machine can read this key: chmod 600 it, or take a new one")
        key = path.read_bytes().strip()
    except OSError as error:
        raise VoicebotError(f"{path}: cannot read or make this key file ({error.strerror}); correct it") from None
    decode_keys(key, str(path))
    return key


def _make(path: Path) -> None:
    """Written aside and linked into place: whoever sees the file sees all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
            os.link(aside, path)
    finally:
        aside.unlink()


def _derive(key: bytes, purpose: Purpose, call: str) -> bytes:
    """The Fernet key of this purpose and call (HKDF, RFC 5869)."""
    info = f"voicebot seal {purpose.value} {call}".encode()
    return base64.urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=info).derive(key))


def _parts(raw: bytes) -> tuple[bytes, bytes]:
    """The public key before a Fernet token, empty where there is none, and the token."""
    if raw.startswith(TO_A_CALL):
        return raw[1:33], raw[33:]
    return b"", raw


def _word(raw: bytes) -> str:
    """Fernet's own base64 has "-", "_" and "=", at which tokenizers cut, and capitals, which some lower."""
    return _PREFIX + base64.b32encode(raw).decode().rstrip("=").lower()


def _bytes(token: str) -> bytes:
    """What `_word` wrote. Raises ValueError for what it never writes."""
    if not is_sealed(token):
        raise ValueError
    body = token.removeprefix(_PREFIX).upper()
    raw = base64.b32decode(body + "=" * (-len(body) % 8))
    if _word(raw) != token:  # base32 leaves spare bits at its end
        raise ValueError
    return raw
