"""The mail catcher of the demonstration, in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relais.adaptateurs.courriel import EchecPassager, Reglages, expedier
from relais.fiches.demonstration.lieu import port_libre
from relais.socle.attrape_courriels import SOUS_DOSSIER, garder, lire


def envoyer(port: int, numero: int) -> None:
    expedier(
        destinataire="camille.fictif@exemple.test",
        objet="Réponse à demande urgente",
        corps=f"Du nouveau sur une fiche que vous suivez : n° {numero}.\n",
        message_id=f"<{numero}@relais.exemple.test>",
        expediteur="relais@exemple.test",
        reglages=Reglages(hote="127.0.0.1", port=port, starttls=False),
    )


def lancer(dossier: Path, port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "relais.socle.attrape_courriels", str(dossier), str(port)],
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def attrape(tmp_path: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    port = port_libre()
    with lancer(tmp_path, port) as processus:
        fin = time.monotonic() + 60
        while True:
            try:
                envoyer(port, 0)
            except EchecPassager:
                assert time.monotonic() < fin
                time.sleep(0.05)
            else:
                break
        yield processus, port
        processus.terminate()


def test_les_courriels_attrapes_se_lisent_le_dernier_d_abord(
    tmp_path: Path, attrape: tuple["subprocess.Popen[str]", int]
) -> None:
    for numero in (1, 2):
        envoyer(attrape[1], numero)
    courriels = lire(tmp_path)
    assert [courriel.message_id for courriel in courriels] == [
        f"<{numero}@relais.exemple.test>" for numero in (2, 1, 0)
    ]
    dernier = courriels[0]
    assert dernier.objet == "Réponse à demande urgente"
    assert dernier.corps == "Du nouveau sur une fiche que vous suivez : n° 2.\n"
    assert (dernier.de, dernier.a) == ("relais@exemple.test", "camille.fictif@exemple.test")
    assert abs(datetime.now(UTC) - dernier.recu_le) < timedelta(seconds=30)


def test_les_courriels_ne_se_lisent_que_par_leur_proprietaire(
    tmp_path: Path, attrape: tuple["subprocess.Popen[str]", int]
) -> None:
    (fichier,) = (tmp_path / SOUS_DOSSIER).iterdir()
    assert fichier.stat().st_mode & 0o077 == 0
    assert fichier.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("demande", [signal.SIGTERM, signal.SIGINT])
def test_l_attrape_s_arrete_quand_on_le_lui_demande(
    demande: signal.Signals, attrape: tuple["subprocess.Popen[str]", int]
) -> None:
    processus, port = attrape
    os.kill(processus.pid, demande)
    assert processus.wait(10) == 0
    with pytest.raises(EchecPassager):
        envoyer(port, 1)


def test_un_port_pris_se_dit_en_une_phrase(
    tmp_path: Path, attrape: tuple["subprocess.Popen[str]", int]
) -> None:
    with lancer(tmp_path, attrape[1]) as second:
        _, erreur = second.communicate(timeout=60)
    assert second.returncode == 1
    assert erreur == f"Le port {attrape[1]} est déjà pris : les courriels n’y seront pas lus.\n"


def test_un_courriel_a_moitie_ecrit_ne_se_lit_pas(tmp_path: Path) -> None:
    assert lire(tmp_path) == []
    garder(tmp_path, b"Subject: entier\r\n\r\ncorps\r\n")
    (tmp_path / SOUS_DOSSIER / "20261123T214500000000-1.partiel").write_bytes(b"Subj")
    garder(tmp_path, b"octets \xff sans entete")
    courriels = lire(tmp_path)
    assert [courriel.objet for courriel in courriels] == ["", "entier"]
