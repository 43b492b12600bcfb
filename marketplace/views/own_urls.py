"""The addresses of what agents say about themselves."""

from django.urls import path

from marketplace.views import availability

urlpatterns = [
    path("me/availability/", availability.availability, name="availability"),
    path("me/availability/paint/", availability.paint_availability, name="paint_availability"),
    path("me/availability/weekly/", availability.set_weekly, name="set_weekly"),
    path("me/availability/weekly/<int:weekly_id>/drop/", availability.drop_weekly, name="drop_weekly"),
    path("me/availability/once/", availability.set_once, name="set_once"),
    path("me/availability/once/<int:period_id>/drop/", availability.drop_once, name="drop_once"),
]
