"""The pages about penalties: their list, the form that proposes one, and the case itself."""

from web import penalty_acts, penalty_added, penalty_files, penalty_list, penalty_new
from web.penalty_bp import bp

__all__ = ["bp", "penalty_acts", "penalty_added", "penalty_files", "penalty_list", "penalty_new"]
