"""Who hears of what: for each kind of Entry the live pages that look again and the tasks that start.

The whole wiring stands here. A kind that is missing is recorded and heard by nobody.
"""

from collections.abc import Iterable

from gigcx.ledger.models import Entry
from gigcx.ledger.wires import Wire
from marketplace.vocabulary import BOARD_TOPIC, DEMAND_TOPIC, FEED_TOPIC, SHIFTS_TOPIC

TICK = "marketplace.tick"
PROPOSE = "marketplace.propose"
FORECAST = "marketplace.forecast"
CORRECT = "marketplace.correct"
UPLOADS = "marketplace.uploads"
CALENDARS = "marketplace.calendars"
SIGN_IN = "marketplace.sign_in"


def board(_entry: Entry) -> Iterable[str]:
    """The dispatchers' boards."""
    return (BOARD_TOPIC,)


def demand(_entry: Entry) -> Iterable[str]:
    """The pages of need against staffed."""
    return (DEMAND_TOPIC,)


def board_and_demand(_entry: Entry) -> Iterable[str]:
    """The boards, and the pages of need against staffed."""
    return (BOARD_TOPIC, DEMAND_TOPIC)


def agent(entry: Entry) -> Iterable[str]:
    """The pages of the agent whom the Entry is about."""
    return (entry.subject,)


def demand_and_agent(entry: Entry) -> Iterable[str]:
    """The pages of need against staffed, and those of the agent whom the Entry is about."""
    return (DEMAND_TOPIC, entry.subject)


def board_demand_and_agent(entry: Entry) -> Iterable[str]:
    """As above, and the pages of the agent whom the Entry is about."""
    return (BOARD_TOPIC, DEMAND_TOPIC, entry.subject)


def board_and_agent(entry: Entry) -> Iterable[str]:
    """The boards and the pages of the agent whom the Entry is about."""
    return (BOARD_TOPIC, entry.subject)


def board_agent_and_feed(entry: Entry) -> Iterable[str]:
    """As above, and the switches that obey assignments."""
    return (BOARD_TOPIC, entry.subject, FEED_TOPIC)


def shifts(_entry: Entry) -> Iterable[str]:
    """The lists of shifts, and the pages of need against booked."""
    return (DEMAND_TOPIC, SHIFTS_TOPIC)


def shifts_and_agent(entry: Entry) -> Iterable[str]:
    """As above, and the pages of the agent whom the Entry is about."""
    return (DEMAND_TOPIC, SHIFTS_TOPIC, entry.subject)


def shifts_agent_and_board(entry: Entry) -> Iterable[str]:
    """As above, and the dispatchers' boards."""
    return (DEMAND_TOPIC, SHIFTS_TOPIC, entry.subject, BOARD_TOPIC)


def both_agents(entry: Entry) -> Iterable[str]:
    """The lists of shifts and the pages of the two people of a swap, where it names two."""
    people = (f"agent:{agent}" for agent in (entry.data.get("giver"), entry.data.get("colleague")) if agent)
    return (SHIFTS_TOPIC, *people)


def board_and_changed(entry: Entry) -> Iterable[str]:
    """The boards, and the pages of all agents whose presence a batch of telemetry changed."""
    return (BOARD_TOPIC, *(f"agent:{agent}" for agent in entry.data.get("changed", ())))


WIRING: dict[str, Wire] = {
    "telemetry.taken": Wire(board_and_changed),
    "queues.expected": Wire(board),
    "surge.began": Wire(board_and_demand, tasks=(TICK, CORRECT)),
    "surge.grew": Wire(board_and_demand, tasks=(TICK, CORRECT)),
    "surge.ended": Wire(board_and_demand, tasks=(CORRECT,)),
    "agent.came": Wire(board_and_agent, tasks=(TICK,)),
    "agent.left": Wire(board_and_agent, tasks=(TICK,)),
    "duty.began": Wire(board_demand_and_agent, tasks=(TICK,)),
    "duty.resumed": Wire(board_demand_and_agent, tasks=(TICK,)),
    "presence.wanted": Wire(board_agent_and_feed, tasks=(TICK,)),
    "duty.ended": Wire(board_demand_and_agent, tasks=(TICK,)),
    "assignment.opened": Wire(board_agent_and_feed),
    "assignment.closed": Wire(board_agent_and_feed),
    "assignment.pinned": Wire(board_and_agent),
    "assignment.unpinned": Wire(board_and_agent),
    "move.proposed": Wire(board),
    "move.applied": Wire(board_agent_and_feed),
    "move.reverted": Wire(board_and_agent),
    "move.rejected": Wire(board),
    "move.stale": Wire(board),
    "move.acknowledged": Wire(board_and_agent),
    "objection.raised": Wire(board_and_agent),
    "objection.heard": Wire(board_and_agent),
    "mode.changed": Wire(board, tasks=(TICK,)),
    "matcher.stopped": Wire(board),
    "matcher.resumed": Wire(board, tasks=(TICK,)),
    "policy.changed": Wire(board, tasks=(TICK,)),
    "certificate.revoked": Wire(board_and_agent, tasks=(TICK,)),
    "competence.changed": Wire(tasks=(TICK,)),
    "queue.changed": Wire(board_and_demand, tasks=(TICK, FORECAST)),
    "queue.deleted": Wire(board_and_demand, tasks=(TICK,)),
    "queues.loaded": Wire(board_and_demand, tasks=(TICK,)),
    "duty.loaded": Wire(board_and_demand, tasks=(TICK,)),
    "duty.cancelled": Wire(board_and_demand, tasks=(TICK,)),
    "person.changed": Wire(board_and_agent),
    "people.loaded": Wire(board),
    "counts.loaded": Wire(board_and_demand, tasks=(FORECAST,)),
    "upload.taken": Wire(tasks=(UPLOADS,)),
    "upload.chosen": Wire(tasks=(UPLOADS,)),
    "event.changed": Wire(board_and_demand, tasks=(FORECAST,)),
    "event.deleted": Wire(board_and_demand, tasks=(FORECAST,)),
    "demo.made": Wire(board_and_demand, tasks=(FORECAST,)),
    "shifts.asked": Wire(tasks=(PROPOSE,)),
    "shifts.kept": Wire(demand),
    "shift.made": Wire(demand),
    "lending.agreed": Wire(shifts),
    "lending.recalled": Wire(shifts),
    "market_policy.changed": Wire(shifts),
    "shift.changed": Wire(shifts),
    "shift.opened": Wire(shifts),
    "shift.cancelled": Wire(shifts),
    "availability.changed": Wire(agent),
    "preference.changed": Wire(agent),
    "calendar.made": Wire(agent),
    "skill.asked": Wire(demand_and_agent),
    "skill.verified": Wire(demand_and_agent, tasks=(TICK,)),
    "skill.refused": Wire(demand_and_agent),
    "skill.withdrawn": Wire(demand_and_agent),
    "time_off.asked": Wire(demand_and_agent),
    "time_off.granted": Wire(shifts_and_agent),
    "time_off.refused": Wire(demand_and_agent),
    "time_off.withdrawn": Wire(shifts_and_agent),
    "calendar.revoked": Wire(agent),
    "calendar.due": Wire(agent, tasks=(CALENDARS,)),
    "calendar.read": Wire(shifts_and_agent),
    "calendar.failed": Wire(agent),
    "calendar.removed": Wire(shifts_and_agent),
    "booking.held": Wire(shifts_and_agent),
    "booking.undone": Wire(shifts_and_agent),
    "booking.released": Wire(shifts_and_agent),
    "booking.releasing": Wire(shifts_and_agent),
    "booking.kept": Wire(shifts_and_agent),
    "booking.replaced": Wire(shifts_and_agent),
    "booking.pulled": Wire(shifts_and_agent),
    "booking.checked_in": Wire(shifts_agent_and_board, tasks=(TICK,)),
    "booking.worked": Wire(shifts_agent_and_board),
    "agent.signed_in": Wire(tasks=(SIGN_IN,)),
    "booking.confirmed": Wire(shifts_and_agent),
    "booking.excused": Wire(shifts_agent_and_board),
    "booking.no_show": Wire(shifts_agent_and_board),
    "appeal.made": Wire(shifts),
    "appeal.upheld": Wire(shifts_and_agent),
    "appeal.turned_down": Wire(shifts_and_agent),
    "shift.drawn": Wire(shifts),
    "booking.requested": Wire(shifts_and_agent),
    "booking.unrequested": Wire(shifts_and_agent),
    "draw.lost": Wire(shifts_and_agent),
    "draw.passed_over": Wire(shifts_and_agent),
    "waiting.joined": Wire(shifts_and_agent),
    "waiting.left": Wire(shifts_and_agent),
    "waiting.passed_over": Wire(agent),
    "offer.made": Wire(shifts_and_agent),
    "offer.accepted": Wire(shifts_and_agent),
    "offer.declined": Wire(shifts_and_agent),
    "offer.expired": Wire(shifts_and_agent),
    "offer.withdrawn": Wire(shifts_and_agent),
    "booking.swapped": Wire(shifts_and_agent),
    "swap.asked": Wire(both_agents),
    "swap.accepted": Wire(both_agents),
    "swap.done": Wire(both_agents),
    "swap.declined": Wire(both_agents),
    "swap.withdrawn": Wire(both_agents),
    "swap.rejected": Wire(both_agents),
    "swap.expired": Wire(both_agents),
    "forecast.made": Wire(board_and_demand),
    "forecast.corrected": Wire(board_and_demand, tasks=(TICK,)),
}
