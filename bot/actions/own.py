"""Actions of the project's own, in `actions/` beside domain.yml: one file each, found without a line of code
elsewhere."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from rasa_sdk import Action

from bot.actions.services import ServiceAction, Services
from bot.errors import VoicebotError


def own_actions(folder: Path, services: Services) -> Iterator[Action]:
    """An instance of every action class in the Python files of this folder; none where there is no folder. A file
    whose name begins with "_" is left out. Raises VoicebotError, in one line, for a file that cannot be imported."""
    for file in sorted(folder.glob("[!_]*.py")):
        module = _imported(file)
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, Action) and kind.__module__ == module.__name__:
                yield kind(services) if issubclass(kind, ServiceAction) else kind()


def _imported(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"own_actions_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise VoicebotError(f"{file}: cannot be imported; give it a name that ends in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the file is the project's: anything may go wrong in it
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise VoicebotError(f"{file}: this action cannot be imported ({reason}); correct it") from None
    return module
