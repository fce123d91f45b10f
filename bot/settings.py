"""One frozen Settings, validated once, from `voicebot.toml` and `VOICEBOT_*` variables (the variable wins)."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomli

from bot.errors import VoicebotError

ROOT = Path(__file__).resolve().parents[1]
"""The checkout: Rasa's own files, the bundled model and `var/` lie here."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Paths are relative to the checkout unless absolute; times are seconds."""

    database_url: str = "sqlite:///var/accounts.sqlite"
    """The account store, as SQLAlchemy writes it."""

    number_lengths: tuple[int, ...] = (10, 12)
    """Digits of an insurance number: 10, and since August 2025 the 12 of the personal identity number."""

    model: str = "vi-digits"
    """The recogniser's model: a name of the catalogue or a folder."""

    voice: str = "vi"
    """espeak-ng's voice: vi, vi-vn-x-central or vi-vn-x-south."""

    speech_rate: int = 165
    """Words a minute of the bot's voice."""

    prompts: str = "tts/recorded"
    """The folder of recorded prompts that take the synthesiser's place."""

    rasa_url: str = ""
    """A served Rasa, e.g. http://localhost:5005; empty: Rasa runs inside this process."""

    rasa_model: str = "models"
    """The trained dialogue: a folder (its newest is taken) or a file."""

    seal_key: str = dataclasses.field(default="", repr=False)
    """Key of the sealed tokens (urlsafe base64 of 32 bytes); empty: var/seal.key, made on first use."""

    seal_seconds: int = 600
    """How long a sealed token can be revealed (OWASP ASVS 5.0, 6.5.5: at most ten minutes)."""

    caller: str = dataclasses.field(default="", repr=False)
    """The calling number assumed where no line tells one: `voicebot call` and `rasa shell`. Empty: unknown."""

    no_input_seconds: float = 6.0
    """Silence after a prompt until the caller is asked again."""

    settle_seconds: float = 0.8
    """Silence after a number that is complete but might go on (10 digits where 12 are allowed too)."""

    pause_seconds: float = 2.5
    """Silence inside an unfinished number until the caller is told what is missing."""

    max_failures: int = 5
    """Refusals of one phone number or one insurance number within the lock time before it is locked."""

    lock_seconds: int = 3600
    """How long refusals count and a lock lasts."""

    host: str = "127.0.0.1"
    """The address of this machine on which `voicebot serve` listens."""

    port: int = 8080
    """Where `voicebot serve` takes calls from Asterisk over WebSockets, and tells its health and metrics."""

    audiosocket: str = ""
    """HOST:PORT where it takes calls over AudioSocket; empty: nowhere."""

    line_secret: str = dataclasses.field(default="", repr=False)
    """What a telephone exchange must know to bring a call: the password in its configuration."""

    verstat: str = "off"
    """What the carrier's check of the calling number's signature (STIR/SHAKEN) counts for: off; prefer (a number that
    failed it is withheld); require (so is every number that has not passed it)."""

    tls_certificate: str = ""
    """PEM file of this machine's certificate; empty: no TLS."""

    tls_key: str = ""
    """PEM file of its key; empty: it is in the certificate's file."""

    tls_client_ca: str = ""
    """PEM file of the authority whose certificates telephone exchanges must show; empty: none are needed."""

    max_calls: int = 100
    """Calls at once; further ones hear that all lines are busy."""

    max_call_seconds: int = 900
    """How long a call may last at most."""

    def path(self, value: str) -> Path:
        """A path setting, absolute."""
        return ROOT / value


def load(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Read and check the settings. Raises VoicebotError naming the setting that is wrong."""
    environ = os.environ if environ is None else environ
    file = file or ROOT / environ.get("VOICEBOT_CONFIG", "voicebot.toml")
    raw: dict[str, object] = {}
    if file.exists():
        try:
            raw.update(tomli.loads(file.read_text("utf-8")))
        except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
            raise VoicebotError(f"{file}: not valid TOML ({error}); correct it or remove the file") from None
    known = {f.name: f.default for f in dataclasses.fields(Settings)}
    if unknown := sorted(raw.keys() - known.keys()):
        raise VoicebotError(f"{file}: unknown setting {unknown[0]!r}; known are {', '.join(known)}")
    for name in known:
        if (value := environ.get(f"VOICEBOT_{name.upper()}")) is not None:
            raw[name] = value
    return Settings(**{name: _typed(name, value, known[name]) for name, value in raw.items()})  # type: ignore[arg-type]  # checked by _typed


def _typed(name: str, value: object, default: object) -> object:
    """`value` as the type of `default`; text from the environment is converted."""
    try:
        if name == "number_lengths":
            return _lengths(value)
        if name == "verstat":
            return _one_of(name, value, ("off", "prefer", "require"))
        if isinstance(default, (int, float)):
            number = type(default)(str(value))
            if not 0 < number < float("inf"):
                raise ValueError
            return number
    except ValueError:
        raise VoicebotError(f"setting {name}: {value!r} is no positive number, as {default!r} is") from None
    if not isinstance(value, str):
        raise VoicebotError(f"setting {name}: {value!r} must be text in quotes")
    return value


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise VoicebotError(f"setting {name}: {value!r}; give one of {', '.join(allowed)}")
    return str(value)


def _lengths(value: object) -> tuple[int, ...]:
    parts = value if isinstance(value, list) else str(value).replace(",", " ").split()
    lengths = tuple(sorted({int(part) for part in parts}))
    if not lengths or not all(4 <= n <= 20 for n in lengths):
        raise VoicebotError(f"setting number_lengths: {value!r}; give lengths of 4 to 20 digits, such as '10, 12'")
    return lengths
