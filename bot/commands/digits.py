"""`voicebot digits`: spoken words to digits."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from vietnamese_numbers import read


def digits(
    text: Annotated[list[str], typer.Argument(help="Spoken words, e.g. 'không chín một hai'.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Turn spoken Vietnamese numbers into digits; what can be read two ways is ambiguous and yields none."""
    for reading in map(read, text):
        if as_json:
            fields = {"text": reading.text, "digits": reading.digits, "status": reading.status.value}
            print(json.dumps(fields, ensure_ascii=False))
        else:
            print(f"{reading.digits or '-'}\t{reading.status.value}\t{reading.text}")
