"""Rasa NLU component: takes the intent `affirm` from every sentence that may not confirm. Follows the classifier.

Such a sentence holds a negation (rasa_components/negation.py), unknown speech or a number. What is left of the
classifier's ranking decides, each intent with the probability it has; so the sentence is a no, or falls below the
fallback's threshold and is asked again.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from rasa_components.component import PlainComponent
from rasa_components.folding import OUTSIDE, PART
from rasa_components.hiding import NUMBER_WORD
from rasa_components.negation import holds_negation

AFFIRM = "affirm"

UNKNOWN = "<unk>"
"""Stands in what the bot heard for speech that is no word it knows (bot.events.UNKNOWN)."""


def guarded(text: str, ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`ranking` (intents with their confidence, best first), without `affirm` where `text` may not confirm."""
    if {NUMBER_WORD, UNKNOWN}.isdisjoint(text.split()) and not holds_negation(text):
        return ranking
    return [scored for scored in ranking if scored["name"] != AFFIRM]


def whole(ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`ranking` with the parts of `OUTSIDE` (rasa_components/folding.py) added up, best first again."""
    shares: dict[str, float] = {}
    for scored in ranking:
        name = scored["name"].partition(PART)[0]
        shares[name] = shares.get(name, 0.0) + float(scored["confidence"])
    return [{"name": name, "confidence": shares[name]} for name in sorted(shares, key=lambda name: -shares[name])]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class NegationGuard(PlainComponent, IntentClassifier):
    """`whole` and `guarded` with what Rasa asks of a component."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = guarded(message.get(TEXT) or "", whole(message.get(INTENT_RANKING_KEY) or []))
            best = ranking[0] if ranking else {"name": OUTSIDE, "confidence": 1.0}
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(INTENT, best, add_to_output=True)
        return messages
