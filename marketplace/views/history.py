"""History handed over: drop a file, see what is in it, choose, load."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gigcx.accounts.admin_pages import zone_choices
from gigcx.accounts.permissions import allow
from marketplace.actions.uploads import STUCK, choose, drop_upload, take_upload
from marketplace.forecasting.intake.codes import POSSIBLE, Choice, Choices, Code, Finding
from marketplace.forecasting.intake.words import TITLES, choice_words, length, sentence
from marketplace.models import Queue, Upload, UploadState
from marketplace.rules import may_administer
from marketplace.views.sparkline import HEIGHT, WIDTH

SHOWN = 6
"""Findings of a kind that are named before the rest is folded away."""
LISTED = 20
DRAWN = 60
"""Queues that are drawn."""
BUSY = {UploadState.LOOKING, UploadState.LOADING}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be done about a kind of finding."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one kind."""

    code: str
    title: str
    count: int
    refused: bool
    lines: list[tuple[int, str]]
    folded: list[tuple[int, str]]
    more: int
    options: list[Option]

    @property
    def is_open(self) -> bool:
        """Whether there is anything to choose."""
        return len(self.options) > 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """One queue of the file."""

    code: str
    name: str
    step: str
    area: str
    total: int


@never_cache
@require_safe
@allow(may_administer)
def history(request: HttpRequest) -> HttpResponse:
    """Where files are dropped, and those of the last days."""
    return _start(request)


@require_POST
@allow(may_administer)
def history_upload(request: HttpRequest) -> HttpResponse:
    """Take a file."""
    file = request.FILES.get("file")
    if file is None:
        return _start(request, problem=_("Pick a file first."), status=422)
    if (file.size or 0) > settings.LARGEST_BODY:
        return _start(
            request, problem=_("This file is too large. Pack it as .csv.gz, or cut it into several."), status=413
        )
    try:
        upload = take_upload(
            content=file.read(),
            name=file.name or "",
            timezone=request.POST.get("timezone", "UTC"),
            by=request.user,
            actor=request.user.ledger_name,
            now=timezone.now(),
        )
    except ValidationError as refusal:
        return _start(request, problem=" ".join(refusal.messages), status=422)
    return redirect("history_file", upload.pk)


@never_cache
@require_safe
@allow(may_administer)
def history_file(request: HttpRequest, upload_id: int) -> HttpResponse:
    """What is in a file, and what may be done about it. While it is worked on, how far that is."""
    upload = _upload(upload_id)
    context = _context(upload, now=timezone.now())
    if request.htmx and context["busy"]:
        return render(request, "marketplace/history/progress.html", context)
    response = render(request, "marketplace/history/file.html", context)
    if request.htmx:  # it is done: the whole page has more to say than the bar
        response["HX-Refresh"] = "true"
    return response


@require_POST
@allow(may_administer)
def history_choose(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Look again with these choices, or with repairs of all that stops the file; or load."""
    _upload(upload_id)
    chosen = {name.removeprefix("choice-"): value for name, value in request.POST.items() if name.startswith("choice-")}
    try:
        choose(
            upload_id=upload_id,
            choices=chosen,
            load=request.POST.get("do") == "load",
            repair=request.POST.get("do") == "repair",
            actor=request.user.ledger_name,
            now=timezone.now(),
        )
    except ValidationError as refusal:
        context = _context(_upload(upload_id), now=timezone.now()) | {"refusal": " ".join(refusal.messages)}
        return render(request, "marketplace/history/file.html", context, status=409)
    return redirect("history_file", upload_id)


@require_POST
@allow(may_administer)
def history_drop(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Forget the file."""
    _upload(upload_id)
    drop_upload(upload_id=upload_id, actor=request.user.ledger_name, now=timezone.now())
    return redirect("history")


def _start(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    recent = Upload.objects.select_related("uploaded_by").defer("content", "report")[:LISTED]
    context = {
        "uploads": recent,
        "zones": zone_choices(),
        "zone": request.POST.get("timezone") or request.user.timezone,
        "problem": problem,
        "largest": settings.LARGEST_BODY // 1024**2,
        "has_queues": Queue.objects.exists(),
    }
    return render(request, "marketplace/history/start.html", context, status=status)


def _upload(upload_id: int) -> Upload:
    upload = Upload.objects.select_related("uploaded_by").defer("content").filter(pk=upload_id).first()
    if upload is None:
        raise Http404
    return upload


def _context(upload: Upload, *, now: datetime) -> dict[str, Any]:
    report = upload.report
    choices = _chosen(upload)
    groups = [_group(group, choices) for group in report.get("groups", [])]
    # what stops a file comes first, then what is most frequent
    groups.sort(key=lambda group: (not group.refused, -group.count))
    names = dict(Queue.objects.values_list("code", "name"))
    first, last = (datetime.fromisoformat(report[key]) if key in report else None for key in ("first", "last"))
    stuck = upload.state in BUSY and now - upload.changed_at > STUCK
    return {
        "upload": upload,
        "busy": upload.state in BUSY and not stuck,
        "stuck": stuck,
        "loaded": report.get("loaded"),
        "groups": groups,
        "refused": sum(group.refused for group in groups),
        # no choice helps these: the rows themselves must be mended
        "beyond_repair": any(group.refused and not group.is_open for group in groups),
        "drawn": [_draw(one, names) for one in report.get("queues", [])[:DRAWN]],
        "more_queues": max(len(report.get("queues", [])) - DRAWN, 0),
        "queues": len(report.get("queues", [])),
        "first": first,
        "last": last,
        "percent": round(100 * upload.progress),
        "width": WIDTH,
        "height": HEIGHT,
    }


def _chosen(upload: Upload) -> Choices:
    by_choice = {
        str(choice): [code for code, chosen in upload.choices.items() if chosen == choice] for choice in Choice
    }
    return Choices(**by_choice)


def _group(told: dict[str, Any], choices: Choices) -> Group:
    code = Code(told["code"])
    lines = [(one["line"], sentence(Finding(code, **one))) for one in told["first"]]
    return Group(
        code=code,
        title=str(TITLES[code]),
        count=told["count"],
        refused=choices[code] is Choice.REFUSE,
        lines=lines[:SHOWN],
        folded=lines[SHOWN:],
        more=told["count"] - len(lines),
        options=[Option(choice, choice_words(code, choice), choices[code] is choice) for choice in POSSIBLE[code]],
    )


def _draw(told: dict[str, Any], names: dict[str, str]) -> Drawn:
    """The totals as an area that fills the box; a single one from edge to edge."""
    points, top = told["points"], max([*told["points"], 1])
    drawn = points * 2 if len(points) == 1 else points
    step = WIDTH / max(len(drawn) - 1, 1)
    path = "".join(f"L{round(i * step, 1)} {round(HEIGHT - HEIGHT * value / top, 1)}" for i, value in enumerate(drawn))
    area = f"M0 {HEIGHT}{path}L{WIDTH} {HEIGHT}Z"
    return Drawn(
        code=told["queue"], name=names.get(told["queue"], told["queue"]), step=length(told["step"]), area=area,
        total=sum(points),
    )  # fmt: skip
