"""Property tests: no time limit an example, since the machine may be busy."""

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("makers_optimise")  # it checks results, and says what differs

settings.register_profile("engine", deadline=None, max_examples=40)
settings.load_profile("engine")
