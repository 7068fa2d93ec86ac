"""Property tests: no time limit an example, since the machine may be busy."""

from hypothesis import settings

settings.register_profile("engine", deadline=None, max_examples=40)
settings.load_profile("engine")
