"""`/api/v1/` of what agents say about themselves, and of the answers."""

from django.urls import path

from marketplace.api import availability, requests

urlpatterns = [
    path("availability/", availability.AvailabilityView.as_view(), name="availability_api"),
    path("availability/weekly/", availability.WeeklyView.as_view(), name="weekly_api"),
    path("preferences/", availability.PreferencesView.as_view(), name="preferences_api"),
    path("calendar/", availability.CalendarView.as_view(), name="calendar_api"),
    path("calendar/feed/", availability.FeedView.as_view(), name="feed_api"),
    path("time-off/", requests.TimeOffView.as_view(), name="time_off_api"),
    path("time-off/<int:time_off_id>/withdraw/", requests.WithdrawTimeOffView.as_view(), name="withdraw_time_off_api"),
    path("time-off/<int:time_off_id>/answer/", requests.AnswerTimeOffView.as_view(), name="answer_time_off_api"),
    path("skill-requests/", requests.SkillRequestsView.as_view(), name="skill_requests_api"),
    path("skill-requests/<int:request_id>/withdraw/", requests.WithdrawSkillView.as_view(), name="withdraw_skill_api"),
    path("skill-requests/<int:request_id>/answer/", requests.AnswerSkillView.as_view(), name="answer_skill_api"),
    path("busy-calendars/", requests.BusyCalendarsView.as_view(), name="busy_calendars_api"),
    path("busy-calendars/<int:calendar_id>/", requests.BusyCalendarView.as_view(), name="busy_calendar_api"),
]
