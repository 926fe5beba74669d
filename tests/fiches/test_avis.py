"""The mails about a fiche: to whom, with what words, and whatever the mail server does."""

import asyncio
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from relais.adaptateurs import courriel
from relais.fiches import avis, effacement
from relais.fiches.demonstration.lieu import port_libre
from relais.fiches.models import Avis, Fiche, Rappel
from relais.journal.models import Evenement
from relais.socle.models import Alerte
from tests.adaptateurs.serveur_smtp import Boite, serveur, serveur_brut
from tests.banc import RACINE, Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, LUNDI, apres
from tests.personas import Personas

BOITE_CAISSE = "partenaires@caisse.exemple.invalid"
SECRETS = (
    *("Camille", "Fictif", "FICTIF", "Inventée", "1850578006084", "85 05", "Redon", "0261913577"),
    *("rupture", "ressources", "RSA", "retraite de", "débloqué", "portugais"),
)
Brancher = Callable[..., None]


@pytest.fixture
def brancher(settings: Any) -> Brancher:
    """Send to that port of this machine, as `relais` would with its settings."""

    def _brancher(port: int, **autres: Any) -> None:
        settings.SMTP = {
            **settings.SMTP,
            "hote": "127.0.0.1",
            "port": port,
            "starttls": False,
            "expediteur": "r@exemple.test",
            **autres,
        }

    return _brancher


@pytest.fixture
def courrier(personas: Personas) -> Avis:
    gestes.transmettre(personas.ts_rennes)
    return Avis.objects.get()


def lus(boite: Boite) -> list[Any]:
    return [message_from_bytes(e.content, policy=default) for _, e in boite.recus]


def destinataires(boite: Boite) -> set[str]:
    return {adresse for _, e in boite.recus for adresse in e.rcpt_tos}


def envoyer_tout(maintenant: datetime) -> None:
    for pk in avis.en_attente(maintenant):
        assert avis.expedier(pk, maintenant=maintenant)


def test_une_demande_va_a_la_boite_de_la_caisse_puis_aussi_a_qui_la_suit(
    personas: Personas, brancher: Brancher
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    premiere, seconde = Boite(), Boite()
    with serveur(premiere) as port:
        brancher(port)
        envoyer_tout(LUNDI)
    assert destinataires(premiere) == {BOITE_CAISSE}
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=1))
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=1))
    with serveur(seconde) as port:
        brancher(port)
        envoyer_tout(apres(days=1))
    assert destinataires(seconde) == {
        BOITE_CAISSE,
        personas.agent_caisse.agent.email,
        personas.ts_rennes.agent.email,
    }
    objets = {m["To"]: m["Subject"] for m in lus(seconde)}
    assert objets == {
        BOITE_CAISSE: "Demande urgente",
        personas.agent_caisse.agent.email: "Demande urgente",
        personas.ts_rennes.agent.email: "Réponse à demande urgente",
    }


def test_un_courriel_ne_dit_rien_de_la_personne(personas: Personas, brancher: Brancher) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    for reponse in (gestes.ETAPE, gestes.REPONSES["piece_manquante"]):
        gestes.repondre(personas.agent_caisse, fiche, reponse)
    boite = Boite()
    with serveur(boite) as port:
        brancher(port)
        envoyer_tout(apres(days=1))
    messages = lus(boite)
    assert len(messages) == 3
    for message in messages:
        tout = message.as_string() + message.get_content()
        assert [mot for mot in SECRETS if mot in tout] == []
        assert fiche.reference in message.get_content()
        assert f"/fiches/{fiche.reference}/" in message.get_content()
        assert "Ce message ne dit rien de la personne concernée" in message.get_content()
        assert message["Reply-To"] is None
    (demande,) = [m for m in messages if m["Subject"] == "Demande urgente"]
    ordinaire = demande.get_content().replace("\u00a0", " ")
    assert re.search(r"avant le jeudi 26 novembre 2026 à 10 h", ordinaire)


def test_un_courriel_parti_ne_repart_pas(courrier: Avis, brancher: Brancher) -> None:
    boite = Boite()
    with serveur(boite) as port:
        brancher(port)
        assert avis.expedier(str(courrier.pk), maintenant=LUNDI)
        assert not avis.expedier(str(courrier.pk), maintenant=apres(days=1))
    (message,) = lus(boite)
    assert message["Message-ID"] == avis.message_id(courrier)
    courrier.refresh_from_db()
    assert (courrier.etat, courrier.envoye_le) == ("envoye", LUNDI)
    assert avis.en_attente(apres(days=1)) == []


def test_un_serveur_occupe_est_rappele_de_plus_en_plus_tard_pendant_deux_jours(
    courrier: Avis, brancher: Brancher
) -> None:
    essais, maintenant = [], LUNDI
    with serveur(Boite(data="451 plus tard")) as port:
        brancher(port)
        while Avis.objects.get().etat == "a_envoyer":
            avis.expedier(str(courrier.pk), maintenant=maintenant)
            essais.append(maintenant)
            prevu = Avis.objects.get().prochain_essai_le
            assert avis.en_attente(prevu - timedelta(seconds=1)) == []
            maintenant = prevu
    attentes = [b - a for a, b in itertools.pairwise(essais)]
    assert attentes == sorted(attentes)
    assert attentes[0] <= timedelta(minutes=1)
    assert timedelta(days=2) <= essais[-1] - LUNDI <= timedelta(days=3)
    assert Avis.objects.get().etat == "abandonne"
    with gestes.vu_de(CAISSE):
        assert Evenement.objects.get(action="courriel_abandonne").objet == str(courrier.pk)
    alerte = Alerte.objects.get()
    assert (alerte.nature, alerte.objet) == ("courriel", str(courrier.pk))


def test_un_refus_definitif_alerte_aussitot(courrier: Avis, brancher: Brancher) -> None:
    with serveur(Boite(rcpt="550 inconnue")) as port:
        brancher(port)
        assert not avis.expedier(str(courrier.pk), maintenant=LUNDI)
    assert Avis.objects.get().etat == "abandonne"
    assert Alerte.objects.filter(nature="courriel", close_le=None).count() == 1


def test_un_serveur_muet_ne_retient_pas_le_courriel(courrier: Avis, brancher: Brancher) -> None:
    with serveur_brut(lambda prise: prise.recv(1) and None) as port:
        brancher(port, delai=0.3)
        debut = time.monotonic()
        assert not avis.expedier(str(courrier.pk), maintenant=LUNDI)
        assert time.monotonic() - debut < 20
    assert Avis.objects.get().etat == "a_envoyer"
    assert Avis.objects.get().essais == 1


def test_un_serveur_qui_revient_recoit_tout(personas: Personas, brancher: Brancher) -> None:
    for _ in range(3):
        gestes.transmettre(personas.ts_rennes)
    brancher(port_libre())  # nobody listens there
    for pk in avis.en_attente(LUNDI):
        assert not avis.expedier(pk, maintenant=LUNDI)
    assert avis.en_attente(LUNDI) == []
    boite = Boite()
    with serveur(boite) as port:
        brancher(port)
        envoyer_tout(apres(minutes=1))
    identifiants = {m["Message-ID"] for m in lus(boite)}
    assert identifiants == {avis.message_id(a) for a in Avis.objects.all()}
    assert len(boite.recus) == 3


def test_pris_mais_pas_note_il_repart_sous_le_meme_identifiant(
    courrier: Avis, brancher: Brancher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server said yes and we died before writing it down."""
    boite, expedier = Boite(), courriel.expedier

    class Mort(BaseException):
        pass

    def expedier_et_mourir(**options: Any) -> None:
        expedier(**options)
        raise Mort

    with serveur(boite) as port:
        brancher(port)
        monkeypatch.setattr(courriel, "expedier", expedier_et_mourir)
        with pytest.raises(Mort):
            avis.expedier(str(courrier.pk), maintenant=LUNDI)
        monkeypatch.undo()
        brancher(port)
        assert avis.en_attente(LUNDI + timedelta(seconds=30)) == []  # still in somebody's hands
        envoyer_tout(apres(minutes=3))
    assert [m["Message-ID"] for m in lus(boite)] == [avis.message_id(courrier)] * 2


def test_deux_ouvriers_n_envoient_pas_deux_fois(personnel: Personas, brancher: Brancher) -> None:
    gestes.transmettre(personnel.ts_rennes)
    (pk,) = avis.en_attente(LUNDI)
    boite = Boite()
    with serveur(boite) as port:
        brancher(port)
        issues = gestes.ensemble([lambda: avis.expedier(pk, maintenant=LUNDI)] * 6)
    assert sorted(issues) == [False] * 5 + [True]
    assert len(boite.recus) == 1


def test_une_annulation_n_envoie_rien(personnel: Personas) -> None:
    from django.db import transaction

    with transaction.atomic():
        gestes.transmettre(personnel.ts_rennes)
        transaction.set_rollback(True)
    assert not Avis.objects.exists()


@dataclass
class BoiteLente(Boite):
    """Takes the message, then makes the sender wait for its « 250 » as long as it is told to."""

    tient: bool = True
    recus: list[Any] = field(default_factory=list)

    async def handle_DATA(self, serveur: Any, session: Any, enveloppe: Any) -> str:  # noqa: N802
        self.recus.append((session, enveloppe))
        while self.tient:
            await asyncio.sleep(0.05)
        return "250 OK"


@contextmanager
def ouvrier(base: Base, port: int, sortie: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`relais ouvrier` on that base, its output in a file; killed in the end if it still lives."""
    smtp = {"HOTE": "127.0.0.1", "PORT": str(port), "STARTTLS": "0", "EXPEDITEUR": "r@exemple.test"}
    with sortie.open("ab") as flux:
        processus = subprocess.Popen(
            [sys.executable, "-m", "relais", "ouvrier"],
            cwd=RACINE,
            env=base.environnement() | {f"RELAIS_SMTP_{cle}": v for cle, v in smtp.items()},
            stdout=flux,
            stderr=flux,
        )
    try:
        yield processus
    finally:
        if processus.poll() is None:
            processus.kill()
        processus.wait(20)


def attendre(condition: Callable[[], Any], *, secondes: float, sortie: Path) -> None:
    fin = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < fin, sortie.read_text()
        time.sleep(0.2)


@pytest.mark.timeout(500)
def test_l_ouvrier_tue_en_plein_envoi_ne_perd_rien(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """kill -9 between DATA and « 250 »: the next worker sends it again, as the same mail.

    The same worker finishes an erasure that a crash had left (the minute job).
    """
    sortie = tmp_path / "ouvrier.log"
    fiche = gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    (copie,) = gestes.copies(fiche, CAISSE)
    with gestes.vu_de(CAISSE):
        Rappel.objects.all().delete()  # on a Friday evening, one is due at once
    boite = BoiteLente()
    with serveur(boite) as port:
        with ouvrier(base, port, sortie) as premier:
            attendre(lambda: boite.recus, secondes=120, sortie=sortie)
            os.kill(premier.pid, signal.SIGKILL)
            premier.wait(20)
        assert Avis.objects.get().etat == "a_envoyer"
        boite.tient = False
        Avis.objects.update(prochain_essai_le=timezone.now())  # two minutes later
        with gestes.vu_de(CAISSE):
            effacement.Effacement.objects.create(
                objet_id=copie,
                genre="exemplaire",
                organisation=CAISSE,
                engage_le=timezone.now(),
                regle="retrait",
                du_le=timezone.now(),
            )
        with ouvrier(base, port, sortie) as second:
            attendre(lambda: Avis.objects.get().etat == "envoye", secondes=120, sortie=sortie)
            attendre(lambda: not gestes.copies(fiche, CAISSE), secondes=120, sortie=sortie)
            second.terminate()
            assert second.wait(60) == 0
    assert not gestes.a_une_cle("exemplaire", copie)
    identifiants = [m["Message-ID"] for m in lus(boite)]
    assert len(identifiants) >= 2
    assert set(identifiants) == {avis.message_id(Avis.objects.get())}
    with gestes.vu_de(CAISSE):
        assert Fiche.objects.get().statut == "transmise"
