"""What the Rasa components of this project have in common: the methods that Rasa demands, and that they store
nothing."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage


class PlainComponent(GraphComponent):
    """A component that stores nothing in training."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlainComponent:
        return cls.configured(config)

    @classmethod
    def configured(cls, config: dict[str, Any]) -> PlainComponent:
        """A component with its settings of config.yml; most have none."""
        return cls()
