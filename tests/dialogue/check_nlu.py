"""Judges what `rasa test nlu --successes` wrote about tests/test_nlu.yml. Exit status 1: not good enough.

`make test` runs both:

    rasa test nlu --nlu tests/test_nlu.yml --model models/dialogue.tar.gz --out results/nlu --successes --no-plot
    python tests/dialogue/check_nlu.py results/nlu

Rasa reports the likeliest intent also where FallbackClassifier would not take it, so the threshold is applied here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
RIGHT = 0.95
"""Share of the sentences that have to be right."""

OUTSIDE, FALLBACK = "no_match", "nlu_fallback"


class Result(NamedTuple):
    text: str
    meant: str
    taken: str  # the intent, or FALLBACK

    @property
    def right(self) -> bool:
        return self.taken == self.meant or (self.meant == OUTSIDE and self.taken == FALLBACK)


def read(folder: Path, threshold: float) -> list[Result]:
    """Every sentence of the test, from Rasa's two reports."""
    results = []
    for name in ("intent_successes.json", "intent_errors.json"):
        for row in json.loads((folder / name).read_text("utf-8")):
            predicted = row["intent_prediction"]
            sure = predicted["confidence"] >= threshold
            results.append(Result(row["text"], row["intent"], predicted["name"] if sure else FALLBACK))
    return results


def faults(results: Sequence[Result]) -> list[str]:
    """What is not good enough, a line each."""
    wrong = [result for result in results if not result.right]
    found = []
    if not results or len(wrong) > (1 - RIGHT) * len(results):
        found.append(f"{len(results) - len(wrong)} of {len(results)} sentences are right, fewer than {RIGHT:.0%}")
    found += [f"a no is taken for yes: {r.text}" for r in wrong if r.meant != "affirm" and r.taken == "affirm"]
    found += [f"outside the domain, taken for {r.taken}: {r.text}" for r in wrong if r.meant == OUTSIDE]
    return found


def main() -> int:
    [fallback] = [part for part in yaml.safe_load((ROOT / "config.yml").read_text("utf-8"))["pipeline"]
                  if part["name"] == "FallbackClassifier"]  # fmt: skip
    results = read(Path(sys.argv[1]), fallback["threshold"])
    for result in results:
        if not result.right:
            print(f"{result.text!r} means {result.meant}, taken for {result.taken}")
    found = faults(results)
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{sum(result.right for result in results)} of {len(results)} sentences are understood")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
