"""What each page of a logged-in agent shows around its content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from relais.annuaire.conventions import partie_de
from relais.annuaire.models import Affectation, Organisation
from relais.regles.convention import Role
from relais.socle import horloge

_TERRAIN = [
    ("Mes fiches", "fiches:mes_fiches"),
    ("Où en est-on ?", "fiches:ou_en_est_on"),
    ("Équipe", "fiches:equipe"),
    ("Signaler un dysfonctionnement", "fiches:signaler"),
]
_REPERAGE = ("Repérage", "reperage:liste")
_MENU: dict[Role, list[tuple[str, str]]] = {
    Role.TRAVAILLEUR_SOCIAL: [_TERRAIN[0], _REPERAGE, *_TERRAIN[1:]],
    Role.CHARGE_ACCUEIL: _TERRAIN,
    Role.ENCADRANT: [
        _TERRAIN[0],
        _REPERAGE,
        *_TERRAIN[1:],
        ("Suivi", "fiches:suivi"),
        ("Rôles à approuver", "comptes:a_approuver"),
    ],
    Role.AGENT_CAISSE: [
        ("À traiter", "fiches:corbeille"),
        ("Équipe", "fiches:equipe"),
        ("Signaler un dysfonctionnement", "fiches:signaler"),
    ],
    Role.RESPONSABLE_CAISSE: [
        ("À traiter", "fiches:corbeille"),
        ("Équipe", "fiches:equipe"),
        ("Suivi", "fiches:suivi"),
        ("Phrases types", "fiches:phrases_types"),
        ("Signaler un dysfonctionnement", "fiches:signaler"),
        ("Rôles à approuver", "comptes:a_approuver"),
    ],
    Role.REFERENT: [
        ("Suivi", "fiches:suivi"),
        ("Signaler un dysfonctionnement", "fiches:signaler"),
    ],
    Role.CHARGE_REPERAGE: [
        _REPERAGE,
        ("Importer un fichier", "reperage:importer"),
        ("Objectifs", "reperage:objectifs"),
    ],
    Role.DPO: [
        ("Journal", "rgpd:journal"),
        ("Effacements", "rgpd:effacements"),
        ("Retenues", "rgpd:retenues"),
    ],
    Role.ADMINISTRATEUR: [
        ("Comptes", "comptes:liste"),
        ("Rôles à approuver", "comptes:a_approuver"),
        ("Revue des droits", "comptes:revue"),
        ("Équipes", "comptes:equipes"),
    ],
}

# Pages whose address does not begin with that of the entry that they are under.
_SOUS = {"/reperage/imports/": "/reperage/importer/", "/fiches/": "/corbeille/"}


def pages_de(affectation: Affectation | None) -> list[tuple[str, str]]:
    """(label, URL name) of the pages of a role, its home first."""
    return _MENU.get(Role(affectation.role), []) if affectation else []


def contexte_de_page(requete: HttpRequest) -> dict[str, Any]:
    """Context of base.html. No query: what it needs is on the request."""
    affectation: Affectation | None = getattr(requete, "affectation", None)
    contexte: dict[str, Any] = {
        "version": settings.VERSION,
        "demonstration": settings.DEMONSTRATION,
    }
    if affectation is not None:
        contexte |= {
            "organisation": _nom_court(affectation.organisation),
            "affectation": affectation.libelle,
            "affectations": requete.affectations,
            "changer_affectation": reverse("affectation")
            if len(requete.affectations) > 1
            else None,
            "menu": _menu(affectation, requete.path) if requete.protege else [],
        }
    return contexte


def _menu(affectation: Affectation, ici: str) -> list[dict[str, str]]:
    """The entries; `courant`, as ARIA has it: the page itself, or the one that it is under."""
    entrees = [(libelle, reverse(nom)) for libelle, nom in pages_de(affectation)]
    dessus = _dessus({url for _, url in entrees}, ici)
    return [
        {"url": url, "libelle": libelle, "courant": _courant(url, ici) if url == dessus else ""}
        for libelle, url in entrees
    ]


def _dessus(urls: set[str], ici: str) -> str:
    """Which of these addresses that page is under, as closely as its own address says."""
    debuts = {"": "", **{url: url for url in urls}}
    debuts |= {debut: url for debut, url in _SOUS.items() if url in urls and debut not in urls}
    return debuts[max(filter(ici.startswith, debuts), key=len)]


def _courant(url: str, ici: str) -> str:
    return "page" if url == ici else "true"


def _nom_court(organisation: Organisation) -> str:
    """The name of a party as annex 1 shortens it, its whole name without a convention."""
    partie = partie_de(organisation.code)
    return partie.nom_court.exigee(horloge.aujourd_hui()) if partie else organisation.nom
