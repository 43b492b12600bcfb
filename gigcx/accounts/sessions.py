"""Sessions in the database, as Django keeps them; read with one prepared statement."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from gigcx.database.prepared import prepared_one

LOAD = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's own; a session that it wrote can be read here and the other way round."""

    def load(self) -> dict[str, Any]:
        """What the session holds; a key that is unknown or too old is forgotten."""
        row = prepared_one(LOAD, [self.session_key, timezone.now()])
        if row is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(row[0])
        return held
