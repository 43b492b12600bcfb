"""The mix of the weeks ahead: whose hours for each of them, at the certainty that one is ready to pay for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from marketplace.queries.mix import WeekNeed
from marketplace.queries.supply import Supplies
from marketplace.staffing.mix import CHANCES, Mix, Tier, need_values, trade_off

STEPS = 100
"""Values that stand for a week's need: a certainty is right to a hundredth."""
USUAL = 0.8
PENALTY = 0.0
"""What is missing has no price here: the person chooses the certainty instead."""


@dataclass(frozen=True, slots=True)
class YearMix:
    """The least expected cost of each week at one chance to cover its need."""

    sure: float
    """The chance asked for."""
    plans: Sequence[Mix]
    """By week; their hours follow the tiers of the supplies."""

    @property
    def cost(self) -> float:
        """Expected, in minor units."""
        return sum(plan.cost for plan in self.plans)

    @property
    def hours(self) -> float:
        """To plan, committed or held ready."""
        return sum(sum(plan.hours) for plan in self.plans)

    @property
    def short(self) -> int:
        """Weeks that even all the hours there are can't cover so surely."""
        return sum(not reaches(plan, sure=self.sure) for plan in self.plans)


def mix_year(weeks: Sequence[WeekNeed], known: Supplies, *, sure: float) -> YearMix:
    """A plan for each of these weeks."""
    return YearMix(sure=sure, plans=[_planned(_levels(week), known.tiers, (sure,))[0] for week in weeks])


def mix_curve(week: WeekNeed, known: Supplies) -> Sequence[Mix]:
    """What each of `CHANCES` costs in one week."""
    return _planned(_levels(week), known.tiers, CHANCES)


def reaches(plan: Mix, *, sure: float) -> bool:
    """Whether the hours that there are give this chance."""
    return plan.met >= sure - 0.5 / STEPS


def _levels(week: WeekNeed) -> tuple[float, float, float]:
    return week.low, week.middle, week.high


@lru_cache(maxsize=4096)
def _planned(
    levels: tuple[float, float, float], tiers: tuple[Tier, ...], chances: tuple[float, ...]
) -> tuple[Mix, ...]:
    """The least cost at each chance; the same weeks come again with every look."""
    low, middle, high = levels
    values = need_values(p10=low, p50=middle, p90=high, steps=STEPS)
    return tuple(trade_off(need=values, tiers=tiers, penalty=PENALTY, chances=chances))
