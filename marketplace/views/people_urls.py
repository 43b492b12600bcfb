"""The addresses of requests: skills to verify, time off, and calendars brought along."""

from django.urls import path

from marketplace.views import busy_calendars, preferences, skills, time_off

urlpatterns = [
    path("me/preferences/", preferences.preferences, name="preferences"),
    path("me/calendars/", busy_calendars.busy_calendars, name="busy_calendars"),
    path("me/calendars/add/", busy_calendars.add_calendar, name="add_calendar"),
    path("me/calendars/file/", busy_calendars.read_calendar_file, name="read_calendar_file"),
    path("me/calendars/<int:calendar_id>/", busy_calendars.change_calendar, name="change_calendar"),
    path("me/skills/", skills.my_skills, name="my_skills"),
    path("me/skills/ask/", skills.ask_skill, name="ask_skill"),
    path("me/skills/<int:request_id>/withdraw/", skills.withdraw_skill, name="withdraw_skill"),
    path("people/requests/", skills.skill_requests, name="skill_requests"),
    path("people/requests/<int:request_id>/answer/", skills.answer_skill, name="answer_skill"),
    path("me/time-off/", time_off.my_time_off, name="my_time_off"),
    path("me/time-off/ask/", time_off.ask_time_off, name="ask_time_off"),
    path("me/time-off/<int:time_off_id>/withdraw/", time_off.withdraw_time_off, name="withdraw_time_off"),
    path("people/time-off/", time_off.time_off_requests, name="time_off_requests"),
    path("people/time-off/<int:time_off_id>/", time_off.time_off_request, name="time_off_request"),
    path("people/time-off/<int:time_off_id>/answer/", time_off.answer_time_off, name="answer_time_off"),
]
