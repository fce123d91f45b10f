"""Where the `voicebot` command begins. Nothing is imported up here that Ctrl-C could interrupt for long."""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""Exit status after Ctrl-C: 128 and SIGINT's number, as shells count."""


def main() -> None:
    """Run the command line. Ctrl-C ends it without a word at any time, also while its modules are loaded."""
    try:
        from bot.command_line import run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
