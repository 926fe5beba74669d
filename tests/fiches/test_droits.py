"""docs/droits.md, played: each address by each person of the tests, over HTTP.

A cell that is not what the product does fails here, and an address without its line fails in
tests/test_coherence.py. `make droits` writes the cells, so that a change of rights is read as a
change of the document.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from relais.annuaire.actions import comptes, invitations
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches import signalements
from relais.fiches.actions import conservation, envois
from relais.fiches.actions.exports import Forme
from relais.fiches.models import Avis, Dysfonctionnement, Fiche
from relais.journal.chaine import verifier
from relais.journal.models import Evenement
from relais.regles.convention import Role
from relais.regles.retenue import MotifRetenue
from relais.regles.signalement import Reponse, Suite
from relais.reperage.actions import exports
from relais.reperage.dossier import Objectif
from relais.reperage.models import Export, Import
from relais.reperage.models import Personne as PersonneReperee
from relais.rgpd.actions import retenues
from relais.rgpd.models import Retenue
from relais.socle import horloge
from tests.fiches import gestes, lectures, matrice
from tests.fiches.colonnes import COLONNES
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI, apres
from tests.fiches.matrice import Rangee
from tests.fiches.saisies_jouees import POSTS
from tests.personas import Personas, connecter
from tests.reperage import gestes as imports
from tests.reperage import personnes as reperees

Chose = Fiche | Affectation | Dysfonctionnement | Retenue | Import | Export | PersonneReperee
ETAPES: dict[str, Callable[[Personas], Chose]] = {}


def etape(nom: str) -> Any:
    def garder(preparer: Callable[[Personas], Chose]) -> Callable[[Personas], Chose]:
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


@etape("prise")
def prise(personas: Personas) -> Fiche:
    fiche = envoyee(personas)
    gestes.prendre(personas.agent_caisse, fiche)
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


@etape("précision demandée")
def precision_demandee(personas: Personas) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche, gestes.PRECISION)
    return fiche


@etape("à compléter")
def a_completer(personas: Personas) -> Fiche:
    """A precision is asked for, and the author is writing it."""
    fiche = precision_demandee(personas)
    gestes.preparer(personas.ts_rennes, fiche, "Déposée en mars.", le=apres(hours=4))
    gestes.preparer(personas.ts_rennes, fiche, "Déposée le 12 mars.", le=apres(hours=5))
    return fiche


@etape("close")
def close(personas: Personas) -> Fiche:
    fiche = repondue(personas)
    gestes.clore(personas.ts_rennes, fiche)
    return fiche


@etape("archivée")
def archivee(personas: Personas) -> Fiche:
    """Closed, and the support of the person is over."""
    fiche, par = close(personas), personas.ts_rennes
    with contexte(par):
        conservation.finir_accompagnement(
            fiche, le=apres(days=1).date(), par=par, maintenant=apres(days=1)
        )
    return fiche


@etape("rouverte")
def rouverte(personas: Personas) -> Fiche:
    """Closed, reopened by the encadrant: its owner is writing again."""
    fiche = close(personas)
    gestes.rouvrir(personas.encadrante_rennes, fiche, le=apres(days=1))
    gestes.resigner(personas.ts_rennes, fiche, le=apres(days=1))
    return fiche


@etape("corrigée")
def corrigee(personas: Personas) -> Fiche:
    """Recalled, and being written again: a draft that already bears its équipe."""
    fiche = envoyee(personas)
    with contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(hours=1))
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(hours=2))
    return fiche


@etape("signalé")
def signale(personas: Personas) -> Dysfonctionnement:
    with contexte(personas.ts_rennes):
        return signalements.signaler("technique", "", par=personas.ts_rennes, maintenant=LUNDI)


@etape("répondu")
def dysfonctionnement_repondu(personas: Personas) -> Dysfonctionnement:
    fait, par = signale(personas), personas.referent_caisse
    with contexte(par):
        signalements.repondre(
            fait, Reponse.CORRIGE, Suite.PERSONNE, par=par, maintenant=apres(days=1)
        )
    return fait


@etape("retenue")
def retenue(personas: Personas) -> Retenue:
    fiche, par = envoyee(personas), personas.dpo_departement
    with contexte(par):
        return retenues.poser(
            fiche,
            MotifRetenue.DROITS,
            jusqu_au=horloge.aujourd_hui() + timedelta(days=30),
            par=par,
            maintenant=horloge.maintenant(),
        )


@etape("repérée")
def reperee(personas: Personas) -> PersonneReperee:
    """A person of the caseload, followed by ts_rennes."""
    return reperees.creer(suivie_par=personas.ts_rennes)


@etape("avec un objectif")
def avec_un_objectif(personas: Personas) -> PersonneReperee:
    objectif = Objectif(texte="Demander ma retraite.")
    return reperees.creer(
        replace(reperees.dossier(), objectif=objectif), suivie_par=personas.ts_rennes
    )


@etape("exportée")
def exportee(personas: Personas) -> Export:
    """The file that the chargé du repérage asked for."""
    reperee(personas)
    par = personas.charge_reperage
    with contexte(par):
        return exports.exporter(
            PersonneReperee.objects.all(), Forme.CSV, par=par, maintenant=horloge.maintenant()
        )


@etape("ouvert")
def ouvert(personas: Personas) -> Affectation:
    return personas.ts_rennes_collegue


@etape("désactivé")
def desactive(personas: Personas) -> Affectation:
    par = personas.admin_departement
    with contexte(par):
        comptes.desactiver_compte(personas.ts_rennes_collegue.agent, par=par, maintenant=LUNDI)
    return personas.ts_rennes_collegue


@etape("invité")
def invite(personas: Personas) -> Affectation:
    par = personas.admin_departement
    with contexte(par):
        agent = invitations.inviter(
            par.organisation,
            prenom="Zoé",
            nom="Neuve",
            email="zoe@exemple.test",
            role=Role.TRAVAILLEUR_SOCIAL,
            equipe=personas.encadrante_rennes.equipe,
            par=par,
            maintenant=LUNDI,
        )
    return Affectation.objects.en_attente().get(agent=agent)


@etape("relu")
def relu(personas: Personas) -> Import:
    """A file given by the chargé du repérage, and read."""
    return imports.lire(imports.deposer(connecter(personas.charge_reperage), imports.UN_FLUX))


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


def chemin_vers(adresse: str, chose: Chose) -> str:
    """The address with its parameters: those of a fiche, a malfunction, or an account."""
    if isinstance(chose, Fiche):
        adresse = adresse.replace("<str:reference>", chose.reference)
    elif isinstance(chose, Dysfonctionnement):
        adresse = adresse.replace("<int:numero>", str(chose.pk))
    elif isinstance(chose, Retenue):
        adresse = adresse.replace("<int:retenue>", str(chose.pk))
    elif isinstance(chose, PersonneReperee | Export | Import):
        adresse = adresse.replace("<uuid:numero>", str(chose.pk))
    else:
        adresse = adresse.replace("<int:compte>", str(chose.agent_id))
        adresse = adresse.replace("<int:role>", str(chose.pk))
        adresse = adresse.replace("<int:equipe>", str(chose.equipe_id))
    if "<uuid:agent>" in adresse and isinstance(chose, Fiche | Affectation):
        agent = chose.proprietaire if isinstance(chose, Fiche) else chose.agent
        adresse = adresse.replace("<uuid:agent>", str(agent.pseudonyme))
    adresse = adresse.replace("<slug:acte>", "rsa-clos")
    adresse = adresse.replace("<uuid:numero>", str(UUID(int=0))).replace("<str:jeton>", "rien")
    adresse = adresse.replace("<slug:role>", "travailleur-social")
    return adresse.replace("<int:pk>", "1").replace("<slug:page>", "pages")


def choisie_dans_la_liste(chose: Chose) -> dict[str, str]:
    """A fiche ticked in the inbox, with who has it now; a person ticked in the caseload."""
    if isinstance(chose, PersonneReperee):
        return {"personne": str(chose.pk)}
    if not isinstance(chose, Fiche):
        return {}
    agent = gestes.relire(chose, DEPARTEMENT).chargee_a_id
    return {"fiche": chose.reference, f"vue-{chose.reference}": str(agent or "")}


def demander(navigateur: Client, adresse: str, methode: str, chose: Chose) -> HttpResponse:
    """What this person is answered; an error of ours fails by itself."""
    chemin = chemin_vers(adresse, chose)
    listes = ("/corbeille/", "/reperage/confier/")
    choisie = choisie_dans_la_liste(chose) if adresse.startswith(listes) else {}
    if methode == "GET":
        return navigateur.get(chemin, choisie)
    return navigateur.post(chemin, choisie | POSTS.get(noms()[adresse], {}))


def en_mots(reponse: HttpResponse) -> str:
    """What that is in the words of the table."""
    if reponse.status_code == 302 and reponse.headers["Location"].startswith("/compte/connexion/"):
        return "connexion"
    return {403: "non", 404: "absente", 405: "405"}.get(reponse.status_code, "oui")


def jouer(navigateur: Client, adresse: str, methode: str, chose: Chose) -> str:
    """What this person gets, in the words of the table."""
    return en_mots(demander(navigateur, adresse, methode, chose))


class Navigateurs:
    """The people of a column, each with a session opened once."""

    def __init__(self, personas: Personas) -> None:
        self._personas = personas
        self._ouverts: dict[str, Client] = {}

    def de(self, colonne: str) -> list[Client]:
        if colonne == "anonyme":
            return [Client()]
        return [self._de(nom) for nom in COLONNES[colonne]]

    def _de(self, nom: str) -> Client:
        if nom not in self._ouverts:
            self._ouverts[nom] = connecter(getattr(self._personas, nom))
        return self._ouverts[nom]


def visiter(navigateur: Client, rangee: Rangee, chose: Chose, deja: int) -> tuple[str, set[str]]:
    """What this person gets there, and what an answer with a content opened without an event.

    Then nothing of it remains, a cookie no more than a row. `deja`: the events there were.
    """
    temoins, avant = dict(navigateur.cookies), transaction.savepoint()
    try:
        with lectures.ouvertures() as ouverts:
            reponse = demander(navigateur, rangee.adresse, rangee.methode, chose)
        rien_de_lu = not ouverts or reponse.status_code == 302
        dit = rien_de_lu or lectures.evenements() > deja
        return en_mots(reponse), set() if dit else ouverts
    finally:
        transaction.savepoint_rollback(avant)
        navigateur.cookies.clear()
        navigateur.cookies.update(temoins)


@pytest.fixture(scope="module")
def trouvees() -> Iterator[dict[tuple[str, str, str], dict[str, str]]]:
    """What was played, written to the document in the end when asked to."""
    cellules: dict[tuple[str, str, str], dict[str, str]] = {}
    yield cellules
    if os.environ.get("RELAIS_DROITS"):
        matrice.ecrire(cellules)


@pytest.mark.parametrize("quand", sorted({rangee.quand for rangee in matrice.lire()}))
def test_chaque_adresse_s_ouvre_a_qui_la_matrice_le_dit(
    quand: str, personas: Personas, trouvees: dict[tuple[str, str, str], dict[str, str]]
) -> None:
    """The rows of a step share its story and its people; each visit is taken back.

    What shows a document of somebody says so in the journal (security.md, journal).
    """
    assert quand in {*ETAPES, "–"}
    chose = ETAPES.get(quand, repondue)(personas)
    rangees = [rangee for rangee in matrice.lire() if rangee.quand == quand]
    navigateurs = Navigateurs(personas)
    gens = {c: navigateurs.de(c) for rangee in rangees for c in rangee.colonnes}
    deja = lectures.evenements()
    tus: dict[tuple[str, str], set[str]] = {}
    for rangee in rangees:
        trouvees[rangee.cle] = {}
        for colonne in rangee.colonnes:
            vus = [visiter(un, rangee, chose, deja) for un in gens[colonne]]
            trouvees[rangee.cle][colonne] = "/".join(sorted({obtenu for obtenu, _ in vus}))
            if ouverts := set().union(*(ouverts for _, ouverts in vus)):
                tus[rangee.adresse, rangee.methode] = ouverts
    assert tus.keys() <= lectures.SILENCES.keys(), tus
    if not os.environ.get("RELAIS_DROITS"):
        assert {r.cle: trouvees[r.cle] for r in rangees} == {r.cle: r.cellules for r in rangees}


def sans_rangee() -> list[tuple[Rangee, str]]:
    """An open row of each address, and the method by which the address has no row at all."""
    rangees = matrice.lire()
    decrites = {(rangee.adresse, rangee.methode) for rangee in rangees}
    ouvertes = {r.adresse: r for r in rangees if "oui" in r.cellules.values()}
    return [
        (rangee, methode)
        for rangee in ouvertes.values()
        for methode in ("GET", "POST")
        if (rangee.adresse, methode) not in decrites
    ]


@pytest.mark.parametrize("quand", sorted({rangee.quand for rangee, _ in sans_rangee()}))
def test_une_methode_sans_rangee_n_ouvre_rien(quand: str, personas: Personas) -> None:
    """By whom the address is open to: refused for the method alone."""
    chose = ETAPES.get(quand, repondue)(personas)
    navigateurs = Navigateurs(personas)
    for rangee, methode in sans_rangee():
        if rangee.quand == quand:
            colonne = next(nom for nom, dit in rangee.cellules.items() if dit == "oui")
            navigateur = navigateurs.de(colonne)[0]
            assert jouer(navigateur, rangee.adresse, methode, chose) == "405", rangee.adresse


def test_une_rangee_s_ecrit_comme_elle_se_lit() -> None:
    """Written again as it is, the document does not move; and no row comes twice."""
    rangees = matrice.lire()
    texte = matrice.MATRICE.read_text(encoding="utf-8")
    assert len({rangee.cle for rangee in rangees}) == len(rangees) > 100
    for rangee in rangees:
        assert f"\n{rangee.ecrite(rangee.cellules)}\n" in texte
    assert set().union(*(rangee.colonnes for rangee in rangees)) == set(COLONNES)


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
