"""The database wrapper that Django takes (`ENGINE`)."""

import select
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool

HOW_TO_PLAN = "SET plan_cache_mode = force_generic_plan; SET jit = off"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with a pool that listens on a connection before it gives it out, and asks the server only if need be.

    Asking costs a round trip at every request. What is prepared is planned once: left alone, the server plans it anew
    for the first five times, which takes far longer than to execute it. Nor does it compile what it misjudges as large.
    """

    @property
    def pool(self) -> Any:
        """The pool of this process; None where there is to be none."""
        pools: dict[str, ConnectionPool[Any]] = self._connection_pools  # type: ignore[attr-defined]  # of Django's class
        options = self.settings_dict["OPTIONS"].get("pool")
        if options and self.alias != NO_DB_ALIAS and self.alias not in pools:
            pool = ConnectionPool(
                kwargs=self.get_connection_params() | {"autocommit": True},
                open=False,
                configure=self._configure_connection,  # type: ignore[attr-defined]  # unknown to the stubs
                check=listen,
                **options,
            )
            pools.setdefault(self.alias, pool)
        return super().pool

    def _configure_connection(self, connection: Connection[Any]) -> Any:
        super()._configure_connection(connection)  # type: ignore[misc]  # unknown to the stubs
        connection.execute(HOW_TO_PLAN)
        return True  # to be committed


def listen(connection: Connection[Any]) -> None:
    """Raise `psycopg.OperationalError` if the server has gone.

    A server that ends says so on the line, and whoever kills it makes the kernel do so. Between two statements it says
    nothing else, so on a silent line it is there.
    """
    line = select.poll()
    line.register(connection.fileno(), select.POLLIN)
    if line.poll(0):
        ConnectionPool.check_connection(connection)
