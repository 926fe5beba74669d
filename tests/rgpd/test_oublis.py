"""What belongs to no party: kept the instant before its day, gone at it."""

from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from relais.annuaire import conventions, saisies
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.facteurs import poser_application
from relais.annuaire.models import Agent, CourrierDeCompte, Lien, SaisieGardee, Seance
from relais.fiches.models import Avis, Dysfonctionnement, FaitDysfonctionnement, PointDuJour
from relais.journal.models import SYSTEME
from relais.regles.convention import Datee, Ligne
from relais.rgpd.actions import oublis
from relais.rgpd.models import Passage
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI, apres
from tests.personas import Personas
from tests.rgpd.gestes import dits

INSTANT = timedelta(microseconds=1)


def oublier(le: datetime) -> int:
    return oublis.oublier_le_commun(maintenant=le)


def part_a(le: datetime, existe: Any, regle: str) -> None:
    """It is there the instant before, and gone at that instant; the journal says which rule."""
    oublier(le - INSTANT)
    assert existe()
    oublier(le)
    assert not existe()
    assert regle in dict(dits(SYSTEME, "destruction"))


def test_un_courriel_parti_quatre_vingt_dix_jours(personas: Personas) -> None:
    gestes.transmettre(personas.ts_rennes)
    Avis.objects.update(etat="envoye", envoye_le=LUNDI)
    part_a(apres(days=90), Avis.objects.exists, "courriel")


def test_un_courriel_qui_attend_encore_ne_s_oublie_pas(personas: Personas) -> None:
    gestes.transmettre(personas.ts_rennes)
    oublier(apres(days=400))
    assert Avis.objects.filter(etat="a_envoyer").exists()


def test_un_lien_trente_jours_apres_sa_fin(personas: Personas) -> None:
    lien = Lien.objects.create(
        agent=personas.ts_rennes.agent,
        organisation_id=DEPARTEMENT,
        nature="mot_de_passe",
        empreinte="0" * 64,
        cree_le=LUNDI,
        expire_le=apres(hours=72),
    )
    CourrierDeCompte.objects.create(
        organisation_id=DEPARTEMENT,
        agent=lien.agent,
        objet="mot_de_passe",
        lien=lien,
        cree_le=LUNDI,
        prochain_essai_le=LUNDI,
    )
    part_a(apres(days=33), Lien.objects.exists, "lien")
    assert not CourrierDeCompte.objects.exists()


def test_un_point_du_jour_trente_jours(personas: Personas) -> None:
    PointDuJour.objects.create(agent=personas.ts_rennes.agent, jour=date(2026, 11, 23))
    minuit = datetime(2026, 12, 23, 23, tzinfo=LUNDI.tzinfo)  # the 24th begins in Paris
    part_a(minuit, PointDuJour.objects.exists, "point")


def test_une_seance_une_heure_apres_sa_fin(personas: Personas) -> None:
    seance = import_module(settings.SESSION_ENGINE).SessionStore()
    seance.create()
    Seance.objects.update(expire_date=LUNDI)
    part_a(apres(hours=1), Seance.objects.exists, "seance")


def test_une_saisie_gardee_une_heure(personas: Personas) -> None:
    saisie = saisies.Saisie("/signaler/", "/signaler/", (("nature", "technique"),), False)
    saisies.garder(saisie, personas.ts_rennes.agent, maintenant=LUNDI)
    cle = SaisieGardee.objects.get().pk
    part_a(apres(hours=1), SaisieGardee.objects.exists, "saisie")
    assert not gestes.a_une_cle("envoi_en_attente", cle)


def test_le_second_facteur_d_un_compte_ferme_un_jour(
    personas: Personas, django_capture_on_commit_callbacks: Any
) -> None:
    agent, autre = personas.referent_caisse.agent, personas.dpo_caisse.agent
    for un in (agent, autre):
        poser_application(un)
    cle = Authenticator.objects.get(user=agent).data["secret"].partition(".")[0]
    Agent.objects.filter(pk=agent.pk).update(is_active=False, desactive_le=LUNDI)
    with django_capture_on_commit_callbacks(execute=True):
        part_a(apres(days=1), Authenticator.objects.filter(user=agent).exists, "facteur")
    assert not gestes.a_une_cle("second_facteur", gestes.UUID(cle))
    assert Authenticator.objects.filter(user=autre).exists()


def test_une_ligne_du_cache_des_qu_elle_a_expire(personas: Personas) -> None:
    """Django only lets them be written over; nobody's, they are not counted."""
    cache.clear()
    cache.set("breve", 1, timeout=60)
    cache.set("longue", 1, timeout=600)
    oublier(horloge.maintenant() + timedelta(seconds=120))
    with connection.cursor() as curseur:
        curseur.execute("SELECT cache_key FROM socle_cache")
        assert [cle for (cle,) in curseur.fetchall()] == [cache.make_key("longue")]


@pytest.fixture
def douze_mois(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    """A convention that says how long malfunctions are kept."""
    from dataclasses import replace

    ligne = Ligne(date(2025, 7, 7), 12, "essai", "essai")
    avant = conventions.chargees()
    apres_coup = {
        code: replace(
            une,
            conservation=replace(une.conservation, dysfonctionnement_mois=Datee((ligne,))),
        )
        for code, une in avant.items()
    }
    monkeypatch.setattr(conventions, "chargees", lambda: apres_coup)


def signale(personas: Personas) -> None:
    with contexte_systeme(DEPARTEMENT):
        un = Dysfonctionnement.objects.create(
            convention_id="demonstration",
            departement_id=DEPARTEMENT,
            caisse_id=CAISSE,
            organisation_id=DEPARTEMENT,
            nature="technique",
            par=personas.ts_rennes.agent,
            signale_le=LUNDI,
            reponse_due_le=apres(days=10),
            etat="clos",
            repondu_le=LUNDI,
            reponse="technique",
            suite="personne",
            clos_le=LUNDI,
        )
        FaitDysfonctionnement.objects.create(
            dysfonctionnement=un,
            departement_id=DEPARTEMENT,
            caisse_id=CAISSE,
            etat="clos",
            par=personas.referent_departement.agent,
            organisation_id=DEPARTEMENT,
            le=LUNDI,
        )


def restent() -> bool:
    with contexte_systeme(DEPARTEMENT):
        return Dysfonctionnement.objects.exists()


def test_un_signalement_reste_si_la_convention_ne_dit_rien(personas: Personas) -> None:
    signale(personas)
    oublis.oublier_les_dysfonctionnements(DEPARTEMENT, maintenant=apres(days=4000))
    assert restent()


@pytest.mark.usefixtures("douze_mois")
def test_un_signalement_clos_part_quand_la_convention_le_dit(personas: Personas) -> None:
    signale(personas)
    minuit = datetime(2027, 11, 23, 23, tzinfo=LUNDI.tzinfo)
    oublis.oublier_les_dysfonctionnements(DEPARTEMENT, maintenant=minuit - INSTANT)
    assert restent()
    assert not dits(DEPARTEMENT, "destruction")
    for _ in range(2):
        oublis.oublier_les_dysfonctionnements(DEPARTEMENT, maintenant=minuit)
    assert not restent()
    assert dits(DEPARTEMENT, "destruction") == [("dysfonctionnement", 1)]


def test_ce_qui_echoue_n_arrete_pas_le_reste(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    gestes.transmettre(personas.ts_rennes)
    Avis.objects.update(etat="envoye", envoye_le=LUNDI)
    PointDuJour.objects.create(agent=personas.ts_rennes.agent, jour=LUNDI.date())

    def casser(*_: Any) -> int:
        raise OSError("disk")

    monkeypatch.setitem(oublis.OUBLIS, "courriel", casser)
    with pytest.raises(ExceptionGroup):
        oublier(apres(days=100))
    assert Avis.objects.exists()
    assert not PointDuJour.objects.exists()
    assert not Passage.objects.filter(organisation=SYSTEME).exists()
