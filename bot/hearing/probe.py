"""Loads one Vosk folder and decodes a second of silence; a process of its own, so that a crash stays in it.

usage: python -m bot.hearing.probe FOLDER RATE     prints one JSON object
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main(folder: Path, rate: int) -> None:
    import vosk

    vosk.SetLogLevel(-2)
    began = time.perf_counter()
    model = vosk.Model(str(folder))
    kaldi = vosk.KaldiRecognizer(model, rate)
    kaldi.SetMaxAlternatives(2)
    kaldi.AcceptWaveform(bytes(2 * rate))
    json.loads(kaldi.FinalResult())
    graph = folder / "graph"
    words = graph / "words.txt"
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - began,
                "takes_grammars": (graph / "HCLr.fst").exists() and (graph / "Gr.fst").exists(),
                "words": [line.split()[0] for line in words.read_text("utf-8").splitlines()] if words.exists() else [],
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
