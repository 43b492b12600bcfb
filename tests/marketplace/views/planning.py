"""A dispatcher at the shift planner, for the tests of its pages."""

from django.urls import reverse

DAY = "2026-03-11"


def page(scene, user=None, **query):
    """The planner of that day."""
    return scene.client(user or scene.dov).get(reverse("planner"), {"day": DAY} | query)


def form(scene, **figures):
    """What the form of a shift sends."""
    return {
        "department": scene.cards.department_id, "queue": scene.cards.pk, "day": DAY, "starts": "09:00",
        "ends": "13:00", "places": 2, "work_place": "home", "pay_per_hour": "18.50",
    } | figures  # fmt: skip


def make(scene, user=None, **figures):
    """Send the form of a new shift."""
    return scene.client(user or scene.dov).post(reverse("new_shift"), form(scene, **figures))
