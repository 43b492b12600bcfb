"""The addresses of what agents say about themselves."""

from django.urls import path

from marketplace.views import attendance, availability, calendar, feed

urlpatterns = [
    path("bookings/<int:booking_id>/confirm/", attendance.confirm, name="confirm"),
    path("bookings/<int:booking_id>/ill/", attendance.ill, name="ill"),
    path("today/bookings/<int:booking_id>/confirm/", attendance.confirm_today, name="confirm_today"),
    path("today/bookings/<int:booking_id>/ill/", attendance.ill_today, name="ill_today"),
    path("me/reliability/", attendance.reliability, name="reliability"),
    path("bookings/<int:booking_id>/appeal/", attendance.appeal, name="appeal"),
    path("appeals/", attendance.appeals, name="appeals"),
    path("appeals/<int:appeal_id>/decide/", attendance.decide_appeal, name="decide_appeal"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/feed/", feed.calendar_feed, name="calendar_feed"),
    path("calendar/feed/make/", feed.make_calendar_feed, name="make_calendar_feed"),
    path("calendar/feed/revoke/", feed.revoke_calendar_feed, name="revoke_calendar_feed"),
    path("calendar/feed/<str:secret>.ics", feed.feed, name="feed"),
    path("me/availability/", availability.availability, name="availability"),
    path("me/availability/paint/", availability.paint_availability, name="paint_availability"),
    path("me/availability/weekly/", availability.set_weekly, name="set_weekly"),
    path("me/availability/weekly/<int:weekly_id>/drop/", availability.drop_weekly, name="drop_weekly"),
    path("me/availability/once/", availability.set_once, name="set_once"),
    path("me/availability/once/<int:period_id>/drop/", availability.drop_once, name="drop_once"),
]
