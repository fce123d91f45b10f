"""What was fitted to the bundled model: tests of rooms behind the recogniser use what calls have."""

from bot.hearing import calibration_of

FIT = calibration_of("vi-digits")
