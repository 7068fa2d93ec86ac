from . import test_pipeline
from . import test_lost
