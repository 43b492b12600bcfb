"""Who may: the table of permissions. Whether a move is *possible* is another question (`matching.limits`)."""

from gigcx.accounts.permissions import is_admin, is_agent, is_dispatcher, may_dispatch

may_see_board = is_dispatcher
may_work = is_agent
may_administer = is_admin

__all__ = ["may_administer", "may_dispatch", "may_see_board", "may_work"]
