"""Rasa NLU component: finds the insurance number in a sentence, spoken, written or sealed.

It becomes the entity `insurance_number`, sealed. In the text, in training as in use, one word takes the place of every
number, so that the classifier learns sentences and not digits. Stands before the tokenizer in config.yml.
"""

from __future__ import annotations

from functools import cached_property

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.component import PlainComponent
from bot.dialogue.messages import NUMBER_WORD, hide_numbers
from bot.sealing import TOKEN, Purpose, load_seal
from bot.settings import load


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=False,
)
class NumberExtractor(PlainComponent, EntityExtractorMixin):  # type: ignore[misc]  # rasa ships no types
    """A call's numbers come sealed already; those typed in `rasa shell` are sealed here."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        for message in training_data.training_examples:
            if text := message.get(TEXT):
                message.set(TEXT, TOKEN.sub(NUMBER_WORD, hide_numbers(text, lambda *_: NUMBER_WORD, ())))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if not text.startswith("/"):  # an intent by name has its entities with it
                self._extract(message, hide_numbers(text, self._seal_text, self._lengths))
        return messages

    def _extract(self, message: Message, text: str) -> None:
        tokens = TOKEN.findall(text)
        message.set(TEXT, TOKEN.sub(NUMBER_WORD, text))
        if len(tokens) == 1:  # of two numbers, neither is guessed
            start = message.get(TEXT).index(NUMBER_WORD)
            entity = {
                "entity": "insurance_number",
                "value": tokens[0],
                "start": start,
                "end": start + len(NUMBER_WORD),
            }
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name([entity]), add_to_output=True)

    def _seal_text(self, text: str, purpose: Purpose) -> str:
        return load_seal(load()).seal(text, purpose)  # each time: numbers are typed by hand, and few

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        return load().number_lengths
