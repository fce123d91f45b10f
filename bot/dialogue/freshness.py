"""Whether a trained dialogue was trained from the files that lie here: yesterday's misleads, or ends calls, today."""

from __future__ import annotations

import warnings
from datetime import datetime, timezone
from pathlib import Path

from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException

from bot.errors import VoicebotError

AGAIN = "train it again with `make setup` or `rasa train --fixed-model-name dialogue`"

TRAINED_FROM = ("config.yml", "data/**/*.yml", "bot/dialogue/number_extractor.py", "bot/dialogue/folding.py")
"""Beside the domain. A model holds what Rasa made of these and not the files, so only their time can be compared."""


def check_domain(agent: Agent, model: Path, domain: Path) -> None:
    """Raises VoicebotError where the model was trained from another domain: its responses are not those of `domain`."""
    try:
        with warnings.catch_warnings(record=True):  # Rasa warns at every load of what is new in 3.0
            same = Domain.load(domain).fingerprint() == agent.domain.fingerprint()
    except (RasaException, OSError) as error:
        raise VoicebotError(f"{domain}: no domain that Rasa can read ({type(error).__name__}); correct it") from None
    if not same:
        raise VoicebotError(f"{model}: this dialogue was trained from another {domain.name}; {AGAIN}")


def changed_since(agent: Agent, root: Path) -> list[str]:
    """The files of `TRAINED_FROM` under `root` that were written after the model was trained."""
    trained: datetime = agent.processor.model_metadata.trained_at  # UTC, without saying so
    seconds = trained.replace(tzinfo=timezone.utc).timestamp()
    files = (path for pattern in TRAINED_FROM for path in root.glob(pattern))
    return sorted(str(path.relative_to(root)) for path in files if path.stat().st_mtime > seconds)
