"""rasa_sdk actions, one a file. `executor` runs them; `voicebot actions` serves them (server.py)."""

from __future__ import annotations

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from bot.actions.activate_password import ActionActivatePassword
from bot.actions.ask_insurance_number import ActionAskInsuranceNumber
from bot.actions.ask_number_confirmed import ActionAskNumberConfirmed
from bot.actions.check_account import ActionCheckAccount
from bot.actions.clear_failure import ActionRepeat
from bot.actions.count_retry import ActionCountRetry
from bot.actions.discard_reset import ActionDiscardReset
from bot.actions.services import Services
from bot.actions.store_health import ActionStoreHealth
from bot.actions.validate_reset_form import ValidateResetForm


def all_actions(services: Services) -> list[Action]:
    """Every action of domain.yml, and the one that a gateway asks for."""
    return [
        ActionActivatePassword(services),
        ActionAskInsuranceNumber(),
        ActionAskNumberConfirmed(),
        ActionCheckAccount(services),
        ActionCountRetry(),
        ActionDiscardReset(services),
        ActionRepeat(),
        ActionStoreHealth(services),
        ValidateResetForm(),
    ]


def executor(services: Services) -> ActionExecutor:
    """Runs the actions in this process."""
    runner = ActionExecutor()
    for action in all_actions(services):
        runner.register_action(action)
    return runner
