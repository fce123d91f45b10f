"""Who gives a command: the login name, for the audit trail. A person who can give commands can fake it."""

from __future__ import annotations

import os


def operator() -> str:
    """The login name of this process; behind sudo, that of the person as well."""
    try:
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # Windows; or a container's user without an entry
        name = os.environ.get("USERNAME") or f"uid {os.getuid() if hasattr(os, 'getuid') else '?'}"
    person = os.environ.get("SUDO_USER")
    return (f"{name} (sudo: {person})" if person else name)[:64]
