"""Rasa NLU component: the intent of the nearest example in data/nlu/. Loads at once, without a learning library."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file

from bot.dialogue.phrases import Phrases

_FILE = "phrases.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PhraseClassifier(GraphComponent):  # type: ignore[misc]  # rasa ships no types
    """`Phrases` with what Rasa asks of a component; its confidence is the nearness."""

    def __init__(self, storage: ModelStorage, resource: Resource, phrases: Phrases) -> None:
        self._storage, self._resource, self._phrases = storage, resource, phrases

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PhraseClassifier:
        return cls(model_storage, resource, Phrases({}))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PhraseClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Phrases(read_json_file(folder / _FILE)))

    def train(self, training_data: TrainingData) -> Resource:
        examples: dict[str, list[str]] = defaultdict(list)
        for message in training_data.intent_examples:
            if not message.get(TEXT).startswith("/"):  # an intent that the house names; nobody says it
                examples[message.get(INTENT)].append(message.get(TEXT))
        with self._storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(folder / _FILE, examples)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = [{"name": name, "confidence": near} for name, near in self._phrases.rank(message.get(TEXT) or "")]
            message.set(INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
