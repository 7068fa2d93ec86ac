from . import sop_plan_report
from . import sop_forecast_accuracy
from . import sop_participation
from . import sop_plan_comparison
from . import sop_plan_bridge
