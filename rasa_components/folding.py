"""Rasa NLU component: gives every word its form without diacritics as lemma. Follows the tokenizer in config.yml.

The featurizers count lemmas, so a sentence means the same with all, some or no diacritics. Training differs in two
ways:
- System intents, which the bot itself sends ("/played"), are left out, so no sentence can be classified as one of them.
- `no_match` is divided into `OUTSIDE_PARTS` intents. Logistic regression gives every intent the same weight, however
  many examples it has, but sentences outside the domain are of many kinds. NegationGuard adds the parts up again.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rasa_components.component import PlainComponent
from rasa_components.negation import fold
from rasa_components.ranking import OUTSIDE, OUTSIDE_PARTS, PART


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Folding(PlainComponent):
    """`fold` as a Rasa component."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        said = [message for message in training_data.training_examples if not (message.get(TEXT) or "").startswith("/")]
        self.process(said)
        outside = [message for message in said if message.get(INTENT) == OUTSIDE]
        parts = [
            Message(data={**message.data, INTENT: f"{OUTSIDE}{PART}{count % OUTSIDE_PARTS}"})
            for count, message in enumerate(outside)
        ]
        kept = training_data.filter_training_examples(
            lambda message: message.get(INTENT) != OUTSIDE and not (message.get(TEXT) or "").startswith("/")
        )
        return kept.merge(TrainingData(parts))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            for token in message.get(TOKENS_NAMES[TEXT]) or []:
                token.lemma = fold(token.text)
        return messages
