"""Searches what was written for secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from vietnamese_numbers import speak

_DIGITS = re.compile(rb"(?<![0-9A-Za-z_+/=-])\+?[0-9]{8,12}(?![0-9A-Za-z_+/=-])")


def spellings(secret: str) -> Iterator[str]:
    """The ways in which a row of digits may be written."""
    yield secret
    yield " ".join(secret)
    yield speak(secret)
    yield speak(secret).replace(",", "")
    if secret.startswith("0"):
        yield f"+84{secret[1:]}"
        yield f"84{secret[1:]}"


def found_in(text: str, secrets: Iterable[str]) -> int:
    """How many of these secrets are in a text, in any spelling."""
    return sum(any(each in text for each in spellings(secret)) for secret in secrets)


def found_in_files(folder: Path, secrets: set[str]) -> list[str]:
    """The files that hold one of these secrets as a separate word; fast for very many secrets."""
    wanted = {each.encode() for secret in secrets for each in spellings(secret) if " " not in each}
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [str(path.relative_to(folder)) for path in files if wanted.intersection(_DIGITS.findall(path.read_bytes()))]
