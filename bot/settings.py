"""One frozen Settings, validated once, from `voicebot.toml` and `VOICEBOT_*` variables (the variable wins)."""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import VoicebotError
from bot.places import HOME, require_home
from bot.settings_values import CHOICES, RANGE, typed

PREFIX = "VOICEBOT_"

NO_SETTINGS = ("VOICEBOT_HOME", "VOICEBOT_CONFIG")
"""Variables of this program that are not settings."""

OF_TESTS = "VOICEBOT_TEST_"
"""Prefix of variables that only this program's tests read."""


MOST_CHARACTERS = 2**20
"""Of the file of settings."""


def _within[N: (int, float)](default: N, least: N, most: N) -> N:
    """A number whose sensible values end at `least` and `most`."""
    field: N = dataclasses.field(default=default, metadata={RANGE: (least, most)})
    return field


def _one_of(default: str, *others: str) -> str:
    """One of these words; the first is the default."""
    field: str = dataclasses.field(default=default, metadata={CHOICES: (default, *others)})
    return field


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. Paths are relative to the project folder (`bot.places`) unless absolute; times are
    seconds. `_within` gives a number's default and the range that `load` accepts, `_one_of` the words it accepts."""

    database_url: str = "sqlite:///var/accounts.sqlite"
    """The account store, as an SQLAlchemy URL."""

    number_lengths: tuple[int, ...] = (10, 12)
    """Digits of an insurance number: 10, and since August 2025 the 12 of the personal identity number."""

    model: str = "vi-digits"
    """The recogniser's model: a name from the catalogue or a folder."""

    voice: str = "vi"
    """espeak-ng's voice: vi, vi-vn-x-central or vi-vn-x-south."""

    speech_rate: int = _within(165, 80, 450)
    """Words a minute of the bot's voice; the range is espeak-ng's."""

    prompts: str = "tts/recorded"
    """The folder of recorded prompts that take the synthesiser's place. A folder that is named here must exist; the
    default one need not."""

    rasa_url: str = ""
    """A served Rasa, e.g. http://localhost:5005; empty: Rasa is started beside this process."""

    rasa_environment: str = ".venv-rasa"
    """The folder of Rasa's own Python environment, where it is started beside this process."""

    actions_url: str = ""
    """The action server of a served Rasa, e.g. http://localhost:5055/webhook: `voicebot serve` asks it whether the
    account store works. Empty: nothing is known of the store, and calls are taken even when it does not work."""

    rasa_secret: str = dataclasses.field(default="", repr=False)
    """The secret that a served Rasa and its actions demand; empty: they answer only their own machine. While it is
    changed, give several with commas between them: the first is sent, each is accepted."""

    rasa_model: str = "models"
    """The trained dialogue: a file, or a folder, whose newest file is used."""

    seal_key: str = dataclasses.field(default="", repr=False)
    """Key of the sealed tokens (urlsafe base64 of 32 bytes); empty: var/seal.key, made on first use. While it is
    changed, give several with commas between them: the first one seals, all of them reveal."""

    seal_seconds: int = _within(600, 10, 600)
    """How long a sealed token can be revealed (OWASP ASVS 5.0, 6.5.5: at most ten minutes)."""

    caller: str = dataclasses.field(default="", repr=False)
    """The calling number where no line reports one: in `voicebot call` and `rasa shell`. Empty: unknown."""

    no_input_seconds: float = _within(6.0, 1.0, 60.0)
    """Silence after a prompt until the caller is asked again."""

    settle_seconds: float = _within(0.8, 0.1, 10.0)
    """Silence after a number that is complete but might go on (10 digits where 12 are allowed too)."""

    pause_seconds: float = _within(2.5, 0.1, 60.0)
    """Silence inside an unfinished number until the caller is told what is missing."""

    max_failures: int = _within(5, 1, 100)
    """Guesses from one phone within a day before it has to wait; for one insurance number, ten times as many. A guess
    is a pair of both that was refused, counted once, or a password that was not heard to its end."""

    lock_seconds: int = _within(3600, 60, 2_592_000)
    """The longest wait after wrong guesses. The first lasts a minute, each further one twice as long."""

    max_resets: int = _within(5, 1, 10_000)
    """Passwords that one account may be given within a day, heard or not."""

    max_refusals: int = _within(500, 1, 1_000_000)
    """Guesses of all callers within an hour before the alarm. From then on only phones that once had a password are
    served."""

    password_hours: int = _within(24, 1, 720)
    """How long a password that was handed out works. It lets its owner in once, to choose another one."""

    notice_command: str = dataclasses.field(default="", repr=False)
    """A command that tells an account's owner about a reset, for instance by SMS. It reads a JSON object on stdin."""

    notice_url: str = dataclasses.field(default="", repr=False)
    """Instead of the command, an HTTP address that gets the object by POST: https, or on this machine."""

    notice_secret: str = dataclasses.field(default="", repr=False)
    """Sent to that address as `Authorization: Bearer …`; empty: nothing is sent."""

    audit_days: int = _within(730, 0, 36_500)
    """How long records of the audit trail are kept; 0: for ever."""

    call_days: int = _within(365, 0, 36_500)
    """How long the operator's page keeps single calls; 0: for ever. Its figures of each hour stay."""

    dong_a_minute: int = _within(1000, 0, 100_000)
    """The price of a minute for the caller, in đồng; the operator's page calculates the cost of calls and passwords
    from it. The default is the price of the pilot's number, 1900.9068, in June 2023."""

    dong_a_minute_source: str = ""
    """The source of that price, which the operator's page shows beside it ("VNPT, tariff of 2026"). Empty: the page
    says that the price is an assumption."""

    traces_url: str = ""
    """Where traces of calls are sent: the address of a collector for OTLP over HTTP, e.g.
    http://localhost:4318/v1/traces (docs/traces.md). Empty: no traces are made."""

    host: str = "127.0.0.1"
    """The address of this machine on which `voicebot serve` listens."""

    port: int = _within(8080, 1, 65535)
    """The port of `voicebot serve`: calls from Asterisk over WebSockets, web phone, operator's page, health,
    metrics."""

    audiosocket: str = ""
    """HOST:PORT for calls over AudioSocket; empty: none are taken."""

    web_phone: str = _one_of("auto", "on", "off")
    """The telephone in the browser, at `/`: on; off; auto: on where no line needs a secret, as on a laptop."""

    recording_folder: str = ""
    """The folder for recordings of calls, without numbers and passwords (docs/reports.md). Every caller is told first.
    Empty: calls are not recorded."""

    recording_days: int = _within(30, 1, 3650)
    """How long recordings are kept."""

    line_secret: str = dataclasses.field(default="", repr=False)
    """The secret that a telephone exchange must show to bring a call: the password in its configuration. While it is
    changed, give several with commas between them: each is accepted."""

    verstat: str = _one_of("off", "prefer", "require")
    """How to use the carrier's check of the calling number's signature (STIR/SHAKEN). off: not at all; prefer: a number
    that failed the check counts as withheld; require: so does every number that has not passed it."""

    call_back: str = _one_of("off", "on")
    """Call-back mode. on: the exchange ends every call before it is answered and rings the calling number; only the
    person who answers there is given a password."""

    max_call_backs: int = _within(3, 1, 100)
    """How often one number is rung within a day, answered or not."""

    max_call_backs_hour: int = _within(200, 1, 100_000)
    """How often all numbers together are rung within an hour."""

    tls_certificate: str = ""
    """PEM file of this machine's certificate; empty: no TLS."""

    tls_key: str = ""
    """PEM file of its key; empty: it is in the certificate's file."""

    tls_client_ca: str = ""
    """PEM file of the authority whose certificates telephone exchanges must show; empty: none are needed."""

    max_calls: int = _within(100, 1, 10_000)
    """Calls at once; further ones hear that all lines are busy."""

    max_call_seconds: int = _within(900, 30, 7200)
    """How long a call may last at most."""

    def path(self, value: str) -> Path:
        """A path setting, absolute."""
        return HOME / value


def load(environ: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Read and check the settings. Raises VoicebotError naming the setting that is wrong, and where there is no project
    folder."""
    require_home()
    environ = os.environ if environ is None else environ
    named = environ.get("VOICEBOT_CONFIG")
    file = file or HOME / (named or "voicebot.toml")
    raw: dict[str, object] = {}
    try:
        with file.open(encoding="utf-8") as opened:
            text = opened.read(MOST_CHARACTERS + 1)  # a device may have no end
        if len(text) > MOST_CHARACTERS:
            raise VoicebotError(f"{file}: longer than {MOST_CHARACTERS} characters; settings need a few thousand")
        raw.update(tomllib.loads(text))
    except FileNotFoundError:
        if named:
            raise VoicebotError(
                f"{file}: there is no such file; let VOICEBOT_CONFIG name one that exists, or unset it"
            ) from None
    except OSError as error:
        raise VoicebotError(
            f"{file}: cannot be read ({error.strerror}); let VOICEBOT_CONFIG name a TOML file"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise VoicebotError(f"{file}: not valid TOML ({error}); correct it or remove the file") from None
    known = {field.name: field for field in dataclasses.fields(Settings)}
    _refuse_unknown(str(file), raw, known)
    variables = {f"{PREFIX}{name.upper()}": name for name in known}
    given = [name for name in environ if name.startswith(PREFIX) and not name.startswith(OF_TESTS)]
    _refuse_unknown("the environment", given, [*variables, *NO_SETTINGS])
    raw |= {variables[variable]: environ[variable] for variable in given if variable in variables}
    settings = Settings(**{name: typed(known[name], value) for name, value in raw.items()})  # type: ignore[arg-type]  # checked by typed
    if settings.notice_command and settings.notice_url:
        raise VoicebotError("settings notice_command and notice_url: give one of the two")
    return settings


def as_environ(settings: Settings) -> dict[str, str]:
    """The settings as variables, for another process of this bot."""
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(Settings)}
    return {"VOICEBOT_HOME": str(HOME)} | {
        f"{PREFIX}{name.upper()}": ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in values.items()
    }


def _refuse_unknown(where: str, given: Iterable[str], known: Collection[str]) -> None:
    """A name that nobody reads is a setting that does not hold."""
    for name in sorted(set(given) - set(known)):
        (nearest,) = difflib.get_close_matches(name, known, 1, cutoff=0.0)
        raise VoicebotError(
            f"{where}: there is no setting {name[:60]}; the nearest is {nearest}: write that, or remove it"
        )
