"""Rasa NLU component: takes the intent `affirm` from every sentence that may not confirm. Follows the classifier.

Such a sentence holds a negation (rasa_components/negation.py), unknown speech or a number. The rest of the classifier's
ranking decides, with unchanged probabilities: the sentence is a no, or falls below the fallback's threshold and is
asked again.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from rasa_components.component import PlainComponent
from rasa_components.ranking import OUTSIDE, guarded, whole


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class NegationGuard(PlainComponent, IntentClassifier):
    """`whole` and `guarded` as a Rasa component."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = guarded(message.get(TEXT) or "", whole(message.get(INTENT_RANKING_KEY) or []))
            best = ranking[0] if ranking else {"name": OUTSIDE, "confidence": 1.0}
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(INTENT, best, add_to_output=True)
        return messages
