"""Which moves the board shows where there are more than it has room for."""

from datetime import timedelta

import pytest

from marketplace.models import Move
from marketplace.models.moves import MoveState
from marketplace.queries.moves import AT_MOST, recent_moves
from tests.factories import NOW, make_agent, make_queue

pytestmark = pytest.mark.django_db


def test_what_waits_for_a_decision_is_shown_before_the_newest_of_what_was_made():
    agent, source, target = make_agent(), make_queue("NE"), make_queue("SW")

    def move(*, minutes_ago, status=MoveState.APPLIED):
        at = NOW - timedelta(minutes=minutes_ago)
        return Move.objects.create(
            agent=agent, source=source, target=target, status=status, mode=2, created_at=at, actor="matcher"
        )

    proposed = move(minutes_ago=25, status=MoveState.PROPOSED)
    made = [move(minutes_ago=20 - number / 10) for number in range(AT_MOST - 2)]
    found = recent_moves(department_ids=None, now=NOW)
    assert not found.cut
    made += [move(minutes_ago=1), move(minutes_ago=0)]
    found = recent_moves(department_ids=None, now=NOW)
    assert [line.move for line in found.proposed] == [proposed]
    assert [line.move for line in found.made] == made[:0:-1]
    assert found.cut
