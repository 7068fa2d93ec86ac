from . import sop_demand_adjust
from . import sop_exception_answer
