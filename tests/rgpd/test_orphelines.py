"""Keys whose object never came: found a day later, destroyed with a certificate, no other is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from relais.annuaire import facteurs, saisies
from relais.annuaire.contexte import contexte_systeme
from relais.coffre import actions as coffre
from relais.coffre.actions import Genre
from relais.fiches import effacement
from relais.fiches.actions import brouillons, envois
from relais.fiches.models import Brouillon, Fiche
from relais.rgpd import tasks
from relais.rgpd.actions import orphelines
from relais.socle.models import Alerte
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT
from tests.personas import Personas
from tests.rgpd.gestes import certificats, certifies, dits
from tests.rgpd.test_rejeu import base_d_avant

NIR = DEMANDE.personne.nir or ""
JOURS = timedelta(days=1)


class Casse(Exception):
    """What undoes an act."""


def defaire(personnel: Personas) -> None:
    """A draft whose key and digests are made, whose act is undone."""
    with suppress(Casse), contexte_systeme(DEPARTEMENT):
        gestes.ecrire(personnel.ts_rennes)
        raise Casse


def cles() -> set[UUID]:
    with connections["coffre"].cursor() as curseur:
        curseur.execute("SELECT objet_id FROM coffre_cle")
        return {UUID(hex=hexa) for (hexa,) in curseur.fetchall()}


def balayer(jours: float = 1.5, **options: bool) -> int:
    """A passage so many days from now; how many keys it has found."""
    le = timezone.now() + jours * JOURS
    return sum(un.nombre for un in orphelines.balayer_tout(maintenant=le, **options))


def test_une_cle_sans_document_est_detruite_avec_ses_empreintes(
    personnel: Personas, base: Base
) -> None:
    gestes.transmettre(personnel.ts_rennes)
    gestes.ecrire(personnel.ts_rennes)
    vivantes = cles()
    defaire(personnel)
    (orpheline,) = cles() - vivantes
    assert (Genre.BROUILLON, orpheline) in coffre.chercher_nir(DEPARTEMENT, NIR)
    assert balayer(0.9) == 0  # its act might still be there
    assert balayer() == 1
    assert cles() == vivantes
    assert (Genre.BROUILLON, orpheline) not in coffre.chercher_nir(DEPARTEMENT, NIR)
    (certificat,) = [un for un in certificats(DEPARTEMENT) if un.regle == "orpheline"]
    assert (certificat.objet_id, certificat.genre) == (orpheline, "brouillon")
    assert certificat.detruite_le - certificat.du_le < JOURS
    assert dits(DEPARTEMENT, "destruction") == [("brouillon_fini", 1), ("orpheline", 1)]
    assert balayer() == 0
    assert not Alerte.objects.exists()


def test_un_acte_encore_en_cours_garde_sa_cle(personnel: Personas, base: Base) -> None:
    """However long it lasts: the key is older than a day, its row is not committed yet."""
    ecrite, finir = threading.Event(), threading.Event()
    faites: list[Fiche] = []

    def trainer() -> None:
        with contexte_systeme(DEPARTEMENT):
            fiche = gestes.ecrire(personnel.ts_rennes)
            faites.append(fiche)
            ecrite.set()
            finir.wait(30)
        connections.close_all()

    lent = threading.Thread(target=trainer)
    lent.start()
    assert ecrite.wait(30)
    try:
        assert len(cles()) == 1
        assert balayer() == 0
    finally:
        finir.set()
        lent.join()
    assert balayer() == 0
    with gestes.vu_de(DEPARTEMENT):
        assert brouillons.lire(Brouillon.objects.get(fiche=faites[0])).personne.nir == NIR


def test_une_fin_deja_decidee_garde_sa_propre_cause(
    personnel: Personas, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recalled by a process that died before the keys went: its certificate says « rappel »."""
    fiche = gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    with monkeypatch.context() as tuee:
        tuee.setattr(effacement, "detruire", lambda *_: None)
        with contexte_systeme(DEPARTEMENT):
            envois.rappeler(fiche, par=personnel.ts_rennes, maintenant=timezone.now())
    assert balayer() == 0
    effacement.achever(CAISSE)
    assert certifies(CAISSE) == {"rappel": 1}


def test_seconds_facteurs_et_saisies_gardees_comptent_aussi(
    personnel: Personas, base: Base
) -> None:
    agent = personnel.ts_rennes.agent
    facteurs.poser_application(agent)
    facteurs.sceller_secret(agent, "EN ATTENTE", cle=agent.pseudonyme)
    saisie = saisies.Saisie("/fiches/", "/fiches/", (("nom", "Fictif"),), fichier=False)
    saisies.garder(saisie, agent, maintenant=timezone.now())
    vivantes = cles()
    assert len(vivantes) == 3
    for genre in (Genre.SECOND_FACTEUR, Genre.ENVOI_EN_ATTENTE):
        coffre.creer_cle(genre, uuid4(), organisation="relais")
    assert balayer() == 2
    assert cles() == vivantes
    assert certifies("relais") == {"orpheline": 2}


def test_aucun_genre_de_cle_n_est_oublie() -> None:
    """`PERSONNE` is of the caseload, which has no row yet."""
    assert {*orphelines.LIGNES, Genre.PERSONNE} == set(Genre)


def test_une_base_plus_ancienne_que_le_coffre_ne_fait_rien_detruire(
    personnel: Personas, base: Base
) -> None:
    gestes.transmettre(personnel.ts_rennes)
    with base_d_avant(base):
        for _ in range(6):
            gestes.transmettre(personnel.ts_rennes)
    avant = cles()
    assert balayer() == 12
    assert cles() == avant
    alertes = Alerte.objects.filter(nature="orphelines", close_le=None)
    assert set(alertes.values_list("objet", flat=True)) == {DEPARTEMENT, CAISSE}
    assert balayer(sans_garde=True) == 12
    assert len(cles()) == 2
    assert not alertes.exists()


@contextmanager
def vieilli() -> Iterator[None]:
    """Every key of the store was made two days before."""
    with connections["coffre"].cursor() as curseur:
        curseur.execute("UPDATE coffre_cle SET creee_le = datetime(creee_le, '-2 days')")
    yield


def test_la_tache_et_la_commande_le_disent(personnel: Personas, base: Base) -> None:
    defaire(personnel)
    with vieilli():
        sortie = StringIO()
        call_command("purger", "--orphelines", stdout=sortie)
    assert "cd35 : 1 clé(s) sans document." in sortie.getvalue()
    assert cles() == set()
    for _ in range(12):
        defaire(personnel)
    with vieilli():
        tasks.balayer(0)
        assert len(cles()) == 12
        assert Alerte.objects.filter(nature="orphelines", objet="cd35", close_le=None).exists()
        with pytest.raises(CommandError, match="plus ancienne que le coffre"):
            call_command("purger", "--orphelines", stdout=sortie)
        call_command("purger", "--orphelines", "--sans-garde", stdout=sortie)
    assert cles() == set()
    assert not Alerte.objects.filter(close_le=None).exists()
