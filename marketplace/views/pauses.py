"""The breaks to choose from. The keys travel to the switch; the words are for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAUSES: dict[str, Promise] = {
    "break": _("Break"),
    "lunch": _("Lunch"),
    "training": _("Training"),
    "technical": _("Trouble"),
}
