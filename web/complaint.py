"""The pages about complaints: their list, the form that logs one, and the case itself."""

from web import case_acts, complaint_list, complaint_new
from web.complaint_bp import bp

__all__ = ["bp", "case_acts", "complaint_list", "complaint_new"]
