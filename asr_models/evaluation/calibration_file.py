"""Writes fitted constants into a model's calibration.toml: comments, other keys and their order stay."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from bot.hearing.calibration import CALIBRATION, NEUTRAL
from bot.hearing.models import SUMS

Constants = Mapping[str, Mapping[str, float]]
"""Table of calibration.toml → its keys and their values."""


def told(constants: Constants) -> str:
    """As TOML."""
    return "\n".join(
        f"[{table}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        for table, values in constants.items()
    )


def write(folder: Path, constants: Constants) -> None:
    """Into the calibration.toml of this model, and its digest into SHA256SUMS where there is one. A model without the
    file gets one, with neutral values for what was not fitted."""
    file, sums = folder / CALIBRATION, folder / SUMS
    old = file.read_text("utf-8") if file.exists() else told_neutral()
    file.write_text(replaced(old, constants), "utf-8")
    if sums.exists():
        lines = [line for line in sums.read_text("utf-8").splitlines() if line.partition("  ")[2] != CALIBRATION]
        lines.append(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {CALIBRATION}")
        sums.write_text("".join(f"{line}\n" for line in _by_name(lines)), "utf-8")


def replaced(text: str, constants: Constants) -> str:
    """The text of a calibration.toml with these values. Raises ValueError where one of the keys is not in it."""
    lines, table, left = [], "", {(table, key) for table, values in constants.items() for key in values}
    for line in text.splitlines():
        if header := re.match(r"\[([\w.]+)\]", line):
            table = header[1]
        key = re.match(r"(\w+) = ([^#]*?)(\s*#.*)?$", line)
        if key and (table, key[1]) in left:
            left.remove((table, key[1]))
            lines.append(f"{key[1]} = {constants[table][key[1]]}{key[3] or ''}")
        else:
            lines.append(line)
    if left:
        table, name = min(left)
        raise ValueError(f"calibration.toml has no line {name!r} in [{table}]; add it, and fit again")
    return "\n".join(lines) + "\n"


def told_neutral() -> str:
    """A calibration.toml that changes nothing."""
    tables: dict[str, Any] = {}
    for name, table in vars(NEUTRAL).items():
        if name == "fitted":
            continue
        values = dict(asdict(table) if is_dataclass(table) and not isinstance(table, type) else table._asdict())
        if weights := values.pop("weights", None):
            tables |= {name: values, f"{name}.weights": weights if isinstance(weights, dict) else weights._asdict()}
        else:
            tables[name] = values
    return told({name: {key: _value(value) for key, value in values.items()} for name, values in tables.items()})


def _value(value: Any) -> Any:
    """As TOML writes it."""
    if isinstance(value, frozenset | tuple):
        return sorted(value)
    if isinstance(value, str):
        return f"'{value}'"  # a pattern: TOML takes nothing in it for an escape
    return "{}" if isinstance(value, dict) else value


def _by_name(lines: Iterable[str]) -> list[str]:
    return sorted(lines, key=lambda line: line.partition("  ")[2])
