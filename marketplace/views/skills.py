"""Skills declared: an agent's own page, and the admins' queue of requests."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.permissions import allow
from marketplace.claiming.hours import DAY
from marketplace.models.days import IN_OUR_TIME
from marketplace.queries.skill_requests import requests_answered, requests_of, requests_waiting
from marketplace.queries.today import holdings
from marketplace.rules import may_administer, may_work
from marketplace.views.today import TABS
from skills.actions.requests import ask_for_skill, refuse_skill, verify_skill, withdraw_skill_request
from skills.models import Skill, SkillRequest

LEVELS = [
    (1, gettext_lazy("1 – learning")), (2, gettext_lazy("2 – with help")), (3, gettext_lazy("3 – on my own")),
    (4, gettext_lazy("4 – hard cases too")), (5, gettext_lazy("5 – expert")),
]  # fmt: skip


class SkillForm(forms.Form):
    """What an agent declares."""

    skill = forms.ModelChoiceField(label=gettext_lazy("Skill"), queryset=Skill.objects.all())
    level = forms.TypedChoiceField(label=gettext_lazy("Level"), choices=LEVELS, coerce=int, initial=3)
    evidence = forms.CharField(
        label=gettext_lazy("What shows it?"),
        help_text=gettext_lazy("Where you learned or did it, who knows, or a link to a proof."),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """What an admin says to it."""

    level = forms.TypedChoiceField(choices=LEVELS, coerce=int)
    until = forms.DateField(required=False, validators=IN_OUR_TIME)
    note = forms.CharField(required=False, max_length=300)


@never_cache
@allow(may_work)
@require_safe
def my_skills(request: HttpRequest) -> HttpResponse:
    """What the agent holds, what waits for an answer, and the form to declare more.

    Whoever comes from a shift that asks for a skill finds it filled in: `?skill=NAME&level=NUMBER`.
    """
    wanted = next((skill for skill in Skill.objects.all() if skill.name == request.GET.get("skill")), None)
    level = request.GET.get("level", "")
    known = level in {str(number) for number, _words in LEVELS}
    return _mine(request, SkillForm(initial={"skill": wanted and wanted.pk} | ({"level": int(level)} if known else {})))


@allow(may_work)
@require_POST
def ask_skill(request: HttpRequest) -> HttpResponse:
    """Declare a skill."""
    form = SkillForm(request.POST)
    if form.is_valid():
        who = {"actor": request.user.ledger_name, "now": timezone.now()}
        try:
            ask_for_skill(agent=request.user.agent, **form.cleaned_data, **who)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("An admin will look at it. You read the answer here."))
            return redirect("my_skills")
    return _mine(request, form, status=422)


@allow(may_work)
@require_POST
def withdraw_skill(request: HttpRequest, request_id: int) -> HttpResponse:
    """Ask no more."""
    try:
        withdraw_skill_request(
            request_id=request_id, agent_id=request.user.agent.pk, actor=request.user.ledger_name, now=timezone.now()
        )
    except SkillRequest.DoesNotExist as missing:
        raise Http404 from missing
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("my_skills")


@never_cache
@allow(may_administer)
@require_safe
def skill_requests(request: HttpRequest) -> HttpResponse:
    """The requests that wait, the oldest first, and those answered last."""
    context = {"waiting": requests_waiting(), "answered": requests_answered(), "levels": LEVELS, "tab": "skills"}
    return render(request, "marketplace/people/skills.html", context)


@allow(may_administer)
@require_POST
def answer_skill(request: HttpRequest, request_id: int) -> HttpResponse:
    """Verify, maybe at another level and with an end, or refuse."""
    form = AnswerForm(request.POST)
    who: dict[str, Any] = {"by": request.user, "actor": request.user.ledger_name, "now": timezone.now()}
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
        return redirect("skill_requests")
    said = form.cleaned_data
    try:
        if request.POST.get("do") == "verify":
            until = _end_of(said["until"]) if said["until"] else None
            verify_skill(request_id=request_id, level=said["level"], valid_until=until, note=said["note"], **who)
            messages.success(request, _("Verified: it counts from now on."))
        else:
            refuse_skill(request_id=request_id, note=said["note"], **who)
            messages.success(request, _("Refused; the agent reads why."))
    except SkillRequest.DoesNotExist as missing:
        raise Http404 from missing
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("skill_requests")


def _end_of(last: Any) -> datetime:
    """The instant after the last day, by the reader's clock."""
    return make_aware(datetime.combine(last + DAY, time()))


def _mine(request: HttpRequest, form: SkillForm, *, status: int = 200) -> HttpResponse:
    agent = request.user.agent
    context = {
        "form": form,
        "holdings": holdings(agent=agent, now=timezone.now()),
        "requests": requests_of(agent_id=agent.pk),
        "today": localdate(),
        "page": "me",
        "tabs": TABS,
    }
    return render(request, "marketplace/me/skills.html", context, status=status)
