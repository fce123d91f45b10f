"""Fuzzes the parsers of outside input: atheris (libFuzzer) looks for input that makes one fail.

    python -m proof.fuzz --seconds 60

Each parser runs in a process of its own, which starts from the useful inputs of earlier runs (`var/fuzz/NAME`).
A parser may refuse an input only by its own error, and may take at most a second and 512 MB. An input that makes one
fail is left in `var/fuzz/crash-…`, and should become a test.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import importlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.places import PACKAGES

Target = Callable[[bytes], None]
CORPUS = PACKAGES / "var" / "fuzz"
SECONDS_EACH, MEGABYTES = 1, 512
LONGEST = 4096
"""Bytes of an input; longer ones are refused before they are parsed, which other tests check."""


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def asterisk(data: bytes) -> None:
    """Text frames of chan_websocket."""
    from bot.telephony.asterisk_messages import BadMessage, parse, parse_start

    for read in (parse, parse_start):
        try:
            read(_text(data))
        except BadMessage:
            continue


def audiosocket(data: bytes) -> None:
    """A whole stream of AudioSocket."""
    from bot.telephony.audiosocket import HANG_UP, NotAudioSocket, read_message, read_name

    async def read() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        try:
            await read_name(reader)
            while (await read_message(reader))[0] != HANG_UP:
                pass
        except NotAudioSocket:
            pass

    asyncio.run(read())


def headers(data: bytes) -> None:
    """Authentication and calling number in a request's head."""
    from bot.accounts.phones import NotAPhoneNumber, normalise
    from bot.credentials import Credentials
    from bot.gateway.forms import number_of
    from bot.gateway.verstat import vouched_for

    text = _text(data)
    if Credentials("a secret of thirty-two characters").admit(text):
        raise AssertionError("somebody without the secret is admitted")
    number_of(text)
    vouched_for(text, "require")
    vouched_for(base64.b64encode(data).decode(), "require")
    with contextlib.suppress(NotAPhoneNumber):
        normalise(text)


def sealed(data: bytes) -> None:
    """Tokens that come back from Rasa."""
    from bot.sealing import Purpose, Seal, SealBroken, is_sealed

    seal = Seal(base64.urlsafe_b64encode(bytes(range(32))), 600).of_call("a call")
    text = _text(data)
    is_sealed(text)
    try:
        seal.reveal(text, Purpose.PASSWORD)
    except SealBroken:
        return
    raise AssertionError("what nobody sealed was revealed")


def numbers(data: bytes) -> None:
    """Numbers that callers say, in words."""
    from bot.events import Silence
    from bot.masking import masked
    from vietnamese_numbers import find, read

    text = _text(data)
    read(text)
    find(text)
    masked(text, Silence())


def script(data: bytes) -> None:
    """A caller script."""
    from bot.simulation.caller_script import parse_script
    from bot.simulation.yaml_reader import ScriptError

    with contextlib.suppress(ScriptError):
        parse_script(_text(data), Path("fuzz.yml"))


def sound(data: bytes) -> None:
    """A sound file."""
    from bot.audio.files import NoSound, read_sound

    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(data)
        file.flush()
        with contextlib.suppress(NoSound):
            read_sound(Path(file.name))


TARGETS: Mapping[str, Target] = {
    each.__name__: each for each in (asterisk, audiosocket, headers, sealed, numbers, script, sound)
}

SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "asterisk": (
        b"MEDIA_START connection_id:a channel:b format:slin optimal_frame_size:320 ptime:20",
        b'{"event":"DTMF_END","digit":"8"}',
    ),
    "audiosocket": (b"\x01\x00\x10" + bytes(16) + b"\x03\x00\x018" + b"\x10\x00\x04abcd" + b"\x00\x00\x00",),
    "headers": (b"Bearer x", b"Basic eDp5", b"+84 (91) 234-5678", b"<sip:+84912345678;verstat=TN-Validation-Passed@a>"),
    "sealed": (b"s" * 120,),
    "numbers": ("không một hai ba mươi lăm, à nhầm bốn".encode(), "một trăm linh hai triệu rưỡi".encode()),
    "script": (b'caller: "0912345678"\nsteps:\n  - say: mot hai\n  - press: "8"\nexpect:\n  outcome: reset\n',),
    "sound": (b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0@\x1f\0\0\x80>\0\0\2\0\x10\0data\0\0\0\0",),
}
"""Valid input of each parser, with which atheris begins."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m proof.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="for each parser")
    parser.add_argument("--only", choices=TARGETS, help="one parser")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        fuzz(options.only, options.seconds)
    failed = [name for name in TARGETS if options.only in (None, name) and not in_a_process(name, options.seconds)]
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}; what made them fail lies in {CORPUS}")


def in_a_process(name: str, seconds: int) -> bool:
    """Whether a parser did not fail. A process, because libFuzzer ends it."""
    corpus = CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{n}").write_bytes(seed)
    command = [sys.executable, "-m", "proof.fuzz", "--inside", "--only", name, "--seconds", str(seconds)]
    run = subprocess.run(command, cwd=PACKAGES, capture_output=True, text=True, check=False)
    done = [line for line in run.stderr.splitlines() if line.startswith("Done ")]
    print(f"{name:<12} {done[-1] if done else 'FAILED'}", flush=True)
    if run.returncode:
        print(run.stderr[-3000:], file=sys.stderr)
    return run.returncode == 0


def fuzz(name: str, seconds: int) -> None:
    """Never returns."""
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        raise SystemExit("atheris is missing: uv sync --group fuzz (Linux, Python 3.11 to 3.13)") from None
    target = TARGETS[name]
    with atheris.instrument_imports(include=["bot", "vietnamese_numbers"]):
        target(SEEDS[name][0])
    bounds = [f"-max_total_time={seconds}", f"-timeout={SECONDS_EACH}", f"-rss_limit_mb={MEGABYTES}"]
    files = [f"-artifact_prefix={CORPUS}/", f"-max_len={LONGEST}", "-seed=1", str(CORPUS / name)]
    atheris.Setup([name, *bounds, *files], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
