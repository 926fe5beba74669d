"""What was posted on a closed session: sealed for its agent, an hour, given back to them alone.

Whose page it was is known by the token of its form: each session writes down, at its first
request, a digest of the token that its pages carry. So a form left open over a weekend, or sent
from an old tab after a new login, still belongs to somebody, and to nobody else.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from django.core.cache import cache
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import CSRF_ALLOWED_CHARS as SIGNES
from django.middleware.csrf import CSRF_SECRET_LENGTH as LONGUEUR
from django.utils.crypto import salted_hmac

from relais.annuaire import conventions
from relais.annuaire.affectations import agent_de
from relais.annuaire.models import Agent, SaisieGardee
from relais.coffre.actions import Genre, Illisible, detruire, ouvrir, sceller_neuf
from relais.socle.horloge import PARIS

ORGANISATION = "relais"  # what is typed belongs to its agent, not yet to a party
MEMOIRE = timedelta(days=4)  # a form left open on a Thursday before a long weekend
AU_PLUS = 5  # for one agent
PARAMETRE = "saisie"
EMPREINTE = "page_empreinte"
# What the page that asks for the password again posts for itself (seances.py).
MOT_DE_PASSE, REPRISE = "reprise_mot_de_passe", "reprise"
# Nothing of what was typed, or typed again rather than written anywhere.
JAMAIS = {
    *("csrfmiddlewaretoken", MOT_DE_PASSE, REPRISE),
    *("password", "oldpassword", "password1", "password2", "code", "credential"),
}
HORS_GARDE = "/compte/"
_JETON = re.compile(r"[A-Za-z0-9]{32}|[A-Za-z0-9]{64}")


@dataclass(frozen=True, slots=True)
class Saisie:
    """The fields of a post as they were typed. `adresse`: where it went; `page`: where from."""

    adresse: str
    page: str
    champs: tuple[tuple[str, str], ...]
    fichier: bool

    def valeurs(self) -> dict[str, list[str]]:
        """The values of each field, in the order of the post."""
        tout: dict[str, list[str]] = {}
        for nom, valeur in self.champs:
            tout.setdefault(nom, []).append(valeur)
        return tout


def champs_de(requete: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The fields posted, as they were, but for passwords and codes."""
    return tuple(
        (nom, valeur)
        for nom, valeurs in requete.POST.lists()
        if nom not in JAMAIS
        for valeur in valeurs
    )


def saisie_de(requete: HttpRequest) -> Saisie | None:
    """What this request posts, less passwords and codes; None for what is never kept."""
    if requete.method != "POST" or requete.path.startswith(HORS_GARDE):
        return None
    return Saisie(requete.path, _page(requete), champs_de(requete), bool(requete.FILES))


def _page(requete: HttpRequest) -> str:
    """The page that posted, when it was one of ours; the address itself otherwise."""
    venue = urlsplit(requete.headers.get("Referer", ""))
    if venue.netloc != requete.get_host() or venue.path.startswith(HORS_GARDE):
        return requete.path
    suite = QueryDict(venue.query, mutable=True)
    suite.pop(PARAMETRE, None)
    return f"{venue.path}?{suite.urlencode()}" if suite else venue.path


def retenir_la_page(requete: HttpRequest) -> None:
    """Write down, once for a session, that pages with this token are its agent's."""
    secret = requete.META.get("CSRF_COOKIE", "")
    if secret and requete.session.get(EMPREINTE) != (empreinte := _empreinte(secret)):
        cache.set(empreinte, requete.user.pk, MEMOIRE.total_seconds())
        requete.session[EMPREINTE] = empreinte


def agent_de_la_page(requete: HttpRequest) -> Agent | None:
    """Whose session made the page that posts this; None for a token nobody knows."""
    jeton = requete.POST.get("csrfmiddlewaretoken", "")
    if not _JETON.fullmatch(jeton):
        return None
    return Agent.objects.filter(pk=cache.get(_empreinte(_secret(jeton)))).first()


def garder(saisie: Saisie, agent: Agent, *, maintenant: datetime) -> str:
    """Seal it; the address where this agent, and nobody else, finds it again."""
    cle = uuid4()
    chiffre = sceller_neuf(
        Genre.ENVOI_EN_ATTENTE,
        cle,
        json.dumps(asdict(saisie)).encode(),
        organisation=ORGANISATION,
        partie=str(agent.pseudonyme),
    )
    jour = maintenant.astimezone(PARIS).date()
    garde = timedelta(minutes=conventions.duree_commune("saisie_minutes", jour=jour))
    SaisieGardee.objects.create(
        pk=cle, agent=agent, document=chiffre, gardee_le=maintenant, a_purger_le=maintenant + garde
    )
    oublier(SaisieGardee.objects.de_trop(agent, AU_PLUS))
    lien = "&" if "?" in saisie.page else "?"
    return f"{saisie.page}{lien}{urlencode({PARAMETRE: cle})}"


def retrouver(cle: str, agent: Agent, *, maintenant: datetime) -> Saisie | None:
    """What was kept under that name for this very agent, while it holds."""
    try:
        gardee = SaisieGardee.objects.lisible(UUID(cle), agent, maintenant)
    except ValueError:
        return None
    if gardee is None:
        return None
    try:
        clair = ouvrir(
            Genre.ENVOI_EN_ATTENTE,
            gardee.pk,
            bytes(gardee.document),
            organisation=ORGANISATION,
            partie=str(agent.pseudonyme),
        )
    except Illisible:
        return None
    lu: dict[str, Any] = json.loads(clair)
    champs = tuple((nom, valeur) for nom, valeur in lu["champs"])
    return Saisie(lu["adresse"], lu["page"], champs, lu["fichier"])


def oublier(cles: Iterable[UUID]) -> int:
    """Destroy keys, then rows; how many. Safe to repeat."""
    ids = list(cles)
    if ids:
        detruire(Genre.ENVOI_EN_ATTENTE, ids)
        SaisieGardee.objects.filter(pk__in=ids).delete()
    return len(ids)


def oublier_la_rendue(requete: HttpRequest) -> None:
    """The page that gave it back has been sent: it has no reason left to be kept."""
    venue = urlsplit(requete.headers.get("Referer", ""))
    cle = QueryDict(venue.query).get(PARAMETRE, "")
    if re.fullmatch(r"[0-9a-f-]{36}", cle):
        oublier(SaisieGardee.objects.ids_de(agent_de(requete), UUID(cle)))


def purger(maintenant: datetime) -> int:
    """Forget what its hour is over for."""
    return oublier(SaisieGardee.objects.a_purger(maintenant))


def _secret(jeton: str) -> str:
    """What a form posts is the secret under a mask that changes with each page, the mask first."""
    masque, masque_dessus = jeton[:LONGUEUR], jeton[LONGUEUR:]
    if not masque_dessus:
        return jeton
    paires = zip(masque_dessus, masque, strict=True)
    return "".join(SIGNES[SIGNES.index(x) - SIGNES.index(y)] for x, y in paires)


def _empreinte(secret: str) -> str:
    return "page:" + salted_hmac("relais.annuaire.saisies", secret, algorithm="sha256").hexdigest()
