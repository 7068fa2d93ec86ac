from . import sop_data_issue_answer
from . import sop_demand_adjust
from . import sop_exception_answer
from . import sop_stock_target_apply
from . import sop_supplier_risk_answer
from . import sop_scenario_select
from . import sop_scenario_new
from . import sop_strategy_compare
