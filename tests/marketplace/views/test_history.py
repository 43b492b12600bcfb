"""Handing history over on a page: look, choose, load; and nobody but admins."""

import gzip
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gigcx.ledger.models import Entry
from marketplace.actions import uploads
from marketplace.actions.uploads import STUCK, waiting_uploads, work
from marketplace.models import Forecast, Interval, Queue, Upload
from marketplace.views.history import _draw
from marketplace.views.sparkline import HEIGHT, WIDTH
from tests.factories import make_queue, make_user
from tests.marketplace.forecasting.intake.history import HEADER, history, text_of

pytestmark = pytest.mark.django_db
CLEAN = text_of(history(weeks=3))


@pytest.fixture
def queue() -> Queue:
    return make_queue("NE", timezone="Europe/Rome")


def browser(role: str = "admin") -> Client:
    client = Client()
    client.force_login(make_user(f"{role}@example.com", role=role))
    return client


def hand_over(client: Client, rows: list[str], *, name: str = "counts.csv", packed: bool = False) -> Upload:
    content = "\n".join([HEADER, *rows, ""]).encode()
    file = SimpleUploadedFile(name, gzip.compress(content) if packed else content)
    answer = client.post(reverse("history_upload"), {"file": file, "timezone": "Europe/Rome"})
    upload = Upload.objects.get()
    assert answer["Location"] == reverse("history_file", args=[upload.pk])
    return upload


def decide(client: Client, upload: Upload, do: str = "load", **choices: str) -> str:
    form = {"do": do, **{f"choice-{code.replace('_', '-')}": choice for code, choice in choices.items()}}
    answer = client.post(reverse("history_choose", args=[upload.pk]), form, follow=True)
    upload.refresh_from_db()
    return answer.content.decode()


def dirty() -> list[str]:
    rows = list(CLEAN)
    rows[20] = rows[20].rpartition(",")[0] + ",-4"
    rows.insert(11, rows[10])
    del rows[60:63]
    return rows


@pytest.mark.parametrize("packed", [False, True])
def test_clean_file_is_looked_at_and_stored_only_once_somebody_says_so(queue: Queue, packed: bool) -> None:
    client = browser()
    upload = hand_over(client, CLEAN, packed=packed)
    page = client.get(reverse("history_file", args=[upload.pk])).content.decode()
    assert "Nothing to complain about" in page
    assert f"Load {len(CLEAN)} intervals" in page
    assert "<path d=" in page
    assert not Interval.objects.exists()
    page = decide(client, upload)
    assert "It is loaded" in page
    assert (Interval.objects.count(), upload.state, bytes(upload.content)) == (len(CLEAN), "loaded", b"")
    assert Interval.objects.order_by("starts_at").first().starts_at.hour == 7  # eight o'clock in Rome
    assert not Forecast.objects.exists()  # a task makes it: see the wiring of counts.loaded
    assert Entry.objects.get(kind="counts.loaded").actor.startswith("user:")


def test_dirty_file_stops_until_each_refused_kind_is_repaired(queue: Queue) -> None:
    client = browser()
    upload = hand_over(client, dirty())
    page = client.get(reverse("history_file", args=[upload.pk])).content.decode()
    assert page.count('<span class="badge">stops the file</span>') == 2
    assert "line 13" in page
    assert "Missing intervals" in page
    load = re.search(r'<button [^>]*value="load"[^>]*>', page)[0]
    assert ('aria-disabled="true"' in load, 'aria-describedby="stops"' in load, "primary" in load) == (
        True,
        True,
        False,
    )
    assert "It can’t be loaded yet." in page
    assert '<button class="primary" name="do" value="repair"' in page
    page = decide(client, upload)
    assert "Nothing was stored: 2 kinds of findings are still refused." in page
    page = decide(client, upload, duplicate="repair")
    assert "Nothing was stored: 1 kind of finding is still refused." in page
    assert not Interval.objects.exists()
    assert not Entry.objects.filter(kind="counts.loaded").exists()
    page = decide(client, upload, do="look", duplicate="repair", negative="repair")
    assert '<button class="primary" name="do" value="load" data-load>' in page
    assert 'name="do" value="repair"' not in page
    assert not Interval.objects.exists()
    decide(client, upload, duplicate="repair", negative="repair")
    assert (upload.state, Interval.objects.count()) == ("loaded", len(CLEAN) - 4)


def test_all_that_stops_a_file_is_repaired_at_once_and_nothing_else(queue: Queue) -> None:
    client = browser()
    upload = hand_over(client, dirty())
    page = decide(client, upload, do="repair", gap="refuse")
    chosen = [upload.choices[code] for code in ("duplicate", "negative", "gap", "absurd")]
    assert chosen == ["repair", "repair", "keep", "refuse"]
    assert 'aria-disabled="true"' not in page
    assert (upload.state, Interval.objects.exists()) == ("seen", False)


def test_rows_beyond_repair_are_to_be_mended(queue: Queue) -> None:
    client = browser()
    file = SimpleUploadedFile("counts.csv", b"queue,offered\nNE,4\n")
    client.post(reverse("history_upload"), {"file": file, "timezone": "UTC"})
    upload = Upload.objects.get()
    page = decide(client, upload, do="repair")
    assert "What is marked here can’t be repaired" in page
    assert f'<a class="button primary" href="{reverse("history")}">Hand over a mended file</a>' in page
    assert 'name="do" value="repair"' not in page
    assert (upload.state, Interval.objects.exists()) == ("seen", False)


@pytest.mark.parametrize("choices", [{"negative": "keep"}, {"nonsense": "repair"}, {"negative": "whatever"}])
def test_choice_that_there_is_not_changes_nothing(queue: Queue, choices: dict[str, str]) -> None:
    client = browser()
    upload = hand_over(client, dirty())
    form = {f"choice-{code}": choice for code, choice in choices.items()} | {"do": "load"}
    answer = client.post(reverse("history_choose", args=[upload.pk]), form)
    assert (answer.status_code, "can&#x27;t be chosen" in answer.content.decode()) == (409, True)
    before = (upload.state, upload.choices)
    upload.refresh_from_db()
    assert (upload.state, upload.choices, Interval.objects.exists()) == (*before, False)


def test_loaded_file_is_not_loaded_again(queue: Queue) -> None:
    client = browser()
    upload = hand_over(client, CLEAN)
    decide(client, upload)
    entries = Entry.objects.count()
    assert "was loaded already" in decide(client, upload)
    assert (Entry.objects.count(), Interval.objects.count()) == (entries, len(CLEAN))


def test_long_file_waits_for_a_worker_and_says_how_far_it_is(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SMALL", 10)
    client = browser()
    upload = hand_over(client, CLEAN)
    page = client.get(reverse("history_file", args=[upload.pk])).content.decode()
    assert "It is being looked through." in page
    part = client.get(reverse("history_file", args=[upload.pk]), headers={"HX-Request": "true"})
    assert b"<progress" in part.content
    assert b"<html" not in part.content
    now = timezone.now()
    assert waiting_uploads(now=now) == [upload.pk]
    work(upload_id=upload.pk, now=now)
    assert client.get(reverse("history_file", args=[upload.pk]), headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "It is being loaded." in decide(client, upload)
    assert not Interval.objects.exists()
    work(upload_id=upload.pk, now=now)
    work(upload_id=upload.pk, now=now)  # a worker that comes late
    assert (Interval.objects.count(), waiting_uploads(now=now)) == (len(CLEAN), [])
    assert Entry.objects.filter(kind="counts.loaded").count() == 1


def test_work_that_fails_or_stops_says_so(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    upload = hand_over(client, CLEAN)
    with monkeypatch.context() as broken:
        broken.setattr(uploads, "look_at_counts", lambda **_: 1 / 0)
        assert "This went wrong. Nothing was stored." in decide(client, upload)
    assert (upload.state, Interval.objects.exists()) == ("failed", False)
    assert "It is loaded" in decide(client, upload)  # and is tried again
    Upload.objects.update(state="looking", changed_at=timezone.now() - STUCK - timedelta(minutes=1))
    assert "Is a worker running?" in client.get(reverse("history_file", args=[upload.pk])).content.decode()


@pytest.mark.parametrize(("content", "says"), [(b"", "empty"), (b"\x1f\x8bnonsense", "unpacked"), (b"  \n", "empty")])
def test_file_that_cannot_be_is_refused_in_words(content: bytes, says: str) -> None:
    file = SimpleUploadedFile("counts.csv", content)
    answer = browser().post(reverse("history_upload"), {"file": file, "timezone": "UTC"})
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert not any(model.objects.exists() for model in (Upload, Entry))


def test_no_file_too_large_a_file_and_no_zone(settings: object) -> None:
    client = browser()
    assert client.post(reverse("history_upload"), {}).status_code == 422
    form = {"file": SimpleUploadedFile("counts.csv", HEADER.encode()), "timezone": "Mars"}
    assert client.post(reverse("history_upload"), form).status_code == 422
    settings.LARGEST_BODY = 10
    form = {"file": SimpleUploadedFile("counts.csv", HEADER.encode()), "timezone": "UTC"}
    assert client.post(reverse("history_upload"), form).status_code == 413
    assert not Upload.objects.exists()


def test_file_is_forgotten(queue: Queue) -> None:
    client = browser()
    upload = hand_over(client, CLEAN)
    assert client.post(reverse("history_drop", args=[upload.pk]))["Location"] == reverse("history")
    assert not Upload.objects.exists()
    assert client.get(reverse("history_file", args=[upload.pk])).status_code == 404


@pytest.mark.parametrize("role", ["dispatcher", "agent"])
def test_history_is_for_admins(queue: Queue, role: str) -> None:
    upload = hand_over(browser(), CLEAN)
    other = browser(role)
    for name in ("history", "history_file"):
        address = reverse(name, args=[upload.pk] if name != "history" else [])
        assert other.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    for name in ("history_upload", "history_choose", "history_drop"):
        address = reverse(name, args=[upload.pk] if name != "history_upload" else [])
        assert other.post(address, {"do": "load"}).status_code == 403
        assert Client().post(address).status_code == 302
        assert browser_get_is_refused(address)
    upload.refresh_from_db()
    assert (upload.state, Interval.objects.exists()) == ("seen", False)


def browser_get_is_refused(address: str) -> bool:
    return Client().get(address).status_code == 405


@pytest.mark.parametrize("queues", [1, 3])
def test_number_of_queries_is_fixed(queues: int, django_assert_max_num_queries: object) -> None:
    client = browser()
    rows = []
    for number in range(queues):
        make_queue(f"Q{number}")
        rows += text_of(history(weeks=1), queue=f"Q{number}")
    upload = hand_over(client, rows)
    with django_assert_max_num_queries(5):
        client.get(reverse("history_file", args=[upload.pk]))
    with django_assert_max_num_queries(5):
        client.get(reverse("history"))


def test_half_a_packed_file_is_refused_and_one_packed_in_two_parts_is_read_whole(queue: Queue) -> None:
    content = "\n".join([HEADER, *CLEAN, ""]).encode()
    client = browser()
    form = {"file": SimpleUploadedFile("counts.csv.gz", gzip.compress(content)[:400]), "timezone": "Europe/Rome"}
    answer = client.post(reverse("history_upload"), form)
    assert (answer.status_code, "can&#x27;t be unpacked" in answer.content.decode()) == (422, True)
    assert not Upload.objects.exists()
    parts = gzip.compress(content[:300]) + gzip.compress(content[300:])
    form = {"file": SimpleUploadedFile("counts.csv.gz", parts), "timezone": "Europe/Rome"}
    assert client.post(reverse("history_upload"), form).status_code == 302
    assert Upload.objects.get().report["rows"] == len(CLEAN)


def test_a_file_without_rows_is_not_praised(queue: Queue) -> None:
    client = browser()
    page = client.get(reverse("history_file", args=[hand_over(client, []).pk])).content.decode()
    assert "The file has a header and no rows." in page
    assert "Nothing to complain about" not in page


def test_one_total_is_drawn_from_edge_to_edge_not_as_nothing() -> None:
    one = _draw({"queue": "cards", "step": 86_400, "points": [7]}, {})
    assert one.area == f"M0 {HEIGHT}L0.0 0.0L{float(WIDTH)} 0.0L{WIDTH} {HEIGHT}Z"
