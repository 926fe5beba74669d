"""What a page of the caseload says, as it is read."""

import re
from html import unescape
from typing import Any

from relais.reperage.models import Personne
from tests.personas import connecter


def texte(reponse: Any) -> str:
    """The words of a page, on one line, whatever its tags and its spaces."""
    lu = unescape(re.sub(r"<[^>]+>", " ", reponse.content.decode()))
    return " ".join(lu.split()).replace(" .", ".")


def ouvrir(qui: Any, personne: Personne, suite: str = "") -> Any:
    return connecter(qui).get(f"/reperage/personnes/{personne.pk}/{suite}")
