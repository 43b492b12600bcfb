"""The timeline: alike things as one line, names instead of numbers, nobody else's departments."""

from datetime import timedelta

import pytest

from gigcx.ledger.models import Entry
from marketplace.models import Move
from marketplace.queries.timeline import timeline
from tests.factories import NOW, make_agent, make_department, make_queue, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell():
    """Write a published Entry; each a second after the one before."""
    told = []

    def write(kind, *, subject="", actor="", **data):
        told.append(kind)
        at = NOW + timedelta(seconds=len(told))
        return Entry.objects.create(at=at, kind=kind, subject=subject, actor=actor, data=data, position=len(told))

    return write


def lines(**kwargs):
    return timeline(**{"department_ids": None} | kwargs)


def moved(tell, agent, source, target, terms=None):
    move = Move.objects.create(
        agent=agent, source=source, target=target, status="applied", created_at=NOW, actor="matcher", terms=terms or {}
    )
    tell(
        "move.applied",
        subject=f"agent:{agent.pk}",
        actor="matcher",
        move=move.pk,
        agent=agent.pk,
        source=source.pk,
        target=target.pk,
    )


def test_moves_to_one_queue_read_as_one_line(tell):
    cards, savings, loans = make_queue("cards"), make_queue("savings"), make_queue("loans")
    people = [make_agent(cards) for _ in range(4)]
    for agent, source in zip(people, (savings, savings, loans, loans), strict=True):
        moved(tell, agent, source, cards, {"target": {"level_before": 0.41, "level_after": 0.74}})
    (line,) = lines()
    assert (line.target, line.same_source, line.others) == ("cards", False, 2)
    assert list(line.first) == [people[3].name, people[2].name]
    assert (line.level_before, line.level_after) == (0.41, 0.74)


def test_lines_come_newest_first_with_the_names_of_who_did_it(tell):
    dov = make_user("dov@example.com")
    department = make_department("Retail")
    tell("matcher.stopped", actor=dov.ledger_name)
    tell("mode.changed", actor=dov.ledger_name, department=department.pk, before=3, after=1)
    assert [(line.kind, line.actor, line.department) for line in lines()] == [
        ("mode.changed", "Dov", "Retail"),
        ("matcher.stopped", "Dov", ""),
    ]


def test_what_is_no_news_is_left_out(tell):
    tell("telemetry.taken", queues=3, agents=4)
    tell("assignment.opened", subject="agent:1")
    Entry.objects.create(at=NOW, kind="matcher.stopped", position=None)
    assert lines() == []


def test_lines_are_filtered_by_kind_and_by_queue(tell):
    cards, savings = make_queue("cards"), make_queue("savings")
    tell("surge.began", queue=cards.pk, factor=2.9, sure=0.99)
    moved(tell, make_agent(cards), cards, savings)
    tell("surge.began", queue=savings.pk, factor=1.8, sure=0.97)
    assert [line.target for line in lines(kind="surges")] == ["savings", "cards"]
    assert [line.kind for line in lines(queue_id=cards.pk)] == ["move.applied", "surge.began"]
    assert [line.kind for line in lines(before=2)] == ["surge.began"]


def test_a_dispatcher_reads_of_the_departments_given(tell):
    here = make_queue("cards", department=make_department("Retail"))
    there = make_queue("loans", department=make_department("Lending"))
    agent = make_agent(there, department=there.department)
    tell("surge.began", queue=there.pk, factor=2, sure=1)
    tell("duty.began", subject=f"agent:{agent.pk}")
    tell("mode.changed", department=there.department_id, before=3, after=1)
    tell("matcher.stopped")
    tell("surge.began", queue=here.pk, factor=2, sure=1)
    moved(tell, agent, there, here)
    kinds = [line.kind for line in lines(department_ids=[here.department_id])]
    assert kinds == ["move.applied", "surge.began", "matcher.stopped"]


@pytest.mark.parametrize("number", [1, 3])
def test_timeline_asks_the_same_number_of_times(tell, number, django_assert_num_queries):
    dov = make_user("dov@example.com")
    for index in range(number):
        moved(tell, make_agent(), make_queue(f"from {index}"), make_queue(f"to {index}"))
        tell("mode.changed", actor=dov.ledger_name, department=make_department().pk, before=1, after=3)
    with django_assert_num_queries(6):
        lines()


def test_the_timeline_of_a_department_does_not_name_its_people_to_the_database(tell, django_assert_max_num_queries):
    queue = make_queue("cards")
    agents = [make_agent(queue, department=queue.department) for _ in range(3)]
    tell("duty.began", subject=f"agent:{agents[0].pk}")
    tell("duty.began", subject="agent:nobody")
    with django_assert_max_num_queries(9) as statements:
        assert [line.kind for line in lines(department_ids=[queue.department_id])] == ["duty.began"]
    assert not any(f"agent:{agents[1].pk}" in one["sql"] for one in statements.captured_queries)
