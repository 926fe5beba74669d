"""docs/droits.md, played: each address by each person of the tests, over HTTP.

A cell that is not what the product does fails here, and an address without its line fails in
tests/test_coherence.py. `make droits` writes the cells, so that a change of rights is read as a
change of the document.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from relais.fiches.models import Avis
from relais.journal.chaine import verifier
from relais.journal.models import Evenement
from tests.fiches import gestes, lectures, matrice
from tests.fiches.colonnes import COLONNES
from tests.fiches.etapes import ETAPES, repondue
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.fiches.matrice import Rangee
from tests.fiches.visites import Navigateurs, jouer, visiter
from tests.personas import Personas, connecter


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
