"""Caller scripts: a call written down as YAML, read and checked before the call begins (docs/caller-scripts.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.events import KEYS, Outcome
from bot.places import HOME
from bot.simulation.line import LAWS
from bot.simulation.yaml_reader import MOST_CHARACTERS, ScriptError, Value

SHARED = HOME.parent / "shared"
"""What `${SHARED}` stands for in a path: recordings kept beside the project folder, which are not redistributed."""

IN_SHARED = "${SHARED}/"

DIALECTS = ("north", "central", "south")
NOISES = ("pink", "white", "babble")
MAX_WAIT = 60.0
"""Seconds of one `wait`; nobody on a telephone waits longer without a word."""


class MissingRecordingError(ScriptError):
    """The script plays a recording that this machine does not have."""


@dataclass(frozen=True)
class CallerVoice:
    """How the caller sounds.

    dialect   of espeak-ng's Vietnamese
    speed     factor on the usual rate
    pitch     0…99, espeak-ng's scale
    variant   espeak-ng's voice variant, such as f3 or m5; empty: its plain voice
    noise_db  signal-to-noise ratio in dB; None: no noise
    noise     a generated noise, or a file of one
    line      clean; g711: 300–3400 Hz and A-law, as in Vietnam's network; ulaw: the same with µ-law
    loss      share of 20 ms packets that are lost
    seed      of noise and loss
    """

    dialect: str = "north"
    speed: float = 1.0
    pitch: int = 50
    variant: str = ""
    noise_db: float | None = None
    noise: str | Path = "pink"
    line: str = "clean"
    loss: float = 0.0
    seed: int = 1


@dataclass(frozen=True)
class Press:
    keys: str = field(repr=False)


@dataclass(frozen=True)
class Say:
    text: str = field(repr=False)


@dataclass(frozen=True)
class Play:
    """One recording, or several that are played as one utterance."""

    recordings: tuple[Path, ...]


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass(frozen=True)
class BargeIn:
    """`action` begins `after` seconds into what the bot is saying."""

    after: float
    action: Press | Say | Play


@dataclass(frozen=True)
class HangUp:
    """Hang up at the caller's turn, or `after` seconds into what the bot is saying."""

    after: float | None = None


Step = Press | Say | Play | Wait | BargeIn | HangUp


@dataclass(frozen=True)
class Expected:
    """What the script expects of the call. `said` and `heard` must occur in this order among what the bot says and
    hears."""

    outcome: Outcome | None = None
    said: tuple[str, ...] = ()
    not_said: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    password_readings: int | None = None


@dataclass(frozen=True)
class CallerScript:
    """One scripted call. `caller` is None if the number is withheld; `keys` says how keys reach the bot."""

    name: str
    caller: str | None = field(repr=False)
    voice: CallerVoice
    steps: tuple[Step, ...]
    expect: Expected
    keys: Literal["events", "inband"] = "events"
    description: str = ""


def load_script(path: Path) -> CallerScript:
    """Read a script. Raises ScriptError for any mistake: one line with file, line number and what to do."""
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(MOST_CHARACTERS + 1)  # a device may have no end
    except OSError as error:
        raise ScriptError(f"{path}: cannot be read ({error.strerror}); give the path of a caller script") from None
    except UnicodeDecodeError:
        raise ScriptError(f"{path}: not UTF-8 text; save it as UTF-8") from None
    return parse_script(text, path)


def parse_script(text: str, path: Path) -> CallerScript:
    """A script from its text; `path` names it in messages, and recordings are relative to its folder."""
    script = Value.read(text, path).fields(
        required=("caller", "steps"), optional=("name", "description", "voice", "keys", "expect")
    )
    keys = script["keys"].choice(("events", "inband")) if "keys" in script else "events"
    return CallerScript(
        name=script["name"].text() if "name" in script else path.stem,
        caller=None if script["caller"].is_null else script["caller"].digits("a telephone number"),
        voice=_voice(script["voice"], path.parent) if "voice" in script else CallerVoice(),
        steps=tuple(_step(item, path.parent) for item in script["steps"].items()),
        expect=_expected(script["expect"]) if "expect" in script else Expected(),
        keys="inband" if keys == "inband" else "events",
        description=script["description"].text() if "description" in script else "",
    )


# ── voice ─────────────────────────────────────────────────────────────────────────────────────────


def _voice(value: Value, folder: Path) -> CallerVoice:
    readers: Mapping[str, Callable[[Value], object]] = {
        "dialect": lambda v: v.choice(DIALECTS),
        "speed": lambda v: v.number(0.5, 2.0),
        "pitch": lambda v: v.whole(0, 99),
        "variant": lambda v: v.text(),
        "noise_db": lambda v: v.number(-20, 80),
        "noise": lambda v: v.text() if v.text() in NOISES else _file(v, folder),
        "line": lambda v: v.choice(tuple(LAWS)),
        "loss": lambda v: v.number(0, 0.5),
        "seed": lambda v: v.whole(0, 2**31),
    }
    given = value.fields(optional=tuple(readers))
    return CallerVoice(**{name: readers[name](item) for name, item in given.items()})  # type: ignore[arg-type]  # each reader returns its field's type


def _file(value: Value, folder: Path) -> Path:
    """A path beside the script, absolute, or under `${SHARED}/`."""
    text = value.text()
    path = SHARED / text.removeprefix(IN_SHARED) if text.startswith(IN_SHARED) else folder / text
    if not path.is_file():
        raise MissingRecordingError(value.message(f"there is no file {path}; correct the path or put the file there"))
    return path


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────

ACTIONS: Mapping[str, Callable[[Value, Path], Press | Say | Play]] = {
    "press": lambda value, folder: Press(_keys(value)),
    "say": lambda value, folder: Say(value.text()),
    "play": lambda value, folder: Play(
        tuple(_file(item, folder) for item in (value.items() if value.is_list else (value,)))
    ),
}


def _step(value: Value, folder: Path) -> Step:
    fields = value.fields(optional=(*ACTIONS, "wait", "barge_in", "hang_up"))
    if len(fields) != 1:
        raise value.error("a step is one of press, say, play, wait, barge_in, hang_up; give each its own '- '")
    [(kind, inner)] = fields.items()
    if kind in ACTIONS:
        return ACTIONS[kind](inner, folder)
    if kind == "wait":
        return Wait(inner.number(0, MAX_WAIT))
    if kind == "barge_in":
        return _barge_in(inner, folder)
    if inner.is_true:
        return HangUp()
    return HangUp(inner.fields(required=("after",))["after"].number(0, 600))


def _barge_in(value: Value, folder: Path) -> BargeIn:
    fields = value.fields(required=("after",), optional=tuple(ACTIONS))
    after = fields.pop("after").number(0, 600)
    if len(fields) != 1:
        raise value.error('barge_in takes one of press, say or play, as in {after: 0.8, press: "1"}')
    [(kind, inner)] = fields.items()
    return BargeIn(after, ACTIONS[kind](inner, folder))


def _keys(value: Value) -> str:
    keys = value.digits("keys")
    if not keys or set(keys) - set(KEYS):
        raise value.error(f"a telephone has the keys {KEYS}; give one or more of them")
    return keys


# ── expectations ──────────────────────────────────────────────────────────────────────────────────


def _expected(value: Value) -> Expected:
    fields = value.fields(optional=("outcome", "said", "not_said", "heard", "password_readings"))

    def texts(name: str) -> tuple[str, ...]:
        return tuple(item.text() for item in fields[name].items()) if name in fields else ()

    return Expected(
        outcome=Outcome(fields["outcome"].choice(tuple(o.value for o in Outcome))) if "outcome" in fields else None,
        said=texts("said"),
        not_said=texts("not_said"),
        heard=texts("heard"),
        password_readings=fields["password_readings"].whole(0, 9) if "password_readings" in fields else None,
    )
