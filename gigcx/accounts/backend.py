"""Whom a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from gigcx.accounts.models import Agent, User
from gigcx.database.prepared import Columns, prepared_one

USER, AGENT = Columns(User, "u"), Columns(Agent, "a")
PERSON = f"SELECT {USER}, {AGENT} FROM accounts_user u LEFT JOIN accounts_agent a ON a.user_id = u.id WHERE u.id = %s"


class PersonBackend(AuthenticationBackend):
    """Signs in by e-mail and password, and finds again who is signed in."""

    def get_user(self, user_id: int) -> User | None:
        """The person with the agent that he or she is, as most requests need both; None for whoever may not sign in."""
        row = prepared_one(PERSON, [user_id])
        if row is None:
            return None
        columns = iter(row)
        user, agent = USER.made(columns), AGENT.made(columns)
        if user is None or not self.user_can_authenticate(user):
            return None
        User.agent.related.set_cached_value(user, agent)  # type: ignore[attr-defined]  # a one-to-one's way back
        return user
