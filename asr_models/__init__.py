"""Speech recognition models: the bundled one, the catalogue of others, the recipe that trains, the evaluation."""
