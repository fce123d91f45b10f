"""How the bundled acoustic model is made: data, alignment, training, export, evaluation."""
