"""How well a recogniser hears people it never learned from: `make eval` measures, and writes it on the model's card."""
