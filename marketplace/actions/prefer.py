"""An agent says what he or she would rather do."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from gigcx.accounts.models import Site
from gigcx.ledger.keeping import keep
from marketplace.actions.claim import lock_agent
from marketplace.models import Preference, Queue


@transaction.atomic(durable=True)
def prefer(
    *, agent_id: int, queues: Collection[Queue], sites: Collection[Site], actor: str, now: datetime, **figures: Any
) -> bool:
    """Keep the agent's preferences; whether anything changed.

    Figures: `work_place` (empty: either), `hours_wanted`, `least_hours`, `most_hours` a week (None: not said). Raises
    `ValidationError`.
    """
    lock_agent(agent_id)
    row = Preference.objects.filter(agent_id=agent_id).first() or Preference(agent_id=agent_id)
    wanted = {"queues": sorted(one.pk for one in queues), "sites": sorted(one.pk for one in sites)}
    linked = {name: sorted(getattr(row, name).values_list("pk", flat=True)) if row.pk else [] for name in wanted}
    also = {name: [linked[name], ids] for name, ids in wanted.items() if linked[name] != ids}
    changed = keep(
        row, figures=figures, kind="preference.changed", subject=f"agent:{agent_id}", actor=actor, now=now, also=also
    )
    for name in also:
        getattr(row, name).set(wanted[name])
    return changed
