"""Where sessions are kept (SESSION_ENGINE): Django's store, each row bearing whose session it is.

It is what lets an account closed by somebody else, or another session of one's own, end at once.
"""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from relais.annuaire.models import Seance
from relais.annuaire.reperes_de_seance import NAVIGATEUR, OUVERTE, VUE


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> type[Seance]:
        return Seance

    def create_model_instance(self, data: dict[str, Any]) -> Seance:
        seance: Seance = super().create_model_instance(data)  # type: ignore[assignment]
        qui = data.get(SESSION_KEY)
        seance.agent_id = int(qui) if qui else None
        seance.ouverte_le, seance.vue_le = _instant(data, OUVERTE), _instant(data, VUE)
        seance.navigateur = data.get(NAVIGATEUR, "")
        return seance


def _instant(data: dict[str, Any], cle: str) -> datetime | None:
    return datetime.fromtimestamp(data[cle], UTC) if cle in data else None
