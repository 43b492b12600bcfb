"""From gap to shifts: which shifts, starting when, with which breaks, cover the people missing at least cost."""

from marketplace.staffing.cover.answer import Cover, Placed
from marketplace.staffing.cover.gap import Gap, Target
from marketplace.staffing.cover.make import cover
from marketplace.staffing.cover.patterns import Break, Pattern, Premium

__all__ = ["Break", "Cover", "Gap", "Pattern", "Placed", "Premium", "Target", "cover"]
