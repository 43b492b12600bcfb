"""What claims are judged by beside agent and shift, kept in this process for as long as it stays so."""

from gigcx.database.prepared import prepared_one
from marketplace.queries.claim_rows import Asks, Rules
from marketplace.queries.claim_statements import RULES

Known = tuple[Asks, Rules]
_kept: dict[int | None, tuple[int, Known]] = {}
"""By queue (None: standby), with the number of `CompetenceVersion` at which it was read."""


def rules_of(shift_id: int, *, queue: int | None, number: int, asks_more: bool) -> Known | None:
    """What the shift asks for and the rules for all claims, at this number or later; None where there is no such shift.

    One statement where they have changed since, and always for a shift that asks for more than its queue.
    """
    kept = _kept.get(queue)
    if kept is not None and kept[0] == number and not asks_more:
        return kept[1]
    # what the shift asks beyond is left out of what is kept for its queue, even if somebody is writing it just now
    row = prepared_one(RULES, {"shift": shift_id, "more": asks_more})
    if row is None:
        return None
    now, skills, certifications, implies, policy = row
    known = Asks.of(skills, certifications), Rules.of(implies, policy)
    if not asks_more:
        _kept[queue] = now, known
    return known
