"""Sound as numbers: sample formats, resampling, levels, G.711, the keypad's tones, files, a queue to play from."""
