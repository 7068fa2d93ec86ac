from . import crm_lead
from . import sop_demand_override
from . import sop_source_pipeline
