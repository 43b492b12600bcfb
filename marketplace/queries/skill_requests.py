"""Requests to have a skill verified: an agent's own, those that wait, those answered last."""

from collections.abc import Sequence
from dataclasses import dataclass

from skills.models import Proficiency, RequestState, SkillRequest

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits, with what the agent holds of the skill already (None: nothing verified)."""

    request: SkillRequest
    held: int | None


def requests_of(*, agent_id: int) -> list[SkillRequest]:
    """An agent's requests, the newest first; one statement."""
    return list(SkillRequest.objects.filter(agent_id=agent_id).select_related("skill").order_by("-asked_at")[:SHOWN])


def requests_waiting() -> Sequence[Asked]:
    """All that wait, the oldest first; two statements."""
    rows = SkillRequest.objects.filter(status=RequestState.ASKED).select_related("agent__department", "skill")
    found = list(rows.order_by("asked_at", "pk"))
    held = Proficiency.objects.filter(agent_id__in={row.agent_id for row in found}, verified_at__isnull=False)
    levels = {(row.agent_id, row.skill_id): row.level for row in held}
    return [Asked(row, levels.get((row.agent_id, row.skill_id))) for row in found]


def requests_answered() -> list[SkillRequest]:
    """Those answered last; one statement."""
    rows = SkillRequest.objects.filter(status__in=(RequestState.VERIFIED, RequestState.REFUSED))
    return list(rows.select_related("agent", "skill", "answered_by").order_by("-answered_at")[:SHOWN])
