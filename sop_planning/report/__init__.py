from . import sop_plan_report
from . import sop_forecast_accuracy
