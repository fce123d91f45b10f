"""Rasa NLU component: finds the insurance number in a sentence, spoken, written or sealed.

It becomes the entity `insurance_number`: sealed if the bot sealed it, as it does in every call; in digits if somebody
types it in `rasa shell`. Rasa has no key. In the text, in training and in use, one word takes the place of every
number, so that the classifier learns sentences and not digits. Comes before the tokenizer in config.yml.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from rasa_components.component import PlainComponent
from rasa_components.hiding import NUMBER_WORD, TOKEN, hide_numbers

LENGTHS = (10, 12)
"""Digits of an insurance number, if config.yml has no `lengths`."""


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=False,
)
class NumberExtractor(PlainComponent, EntityExtractorMixin):
    def __init__(self, lengths: Sequence[int] = LENGTHS) -> None:
        self._lengths = tuple(lengths)

    @classmethod
    def configured(cls, config: dict[str, Any]) -> NumberExtractor:
        return cls(config.get("lengths") or LENGTHS)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        for message in training_data.training_examples:
            if text := message.get(TEXT):
                message.set(TEXT, TOKEN.sub(NUMBER_WORD, hide_numbers(text, lambda _: NUMBER_WORD, ())))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if not text.startswith("/"):  # a text that names its intent has its entities, too
                self._extract(message, text)
        return messages

    def _extract(self, message: Message, text: str) -> None:
        numbers = TOKEN.findall(text)

        def typed(digits: str) -> str:
            numbers.append(digits)
            return NUMBER_WORD

        text = TOKEN.sub(NUMBER_WORD, hide_numbers(text, typed, self._lengths))
        message.set(TEXT, text)
        if len(numbers) == 1:  # of two numbers, none is guessed
            start = text.index(NUMBER_WORD)
            entity = {
                "entity": "insurance_number",
                "value": numbers[0],
                "start": start,
                "end": start + len(NUMBER_WORD),
            }
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name([entity]), add_to_output=True)
