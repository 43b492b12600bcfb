"""Admin pages of events, and of what a queue's forecast rests on."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from gigcx.accounts.models import Department, Role
from gigcx.ledger.models import Entry
from marketplace.models import Event, ForecastQuality, Queue
from tests.admin_site import address, fill_in, refusals, signed_in
from tests.factories import make_department, make_queue

pytestmark = pytest.mark.django_db
PERIOD = {"starts_at_0": "2026-12-01", "starts_at_1": "09:00", "ends_at_0": "2026-12-02", "ends_at_1": "09:00"}


@pytest.fixture
def mina() -> Client:
    return signed_in(Role.ADMIN)


@pytest.fixture
def queue() -> Queue:
    return make_queue("NE")


def due() -> set[str]:
    return set(ForecastQuality.objects.filter(due_at__isnull=False).values_list("queue__code", flat=True))


def test_event_is_kept_for_some_queues_then_for_a_department_then_dropped(mina: Client, queue: Queue) -> None:
    make_queue("PS")
    make_queue("XX", department=make_department("Cards"))
    fill_in(mina, Event, name="Bill run", queues=[queue.pk], factor=1.3, **PERIOD)
    event = Event.objects.get()
    assert (event.name, event.factor, list(event.queues.all())) == ("Bill run", 1.3, [queue])
    assert event.starts_at == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert due() == {"NE"}
    ForecastQuality.objects.update(due_at=None)
    fill_in(mina, Event, event.pk, department=queue.department_id, queues=None, factor=None)
    event.refresh_from_db()
    assert (event.department, event.factor, event.queues.count()) == (queue.department, None, 0)
    assert due() == {"NE", "PS"}
    ForecastQuality.objects.update(due_at=None)
    mina.post(address(Event, "delete", event.pk), {"post": "yes"})
    assert not Event.objects.exists()
    assert due() == {"NE", "PS"}
    kinds = list(Entry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["event.changed", "event.changed", "event.deleted"]


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"name": ""}, "name"),
        ({"factor": -1}, "factor"),
        ({"ends_at_0": "2026-11-30"}, "ends_at"),
        ({"queues": None}, "queues"),
    ],
)
def test_event_that_cannot_be_changes_nothing(mina: Client, queue: Queue, cells: dict, field: str) -> None:
    form = {"name": "Bill run", "queues": [queue.pk], **PERIOD, **cells}
    assert list(refusals(fill_in(mina, Event, **form))) == [field]
    assert not any(model.objects.exists() for model in (Event, Entry, ForecastQuality))


def test_a_queue_s_country_sibling_and_curve_make_its_forecast_due(mina: Client, queue: Queue) -> None:
    other = make_queue("PS")
    curve = ", ".join(["0"] * 8 + ["30"] * 10 + ["0"] * 6)
    fill_in(mina, Queue, queue.pk, country="DE-BY", like=other.pk, curve=curve)
    queue.refresh_from_db()
    assert (queue.country, queue.like, queue.curve) == ("DE-BY", other, [0.0] * 8 + [30.0] * 10 + [0.0] * 6)
    assert due() == {"NE"}
    ForecastQuality.objects.all().delete()
    fill_in(mina, Queue, queue.pk, name="Another name")
    assert due() == set()
    fill_in(mina, Queue, queue.pk, curve="", like=None, country="")
    queue.refresh_from_db()
    assert (queue.country, queue.like, queue.curve) == ("", None, None)
    assert due() == {"NE"}


@pytest.mark.parametrize(
    ("cells", "field"),
    [({"country": "XX"}, "country"), ({"country": "IT-99"}, "country"), ({"curve": "1, 2, 3"}, "curve")],
)
def test_queue_with_a_country_or_curve_that_there_is_not(mina: Client, queue: Queue, cells: dict, field: str) -> None:
    assert list(refusals(fill_in(mina, Queue, queue.pk, **cells))) == [field]
    queue.refresh_from_db()
    assert (queue.country, queue.curve, Entry.objects.exists()) == ("", None, False)


def test_queue_is_not_like_itself(mina: Client, queue: Queue) -> None:
    assert list(refusals(fill_in(mina, Queue, queue.pk, like=queue.pk))) == ["like"]
    assert Department.objects.count() == 1
