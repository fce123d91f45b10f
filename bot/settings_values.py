"""What a setting may hold: text from the environment or values from TOML, checked and converted."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import shlex
from urllib.parse import urlsplit

from bot.errors import VoicebotError
from bot.secret_keys import decode_key, given_keys

RANGE, CHOICES = "range", "choices"
"""Metadata of a field: the least and the most of a number; the words that a text may be."""


def typed(field: dataclasses.Field[object], value: object) -> object:
    """`value` as the type of the field's default; text from the environment is converted. Raises VoicebotError naming
    the setting whose value is wrong."""
    if field.name == "number_lengths":
        return _lengths(value)
    if choices := field.metadata.get(CHOICES):
        return _choice(field.name, value, choices)
    if isinstance(field.default, (int, float)):
        return _number(field.name, value, type(field.default), *field.metadata[RANGE])
    if not isinstance(value, str) or "\0" in value:
        raise VoicebotError(f"setting {field.name}: must be text in quotes")
    if field.name == "database_url" and not re.match(r"\w[\w+]*://", value):
        raise VoicebotError("setting database_url: is no URL, such as sqlite:///var/accounts.sqlite")
    if field.name == "host" and not _is_host(value):
        raise VoicebotError(f"setting host: {value[:40]!r} is no address of a machine, such as 127.0.0.1")
    if field.name == "audiosocket" and value:
        host_and_port(value)
    if field.name == "seal_key":
        for key in given_keys(value):
            decode_key(key, "setting seal_key")
    if field.name == "rasa_url" and value and not _is_http(value):
        raise VoicebotError(f"setting rasa_url: {value!r} is not a URL, such as http://localhost:5005")
    if field.name == "traces_url" and value and not _is_http(value):
        raise VoicebotError(f"setting traces_url: {value!r} is not a URL, such as http://localhost:4318/v1/traces")
    if field.name == "notice_url" and value and not _keeps_numbers(value):
        raise VoicebotError("setting notice_url: must begin with https://, since telephone numbers are sent there")
    if field.name == "notice_command" and value and not _is_command(value):
        raise VoicebotError("setting notice_command: is not a command: check its quotes")
    return value


def _number(name: str, value: object, kind: type[float], least: float, most: float) -> float:
    text = str(value)
    pattern = r"[0-9]{1,15}" if kind is int else r"[0-9]{1,15}(\.[0-9]{1,15})?"
    if not re.fullmatch(pattern, text) or not least <= kind(text) <= most:
        what = "whole number" if kind is int else "number"
        raise VoicebotError(f"setting {name}: {text[:40]!r} must be a {what} from {least} to {most}")
    return kind(text)


def host_and_port(value: str) -> tuple[str, int]:
    """HOST:PORT of the setting `audiosocket`. Raises VoicebotError."""
    host, _, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not _is_host(host) or not re.fullmatch("[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise VoicebotError(f"setting audiosocket: {value!r} is not HOST:PORT, such as 127.0.0.1:9092")
    return host, int(port)


def _is_host(text: str) -> bool:
    """Whether it has the form of an address or a name (RFC 1123). What looks like an address must be one."""
    if ":" in text or re.fullmatch(r"[0-9.]*", text):
        try:
            ipaddress.ip_address(text)
        except ValueError:
            return False
        return True
    return len(text) <= 253 and all(re.fullmatch(r"[\w-]{1,63}", label) for label in text.removesuffix(".").split("."))


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, or brackets without an address
        return False


def _keeps_numbers(url: str) -> bool:
    """Whether nobody can read what is sent there: by TLS, or since it stays on this machine."""
    local = ("localhost", "127.0.0.1", "::1")
    return _is_http(url) and (urlsplit(url).scheme == "https" or urlsplit(url).hostname in local)


def _is_command(text: str) -> bool:
    try:
        return bool(shlex.split(text))
    except ValueError:  # a quotation mark that is not closed
        return False


def _choice(name: str, value: object, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise VoicebotError(f"setting {name}: {value!r}; give one of {', '.join(allowed)}")
    return str(value)


def _lengths(value: object) -> tuple[int, ...]:
    parts = value if isinstance(value, list) else str(value).replace(",", " ").split()
    texts = [str(part) for part in parts]
    if not texts or not all(re.fullmatch("[0-9]{1,2}", text) and 4 <= int(text) <= 20 for text in texts):
        raise VoicebotError(f"setting number_lengths: {value!r}; give lengths of 4 to 20 digits, such as '10, 12'")
    return tuple(sorted({int(text) for text in texts}))
