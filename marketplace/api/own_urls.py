"""`/api/v1/` of what agents say about themselves, and of the answers."""

from django.urls import path

from marketplace.api import availability, duty, requests

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
    path("busy-calendars/file/", requests.CalendarFileView.as_view(), name="busy_calendar_file_api"),
    path("busy-calendars/<int:calendar_id>/read/", requests.ReadCalendarView.as_view(), name="read_calendar_api"),
    path("busy-calendars/<int:calendar_id>/", requests.BusyCalendarView.as_view(), name="busy_calendar_api"),
    path("day/", duty.DayView.as_view(), name="day_api"),
    path("day/ready/", duty.ReadyView.as_view(), name="ready_api"),
    path("day/pause/", duty.PauseView.as_view(), name="pause_api"),
    path("day/sign-off/", duty.SignOffView.as_view(), name="sign_off_api"),
    path("day/sign-on/", duty.SignOnView.as_view(), name="sign_on_api"),
    path("moves/<int:move_id>/acknowledge/", duty.AcknowledgeView.as_view(), name="acknowledge_api"),
    path("moves/<int:move_id>/object/", duty.ObjectView.as_view(), name="object_api"),
    path("holdings/", duty.HoldingsView.as_view(), name="holdings_api"),
]
