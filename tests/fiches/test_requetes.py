"""What a list costs: as many queries for 25 rows as for one, and nothing counted in the past."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Convention
from relais.fiches.demonstration.recit import Recit
from relais.fiches.models import Fiche, FicheQuerySet
from relais.fiches.pagination import PAGES_DU_PASSE, PagesDuPasse
from relais.regles.fiche import NatureReponse
from relais.regles.issues import Issue
from relais.socle import horloge
from tests.fiches.plans import verifier_son_index
from tests.personas import Personas, connecter

JOUR, CINQ, CORBEILLE = datetime(2026, 11, 23, tzinfo=UTC), timedelta(days=5), "fiche_corbeille"
# who, where, whether the list is of what is finished, how many times PostgreSQL counts
LISTES = [
    # The open fiches in one count, those to file in another: they are the figures of the lists.
    ("agent_caisse", "/corbeille/", False, 2),
    ("agent_caisse", "/corbeille/?territoire=T1&motif=rupture", False, 2),
    ("responsable_caisse", "/corbeille/?vue=nouvelles&agent=personne", False, 2),
    ("agent_caisse", "/corbeille/?vue=a_classer", True, 2),
    ("agent_caisse", "/corbeille/?vue=traitees", True, 2),
    ("ts_rennes", "/fiches/", False, 1),
    ("ts_rennes", "/fiches/?vue=terminees", True, 0),
    ("encadrante_rennes", "/fiches/?qui_suit=equipe", False, 1),
    ("encadrante_rennes", "/fiches/?qui_suit=equipe&vue=toutes", True, 0),
]


def raconter(personas: Personas, rangs: range, *, close: bool) -> None:
    """One fiche a rank, sent by ts_rennes, answered and closed or not."""
    maintenant = horloge.maintenant()
    for rang in rangs:
        recit = Recit(
            convention=Convention.objects.get(),
            auteur=personas.ts_rennes,
            traitant=personas.agent_caisse,
            rang=rang,
            tirage=Random(3),  # always the same case: the motif is « rupture »
            maintenant=maintenant,
            a=maintenant - timedelta(hours=2),
        )
        recit.transmettre()
        if close:
            recit.repondre(NatureReponse.PAIEMENT_DEBLOQUE)
            recit.lire()
            recit.clore(Issue.RESSOURCES_RETABLIES)


def requetes(navigateur: Client, adresse: str) -> tuple[int, list[str]]:
    """How many rows the list shows, and the statements that it took."""
    for _ in range(2):  # a session writes once whose its pages are (ADR 0018)
        navigateur.get(adresse)
    with CaptureQueriesContext(connection) as capture:
        reponse = navigateur.get(adresse)
    assert reponse.status_code == 200
    rangees = reponse.content.decode().split("<tbody>")[1].count("<tr")
    return rangees, [une["sql"] for une in capture.captured_queries]


@pytest.mark.parametrize(("qui", "adresse", "passe", "comptages"), LISTES)
def test_vingt_cinq_lignes_coutent_autant_de_requetes_qu_une(
    personas: Personas, qui: str, adresse: str, passe: bool, comptages: int
) -> None:
    navigateur = connecter(getattr(personas, qui))
    raconter(personas, range(1), close=passe)
    une, pour_une = requetes(navigateur, adresse)
    raconter(personas, range(1, 26), close=passe)
    pleine, pour_une_page = requetes(navigateur, adresse)
    assert (une, pleine) == (1, 25)
    assert len(pour_une_page) == len(pour_une), pour_une_page
    assert sum("COUNT(" in sql for sql in pour_une_page) == comptages


def test_le_passe_se_parcourt_page_apres_page(personas: Personas) -> None:
    raconter(personas, range(26), close=True)
    navigateur = connecter(personas.agent_caisse)
    premiere = navigateur.get("/corbeille/?vue=traitees").content.decode()
    seconde = navigateur.get("/corbeille/?vue=traitees&page=2").content.decode()
    assert 'rel="next"' in premiere
    assert 'rel="prev"' not in premiere
    assert 'rel="prev"' in seconde
    assert 'rel="next"' not in seconde
    assert premiere.count('class="reference"') == 25
    assert seconde.count('class="reference"') == 1
    assert "Page 2" in seconde
    assert "sur 400" not in seconde


@pytest.mark.parametrize("numero", [None, "", "zéro", "-3", "0", "²", "9" * 5000])
def test_un_numero_qui_n_en_est_pas_un_montre_la_premiere_page(numero: str | None) -> None:
    assert PagesDuPasse(range(60), 25).get_page(numero).number == 1


def test_le_passe_a_une_derniere_page() -> None:
    page = PagesDuPasse(range(25 * PAGES_DU_PASSE + 1), 25).get_page("99999")
    assert page.number == PAGES_DU_PASSE
    assert not page.has_next()
    assert Paginator(range(60), 25).get_page("2").has_next()


def test_l_encadrante_voit_toute_l_equipe_et_elle_seule(personas: Personas) -> None:
    raconter(personas, range(2), close=False)
    autre = Recit(
        convention=Convention.objects.get(),
        auteur=personas.ts_redon,
        traitant=personas.agent_caisse,
        rang=7,
        tirage=Random(3),
        maintenant=horloge.maintenant(),
        a=horloge.maintenant() - timedelta(hours=2),
    )
    autre.transmettre()
    rangees, _ = requetes(connecter(personas.encadrante_rennes), "/fiches/?qui_suit=equipe")
    assert rangees == 2
    assert Fiche.objects.count() == 0  # outside of a contexte, the wall hides them all


@pytest.mark.parametrize(
    ("qui", "lire", "index"),
    [
        ("agent_caisse", lambda f: f.a_traiter().par_urgence(), "fiche_corbeille"),
        ("agent_caisse", lambda f: f.libres().par_urgence(), "fiche_libres"),
        (
            "agent_caisse",
            lambda f: f.a_traiter().au_statut("complement_demande").par_urgence(),
            CORBEILLE,
        ),
        ("agent_caisse", lambda f: f.en_retard(JOUR).par_urgence(), CORBEILLE),
        ("agent_caisse", lambda f: f.a_traiter().avec_agent(un=True).par_urgence(), CORBEILLE),
        ("agent_caisse", lambda f: f.a_traiter().au_motif("rupture").par_urgence(), CORBEILLE),
        (
            "agent_caisse",
            lambda f: f.a_traiter().chargees_a(1).par_urgence(),
            "fiche_corbeille_agent",
        ),
        (
            "agent_caisse",
            lambda f: f.traitees().chargees_a(1).par_reponse(),
            "fiche_repondues_agent",
        ),
        ("agent_caisse", lambda f: f.a_classer(JOUR, CINQ).par_effacement(), "fiche_a_classer"),
        ("agent_caisse", lambda f: f.traitees().par_reponse(), "fiche_repondues_caisse"),
        ("encadrante_rennes", lambda f: f.en_cours().recentes(), "fiche_en_cours_equipe"),
        ("encadrante_rennes", lambda f: f.terminees().recentes(), "fiche_equipe_creee"),
        ("ts_rennes", lambda f: f.en_cours().recentes(), "fiche_en_cours_agent"),
        ("ts_rennes", lambda f: f.terminees().recentes(), "fiche_agent"),
    ],
)
def test_chaque_liste_a_son_index_derriere_le_mur(
    personas: Personas, qui: str, lire: Callable[[FicheQuerySet], FicheQuerySet], index: str
) -> None:
    """Its condition must follow from that of the list, or a million fiches are read for 25."""
    par = getattr(personas, qui)
    with contexte(par):
        fiches = Fiche.objects.visibles_par(par)
        if qui == "encadrante_rennes":
            fiches = fiches.de_l_equipe(par.equipe)
        if qui == "ts_rennes":
            fiches = fiches.suivies_par(par)
        verifier_son_index(index, lire(fiches)[:25], par.organisation_id)
