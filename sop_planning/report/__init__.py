from . import sop_plan_report
