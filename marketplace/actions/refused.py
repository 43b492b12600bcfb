"""How an action says no: every reason at once, nothing changed."""

from collections.abc import Iterable, Mapping

from marketplace.claiming.reasons import Reason
from marketplace.queries.reasons import say, worded
from marketplace.vocabulary import REFUSAL_WORDS, SwapRefusal


class Refused(Exception):  # noqa: N818 - a refusal is no error
    """An action was refused. `reasons` are stable codes, `sentences` what to tell the person."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(", ".join(self.reasons))

    @property
    def sentences(self) -> list[str]:
        """One plain sentence a reason."""
        return [str(REFUSAL_WORDS[reason]) for reason in self.reasons]


class ClaimRefused(Refused):
    """A shift can't be taken. `found` has the figures that the sentences name; pages word them in the reader's zone."""

    def __init__(self, found: Iterable[Reason]) -> None:
        self.found = tuple(found)
        super().__init__(reason.code for reason in self.found)

    @property
    def sentences(self) -> list[str]:
        """One plain sentence a reason, instants in the current zone."""
        return [say(reason).sentence for reason in self.found]


class PlanRefused(Refused):
    """A shift can't be planned so. `found` has for each reason the figures that its sentence names."""

    def __init__(self, found: Mapping[str, Mapping[str, object]]) -> None:
        self.found = dict(found)
        super().__init__(self.found)

    @property
    def sentences(self) -> list[str]:
        """One plain sentence a reason, instants in the current zone."""
        return [str(REFUSAL_WORDS[reason]) % worded(figures) for reason, figures in self.found.items()]


class SwapRefused(Refused):
    """The rules are against a swap: `own`, why whoever asks can't, and `colleague`, why the other can't.

    The colleague's reasons are the colleague's business: the one who asks is told only that there are some.
    """

    def __init__(self, *, own: Iterable[Reason], colleague: Iterable[Reason]) -> None:
        self.own, self.colleague = tuple(own), tuple(colleague)
        super().__init__([*(str(reason.code) for reason in self.own), *self._other()])

    @property
    def sentences(self) -> list[str]:
        """One plain sentence a reason, instants in the current zone."""
        return [*(say(reason).sentence for reason in self.own), *(str(REFUSAL_WORDS[code]) for code in self._other())]

    def _other(self) -> list[str]:
        return [SwapRefusal.COLLEAGUE.value] if self.colleague else []
