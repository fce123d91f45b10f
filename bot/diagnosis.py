"""What `voicebot call` and `voicebot serve` need, checked part by part before a caller finds out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from bot.errors import VoicebotError
from bot.places import HOME
from bot.settings import Settings, load

Check = Callable[[Settings], str]
"""What was found. Raises VoicebotError where a part is missing, saying how to get it."""


@dataclass(frozen=True)
class Finding:
    """Of one part.

    needed  whether calls need it
    detail  what was found, or what to do
    """

    part: str
    ok: bool
    needed: bool
    detail: str


def diagnose() -> Iterator[Finding]:
    """All parts. With settings that cannot be read, those alone."""
    try:
        settings = load()
    except VoicebotError as error:
        yield Finding("settings", False, True, str(error))
        return
    yield Finding("settings", True, True, f"of the project {HOME}")
    for part, check, needed in CHECKS:
        try:
            yield Finding(part, True, needed, check(settings))
        except VoicebotError as error:
            yield Finding(part, False, needed, str(error))


# ── who may call ──


def _line(settings: Settings) -> str:
    from bot.gateway.auth import open_auth

    guarded = open_auth(settings).guarded
    return "exchanges show a secret or a certificate" if guarded else "no secret: calls from this machine alone"


def _tls(settings: Settings) -> str:
    from bot.doors.certificates import certificates

    return "the certificate can be used" if certificates(settings)() else "off"


def _ports(settings: Settings) -> str:
    from bot.doors.accepting import bound_socket
    from bot.settings_values import host_and_port

    free = [f"{settings.host}:{settings.port}"]
    bound_socket(settings.host, settings.port, "VOICEBOT_PORT").close()
    if settings.audiosocket:
        bound_socket(*host_and_port(settings.audiosocket), "VOICEBOT_AUDIOSOCKET").close()
        free.append(settings.audiosocket)
    return f"{' and '.join(free)} can be listened on"


def _web_phone(settings: Settings) -> str:
    from bot.gateway.auth import open_auth
    from bot.gateway.serving import has_web_phone, web_phone_at

    if has_web_phone(settings, open_auth(settings)):
        return f"at {web_phone_at(settings)} while `voicebot serve` runs"
    return "off; VOICEBOT_WEB_PHONE=on turns it on"


def _secrets(settings: Settings) -> str:
    from bot.credentials import of_rasa
    from bot.sealing import load_seal

    of_rasa(settings)
    load_seal(settings)
    return "the seal key and Rasa's secret can be used"


# ── hearing and speech ──


def _recogniser(settings: Settings) -> str:
    from bot.hearing import load_models

    load_models(settings)
    return f"model {settings.model} loads"


def _second_pass(settings: Settings) -> str:
    from bot.hearing import second_of

    if second_of(settings.model):
        return f"model {settings.model} hears numbers in two passes"
    if find_spec("onnxruntime") is None:
        raise VoicebotError("onnxruntime is not installed: numbers are heard in one pass; `uv pip install onnxruntime`")
    raise VoicebotError(f"model {settings.model} has no folder `second`: numbers are heard in one pass")


def _calibration(settings: Settings) -> str:
    from bot.hearing import calibration_of

    if not calibration_of(settings.model).fitted:
        raise VoicebotError(f"model {settings.model} has no calibration.toml: its confidence is not fitted")
    return f"model {settings.model} has its own"


def _phrases(settings: Settings) -> str:
    from bot.hearing import models
    from bot.phrases.build import waiting
    from bot.phrases.wording import menu_phrases

    if intents := waiting(models.find(settings.model), menu_phrases(HOME)):
        raise VoicebotError(f"callers cannot say {', '.join(intents)} yet: run `voicebot phrases build`")
    return "all that a key chooses in the menu can be said"


def _voice(settings: Settings) -> str:
    from bot.events import RATE, Prompt
    from bot.sealing import load_seal
    from tts.speech import open_speech

    async def speak() -> int:
        speech = open_speech(settings, load_seal(settings))
        try:
            return len(await speech.clip(Prompt("xin chào"), RATE))
        finally:
            await speech.close()

    return f"speaks ({asyncio.run(speak()) / RATE:.1f} s for a greeting)"


# ── the dialogue and the accounts ──


def _rasa(settings: Settings) -> str:
    if not settings.rasa_url:
        from bot.dialogue.environment import rasa_python

        return f"in {rasa_python(settings).parents[1]}"
    from bot.credentials import of_rasa
    from bot.dialogue.health import HealthCheck

    health = HealthCheck(settings.rasa_url, of_rasa(settings), settings.actions_url)
    asyncio.run(health.check())
    if not health.up:
        raise VoicebotError(f"nothing answers as Rasa at {settings.rasa_url}; start it, or correct VOICEBOT_RASA_URL")
    if not health.store.up:
        raise VoicebotError(health.store.health.trouble)
    return f"answers at {settings.rasa_url}"


def _dialogue(settings: Settings) -> str:
    from bot.assembly import DOMAIN, read_prompts

    read_prompts(DOMAIN)
    if settings.rasa_url:
        return f"that of the Rasa at {settings.rasa_url}"
    from bot.dialogue.freshness import AGAIN, check, newest, some_of

    model = newest(settings.path(settings.rasa_model))
    changed = check(model, HOME)
    return f"trained: {model}" + (f"; {some_of(changed)} changed since, {AGAIN}" if changed else "")


def _accounts(settings: Settings) -> str:
    if settings.rasa_url:
        return "kept by the action server" + ("" if settings.actions_url else ", which VOICEBOT_ACTIONS_URL would name")
    from bot.accounts import open_accounts

    return f"{open_accounts(settings).count()} accounts"


def _microphone(_: Settings) -> str:
    from bot.channels.microphone import microphone_available

    if why_not := microphone_available():
        raise VoicebotError(why_not)
    return "ready"


CHECKS: tuple[tuple[str, Check, bool], ...] = (
    ("line", _line, True),
    ("tls", _tls, True),
    ("ports", _ports, True),
    ("web phone", _web_phone, False),
    ("secrets", _secrets, True),
    ("recogniser", _recogniser, True),
    ("second pass", _second_pass, False),
    ("calibration", _calibration, False),
    ("phrases", _phrases, False),
    ("voice", _voice, True),
    ("rasa", _rasa, True),
    ("dialogue", _dialogue, True),
    ("accounts", _accounts, True),
    ("microphone", _microphone, False),
)
"""Part, its check, and whether calls need it."""
