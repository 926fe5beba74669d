"""Accounts end: closed for twelve months, or invited thirty days ago and never there."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from relais.annuaire.actions import comptes, effacements
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.facteurs import poser_application
from relais.annuaire.models import Absence, Affectation, Agent, CourrierDeCompte, Lien
from relais.fiches.models import Fiche
from relais.rgpd import echeances
from relais.rgpd.actions import oublis, purge
from relais.socle import horloge
from tests.annuaire.comptes import inviter
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI, apres, vu_de
from tests.personas import Personas, connecter
from tests.rgpd.gestes import dits

INSTANT = timedelta(microseconds=1)
ECHU = datetime(2029, 11, 23, 23, tzinfo=LUNDI.tzinfo)  # the 24th begins in Paris
EFFACE = "Compte supprimé"


def fermer(qui: Affectation) -> Agent:
    """Closed on the 23rd of November 2026, roles withdrawn."""
    Affectation.objects.filter(agent=qui.agent).update(active=False, close_le=LUNDI)
    Agent.objects.filter(pk=qui.agent_id).update(is_active=False, desactive_le=LUNDI)
    return qui.agent


def oublier(le: datetime = ECHU, organisation: str = DEPARTEMENT) -> int:
    return oublis.oublier_les_comptes(organisation, maintenant=le)


def existe(agent: Agent) -> bool:
    return Agent.objects.filter(pk=agent.pk).exists()


def test_un_compte_ferme_reste_trente_six_mois_puis_part(personas: Personas) -> None:
    agent = fermer(personas.referent_departement)
    assert oublier(ECHU - INSTANT) == 0
    assert existe(agent)
    assert oublier() == 1
    assert not existe(agent)
    assert not Affectation.objects.filter(agent=agent.pk).exists()
    assert dits(DEPARTEMENT, "destruction") == [("compte", 1)]
    assert oublier() == 0


def test_un_compte_ouvert_rouvert_ou_qui_garde_un_role_reste(personas: Personas) -> None:
    rouvert = fermer(personas.referent_departement)
    comptes.reactiver_compte(rouvert, par=None, maintenant=apres(days=1))
    retenu = fermer(personas.dpo_departement)
    Affectation.objects.filter(agent=retenu).update(active=True, close_le=None)
    assert oublier(ECHU + timedelta(days=4000)) == 0
    assert existe(rouvert)
    assert existe(retenu)


@pytest.fixture
def parti(personas: Personas) -> tuple[Agent, Fiche]:
    """An author who has left: the fiche went to a colleague."""
    fiche = gestes.transmettre(personas.ts_rennes)
    with vu_de(DEPARTEMENT):
        Fiche.objects.filter(pk=fiche.pk).update(proprietaire=personas.ts_rennes_collegue.agent)
    poser_application(personas.ts_rennes.agent)
    return fermer(personas.ts_rennes), fiche


def test_qui_a_ecrit_une_fiche_ne_laisse_qu_un_compte_sans_nom(
    parti: tuple[Agent, Fiche], django_capture_on_commit_callbacks: Any
) -> None:
    agent, _ = parti
    cle = Authenticator.objects.get(user=agent).data["secret"].partition(".")[0]
    with django_capture_on_commit_callbacks(execute=True):
        assert oublier() == 1
    agent = Agent.objects.get(pk=agent.pk)
    assert str(agent) == EFFACE
    assert agent.email == f"{agent.pseudonyme}@compte-supprime.invalid"
    assert (agent.telephone, agent.last_login, agent.is_active) == ("", None, False)
    assert not agent.has_usable_password()
    assert not Authenticator.objects.filter(user=agent).exists()
    assert not gestes.a_une_cle("second_facteur", gestes.UUID(cle))
    assert not Affectation.objects.filter(agent=agent).exists()
    assert oublier() == 0


def test_un_compte_sans_nom_ne_se_rouvre_pas(parti: tuple[Agent, Fiche]) -> None:
    agent, _ = parti
    oublier()
    with pytest.raises(CompteRefuse):
        comptes.reactiver_compte(agent, par=None, maintenant=ECHU)
    with pytest.raises(IntegrityError, match="agent_efface_ferme"), transaction.atomic():
        Agent.objects.filter(pk=agent.pk).update(is_active=True, desactive_le=None)


def test_les_pages_qui_montrent_l_ancien_auteur_se_lisent(personas: Personas) -> None:
    maintenant = horloge.maintenant()
    fiche = gestes.transmettre(personas.ts_rennes, le=maintenant)
    gestes.prendre(personas.agent_caisse, fiche, le=maintenant)
    gestes.noter(personas.agent_caisse_collegue, fiche)
    agent = fermer(personas.agent_caisse_collegue)
    nom, page = str(agent), f"/fiches/{fiche.reference}/"
    navigateur = connecter(personas.agent_caisse)
    assert nom in navigateur.get(page).content.decode()
    assert oublier(organisation=CAISSE) == 1
    for qui, chemin in (
        (personas.agent_caisse, page),
        (personas.dpo_caisse, "/journal/"),
        (personas.admin_caisse, "/comptes/"),
    ):
        lue = connecter(qui).get(chemin)
        assert lue.status_code == 200
        assert nom not in lue.content.decode()
    assert EFFACE in navigateur.get(page).content.decode()


def test_ce_que_l_autre_partie_tient_garde_le_compte_sans_nom(personas: Personas) -> None:
    """Its wall hides the call note from who erases: the base itself refuses."""
    maintenant = horloge.maintenant()
    fiche = gestes.transmettre(personas.ts_rennes, le=maintenant)
    gestes.prendre(personas.agent_caisse, fiche, le=maintenant)
    gestes.noter(personas.agent_caisse_collegue, fiche)
    agent = fermer(personas.agent_caisse_collegue)
    ancienne = personas.referent_departement
    Affectation.objects.filter(pk=ancienne.pk).update(agent=agent, active=False, close_le=LUNDI)
    assert oublier() == 1
    assert str(Agent.objects.get(pk=agent.pk)) == EFFACE
    assert oublier(organisation=CAISSE) == 0


def test_l_absence_d_un_collegue_reste_la_sienne(personas: Personas) -> None:
    agent = fermer(personas.encadrante_rennes)
    for qui in (agent, personas.ts_rennes.agent):
        Absence.objects.create(
            organisation_id=DEPARTEMENT,
            agent=qui,
            declaree_par=agent,
            declaree_le=LUNDI,
            du=date(2026, 11, 20),
            au=date(2028, 11, 20),
        )
    oublier()
    assert [un.agent for un in Absence.objects.all()] == [personas.ts_rennes.agent]
    assert str(Agent.objects.get(pk=agent.pk)) == EFFACE


def test_une_invitation_sans_reponse_part_trente_jours_apres_son_dernier_envoi(
    personas: Personas,
) -> None:
    zoe = inviter(personas, le=LUNDI)
    assert oublier(apres(days=30) - INSTANT) == 0
    Lien.objects.filter(agent=zoe).update(annule_le=LUNDI)
    Lien.objects.create(
        agent=zoe,
        organisation_id=DEPARTEMENT,
        nature="invitation",
        empreinte="0" * 64,
        cree_le=apres(days=10),
        expire_le=apres(days=13),
    )
    assert oublier(apres(days=40) - INSTANT) == 0
    assert existe(zoe)
    assert oublier(apres(days=40)) == 1
    assert not existe(zoe)
    assert not Lien.objects.exists()
    assert not CourrierDeCompte.objects.exists()
    assert dits(DEPARTEMENT, "destruction") == [("invitation", 1)]


def test_une_invitation_acceptee_n_est_plus_comptee(personas: Personas) -> None:
    zoe = inviter(personas, le=LUNDI)
    Agent.objects.filter(pk=zoe.pk).update(is_active=True)
    assert oublier(apres(days=400)) == 0


def test_les_comptes_partent_par_lots(personas: Personas) -> None:
    for un in (personas.referent_departement, personas.dpo_departement, personas.charge_reperage):
        fermer(un)
    faits = [effacements.effacer_les_fermes(DEPARTEMENT, maintenant=ECHU, lot=2) for _ in range(3)]
    assert faits == [2, 1, 0]


def test_le_passage_de_l_effacement_emporte_les_comptes(personas: Personas) -> None:
    agent, zoe = fermer(personas.referent_departement), inviter(personas, le=LUNDI)
    purge.purger(DEPARTEMENT, maintenant=ECHU)
    assert not existe(agent)
    assert not existe(zoe)


def test_a_blanc_dit_les_comptes_sans_nommer_personne(personas: Personas) -> None:
    agent, zoe = fermer(personas.referent_departement), inviter(personas, le=LUNDI)
    assert echeances.de(DEPARTEMENT, maintenant=apres(days=29)) == []
    dites = echeances.de(DEPARTEMENT, maintenant=ECHU)
    assert [(une.quoi, une.reference, une.du_le) for une in dites] == [
        ("invitation", str(zoe.pseudonyme), apres(days=30)),
        ("compte fermé", str(agent.pseudonyme), ECHU),
    ]
    assert existe(agent)
    assert [une.libelle for une in dites] == [
        "La personne invitée qui n’est jamais venue",
        "Le compte fermé : nom, adresse, téléphone, rôles",
    ]


def test_la_deleguee_lit_les_deux_durees(personas: Personas) -> None:
    page = connecter(personas.dpo_caisse).get("/effacements/durees/").content.decode()
    assert "Le compte fermé" in page
    assert "jamais venue" in page
