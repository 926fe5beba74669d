"""Acts and refusals, written through the product's own actions."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from relais.journal.actions import HorsTransaction, consigner, consigner_chacun, consigner_refus
from relais.journal.chaine import verifier
from relais.journal.models import SYSTEME, Action, Evenement, Issue
from relais.journal.mur import pour
from relais.regles.circuit import Geste

from .conftest import CARSAT, CD35

AGENT = UUID("6f1c8a52-0000-4000-8000-000000000001")


def evenements(organisation: str) -> list[Evenement]:
    with pour(organisation):
        return list(Evenement.objects.order_by("id"))


def test_chaque_geste_du_circuit_se_journalise() -> None:
    assert {geste.value for geste in Geste} <= {action.value for action in Action}


def test_la_base_connait_chaque_action_et_chaque_issue(base: object) -> None:
    with pour(CD35):
        for action in Action:
            consigner(action, organisation=CD35, agent=AGENT)
        for issue in Issue:
            consigner(Action.LECTURE, organisation=CD35, agent=None, issue=issue)
    assert [e.action for e in evenements(CD35)][: len(Action)] == list(Action)
    assert verifier(CD35).nombre == len(Action) + len(Issue)


def test_un_acte_est_lie_avec_ce_qu_il_dit(base: object) -> None:
    objet = str(uuid4())
    with pour(CD35):
        consigner(Action.LECTURE_LISTE, organisation=CD35, agent=AGENT, objet=objet, nombre=25)
    (evenement,) = evenements(CD35)
    assert (evenement.agent, evenement.objet, evenement.nombre) == (AGENT, objet, 25)
    assert (evenement.action, evenement.issue) == ("lecture_liste", "fait")
    assert abs(datetime.now(UTC) - evenement.cree_le) < timedelta(seconds=30)
    constat = verifier(CD35)
    assert constat.intacte
    assert constat.nombre == constat.tete.sequence == 1


def test_un_acte_sur_plusieurs_objets_fait_un_maillon_pour_chacun(base: object) -> None:
    objets = [str(uuid4()) for _ in range(3)]
    with pour(CD35):
        consigner_chacun(Action.COMPTE_INVITE, objets, organisation=CD35, agent=AGENT)
    assert [(e.action, e.objet) for e in evenements(CD35)] == [
        ("compte_invite", objet) for objet in objets
    ]
    constat = verifier(CD35)
    assert constat.intacte
    assert constat.nombre == 3


def test_un_acte_sans_transaction_est_refuse(base: object) -> None:
    with pytest.raises(HorsTransaction):
        consigner(Action.LECTURE, organisation=CD35, agent=AGENT)
    with pytest.raises(HorsTransaction):
        consigner_chacun(Action.LECTURE, ["fiche"], organisation=CD35, agent=AGENT)
    assert not evenements(CD35)


def test_un_acte_hors_du_mur_de_son_organisation_est_refuse(base: object) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), pour(CARSAT):
        consigner(Action.LECTURE, organisation=CD35, agent=AGENT)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        consigner(Action.LECTURE, organisation=CD35, agent=AGENT)


def test_un_refus_survit_a_l_annulation_de_l_acte(base: object) -> None:
    with pour(CD35):
        consigner(Action.TRANSMETTRE, organisation=CD35, agent=AGENT)
        transaction.set_rollback(True)
    consigner_refus(Action.ACCES_REFUSE, organisation=CD35, agent=AGENT, objet="fiches:ouvrir")
    (evenement,) = evenements(CD35)
    assert (evenement.action, evenement.issue) == ("acces_refuse", "refuse")
    assert verifier(CD35).intacte


def test_un_refus_ne_s_ecrit_pas_dans_une_transaction_qui_peut_s_annuler(base: object) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        consigner_refus(Action.ACCES_REFUSE, organisation=CD35, agent=AGENT)


def test_une_connexion_d_inconnu_va_dans_la_chaine_du_systeme(base: object) -> None:
    consigner_refus(Action.CONNEXION_REFUSEE, organisation=None)
    (evenement,) = evenements(SYSTEME)
    assert (evenement.organisation, evenement.agent) == ("relais", None)
    assert not evenements(CD35)


def test_le_mur_est_rendu_apres_une_transaction_imbriquee(base: object) -> None:
    with pour(CD35):
        with pour(CARSAT):
            consigner(Action.LECTURE, organisation=CARSAT, agent=None)
        consigner(Action.LECTURE, organisation=CD35, agent=None)
    assert len(evenements(CD35)) == len(evenements(CARSAT)) == 1
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_setting('relais.organisation', true)")
        assert not curseur.fetchone()[0]


@pytest.mark.parametrize(
    "objet",
    [
        "1850578006084",  # a NIR
        "185057800608436",
        "1-85-05-78-006-084-36",
        "1 85 05 78 006 084 36",
        "Zoé Exemple",
        "ZOE",
        "zoe@exemple.test",
        "K7QF3MWP",
        "a" * 101,
        "deux mots",
        "ligne\n",
        "nir-1850578006084",
    ],
)
@pytest.mark.django_db
def test_un_objet_qui_peut_nommer_quelqu_un_est_refuse(objet: str) -> None:
    with pytest.raises(DatabaseError), pour(CD35):
        consigner(Action.LECTURE, organisation=CD35, agent=AGENT, objet=objet)


@pytest.mark.parametrize(
    "objet",
    ["", "K7QF-3MWP", str(UUID(int=5)), "fiches:ouvrir", "account_login", "cd35", "2026-11"],
)
@pytest.mark.django_db
def test_un_objet_sans_donnee_personnelle_est_accepte(objet: str) -> None:
    with pour(CD35):
        consigner(Action.LECTURE, organisation=CD35, agent=AGENT, objet=objet)
    assert [e.objet for e in evenements(CD35)] == [objet]


@pytest.mark.django_db
def test_la_liaison_se_fait_aussi_dans_les_tests_qui_annulent() -> None:
    with pour(CD35):
        consigner(Action.LECTURE, organisation=CD35, agent=AGENT)
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert verifier(CD35).nombre == 1
