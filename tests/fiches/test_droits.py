"""docs/droits.md, played: each address by each person of the tests, over HTTP.

The table is the promise; a cell that the product does not keep fails here, and an address without
its line fails in tests/test_coherence.py.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from relais.annuaire.contexte import contexte
from relais.fiches.actions import envois
from relais.fiches.models import Avis, Fiche
from relais.journal.chaine import verifier
from relais.journal.models import Evenement
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, apres
from tests.fiches.test_histoire import SAISIE
from tests.personas import Personas, connecter

MATRICE = Path(__file__).parents[2] / "docs/droits.md"
COLONNES = {
    "propriétaire": ["ts_rennes"],
    "même équipe": ["ts_rennes_collegue"],
    "autre TIS": ["ts_redon"],
    "accueil": ["charge_accueil_rennes"],
    "encadrante": ["encadrante_rennes"],
    "caisse": ["agent_caisse", "agent_caisse_collegue"],
    "responsable": ["responsable_caisse"],
    "autre caisse": ["agent_autre_caisse"],
    "référents": ["referent_departement", "referent_caisse"],
    "autres rôles": [
        *("charge_reperage", "dpo_departement", "dpo_caisse"),
        *("admin_departement", "admin_caisse", "admin_technique"),
    ],
    "anonyme": [],
}
ETAPES: dict[str, Callable[[Personas], Fiche]] = {}


def etape(nom: str) -> Any:
    def garder(preparer: Callable[[Personas], Fiche]) -> Callable[[Personas], Fiche]:
        ETAPES[nom] = preparer
        return preparer

    return garder


@etape("brouillon")
def brouillon(personas: Personas) -> Fiche:
    return gestes.ecrire(personas.ts_rennes)


@etape("envoyée")
def envoyee(personas: Personas) -> Fiche:
    return gestes.transmettre(personas.ts_rennes)


@etape("lue")
def lue(personas: Personas) -> Fiche:
    fiche = envoyee(personas)
    gestes.lire(personas.agent_caisse_collegue, fiche)
    return fiche


@etape("répondue")
def repondue(personas: Personas) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    return fiche


@etape("redemandée")
def redemandee(personas: Personas) -> Fiche:
    """Answered, and its author is writing a new request."""
    fiche = repondue(personas)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=1))
    return fiche


@etape("corrigée")
def corrigee(personas: Personas) -> Fiche:
    """Recalled, and being written again: a draft that already bears its équipe."""
    fiche = envoyee(personas)
    with contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(hours=1))
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(hours=2))
    return fiche


# What is posted, and at which step of a fiche, where a plain GET at « répondue » is not the act.
POSTS: dict[str, dict[str, Any]] = {
    "fiches:nouvelle": {},
    "fiches:verifier_nir": {"nir": "1"},
    "fiches:enregistrer": SAISIE | {"version": "3"},
    "fiches:ecrire": SAISIE | {"version": "3"},
    "fiches:resigner": {},
    "fiches:supprimer": {},
    "fiches:envoyer": {"version": "3"},
    "fiches:rapprocher": {},
    "fiches:rappeler": {},
    "fiches:retirer": {},
    "fiches:reprendre": {},
    "fiches:clore": {"issue": "demande_engagee"},
    "fiches:numero": {},
    "fiches:prendre_la_suivante": {},
    "fiches:prendre_en_charge": {},
    "fiches:repondre": {"nature": "paiement_debloque", "versement_le": "2026-12-01"},
    "fiches:signaler": {"nature": "technique"},
    "affectation": {},
    "account_logout": {},
}


def noms() -> dict[str, str]:
    """Each address of the product with the name of its view."""

    def parcourir(motifs: Any, devant: str = "", espace: str = "") -> Any:
        for motif in motifs:
            chemin = devant + str(motif.pattern)
            if hasattr(motif, "url_patterns"):
                yield from parcourir(
                    motif.url_patterns,
                    chemin,
                    espace + (f"{motif.namespace or motif.app_name}:" if motif.app_name else ""),
                )
            else:
                yield "/" + chemin, espace + (motif.name or "")

    return dict(parcourir(get_resolver().url_patterns))


def lignes() -> list[tuple[str, str, str, dict[str, str]]]:
    """(address, method, step, column → cell) for each row of docs/droits.md."""
    rangees = []
    for ligne in MATRICE.read_text(encoding="utf-8").splitlines() if MATRICE.exists() else []:
        cellules = [c.strip() for c in ligne.strip("| ").split("|")]
        if re.fullmatch(r"`/[^`]*`", cellules[0]):
            adresse, methode, quand, *reste = cellules
            assert len(reste) == len(COLONNES), ligne
            rangees.append(
                (adresse.strip("`"), methode, quand, dict(zip(COLONNES, reste, strict=True)))
            )
    return rangees


def jouer(navigateur: Client, adresse: str, methode: str, fiche: Fiche) -> str:
    """What this person gets, in the words of the table; an error of ours fails by itself."""
    chemin = adresse.replace("<str:reference>", fiche.reference).replace("<int:pk>", "1")
    chemin = chemin.replace("<slug:page>", "pages")
    if methode == "GET":
        reponse = navigateur.get(chemin)
    else:
        reponse = navigateur.post(chemin, POSTS.get(noms()[adresse], {}))
    if reponse.status_code == 302 and reponse.headers["Location"].startswith("/compte/connexion/"):
        return "connexion"
    return {403: "non", 404: "absente", 405: "405"}.get(reponse.status_code, "oui")


def personnes(personas: Personas, colonne: str) -> list[Client]:
    if colonne == "anonyme":
        return [Client()]
    return [connecter(getattr(personas, nom)) for nom in COLONNES[colonne]]


@pytest.mark.parametrize(
    ("adresse", "methode", "quand", "cellules"),
    lignes(),
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_chaque_adresse_s_ouvre_a_qui_la_matrice_le_dit(
    adresse: str, methode: str, quand: str, cellules: dict[str, str], personas: Personas
) -> None:
    fiche = ETAPES.get(quand, repondue)(personas)
    trouve = {}
    for colonne in COLONNES:
        verdicts = set()
        for navigateur in personnes(personas, colonne):
            avant = transaction.savepoint()
            verdicts.add(jouer(navigateur, adresse, methode, fiche))
            transaction.savepoint_rollback(avant)
        trouve[colonne] = "/".join(sorted(verdicts))
    assert trouve == cellules


def refus(organisation: str) -> list[tuple[str, str, str]]:
    with gestes.vu_de(organisation):
        return list(
            Evenement.objects.filter(action="acces_refuse")
            .order_by("pk")
            .values_list("action", "objet", "issue")
        )


def test_un_refus_est_note_sans_dire_l_adresse(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    assert connecter(personas.ts_redon).get(f"/fiches/{fiche.reference}/").status_code == 404
    assert connecter(personas.ts_redon).get("/corbeille/").status_code == 403
    assert refus(DEPARTEMENT) == [
        ("acces_refuse", "fiches:voir", "refuse"),
        ("acces_refuse", "fiches:corbeille", "refuse"),
    ]
    with gestes.vu_de(DEPARTEMENT):
        agents = set(
            Evenement.objects.filter(action="acces_refuse").values_list("agent", flat=True)
        )
    assert agents == {personas.ts_redon.agent.pseudonyme}


def test_un_refus_reste_au_journal_de_qui_a_essaye(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    connecter(personas.agent_autre_caisse).get(f"/fiches/{fiche.reference}/")
    assert len(refus("autre-caisse")) == 1
    assert refus(DEPARTEMENT) == refus(CAISSE) == []


@pytest.mark.parametrize("a_la_fin", ["actions.reponses.decompte.compter", "views.reponse._dit"])
def test_un_acte_refuse_ne_laisse_que_son_refus(
    a_la_fin: str, personnel: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused at the end of the act, or after it: the rollback takes everything back."""

    def refuser(*_: Any, **__: Any) -> None:
        raise PermissionDenied

    fiche = gestes.transmettre(personnel.ts_rennes)
    monkeypatch.setattr(f"relais.fiches.{a_la_fin}", refuser)
    avant = gestes.evenements(fiche, CAISSE)
    reponse = connecter(personnel.agent_caisse).post(
        f"/fiches/{fiche.reference}/repondre/",
        {"nature": "paiement_debloque", "versement_le": "2026-12-01"},
    )
    assert reponse.status_code == 403
    assert gestes.relire(fiche, CAISSE).statut == "transmise"
    assert gestes.evenements(fiche, CAISSE) == avant
    assert len(gestes.copies(fiche, CAISSE)) == 1
    assert not Avis.objects.filter(objet="reponse_a_demande_urgente").exists()
    assert refus(CAISSE) == [("acces_refuse", "fiches:repondre", "refuse")]
    assert verifier(CAISSE).intacte


def test_une_page_absente_ne_dit_pas_si_la_fiche_existe(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    autre = connecter(personas.ts_redon)
    vraie, fausse = (autre.get(f"/fiches/{r}/") for r in (fiche.reference, "ABCD-2345"))
    assert vraie.content == fausse.content
