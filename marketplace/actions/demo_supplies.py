"""Whose hours the departments of the demo bank can have in a week."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from gigcx.accounts.models import Department
from gigcx.ledger.keeping import keep
from marketplace.models import Supply
from marketplace.models.supply import SupplyKind
from marketplace.simulation.demo import DemoAgent, DemoBank

HOURS_A_WEEK = 168.0
"""The demo never closes: each of its people stands for a place that is manned day and night, as duty is planned."""
LENT_HOURS = 24.0
"""A day a week of everybody elsewhere who is able to help."""
STANDBY = 0.15
"""Hours held ready, as a share of the department's own."""


def write_demo_supplies(bank: DemoBank, *, actor: str, now: datetime) -> None:
    """Supplies for each department: its own people, external ones, standby, and whom others could lend."""
    by_name = {department.name: department for department in Department.objects.all()}
    for name in bank.departments:
        for figures in demo_supplies(bank, department=name):
            figures |= {"department": by_name[name], "currency": "EUR"}
            keep(Supply(), figures=figures, kind="supply.changed", actor=actor, now=now)


def demo_supplies(bank: DemoBank, *, department: str) -> Iterator[dict[str, Any]]:
    """The figures of one department's supplies; hours follow from its people, costs are made up."""
    queues = {queue.code for queue in bank.queues if queue.department == department}

    def people(kind: str) -> int:
        return sum(agent.kind == kind for agent in bank.agents if agent.department == department)

    def can_help(agent: DemoAgent) -> bool:
        return agent.department != department and any(code in queues for code, _ in agent.skills)

    own = people("internal") * HOURS_A_WEEK
    external = people("external") * HOURS_A_WEEK
    lent = sum(map(can_help, bank.agents)) * LENT_HOURS
    yield _supply("Own people", SupplyKind.INTERNAL, cost=24_00, fee=0, show=0.94, hours=own, notice=336)
    if lent:
        yield _supply("Colleagues next door", SupplyKind.LENT, cost=27_00, fee=0, show=0.97, hours=lent, notice=48)
    yield _supply("Gig agents", SupplyKind.EXTERNAL, cost=31_00, fee=0, show=0.9, hours=external, notice=72)
    yield _supply("Standby", SupplyKind.STANDBY, cost=36_00, fee=6_00, show=0.98, hours=STANDBY * own, notice=1)


def _supply(
    name: str, kind: SupplyKind, *, cost: int, fee: int, show: float, hours: float, notice: float
) -> dict[str, Any]:
    return {
        "name": name, "kind": kind, "hourly_cost": cost, "reservation_fee": fee, "show_share": show,
        "hours_a_week": round(hours), "notice_hours": notice,
    }  # fmt: skip
