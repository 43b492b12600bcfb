"""What is told of a booking is what the ORM reads of it."""

import pytest

from marketplace.api.booking_schemas import BookingSerializer, HolderSerializer
from marketplace.models import Booking, Compensation
from marketplace.queries.breaks import breaks_of_bookings
from marketplace.queries.told import told_booking
from tests.factories import NOW, make_agent, make_department, make_queue
from tests.marketplace.bookings import TOMORROW, hold, make_shift

pytestmark = pytest.mark.django_db(transaction=True)


def told(booking: Booking) -> dict[str, object]:
    """All that the API says of it, to its agent and to those who plan."""
    booking.breaks = breaks_of_bookings([booking], now=NOW)[booking.pk]
    return {**BookingSerializer(booking).data, **HolderSerializer(booking).data}


@pytest.fixture
def held() -> Booking:
    """A place in a shift with a break."""
    queue = make_queue("cards")
    start = TOMORROW.timestamp()
    shift = make_shift(queue, breaks=[[start + 3600, start + 4500, True]])
    return hold(shift, make_agent(queue, code="ada"))


def test_told_booking_is_the_orms_in_one_statement(held: Booking, django_assert_num_queries) -> None:
    found = told_booking(held.pk)
    with django_assert_num_queries(0):
        said = told(found)
    assert said == told(Booking.objects.get(pk=held.pk))
    assert (said["queue"], said["owed"], said["agent"], len(said["breaks"])) == ("cards", None, "ada", 1)
    found.status = "excused"
    found.save(update_fields=["status"])
    assert Booking.objects.get(pk=held.pk).status == "excused"


def test_told_booking_of_a_standby_shift_that_something_is_owed_for(held: Booking, django_assert_num_queries) -> None:
    bank = make_department("Bank")
    held.shift.queue, held.shift.department = None, bank
    held.shift.save()
    Compensation.objects.create(booking=held, department=bank, amount=1200, currency="EUR", why="cancelled", at=NOW)
    found = told_booking(held.pk)
    with django_assert_num_queries(0):
        said = told(found)
    assert (said["queue"], said["owed"]) == (None, 1200)


def test_booking_that_is_not_there_is_not_told(held: Booking) -> None:
    with pytest.raises(Booking.DoesNotExist):
        told_booking(held.pk + 1)
