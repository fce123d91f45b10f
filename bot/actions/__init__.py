"""rasa_sdk actions, one a file. `executor` runs them; `voicebot actions` serves them (server.py)."""

from __future__ import annotations

from pathlib import Path

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from bot.actions.activate_password import ActionActivatePassword
from bot.actions.ask_insurance_number import ActionAskInsuranceNumber
from bot.actions.ask_number_confirmed import ActionAskNumberConfirmed
from bot.actions.check_account import ActionCheckAccount
from bot.actions.clear_failure import ActionClearFailure
from bot.actions.count_retry import ActionCountRetry
from bot.actions.discard_reset import ActionDiscardReset
from bot.actions.own import own_actions
from bot.actions.services import Services
from bot.actions.store_health import ActionStoreHealth
from bot.actions.validate_reset_form import ValidateResetForm
from bot.places import HOME

OWN = HOME / "actions"
"""Where a project's own actions are."""


def all_actions(services: Services, own: Path = OWN) -> list[Action]:
    """Every action of domain.yml, the one that a gateway asks for, and the project's own in the folder `own`.

    Raises VoicebotError where one of these cannot be imported."""
    return [
        ActionActivatePassword(services),
        ActionAskInsuranceNumber(),
        ActionAskNumberConfirmed(),
        ActionCheckAccount(services),
        ActionCountRetry(),
        ActionDiscardReset(services),
        ActionClearFailure(),
        ActionStoreHealth(services),
        ValidateResetForm(),
        *own_actions(own, services),
    ]


def executor(services: Services, own: Path = OWN) -> ActionExecutor:
    """Runs the actions in this process; as `all_actions`."""
    runner = ActionExecutor()
    for action in all_actions(services, own):
        runner.register_action(action)
    return runner
