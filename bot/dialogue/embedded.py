"""Rasa in this process: the agent, and its actions without a server between."""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow comes with Rasa and greets on stderr
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("DISABLE_UVLOOP", "1")  # else aiogram, which Rasa imports, changes the event loop

with warnings.catch_warnings(record=True):  # deprecations inside Rasa's libraries, which no filter stops
    import structlog
    from rasa.core.actions.action import RemoteAction
    from rasa.core.agent import Agent
    from rasa.core.tracker_store import InMemoryTrackerStore
    from rasa.exceptions import ModelNotFound
    from rasa.shared.core.domain import Domain
    from rasa.shared.exceptions import RasaException
    from rasa.utils.endpoints import EndpointConfig

from bot.actions import executor
from bot.actions.services import Services
from bot.dialogue.freshness import AGAIN, changed_since, check_domain
from bot.dialogue.messages import from_rasa, to_rasa
from bot.errors import VoicebotError
from bot.events import Reply, StoreHealth, Utterance
from bot.settings import ROOT, Settings

log = logging.getLogger(__name__)


class InProcessActions(EndpointConfig):  # type: ignore[misc]  # rasa ships no types
    """An action endpoint that runs the actions here instead of posting to a URL."""

    def __init__(self, services: Services) -> None:
        super().__init__(url="in-process")
        self._executor = executor(services)
        # Rasa checks every answer of an action server, and the schema it checks with against JSON Schema's own: nine
        # tenths of a turn. The answers of this executor are rasa_sdk's own and need no check.
        RemoteAction._validate_action_result = lambda self, result: True

    async def request(self, *args: Any, json: dict[str, Any], **kwargs: Any) -> Any:
        return await self._executor.run(json)


class EmbeddedRasa:
    """A trained model and its actions. Any number of calls at once. Nothing of a call is kept after its end, and of one
    whose end was never told nothing after the time that a call may last."""

    def __init__(
        self, settings: Settings, clock: Callable[[], float] = time.monotonic, services: Services | None = None
    ) -> None:
        """Load the model; takes seconds. Raises VoicebotError where there is none that can be loaded, or it was trained
        from another domain.yml. `clock`: seconds. `services`: None: those of the settings."""
        _quieten()
        self._clock, self._longest_call = clock, settings.max_call_seconds
        self._last_turn: dict[str, float] = {}  # of the calls that have a tracker, oldest first
        self._lengths = settings.number_lengths
        services = self._services = services or Services(settings)
        self._seal = services.seal
        self._trackers = InMemoryTrackerStore(Domain.empty())
        model = settings.path(settings.rasa_model)
        self._agent = _load(model, self._trackers, InProcessActions(services))
        check_domain(self._agent, model, ROOT / "domain.yml")
        if changed := changed_since(self._agent, ROOT):
            log.warning(
                "voicebot: %s: %s changed after this dialogue was trained; %s", model, ", ".join(changed), AGAIN
            )

    async def tell(self, call_id: str, utterance: Utterance) -> Reply:
        """One turn. Raises VoicebotError where a response of domain.yml is wrong or an action failed."""
        self._last_turn.pop(call_id, None)
        self._last_turn[call_id] = self._clock()
        text = to_rasa(utterance, self._seal.of_call(call_id).seal, self._lengths)
        try:
            messages = await self._agent.handle_text(text, sender_id=call_id)
        except VoicebotError:
            raise
        except Exception as error:  # whatever Rasa raises ends one call, and its text may hold secrets
            raise VoicebotError(f"Rasa failed in a turn ({type(error).__name__}); see its log") from None
        reply = from_rasa(messages or [], self._lengths)
        if reply.outcome is not None:
            self._forget(call_id)
        return reply

    async def health(self) -> StoreHealth:
        """Of the account store. What calls left behind that never ended is forgotten: their pending passwords, and
        their trackers."""
        dead = self._clock() - self._longest_call
        for call_id in [call_id for call_id, at in self._last_turn.items() if at < dead]:
            self._forget(call_id)
        return await self._services.health()

    def _forget(self, call_id: str) -> None:
        self._trackers.store.pop(call_id, None)
        self._last_turn.pop(call_id, None)

    async def close(self) -> None:
        """Nothing is held open."""


def _load(model: Path, trackers: InMemoryTrackerStore, actions: EndpointConfig) -> Agent:
    again = "run `make setup`, which trains it"
    if not model.exists():
        raise VoicebotError(f"{model}: there is no trained dialogue; {again}")
    try:
        with warnings.catch_warnings(record=True):  # Rasa warns at every load of what is new in 3.0
            agent = Agent.load(str(model), tracker_store=trackers, action_endpoint=actions)
    except ModelNotFound:
        raise VoicebotError(f"{model}: there is no trained dialogue in it; {again}") from None
    except (RasaException, OSError, EOFError, ValueError, ImportError) as error:
        raise VoicebotError(
            f"{model}: not a dialogue model that Rasa can load ({type(error).__name__}); {again}"
        ) from None
    return agent


def _quieten() -> None:
    """Without this Rasa prints what callers say to stdout: as a library, its structured log has no level at all."""
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.processors.KeyValueRenderer(key_order=["event"])],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    for name in ("rasa", "rasa_sdk"):
        logging.getLogger(name).setLevel(logging.WARNING)
