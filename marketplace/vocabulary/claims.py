"""Why a shift can't be claimed, in one plain sentence each, and the way out."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.claiming.reasons import ClaimRefusal

CLAIM_WORDS: dict[ClaimRefusal, Promise] = {
    ClaimRefusal.NOT_OPEN: _("This shift is not open."),
    ClaimRefusal.BEGUN: _("This shift has begun already."),
    ClaimRefusal.TOO_EARLY: _("Claiming starts on %(at)s."),
    ClaimRefusal.TOO_LATE: _("Claiming ended on %(at)s."),
    ClaimRefusal.DRAW_PENDING: _("Everyone may ask until %(at)s; then the places are drawn."),
    ClaimRefusal.TIER_DELAY: _("This shift opens to you on %(at)s."),
    ClaimRefusal.FULL: _("All places are taken."),
    ClaimRefusal.KIND: _("This shift is open to other kinds of employment only."),
    ClaimRefusal.AGENT_INACTIVE: _("Your account is not active."),
    ClaimRefusal.NOT_LENT: _("Your department has not agreed to lend you to this one."),
    ClaimRefusal.OVERLAP_BOOKING: _("You have a shift from %(start)s to %(end)s."),
    ClaimRefusal.OVERLAP_DUTY: _("You are on the roster from %(start)s to %(end)s."),
    ClaimRefusal.BLACKOUT: _("You are not available from %(start)s to %(end)s."),
    ClaimRefusal.REST: _("You would be at work from %(start)s to %(end)s without %(hours)s hours of rest in between."),
    ClaimRefusal.DAY_HOURS: _("You would work %(would_be)s hours on %(day)s; the most is %(hours)s."),
    ClaimRefusal.WEEK_HOURS: _("You would work %(would_be)s hours in that week; the most is %(hours)s."),
    ClaimRefusal.CONSECUTIVE_DAYS: _("It would be day %(would_be)s of work in a row; the most is %(days)s."),
    ClaimRefusal.SITE_FULL: _("No seat is free at the site."),
    ClaimRefusal.HOME_NOT_ALLOWED: _("This queue is not served from home."),
    ClaimRefusal.SKILL_MISSING: _("You need %(skill)s, level %(level)s."),
    ClaimRefusal.LEVEL_TOO_LOW: _("You need %(skill)s, level %(level)s; yours is level %(held)s."),
    ClaimRefusal.SKILL_EXPIRED: _("Your %(skill)s is not valid through the whole shift."),
    ClaimRefusal.CERTIFICATION_MISSING: _("You need the certification %(certification)s."),
    ClaimRefusal.CERTIFICATION_EXPIRED: _("Your certification %(certification)s is not valid through the shift."),
}
"""Why a shift can't be claimed; the figures are those of the `Reason`."""
WAYS_OUT: dict[ClaimRefusal, Promise] = {
    ClaimRefusal.TOO_EARLY: _("Come back then."),
    ClaimRefusal.DRAW_PENDING: _("Ask for a place."),
    ClaimRefusal.TIER_DELAY: _("The most reliable people come first. Come back then."),
    ClaimRefusal.FULL: _("Join the waiting list: you are asked when a place is free."),
    ClaimRefusal.NOT_LENT: _("Ask your team lead for their consent."),
    ClaimRefusal.OVERLAP_BOOKING: _("Give the other shift back, or swap it."),
    ClaimRefusal.OVERLAP_DUTY: _("Ask whoever plans the roster."),
    ClaimRefusal.BLACKOUT: _("Change your availability if you can work then."),
    ClaimRefusal.REST: _("Choose a shift that starts later or ends sooner."),
    ClaimRefusal.DAY_HOURS: _("Choose a shorter shift, or another day."),
    ClaimRefusal.WEEK_HOURS: _("Choose a shift in another week, or give one back."),
    ClaimRefusal.CONSECUTIVE_DAYS: _("Keep a day free first."),
    ClaimRefusal.SITE_FULL: _("Look for the same shift from home."),
    ClaimRefusal.SKILL_MISSING: _("Have the skill verified under Me, or ask for the course."),
    ClaimRefusal.LEVEL_TOO_LOW: _("Have the higher level verified under Me."),
    ClaimRefusal.SKILL_EXPIRED: _("Have it verified again under Me."),
    ClaimRefusal.CERTIFICATION_MISSING: _("Ask for the course that leads to it."),
    ClaimRefusal.CERTIFICATION_EXPIRED: _("Renew it before the shift."),
}
"""What the person can do about it, where there is something."""
AGAINST_WORDS: dict[ClaimRefusal, Promise] = {
    ClaimRefusal.NOT_OPEN: _("the shift was not open"),
    ClaimRefusal.BEGUN: _("the shift had begun"),
    ClaimRefusal.TOO_EARLY: _("before claiming starts"),
    ClaimRefusal.TOO_LATE: _("after claiming ended"),
    ClaimRefusal.DRAW_PENDING: _("not drawn yet"),
    ClaimRefusal.TIER_DELAY: _("not open to this tier yet"),
    ClaimRefusal.FULL: _("no place left"),
    ClaimRefusal.KIND: _("other employment"),
    ClaimRefusal.AGENT_INACTIVE: _("account not active"),
    ClaimRefusal.NOT_LENT: _("not lent"),
    ClaimRefusal.OVERLAP_BOOKING: _("another shift then"),
    ClaimRefusal.OVERLAP_DUTY: _("on the roster then"),
    ClaimRefusal.BLACKOUT: _("not available then"),
    ClaimRefusal.REST: _("too little rest"),
    ClaimRefusal.DAY_HOURS: _("too many hours that day"),
    ClaimRefusal.WEEK_HOURS: _("too many hours that week"),
    ClaimRefusal.CONSECUTIVE_DAYS: _("too many days in a row"),
    ClaimRefusal.SITE_FULL: _("no seat at the site"),
    ClaimRefusal.HOME_NOT_ALLOWED: _("not from home"),
    ClaimRefusal.SKILL_MISSING: _("a skill is missing"),
    ClaimRefusal.LEVEL_TOO_LOW: _("a level is too low"),
    ClaimRefusal.SKILL_EXPIRED: _("a skill ends before"),
    ClaimRefusal.CERTIFICATION_MISSING: _("a certification is missing"),
    ClaimRefusal.CERTIFICATION_EXPIRED: _("a certification ends before"),
}
"""The same of somebody else, as dispatchers read it in a table: few words, no figures."""
