"""Who may: the table of permissions. Whether a move is *possible* is another question (`matching.limits`)."""

from typing import Any

from gigcx.accounts.permissions import is_admin, is_agent, is_dispatcher, may_dispatch

may_see_board = is_dispatcher
may_work = is_agent
may_administer = is_admin


def may_read_draws(user: Any) -> bool:
    """Whoever asks in draws, and whoever plans shifts; whose draw it is, the page asks."""
    return may_see_board(user) or may_work(user)


__all__ = ["may_administer", "may_dispatch", "may_read_draws", "may_see_board", "may_work"]
