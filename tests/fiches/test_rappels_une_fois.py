"""One mail at most per event and person: a worker killed at the worst moment, and the sums.

The database holds both: one transaction ends a reminder and writes its mails, and a reminder has
one mail for each agent.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from relais.fiches import avis, rappels
from relais.fiches.demonstration.lieu import port_libre
from relais.fiches.models import Avis, Rappel
from tests.adaptateurs.serveur_smtp import Boite, serveur
from tests.banc import RACINE, Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, ETAPE
from tests.fiches.test_avis import BOITE_CAISSE, Brancher, attendre, brancher, lus, ouvrier
from tests.personas import Personas

__all__ = ["brancher"]  # a fixture
LUNDI = datetime(2026, 11, 16, 9, tzinfo=UTC)
RAPPEL, DEMANDE, REPONSE = (
    "Rappel : une fiche attend",
    "Demande urgente",
    "Réponse à demande urgente",
)
RAPPELER = (
    "import django; django.setup();"
    "from relais.fiches import rappels; from relais.socle import horloge;"
    f"rappels.faire({CAISSE!r}, maintenant=horloge.maintenant())"
)


def h(heures: float) -> datetime:
    return LUNDI + timedelta(hours=heures)


def bloques(sql: "psycopg.Connection[tuple[int]]") -> int:
    """How many transactions wait to write a mail."""
    ligne = sql.execute(
        "SELECT count(*) FROM pg_locks"
        " WHERE relation = 'fiches_avis'::regclass AND NOT granted AND mode = 'RowExclusiveLock'"
    ).fetchone()
    return ligne[0] if ligne else 0


@pytest.mark.timeout(500)
def test_l_ouvrier_tue_entre_sa_prise_et_son_courriel_ne_rappelle_qu_une_fois(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """kill -9 with the reminder in hand and its mail not written: both come back together."""
    sortie = tmp_path / "ouvrier.log"
    gestes.transmettre(personnel.ts_rennes, le=timezone.now() - timedelta(hours=50))
    Avis.objects.update(etat="envoye", envoye_le=timezone.now())
    with gestes.vu_de(CAISSE):  # just before a week-end the next one is due too, and voids this one
        premier_du = Rappel.objects.order_by("du_le")[0]
        Rappel.objects.exclude(pk=premier_du.pk).delete()
    with psycopg.connect(base.url("proprietaire")) as verrou:
        verrou.execute("LOCK TABLE fiches_avis IN SHARE MODE")
        with (
            sortie.open("wb") as flux,
            subprocess.Popen(
                [sys.executable, "-c", RAPPELER],
                cwd=RACINE,
                env=base.environnement(),
                stdout=flux,
                stderr=flux,
            ) as premier,
        ):
            attendre(lambda: bloques(verrou), secondes=120, sortie=sortie)
            os.kill(premier.pid, signal.SIGKILL)
            assert premier.wait(20) == -signal.SIGKILL
    with gestes.vu_de(CAISSE):
        assert not Rappel.objects.filter(fait_le__isnull=False).exists()
    assert not Avis.objects.filter(rappel__isnull=False).exists()

    boite = Boite()
    with serveur(boite) as port, ouvrier(base, port, sortie) as second:
        rappele = Avis.objects.filter(objet="rappel_reponse", etat="envoye")
        attendre(rappele.exists, secondes=150, sortie=sortie)
        second.terminate()
        assert second.wait(60) == 0
    assert [(m["To"], m["Subject"]) for m in lus(boite)] == [
        (BOITE_CAISSE, "Rappel : une fiche attend")
    ]


def test_un_rappel_n_a_qu_un_courriel_par_personne(personas: Personas) -> None:
    gestes.transmettre(personas.ts_rennes, le=LUNDI)
    rappels.faire(CAISSE, maintenant=LUNDI + timedelta(hours=48))
    un = Avis.objects.get(objet="rappel_reponse")
    un.pk = None
    un._state.adding = True
    with pytest.raises(IntegrityError, match="avis_unique_par_rappel"), transaction.atomic():
        un.save(force_insert=True)


def test_un_rappel_retenu_par_le_serveur_ne_part_plus_s_il_ne_sert_plus(
    personas: Personas, brancher: Brancher
) -> None:
    """The server is away for hours; one fiche is answered meanwhile, the other still waits."""
    repondue, en_attente = (gestes.transmettre(personas.ts_rennes, le=LUNDI) for _ in range(2))
    Avis.objects.update(etat="envoye")
    rappels.faire(CAISSE, maintenant=h(48))
    brancher(port_libre())  # nobody listens there
    for pk in avis.en_attente(h(48)):
        assert not avis.expedier(pk, maintenant=h(48))
    assert Avis.objects.filter(etat="a_envoyer", essais=1).count() == 2
    gestes.repondre(personas.agent_caisse, repondue, le=h(49))
    boite = Boite()
    with serveur(boite) as port:
        brancher(port)
        for pk in avis.en_attente(h(49)):
            avis.expedier(pk, maintenant=h(49))
    rappeles = [m for m in lus(boite) if m["Subject"] == RAPPEL]
    assert [en_attente.reference in m.get_content() for m in rappeles] == [True]
    with gestes.vu_de(CAISSE):
        faits = Rappel.objects.filter(nature="attente").values_list("fiche", "suite")
        assert dict(faits) == {repondue.pk: "sans_objet", en_attente.pk: "envoye"}
    assert not Avis.objects.filter(rappel__fiche=repondue).exists()


def passer_les_heures(de: int, a: int) -> None:
    """The minute jobs, each hour, with a real mail server."""
    for heure in range(de, a):
        for organisation in (CAISSE, DEPARTEMENT):
            rappels.faire(organisation, maintenant=h(heure))
        for pk in avis.en_attente(h(heure)):
            avis.expedier(pk, maintenant=h(heure))


DEUX_SEMAINES = 24 * 14


def recus(boite: Boite) -> dict[str, list[str]]:
    """Subjects that each address got."""
    par_adresse: dict[str, list[str]] = {}
    for message in lus(boite):
        adresse = message["To"].removesuffix("@exemple.test")
        par_adresse.setdefault(adresse, []).append(message["Subject"])
    return par_adresse


def test_une_fiche_ordinaire_ne_fait_qu_un_courriel_a_chacun(
    personas: Personas, brancher: Brancher
) -> None:
    """Sent, taken two hours later, answered the next day, read the day after."""
    ts, caisse, boite = personas.ts_rennes, personas.agent_caisse, Boite()
    fiche = gestes.transmettre(ts, le=LUNDI)
    gestes.prendre(caisse, fiche, le=h(2))
    gestes.repondre(caisse, fiche, le=h(24))
    gestes.classer(caisse, fiche, le=h(25))
    gestes.lire_la_reponse(ts, fiche, le=h(48))
    with serveur(boite) as port:
        brancher(port)
        passer_les_heures(0, DEUX_SEMAINES)
    assert recus(boite) == {BOITE_CAISSE: [DEMANDE], "ts.rennes": [REPONSE]}


def test_une_fiche_avec_une_etape_en_fait_deux_a_son_auteur(
    personas: Personas, brancher: Brancher
) -> None:
    ts, caisse, boite = personas.ts_rennes, personas.agent_caisse, Boite()
    fiche = gestes.transmettre(ts, le=LUNDI)
    gestes.repondre(caisse, fiche, ETAPE, le=h(5))
    gestes.repondre(caisse, fiche, le=h(47))
    gestes.classer(caisse, fiche, le=h(48))
    gestes.lire_la_reponse(ts, fiche, le=h(49))
    with serveur(boite) as port:
        brancher(port)
        passer_les_heures(0, DEUX_SEMAINES)
    assert recus(boite) == {BOITE_CAISSE: [DEMANDE], "ts.rennes": [REPONSE, REPONSE]}


def test_une_fiche_en_retard_previent_chacun_une_fois_par_raison(
    personas: Personas, brancher: Brancher
) -> None:
    """Nobody takes it; answered after 76 hours; its author does not read for days."""
    ts, caisse, boite = personas.ts_rennes, personas.agent_caisse, Boite()
    fiche = gestes.transmettre(ts, le=LUNDI)
    with serveur(boite) as port:
        brancher(port)
        passer_les_heures(0, 76)
        gestes.repondre(caisse, fiche, le=h(76))
        gestes.classer(caisse, fiche, le=h(77))
        passer_les_heures(76, DEUX_SEMAINES)
    assert {qui: Counter(objets) for qui, objets in recus(boite).items()} == {
        BOITE_CAISSE: Counter({RAPPEL: 2, DEMANDE: 1}),
        "referent.caisse": Counter([RAPPEL]),
        "referent.departement": Counter([RAPPEL]),
        "ts.rennes": Counter([REPONSE, RAPPEL]),
    }
