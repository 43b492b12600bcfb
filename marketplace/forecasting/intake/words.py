"""Words for what was found in counts: a title, the sentence of one finding, and what each choice does."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.forecasting.intake.codes import Choice, Code, Finding

TITLES: dict[Code, Promise] = {
    Code.UNUSABLE: _("The file can't be read"),
    Code.SEPARATOR: _("No commas between the cells"),
    Code.UNREADABLE: _("Cells that can't be read"),
    Code.UNKNOWN_QUEUE: _("Queues that don't exist"),
    Code.NEGATIVE: _("Counts below zero"),
    Code.NOT_WHOLE: _("Counts that are not whole"),
    Code.CLOCK_SKIPPED: _("Times that the clock skips"),
    Code.CLOCK_TWICE: _("Times that the clock shows twice"),
    Code.DUPLICATE: _("The same interval twice"),
    Code.OFF_GRID: _("Times between two intervals"),
    Code.MIXED: _("Intervals of different lengths"),
    Code.ABSURD: _("Counts that can't be true"),
    Code.UNUSUAL: _("Counts that are hard to believe"),
    Code.SILENT: _("Zeros where much is usual"),
    Code.FUTURE: _("Intervals that are not over"),
    Code.ORDER: _("Rows out of order"),
    Code.GAP: _("Missing intervals"),
    Code.SHIFTED: _("Weeks under the wrong days"),
    Code.SWAPPED: _("Two days that changed places"),
    Code.CUT_SHORT: _("A last day that breaks off"),
    Code.NO_FORECAST: _("Intervals that make no forecast"),
}

REPAIRS: dict[Code, Promise] = {
    Code.SEPARATOR: _("Read it all the same"),
    Code.UNREADABLE: _("Leave these rows out: what they held is unknown"),
    Code.UNKNOWN_QUEUE: _("Leave their rows out"),
    Code.NEGATIVE: _("Leave these rows out: what they held is unknown"),
    Code.NOT_WHOLE: _("Round them"),
    Code.CLOCK_SKIPPED: _("Leave these rows out"),
    Code.CLOCK_TWICE: _("Read the first of a pair as the first hour; leave single rows out"),
    Code.DUPLICATE: _("Keep the row further down, as a correction"),
    Code.OFF_GRID: _("Leave these rows out"),
    Code.MIXED: _("Add finer ones up to the coarser length; leave out what makes no whole interval"),
    Code.ABSURD: _("Leave these rows out: what they held is unknown"),
    Code.UNUSUAL: _("Leave these rows out: what they held is unknown"),
    Code.SILENT: _("Leave these zeros out: what came then is unknown"),
    Code.FUTURE: _("Leave these rows out"),
    Code.ORDER: _("Sort them"),
    Code.SHIFTED: _("Put these weeks back under their days"),
    Code.SWAPPED: _("Change the two days back"),
    Code.CUT_SHORT: _("Leave that day out"),
}

KEEPS: dict[Code, Promise] = {
    Code.UNUSUAL: _("Keep them as they are"),
    Code.SILENT: _("Keep the zeros: nothing came"),
    Code.FUTURE: _("Keep them as they are"),
    Code.GAP: _("Take them as unknown, never as zero"),
    Code.SHIFTED: _("Keep them as they are"),
    Code.SWAPPED: _("Keep them as they are"),
    Code.CUT_SHORT: _("Keep what is there of it"),
    Code.NO_FORECAST: _("Keep them as a record, without a forecast"),
}
REFUSE = _("Refuse the file: I correct it myself")

MARKS = {";": _("semicolons"), "\t": _("tabs")}
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


def choice_words(code: Code, choice: Choice) -> str:
    """What this choice does about this code."""
    words = {Choice.REFUSE: REFUSE, Choice.REPAIR: REPAIRS.get(code), Choice.KEEP: KEEPS.get(code)}[choice]
    return str(words)


def sentence(finding: Finding) -> str:  # noqa: C901, PLR0911, PLR0912 - one line for each code
    """What is wrong with these rows and what to do, to stand after `file:line: column: `."""
    data = finding.data
    match finding.code:
        case Code.UNUSABLE | Code.UNREADABLE:
            return str(data["detail"])
        case Code.SEPARATOR:
            return now_("has %(marks)s between its cells, save it with commas") % {"marks": MARKS[data["mark"]]}
        case Code.UNKNOWN_QUEUE:
            return now_("queue %(queue)s is unknown, correct it or load the queue first") % {"queue": finding.queue}
        case Code.NEGATIVE:
            return now_("%(value)g is below zero, correct it or leave the row out") % data
        case Code.NOT_WHOLE:
            return now_("%(value)g is not whole, write a whole number") % data
        case Code.CLOCK_SKIPPED:
            return now_("%(at)s does not exist in %(zone)s (the clock skips it), write it with its offset") % data
        case Code.CLOCK_TWICE:
            if data["pair"]:
                return now_("%(at)s is twice in %(zone)s (the clock goes back), write it with its offset") % data
            return (
                now_("%(at)s is twice in %(zone)s (the clock goes back) and here once, write it with its offset") % data
            )
        case Code.DUPLICATE:
            if data["same"]:
                return now_("is the same as on line %(first)s, keep one of them") % data
            return (
                now_("is the same as on line %(first)s, with %(value)s offered instead of %(was)s, keep one of them")
                % data
            )
        case Code.OFF_GRID:
            lengths = {"off": length(data["off"]), "usual": length(data["usual"])}
            return now_("is %(off)s past the start of an interval of %(usual)s, correct it or leave it out") % lengths
        case Code.MIXED:
            figures: dict[str, Any] = {
                "seconds": length(data["seconds"]),
                "usual": length(data["usual"]),
                "last": data["last_line"],
                "rows": finding.rows,
            }
            return (
                now_(
                    "%(rows)s rows to line %(last)s are %(seconds)s apart where the queue has others of %(usual)s,"
                    " make all of one length"
                )
                % figures
            )
        case Code.ABSURD | Code.UNUSUAL:
            return now_("%(value)s where %(usual)g is usual, correct it or leave the row out") % data
        case Code.SILENT:
            return now_(
                "nothing from %(start)s to %(end)s, where %(usual)s contacts are usual: leave the rows out if"
                " nobody counted"
            ) % {**data, **_times(data)}
        case Code.FUTURE:
            return ngettext(
                "%(rows)s row from %(start)s on is not over yet, correct its time",
                "%(rows)s rows from %(start)s on are not over yet, correct their times",
                finding.rows,
            ) % {"rows": finding.rows, **_times(data)}
        case Code.ORDER:
            return ngettext(
                "%(rows)s row of %(queue)s comes after a later one, sort the file",
                "%(rows)s rows of %(queue)s come after a later one, sort the file",
                finding.rows,
            ) % {"rows": finding.rows, "queue": finding.queue}
        case Code.GAP:
            return ngettext(
                "after this row of %(queue)s %(rows)s interval is missing, from %(start)s to %(end)s: add it"
                " if it was counted",
                "after this row of %(queue)s %(rows)s intervals are missing, from %(start)s to %(end)s: add them"
                " if they were counted",
                finding.rows,
            ) % {"rows": finding.rows, "queue": finding.queue, **_times(data)}
        case Code.SHIFTED:
            return ngettext(
                "%(queue)s from %(start)s to %(end)s looks shifted by %(days)s day, check the dates",
                "%(queue)s from %(start)s to %(end)s looks shifted by %(days)s days, check the dates",
                abs(data["days"]),
            ) % {"queue": finding.queue, "days": f"{data['days']:+d}", **_times(data)}
        case Code.SWAPPED:
            days = {"one": str(WEEKDAYS[data["one"]]), "other": str(WEEKDAYS[data["other"]])}
            return now_(
                "%(queue)s: %(one)s and %(other)s between %(start)s and %(end)s look exchanged, check the dates"
            ) % {"queue": finding.queue, **days, **_times(data)}
        case Code.NO_FORECAST:
            return now_(
                "%(queue)s is counted every %(length)s, which makes no forecast: count by the hour or finer,"
                " in intervals that divide a day"
            ) % {"queue": finding.queue, "length": length(data["seconds"])}
        case Code.CUT_SHORT:
            hours = {"end": _clock(data["end"]), "usual": _clock(data["usual"])}
            return now_(
                "%(queue)s's last day ends at %(end)s, usually it ends at %(usual)s: add the rest or leave it out"
            ) % {"queue": finding.queue, **hours}


def length(seconds: int) -> str:
    """A length of time, in the largest unit that is whole."""
    for size, words in ((3600, _("%s h")), (60, _("%s min"))):
        if seconds % size == 0:
            return str(words) % (seconds // size)
    return now_("%s s") % seconds


def line_of(finding: Finding, *, file: str) -> str:
    """As commands say it: `file:line: column: what, what to do`."""
    return f"{file}:{finding.line}: {finding.column}: {sentence(finding)}"


def _times(data: dict[str, Any]) -> dict[str, str]:
    return {name: _moment(data[name], data["zone"]) for name in ("start", "end") if name in data}


def _moment(instant: int, zone: str) -> str:
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
