"""The `voicebot` command line: its commands, and how its errors are told."""

from __future__ import annotations

import errno
import os
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from bot.commands import (
    accounts,
    actions,
    audit,
    call,
    check_line,
    digits,
    doctor,
    init,
    models,
    notices,
    operators,
    phrases,
    prompts,
    rasa,
    serve,
    setup,
    simulate,
    speak,
    transcribe,
)
from bot.errors import VoicebotError, of_file, one_line

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Errors of a disk, or of a user's part of it, that can take no more."""

app = typer.Typer(
    help="A Vietnamese voice bot for a social-insurance hotline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with local variables would show secrets
)
for command in (
    call.call,
    simulate.simulate,
    serve.serve,
    check_line.check_line,
    actions.actions,
    transcribe.transcribe,
    digits.digits,
    speak.speak,
    doctor.doctor,
    init.init,
    setup.setup,
):
    app.command()(command)
app.command(context_settings=rasa.AS_THEY_ARE)(rasa.rasa)
app.add_typer(accounts.app, name="accounts")
app.add_typer(audit.app, name="audit")
app.add_typer(models.app, name="models")
app.add_typer(notices.app, name="notices")
app.add_typer(operators.app, name="operators")
app.add_typer(phrases.app, name="phrases")
app.add_typer(prompts.app, name="prompts")


def _show_version(asked: bool) -> None:
    if asked:
        print(f"voicebot {version('voicebot')}")
        raise typer.Exit


@app.callback()
def _options(
    version_: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None: ...


def leave_no_core() -> None:
    """This process and those it starts write no core file when they crash: callers' numbers would be in it."""
    try:
        import resource
    except ImportError:  # Windows writes none
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class StandardOutput(TextIOWrapper):
    """Whose errors have a name, as those of a file that is opened have."""

    NAME = "standard output"

    def write(self, text: str) -> int:
        with of_file(self.NAME):
            return super().write(text)

    def flush(self) -> None:
        with of_file(self.NAME):
            super().flush()


def prepare_streams() -> None:
    """Where a stream is closed, or a test's, it stays as it is."""
    out = sys.stdout
    if type(out) is TextIOWrapper:
        sys.stdout = StandardOutput(
            out.buffer, out.encoding, line_buffering=out.line_buffering, write_through=out.write_through
        )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # None where it is closed
            stream.reconfigure(errors="backslashreplace")  # a name on the disk may be no text


def run() -> None:
    """Run the command line: exit 0 on success, 1 on a failed job, 2 on bad usage; an error is one line."""
    leave_no_core()
    prepare_streams()
    try:
        try:
            app()
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except VoicebotError as error:
        print(f"voicebot: {one_line(str(error))}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:  # of a file that somebody named: too long a name, a full disk, …
        if error.filename == StandardOutput.NAME:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else what is left fails again at the end
        if not isinstance(error, BrokenPipeError):  # its reader has enough
            print(f"voicebot: {one_line(_told(error))}", file=sys.stderr)
        sys.exit(1)


def _told(error: OSError) -> str:
    where = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "a file"
    room = "make room, or " if error.errno in FULL else ""
    return f"{where}: cannot be used ({error.strerror or type(error).__name__}); {room}name another file"
