"""How long an example takes says how busy the machine is, and is measured by benchmarks: no deadline for any."""

from hypothesis import settings

settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
