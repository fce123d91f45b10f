"""How well stock Vosk reads people that the model never heard.

Ten-digit strings are spliced from the real digit words of one left-out speaker, with natural pauses,
over a quiet µ-law telephone line. Intervals are 95 %: Wilson's over strings for one speaker, a
bootstrap over speakers for all.
"""

import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import vosk

from .augment import mu_law
from .corpora import Clip
from .features import RATE, SHIFT
from .lexicon import RECORDED

DIGITS = RECORDED[:10]
STRINGS, LENGTH = 60, 10  # a speaker, and digits in each
PEAK_DB = -12.0
NOISE_DB = -50.0  # below full scale


@contextmanager
def model(folder: Path, graph: str) -> Iterator[vosk.Model]:
    """The model with one of its graphs: Vosk knows only the folder's own `graph`."""
    vosk.SetLogLevel(-1)
    with tempfile.TemporaryDirectory() as t:
        for part in ("am", "conf"):
            (Path(t) / part).symlink_to((folder / part).resolve())
        chosen = folder / ("graph" if graph == "any" else f"graphs/{graph}")
        (Path(t) / "graph").symlink_to(chosen.resolve())
        yield vosk.Model(t)


def recognise(m: vosk.Model, sound: np.ndarray) -> str:
    rec = vosk.KaldiRecognizer(m, RATE)
    data, said = sound.astype("<i2").tobytes(), []
    for i in range(0, len(data), 3200):
        if rec.AcceptWaveform(data[i : i + 3200]):
            said.append(json.loads(rec.Result())["text"])
    said.append(json.loads(rec.FinalResult())["text"])
    return " ".join(" ".join(said).split())


def telephone(sound: np.ndarray, r: np.random.Generator, peak_db: float = PEAK_DB) -> np.ndarray:
    """Samples at a usual level with a little line noise, through µ-law."""
    x = sound / (np.abs(sound).max() + 1) * 10 ** (peak_db / 20)
    x = x + r.standard_normal(len(x)) * 10 ** (NOISE_DB / 20) * 0.3
    return np.round(mu_law(np.clip(x, -1, 1)) * 32767)


def digit_words(clips: list[Clip]) -> dict[str, dict[str, list[np.ndarray]]]:
    """Real digit words of each speaker, cut at their known times."""
    pools: dict[str, dict[str, list[np.ndarray]]] = defaultdict(lambda: defaultdict(list))
    for c in clips:
        if c.corpus == "digit-words":
            pools[c.speaker][c.words[0]].append(c.sound)
        for word, (a, b) in zip(c.words, c.times, strict=bool(c.times)):
            if word in DIGITS and b - a >= 8:
                pools[c.speaker][word].append(c.sound[a * SHIFT : b * SHIFT])
    return pools


def string(r: random.Random, pool: dict[str, list[np.ndarray]]) -> tuple[str, np.ndarray]:
    """Ten digits of one speaker, drawn evenly from those that the speaker was recorded saying."""
    rng = np.random.default_rng(r.getrandbits(32))
    words = [r.choice(sorted(pool)) for _ in range(LENGTH)]
    parts = [np.zeros(RATE // 3)]
    for i, w in enumerate(words):
        x = r.choice(pool[w])
        x = x / (np.percentile(np.abs(x), 99) + 1)
        ends = np.minimum(1, np.minimum(np.arange(len(x)), np.arange(len(x))[::-1]) / 40)
        pause = r.uniform(0.25, 0.5) if i % 3 == 2 else r.uniform(0.04, 0.25)
        parts += [x * ends * 8000, np.zeros(int(pause * RATE))]
    parts.append(np.zeros(RATE // 3))
    return " ".join(words), telephone(np.concatenate(parts), rng)


def distance(a: list[str], b: list[str]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def wilson(k: int, n: int) -> tuple[float, float]:
    z = 1.96
    mid, half = (k + z * z / 2) / (n + z * z), z / (n + z * z) * (k * (n - k) / n + z * z / 4) ** 0.5
    return mid - half, mid + half


def strings(m: vosk.Model, clips: list[Clip], count: int = STRINGS, show: bool = True) -> dict[str, float]:
    """Whole-string and digit figures by speaker; returns the totals, and the confusions to look at."""
    pools, by_speaker, errors, cpu, seconds = digit_words(clips), {}, 0, 0.0, 0.0
    for speaker in sorted(pools):
        r = random.Random(f"{speaker}-strings")
        right = wrong = 0
        for _ in range(count):
            said, sound = string(r, pools[speaker])
            begin = time.process_time()
            heard = recognise(m, sound)
            cpu, seconds = cpu + time.process_time() - begin, seconds + len(sound) / RATE
            right += heard == said
            wrong += distance(said.split(), heard.split())
        by_speaker[speaker], errors = right, errors + wrong
        low, high = wilson(right, count)
        if show:
            print(
                f"  {speaker:12} {right / count:6.1%} of strings ({low:.0%}–{high:.0%}),"
                f" digit errors {wrong / count / LENGTH:.1%}, {len(pools[speaker])} different digits"
            )
    share = np.array(list(by_speaker.values())) / count
    draws = np.random.default_rng(0).choice(share, (2000, len(share))).mean(1)
    total = {
        "whole": float(share.mean()),
        "low": float(np.percentile(draws, 2.5)),
        "high": float(np.percentile(draws, 97.5)),
        "digit_errors": errors / len(share) / count / LENGTH,
        "rtf": cpu / seconds,
    }
    if show:
        print(
            "  all: {whole:.1%} ({low:.0%}–{high:.0%}), digit errors {digit_errors:.1%}, rtf {rtf:.4f}".format(**total)
        )
    return total


def natural(m: vosk.Model, clips: list[Clip]) -> tuple[int, int, int, int]:
    """Spoken numbers as they were read: whole ones right, of how many; words wrong, of how many."""
    right = errors = words = 0
    rows = [c for c in clips if c.corpus in ("connected-numbers", "south-numbers")]
    for i, c in enumerate(rows):
        heard = recognise(m, telephone(c.sound, np.random.default_rng(i))).split()
        right, errors, words = right + (heard == c.words), errors + distance(c.words, heard), words + len(c.words)
    return right, len(rows), errors, words


def rejects(m: vosk.Model, clips: list[Clip], limit: int = 150) -> dict[str, tuple[int, int, int]]:
    """Foreign speech by corpus: came out empty, had three digits or more, of how many."""
    out = {}
    for corpus in ("common-voice", "home-commands", "other-words"):
        rows = [c for c in clips if c.corpus == corpus and not set(c.words) & set(DIGITS)][:limit]
        heard = [recognise(m, telephone(c.sound, np.random.default_rng(i))).split() for i, c in enumerate(rows)]
        many = sum(sum(w in DIGITS for w in h) >= 3 for h in heard)
        out[corpus] = (sum(not h for h in heard), many, len(rows))
    return out


def report(folder: Path, clips: list[Clip], count: int = STRINGS) -> dict[str, float]:
    """Prints every figure for these clips."""
    with model(folder, "number") as m:
        print("ten-digit strings, graph number:")
        total = strings(m, clips, count)
        right, n, errors, words = natural(m, clips)
        print(f"numbers as read: {right} of {n} whole, word errors {errors / max(1, words):.1%}")
        for corpus, (empty, many, n) in rejects(m, clips).items():
            print(f"foreign speech, {corpus}: empty {empty}, three digits or more {many}, of {n}")
    with model(folder, "yesno") as m:
        for word in ("đúng", "không"):
            rows = [c for c in clips if c.corpus == "phone-words" and c.words == [word]]
            got = [recognise(m, telephone(c.sound, np.random.default_rng(i))) for i, c in enumerate(rows)]
            first = sum(h.split()[:1] == [word] for h in got)
            other = sum(h.split()[:1] not in ([word], []) for h in got)
            print(f"graph yesno, {word!r}: right {first}, another word {other}, of {len(rows)}")
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6
    print(f"folder {size:.1f} MB")
    return total
