"""Numbers and times that nobody gave out: 400, 404, 409 or 422, never a fault of ours."""

import pytest
from rest_framework.test import APIClient

from gigcx.accounts.models import Role
from tests.factories import make_agent, make_department, make_queue, make_user

pytestmark = pytest.mark.django_db
FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
EDGES = [FIRST, LAST, "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00"]
HUGE = 10**30
SERIES = {"department": "Retail", "day": "2026-03-11", "since": "2026-03-11", "until": "2026-03-12", "weekdays": [0, 4]}
SHIFT = {
    "queue": "cards", "starts_at": "2027-03-11T20:00:00Z", "ends_at": "2027-03-11T23:00:00Z", "places": 1,
    "work_place": "home", "pay_per_hour": 1800,
}  # fmt: skip
EVENT = {
    "name": "Bill run",
    "queues": ["cards"],
    "starts_at": "2027-03-11T20:00:00Z",
    "ends_at": "2027-03-12T20:00:00Z",
}
NEVER = {"period": {"lower": FIRST, "upper": LAST}}
READS = {
    "gap/?department=Retail": ("since", "until"), "shifts/?": ("since", "until"),
    "forecast/?queue=cards": ("from", "to"), "calendar/?": ("since", "until"), "shifts/open/?": ("day",),
    "events/?": ("since", "until"), "mix/?department=Retail": ("week",),
}  # fmt: skip


def client(user):
    """The API as this person calls it; a fault is an answer."""
    caller = APIClient(raise_request_exception=False)
    caller.force_authenticate(user)
    return caller


@pytest.fixture
def dov():
    make_queue("cards")
    return client(make_user("dov@example.com", role=Role.ADMIN, departments=(make_department(),)))


@pytest.fixture
def ada():
    user = make_user("ada@example.com")
    make_agent(make_queue("loans"), user=user)
    return client(user)


@pytest.mark.parametrize("edge", EDGES)
def test_reads_bear_the_ends_of_the_calendar(dov, ada, edge):
    for path, names in READS.items():
        for name in names:
            for who in (dov, ada):
                assert who.get(f"/api/v1/{path}&{name}={edge}").status_code in {200, 400, 403, 404}, (path, name)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("shifts/series/", SERIES | {"day": "9999-12-31", "since": "9999-12-31", "until": "9999-12-31"}),
        ("shifts/series/", SERIES | {"day": "0001-01-01", "since": "0001-01-01", "until": "0001-01-05"}),
        ("shifts/series/", SERIES | {"template": HUGE}),
        ("shifts/bulk/", {"shifts": [HUGE], "do": "cancel"}),
        ("shift-templates/", {"shift": HUGE, "name": "A"}),
        ("shift-proposals/", {"department": "Retail", "since": "9999-12-31T00:00:00Z", "until": LAST}),
        ("shift-proposals/", {"department": "Retail", "since": FIRST, "until": "0001-01-03T23:00:00Z"}),
        ("shifts/", SHIFT | {"starts_at": "9999-12-31T20:00:00Z", "ends_at": LAST}),
        ("shifts/", SHIFT | {"places": HUGE, "pay_per_hour": HUGE}),
        ("events/", EVENT | {"starts_at": FIRST}),
        ("events/", EVENT | {"ends_at": LAST}),
        ("events/", EVENT | {"queues": [HUGE]}),
        ("supplies/", {"department": "Retail", "name": "A", "kind": "lent", "hourly_cost": HUGE}),
        ("shifts/", SHIFT | {"pay_per_hour": 2**31 - 1, "bonus_per_hour": 2**31 - 1}),
    ],
)
def test_what_makes_no_sense_is_refused(dov, path, body):
    assert dov.post(f"/api/v1/{path}", body, format="json").status_code in {400, 404, 409, 422}


@pytest.mark.parametrize("path", ["shifts/{}/claim/", "shifts/{}/wait/", "shifts/{}/request/", "offers/{}/accept/"])
def test_what_has_too_large_a_number_is_not_there(ada, path):
    assert ada.post(f"/api/v1/{path.format(HUGE)}", {}, format="json").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("time-off/", NEVER), ("availability/", NEVER | {"kind": "blackout"}), ("day/pause/", {"reason": "\x00"}),
        ("availability/weekly/", {"weekday": 0, "start": "09:00", "end": "17:00", "since": "0001-01-01"}),
        ("skill-requests/", {"skill": HUGE, "level": 3}),
    ],
)  # fmt: skip
def test_what_an_agent_says_fails_no_page_after(ada, path, body):
    assert ada.post(f"/api/v1/{path}", body, format="json").status_code < 500
    for read in ("calendar/", "availability/", "shifts/open/", "day/"):
        assert ada.get(f"/api/v1/{read}").status_code == 200, read
