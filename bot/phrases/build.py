"""The menu graph of a model with the project's own phrases in it.

    asr_models/vi-digits/graphs/menu/   the model's own graph, made by the recipe
    var/graphs/vi-digits/menu/          the same with branches for new intents; used in its place (`bot.hearing.models`)

An intent whose wording the model's graph holds already was tuned on recordings, and stays as it is.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from bot.errors import VoicebotError
from bot.events import UNKNOWN, Grammar
from bot.hearing import built, models
from bot.hearing.models import ModelError, ModelFolder
from bot.phrases import graph as graphs
from bot.phrases.graph import Graph, Step
from bot.phrases.lexicon import RECORDED, pronounced

COST, EASE = 4.0, 0.5
"""Negative natural logarithms, as in the recipe's grammar: of beginning a phrase, and what is taken off for each of its
sounds, for to the network words that nobody was recorded saying sound less likely than digits. Of seven wordings, in
three voices of espeak-ng at two speeds, 35 of 42 are heard with this ease, 41 with 1.0 and 29 without. Of 150 sentences
of other people none is taken for one of them, with 1.0 five."""

HELD = 0.1
"""The share of an intent's examples from which on the model's graph holds the intent. Of those it was made for it
holds 20 to 47 in a hundred (data/nlu has more wordings than callers use); of a new one none, or a courtesy."""

NUMERALS = frozenset(word for word in RECORDED if word not in ("đúng", "trở", "lại"))
"""Heard in a phrase, and not told: in "số năm đóng bảo hiểm" a digit would look like a number that goes on."""

KEY, BEHIND = "tám", "trở lại"
"""A word that every menu graph of the recipe tells, and a wish behind which it goes on as behind any other."""


@dataclass(frozen=True)
class Built:
    """`folder`: None where the model's own graph holds all. `phrases`: by the intent that they were added for.
    `left_out`: phrases that cannot be spelled in Vietnamese sounds."""

    folder: Path | None
    phrases: Mapping[str, list[str]]
    left_out: Mapping[str, list[str]]


def build(folder: ModelFolder, wording: Mapping[str, list[str]]) -> Built:
    """Write the menu graph of this model with these phrases (`wording.menu_phrases`), or remove an earlier one where
    there is nothing to add. Raises ModelError for a model that the recipe did not make, VoicebotError for an intent
    without a phrase that can be spelled."""
    new = _new(folder, wording)
    target = built.folder_of(folder.path)
    if not new:
        shutil.rmtree(target, ignore_errors=True)
        return Built(None, {}, {})
    source = _source(folder)
    words, menu = _words(source), graphs.read(source / "HCLG.fst")
    over = _behind_a_wish(menu, words)
    phrases: dict[str, list[str]] = {}
    left_out: dict[str, list[str]] = {}
    for intent, examples in new.items():
        for example in examples:
            try:
                ways = list(_ways(example, words))
            except ValueError:
                left_out.setdefault(intent, []).append(example)
                continue
            phrases.setdefault(intent, []).append(example)
            for way in ways:
                menu.branch(menu.start, over, way, COST - EASE * len(way))
        if intent not in phrases:
            raise VoicebotError(
                f"data/nlu: no example of {intent} can be spelled in Vietnamese sounds; write one as it is said"
            )
    _write(menu, words, source, target, phrases)
    return Built(target, phrases, left_out)


def waiting(folder: ModelFolder, wording: Mapping[str, list[str]]) -> list[str]:
    """Intents whose phrases are not in the graph that is used. Raises ModelError, as `build`."""
    has = built.phrases_of(folder.path)
    return [
        intent
        for intent, examples in _new(folder, wording).items()
        if not {example for example in examples if _spelled(example)} <= set(has.get(intent, ()))
    ]


def _new(folder: ModelFolder, wording: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The intents that the model's own graph does not hold, and their examples."""
    source = _source(folder)
    words, menu = _words(source), graphs.read(source / "HCLG.fst")
    if words.get(KEY) is None or not menu.holds(_steps(KEY)):
        raise ModelError(
            f"{folder.path}: phrases can be built for models of asr_models/recipe alone; choose one of these"
        )
    return {
        intent: examples
        for intent, examples in wording.items()
        if examples and not _held(menu, [*filter(_spelled, examples)], words[UNKNOWN])
    }


def _held(menu: Graph, examples: list[str], unknown: int) -> bool:
    """Stops as soon as enough are."""
    held = 0
    for example in examples:
        held += menu.holds(_steps(example), without=unknown)
        if held >= HELD * len(examples):
            return held > 0
    return False


def _source(folder: ModelFolder) -> Path:
    own = folder.path / "graphs" / Grammar.MENU.value
    return own if own.is_dir() else folder.path / "graph"


def _words(source: Path) -> dict[str, int]:
    lines = (line.split() for line in (source / "words.txt").read_text("utf-8").splitlines())
    return {word: int(number) for word, number in lines}


def _spelled(example: str) -> bool:
    try:
        _steps(example)
    except ValueError:
        return False
    return bool(example)


def _steps(text: str) -> list[Step]:
    """The sounds of a text, one way of saying each word, without words coming out."""
    return [Step(sound) for word in text.split() for sound in pronounced(word)[0]]


def _ways(example: str, words: dict[str, int]) -> Iterator[list[Step]]:
    """The ways of saying an example; a word that is new gets a number. Raises ValueError for a foreign one."""
    said = example.split()
    each = [pronounced(word) for word in said]
    for word in said:
        words.setdefault(word, len(words))
    for ways in product(*each):
        yield [
            Step(sound, words[word] if at == 0 and word not in NUMERALS else 0)
            for word, way in zip(said, ways, strict=True)
            for at, sound in enumerate(way)
        ]


def _behind_a_wish(menu: Graph, words: dict[str, int]) -> int:
    """The state behind a wish that ends there: courtesies may follow. The start where the graph has no such wish."""
    reached = menu.walk(_steps(BEHIND), without=words[UNKNOWN])
    ends = [state for state in reached if menu.final[state] < float("inf") and state != menu.start]
    return min(ends, default=menu.start)


def _write(menu: Graph, words: Mapping[str, int], source: Path, target: Path, phrases: Mapping[str, list[str]]) -> None:
    """In place of an earlier one, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".menu-", dir=target.parent) as work:
        making = Path(work) / target.name
        making.mkdir()
        graphs.write(menu, making / "HCLG.fst")
        (making / "words.txt").write_text("".join(f"{word} {n}\n" for word, n in words.items()), "utf-8")
        about = {
            "from": models.sha256(source / "HCLG.fst"),
            "sha256": models.sha256(making / "HCLG.fst"),
            "phrases": phrases,
        }
        (making / built.ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
        shutil.rmtree(target, ignore_errors=True)
        making.rename(target)
