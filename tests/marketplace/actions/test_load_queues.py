"""`manage.py load queues`."""

from datetime import time
from io import StringIO

from django.core.management import call_command

from gigcx.accounts.models import Department
from gigcx.ledger.models import Entry
from marketplace.models import Queue
from skills.models import Certification, Skill
from tests.marketplace.actions.load import NE_PS, Load, counts


def test_queues_are_created_with_the_defaults_of_the_file(load: Load) -> None:
    answer = load("queues", "queue\nNE\n")
    assert answer == {
        "kind": "queues",
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "also": {"departments": 1, "skills": 1},
        "file": "queues.csv",
        "dry_run": False,
    }
    queue = Queue.objects.get()
    assert (queue.name, queue.department.name, queue.channel, queue.priority) == ("NE", "General", "voice", 1)
    assert (queue.target_share, queue.target_seconds, queue.patience_seconds) == (0.8, 20, 180)
    assert (queue.opens, queue.closes) == (None, None)


def test_queue_asks_for_a_skill_named_as_its_code(load: Load) -> None:
    load("queues", NE_PS)
    asked = Queue.objects.values_list("code", "asks_skills__skill__name", "asks_skills__level").order_by("code")
    assert list(asked) == [("NE", "NE", 1), ("PS", "PS", 1)]


def test_queue_that_asks_for_something_already_is_left_so(load: Load) -> None:
    queue = Queue.objects.create(code="NE", name="New", department=Department.objects.create(name="Retail"))
    queue.asks_certifications.create(certification=Certification.objects.create(name="IVASS"))
    load("queues", "queue\nNE\n")
    assert not queue.asks_skills.exists()
    assert not Skill.objects.exists()


def test_second_load_changes_nothing_and_writes_no_entry(load: Load) -> None:
    load("queues", NE_PS)
    entries = Entry.objects.count()
    answer = load("queues", NE_PS)
    assert (counts(answer), answer["also"], Entry.objects.count()) == ((0, 0, 2), {}, entries)


def test_columns_that_the_file_has_not_stay_as_they_are(load: Load) -> None:
    load("queues", "queue,priority,target_seconds\nNE,5,30\n")
    assert counts(load("queues", "queue,target_seconds\nNE,40\n")) == (0, 1, 0)
    queue = Queue.objects.get()
    assert (queue.priority, queue.target_seconds) == (5, 40)


def test_what_need_is_planned_with_is_loaded_and_kept(load: Load) -> None:
    load("queues", "queue,occupancy_cap,shrinkage,least_agents\nNE,0.85,0.3,2\nPS,,,\n")
    load("queues", "queue,priority\nNE,5\n")
    planned = Queue.objects.order_by("code").values_list("occupancy_cap", "shrinkage", "least_agents")
    assert list(planned) == [(0.85, 0.3, 2), (0.9, 0.0, 0)]


def test_hours_are_in_the_zone_given_and_stay_there(load: Load) -> None:
    load("queues", "queue,opens,closes\nNE,08:00,20:30\nPS,00:00,24:00\n", timezone="Europe/Rome")
    night, always = Queue.objects.order_by("code")
    assert (night.opens, night.closes, night.timezone) == (time(8), time(20, 30), "Europe/Rome")
    assert (always.opens, always.closes) == (None, None)
    load("queues", "queue,name\nNE,Other\n")
    night.refresh_from_db()
    assert night.timezone == "Europe/Rome"


def test_dry_run_says_what_it_would_do_and_does_nothing(load: Load) -> None:
    answer = load("queues", NE_PS, dry_run=True)
    assert (counts(answer), answer["dry_run"]) == ((2, 0, 0), True)
    assert not any(model.objects.exists() for model in (Queue, Department, Skill, Entry))


def test_every_bad_row_is_named_and_nothing_done(load: Load) -> None:
    text = (
        "queue,channel,priority,opens,closes,colour\n"
        "NE,smoke,3,,,red\n"
        "PS,voice,12,,,\n"
        f"{'X' * 65},voice,1,08:00,,\n"
        "NE,voice,1,,,\n"
    )
    complaints = load.refused("queues", text)
    assert complaints[0] == "queues.csv: ignored columns: colour"
    assert [line.split(": ")[:2] for line in complaints[1:]] == [
        ["queues.csv:2", "channel"],
        ["queues.csv:3", "priority"],
        ["queues.csv:4", "closes"],
        ["queues.csv:4", "queue"],
        ["queues.csv:5", "queue"],
    ]
    assert not any(model.objects.exists() for model in (Queue, Department, Skill, Entry))


def test_gzip_is_read_by_the_name_of_the_file(load: Load) -> None:
    call_command("load", "queues", str(load.zipped("queues", NE_PS)), stdout=StringIO())
    assert Queue.objects.count() == 2


def test_unknown_zone_is_refused(load: Load) -> None:
    assert load.refused("queues", NE_PS, timezone="Rome") == [
        "--timezone: Rome is unknown, give an IANA name like Europe/Rome"
    ]
    assert not Queue.objects.exists()
