"""YAML values that know their line, so that a mistake is reported by file and line."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.errors import VoicebotError

DEEPEST = 16
"""Levels of values inside each other. A caller script needs five."""

MOST_VALUES = 10_000
"""Values of a file, each alias counted as one. A call of an hour has some hundred steps."""

MOST_CHARACTERS = 2**20
"""Characters of a file."""


NO_TEXT = ("Cc", "Cs")
"""Unicode's categories of control characters, and of halves of characters, which no file and no program takes."""


class ScriptError(VoicebotError):
    """A caller script that cannot be used: one line with file, line number and what to do."""


class _Bounded(yaml.SafeLoader):
    """Like SafeLoader, but refuses a file with too many values, or too many inside each other."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        self._values += 1
        if self._depth > DEEPEST:
            self._stop(f"more than {DEEPEST} values inside each other")
        if self._values > MOST_VALUES:
            self._stop(f"more than {MOST_VALUES} values")
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _stop(self, problem: str) -> None:
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark())


@dataclass(frozen=True)
class Value:
    """A value of a YAML file. Every reader checks the kind of value and raises ScriptError if it is wrong."""

    node: yaml.Node
    path: Path
    name: str

    @classmethod
    def read(cls, text: str, path: Path) -> Value:
        """The file's only document."""
        if len(text) > MOST_CHARACTERS:
            raise ScriptError(f"{path}: longer than {MOST_CHARACTERS} characters; no call needs so many")
        try:
            node = yaml.compose(text, Loader=_Bounded)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            place = f"{path}:{mark.line + 1}" if mark else str(path)
            why = getattr(error, "problem", None) or str(error).splitlines()[0]
            raise ScriptError(f"{place}: not valid YAML ({why}); correct that line") from None
        if node is None:
            raise ScriptError(f"{path}: empty; write a caller script as docs/caller-scripts.md shows")
        return cls(node, path, "the script")

    def message(self, problem: str) -> str:
        return f"{self.path}:{self.node.start_mark.line + 1}: {self.name}: {problem}"

    def error(self, problem: str) -> ScriptError:
        return ScriptError(self.message(problem))

    @property
    def is_null(self) -> bool:
        return self.node.tag == "tag:yaml.org,2002:null"

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_true(self) -> bool:
        return self.node.tag == "tag:yaml.org,2002:bool" and self._scalar().lower() in ("true", "yes", "on")

    def fields(self, required: Sequence[str] = (), optional: Sequence[str] = ()) -> dict[str, Value]:
        """A mapping with all fields of `required`, and no others except those of `optional`."""
        known = ", ".join((*required, *optional))
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error(f"must be a mapping with {known}")
        fields: dict[str, Value] = {}
        for key, value in self.node.value:
            name = Value(key, self.path, self.name)._scalar()
            field = Value(value, self.path, name)
            if name not in required and name not in optional:
                raise Value(key, self.path, name).error(f"unknown here; known are {known}")
            if name in fields:
                raise Value(key, self.path, name).error("given twice; keep one")
            fields[name] = field
        for name in required:
            if name not in fields:
                raise self.error(f"{name!r} is missing; add it")
        return fields

    def items(self) -> list[Value]:
        """A list, empty or not."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("must be a list, each entry after '- '")
        return [Value(item, self.path, f"{self.name}[{n}]") for n, item in enumerate(self.node.value, 1)]

    def text(self) -> str:
        """Text that is not empty, in Unicode's composed form (NFC)."""
        text = self._scalar()
        if self.node.tag != "tag:yaml.org,2002:str":
            raise self.error(f'{text!r} is read as something else than text; put it in quotes: "{text}"')
        if not text.strip():
            raise self.error("is empty; write some text")
        return unicodedata.normalize("NFC", text)

    def digits(self, what: str) -> str:
        """Digits as a text in quotes: YAML reads digits without quotes as numbers, some of them in base eight."""
        if not isinstance(self.node, yaml.ScalarNode) or self.node.style not in ('"', "'"):
            raise self.error(f'{what} must be in quotes, as in "0123": digits are text')
        return self._scalar()

    def number(self, least: float, most: float) -> float:
        """A number from `least` to `most`."""
        text = self._scalar()
        is_number = self.node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
        try:
            number = float(text)
        except ValueError:
            is_number = False
        if not is_number or not least <= number <= most:
            raise self.error(f"{text!r} must be a number from {least:g} to {most:g}")
        return number

    def whole(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        number = self.number(least, most)
        if not number.is_integer():
            raise self.error(f"{self._scalar()!r} must be a whole number from {least} to {most}")
        return int(number)

    def choice(self, choices: Sequence[str]) -> str:
        """One word out of `choices`."""
        text = self._scalar()
        if text not in choices:
            raise self.error(f"{text!r} is none of {', '.join(choices)}")
        return text

    def _scalar(self) -> str:
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("must be a single value, not a list or mapping")
        text = str(self.node.value)
        if any(unicodedata.category(each) in NO_TEXT and each not in "\n\t" for each in text):
            raise self.error("has a character that is none of a text, by an escape such as \\0; leave it out")
        return text
