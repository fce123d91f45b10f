"""How the bundled acoustic model is made: data, alignment, training, export, evaluation."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))  # `bot.phrases`, where this runs by itself in its own environment
