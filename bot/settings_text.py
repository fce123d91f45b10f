"""The settings as people read them: docs/settings.md, and the commented voicebot.toml of a new project.

Both are made from `Settings`: its fields, their defaults and ranges, and the docstring under each. `make docs-settings`
writes the page; a test fails where it is not up to date.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from bot.settings import Settings
from bot.settings_values import CHOICES, RANGE

UNITS = {"seconds": "s", "hours": "hours", "days": "days"}
"""By the last word of a setting's name. For other settings the docstring says what is counted."""

WIDTH = 100
"""Columns of a comment in voicebot.toml."""

PAGE = """# Settings

Every setting of the bot. `make docs-settings` writes this page from `bot/settings.py`: change it there.

Set a value by its variable, or in the file `voicebot.toml` in the project folder, as `name = value`. Where both are
given, the variable wins. An unknown name is an error, which names the nearest setting.
Relative paths begin at the project folder. Give secrets as variables, so that a copy of the folder does not hold them.
Settings that are *not logged* never appear in the bot's output.

Two variables are not settings. `VOICEBOT_HOME` names the project folder; without it, that is the current directory or
the nearest folder above it that holds a `domain.yml`. `VOICEBOT_CONFIG` names another file than `voicebot.toml`;
that file must exist.

| setting | variable | type | default | allowed | |
|---|---|---|---|---|---|
"""

HEAD = """# Settings of this hotline. Each is shown with its default: remove the # before it and change it.
# A variable of the environment (VOICEBOT_PORT for port) wins over this file. Give secrets as variables.
"""


@dataclass(frozen=True)
class Described:
    """One setting in words.

    default  as TOML writes it
    allowed  its range with the unit, or its values; empty: any
    text     its docstring, in one line
    """

    name: str
    kind: str
    default: str
    allowed: str
    text: str
    logged: bool

    @property
    def variable(self) -> str:
        return f"VOICEBOT_{self.name.upper()}"


def described() -> Iterator[Described]:
    """All settings, in their order."""
    texts = _docstrings()
    for field in dataclasses.fields(Settings):
        yield Described(
            field.name,
            _kind(field.default),
            json.dumps(field.default, ensure_ascii=False),
            _allowed(field),
            texts[field.name],
            field.repr,
        )


def page() -> str:
    """docs/settings.md."""
    return PAGE + "".join(
        f"| `{each.name}` | `{each.variable}` | {each.kind}{'' if each.logged else ', not logged'} | `{each.default}` "
        f"| {each.allowed} | {each.text} |\n"
        for each in described()
    )


def commented_toml() -> str:
    """A voicebot.toml that changes nothing."""
    return HEAD + "".join(
        "\n".join(
            ["", *textwrap.wrap(each.text, WIDTH, initial_indent="# ", subsequent_indent="# ")]
            + ([f"# Allowed: {each.allowed}."] if each.allowed else [])
            + [f"#{each.name} = {each.default}", ""]
        )
        for each in described()
    )


def _docstrings() -> dict[str, str]:
    """Name → the string under the field, which Python itself does not keep."""
    body = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101  # for the type checker
    texts: dict[str, str] = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                texts[name] = " ".join(words.split())
    return texts


def _kind(default: object) -> str:
    if isinstance(default, tuple):
        return "whole numbers"
    return "whole number" if isinstance(default, int) else "number" if isinstance(default, float) else "text"


def _allowed(field: dataclasses.Field[object]) -> str:
    if choices := field.metadata.get(CHOICES):
        return ", ".join(choices)
    if field.name == "number_lengths":
        return "4 to 20 digits each"
    if bounds := field.metadata.get(RANGE):
        least, most = bounds
        return f"{least:,} to {most:,} {UNITS.get(field.name.rpartition('_')[2], '')}".rstrip()
    return ""


if __name__ == "__main__":
    print(page(), end="")
