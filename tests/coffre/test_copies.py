"""Minute copies: whole or absent, private, gone after 24 hours."""

import os
import shutil
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from relais.coffre import actions, copies, magasin
from relais.coffre.actions import Genre
from relais.coffre.erreurs import CopieImpossible, Illisible
from relais.coffre.models import Cle
from relais.socle import horloge
from tests.coffre.conftest import Coffre, contenu

MAINTENANT = horloge.maintenant()
MINUTE = timedelta(minutes=1)


def ages() -> list[timedelta]:
    return [MAINTENANT - copie.faite_le for copie in copies.toutes()]


def vieille(age: timedelta) -> Path:
    """A copy made then."""
    return copies.copier(maintenant=MAINTENANT - age).chemin


def remettre(coffre: Coffre, copie: Path) -> None:
    """As a restore would: an atomic replacement, whoever has the former file open."""
    neuf = coffre.dossier / "neuf"
    shutil.copy2(copie, neuf)
    neuf.replace(coffre.fichier)
    magasin.mettre_a_zero(coffre.journal)
    with magasin.rejeu():
        pass


def test_une_copie_remise_en_place_rend_tout(coffre: Coffre) -> None:
    objet = uuid4()
    scelle = actions.sceller_neuf(Genre.NOTE, objet, b"clair", organisation="cd35")
    copie = copies.copier()
    actions.detruire(Genre.NOTE, [objet])
    with pytest.raises(Illisible):
        actions.ouvrir(Genre.NOTE, objet, scelle, organisation="cd35")
    remettre(coffre, copie.chemin)
    assert actions.ouvrir(Genre.NOTE, objet, scelle, organisation="cd35") == b"clair"
    assert actions.generation() == 0


def test_une_copie_est_privee_et_seule_dans_son_dossier(coffre: Coffre) -> None:
    copie = copies.copier()
    assert stat.S_IMODE(copie.chemin.stat().st_mode) == 0o600
    assert contenu(coffre.copies) == [".verrou", copie.chemin.name]
    assert copies.derniere() == copie


def test_aucune_copie_ne_depasse_24_heures(coffre: Coffre) -> None:
    garder = [timedelta(hours=h) for h in (23, 12, 2)]
    partir = [timedelta(hours=24), timedelta(hours=25), timedelta(days=30)]
    for age in sorted(partir + garder, reverse=True):
        vieille(age)
    copies.copier(maintenant=MAINTENANT)
    assert ages() == [*garder, timedelta()]


def test_une_copie_part_avant_d_avoir_depasse_son_terme(coffre: Coffre) -> None:
    """Its age at the run after this one must still be within the bound."""
    detruite_le = MAINTENANT - timedelta(hours=24) + MINUTE
    vieille(timedelta(hours=24) - MINUTE)
    copies.copier(maintenant=MAINTENANT)
    assert copies.effacement_definitif_le(detruite_le) == MAINTENANT + MINUTE
    assert ages() == [timedelta()]


def test_apres_une_heure_il_en_reste_une_par_heure(coffre: Coffre) -> None:
    depart = MAINTENANT.replace(minute=0, second=0, microsecond=0)
    faites = [depart - n * timedelta(minutes=10) for n in reversed(range(25 * 6))]
    for quand in faites:
        copies.copier(maintenant=quand)
    restantes = [depart - copie.faite_le for copie in copies.toutes()]
    assert [age for age in restantes if age <= timedelta(hours=1)] == [
        timedelta(minutes=10 * n) for n in reversed(range(7))
    ]
    anciennes = [age for age in restantes if age > timedelta(hours=1)]
    assert max(anciennes) < timedelta(hours=24)
    heures = [(depart - age).timetuple()[:4] for age in anciennes]
    assert len(heures) == len(set(heures)) >= 22


def test_une_copie_detruite_est_d_abord_ecrasee(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    vieux = vieille(timedelta(hours=25))
    temoin = coffre.dossier / "temoin"
    os.link(vieux, temoin)  # the same blocks, under a name that stays
    copies.copier(maintenant=MAINTENANT)
    assert not vieux.exists()
    assert temoin.stat().st_size > 0
    assert not any(temoin.read_bytes())


def test_une_copie_datee_de_l_avenir_ne_s_attarde_pas(coffre: Coffre) -> None:
    vieille(timedelta(days=-3))
    vieille(timedelta(days=-2))
    actions.creer_cle(Genre.NOTE, note := uuid4(), organisation="cd35")
    actions.detruire(Genre.NOTE, [note])
    copies.copier(maintenant=MAINTENANT)
    assert ages() == [timedelta()]


def test_ce_qu_un_copieur_tue_a_laisse_est_ecrase(coffre: Coffre) -> None:
    reste = coffre.copies / "coffre-x.sqlite3.part"
    reste.write_bytes(b"reste")
    temoin = coffre.dossier / "temoin"
    os.link(reste, temoin)
    copies.copier()
    assert not reste.exists()
    assert temoin.read_bytes() == bytes(5)


def test_un_coffre_abime_ne_devient_jamais_une_copie(coffre: Coffre) -> None:
    actions.creer_cles(Genre.NOTE, [(uuid4(), None) for _ in range(500)], organisation="cd35")
    bonne = copies.copier()
    connections["coffre"].close()
    page = 4096
    with coffre.fichier.open("r+b") as fichier:  # this thread holds no lock: closed just above
        fichier.seek(coffre.fichier.stat().st_size // page // 2 * page)
        fichier.write(os.urandom(page))
    with pytest.raises(CopieImpossible):
        copies.copier()
    assert copies.toutes() == [bonne]
    assert not list(coffre.copies.glob("*.part"))


def test_un_coffre_dont_un_index_ment_ne_devient_pas_une_copie(coffre: Coffre) -> None:
    """What SQLite reads without an error, and only its full check finds."""
    objets = [uuid4() for _ in range(5)]
    actions.creer_cles(Genre.NOTE, [(o, None) for o in objets], organisation="cd35")
    connections["coffre"].close()
    octets = coffre.fichier.read_bytes()
    coffre.fichier.write_bytes(octets.replace(objets[2].hex.encode(), uuid4().hex.encode(), 1))
    with pytest.raises(CopieImpossible, match="abîmé"):
        copies.copier()
    assert copies.toutes() == []


def test_un_coffre_sans_identite_ne_devient_pas_une_copie(coffre: Coffre) -> None:
    coffre.sql("DELETE FROM coffre_magasin")
    with pytest.raises(CopieImpossible, match="abîmé"):
        copies.copier()


def test_sans_coffre_la_derniere_copie_reste_et_les_autres_partent(coffre: Coffre) -> None:
    for age in (26, 25):
        vieille(timedelta(hours=age))
    coffre.fichier.unlink()
    with pytest.raises(CopieImpossible):
        copies.copier(maintenant=MAINTENANT)
    assert ages() == [timedelta(hours=25)]


def test_une_copie_qui_garde_une_cle_detruite_part_meme_si_c_est_la_derniere(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.creer_cle(Genre.NOTE, note := uuid4(), organisation="cd35")
    vieille(timedelta(hours=25))
    actions.detruire(Genre.NOTE, [note])
    with monkeypatch.context() as panne:
        panne.setattr(copies, "_recopier", _plein)
        with pytest.raises(CopieImpossible, match="No space left"):
            copies.copier(maintenant=MAINTENANT)
    assert copies.toutes() == []


def test_une_copie_qui_ne_garde_rien_de_detruit_reste_tant_qu_elle_est_la_seule(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    vieille(timedelta(hours=25))
    with monkeypatch.context() as panne:
        panne.setattr(copies, "_recopier", _plein)
        with pytest.raises(CopieImpossible):
            copies.copier(maintenant=MAINTENANT)
    assert ages() == [timedelta(hours=25)]
    copies.copier(maintenant=MAINTENANT)
    assert ages() == [timedelta()]


def _plein(cible: Path) -> None:
    cible.write_bytes(b"debut")
    raise OSError(28, "No space left on device")


def test_une_copie_coupee_ne_laisse_rien(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_recopier", _plein)
    with pytest.raises(CopieImpossible):
        copies.copier()
    assert contenu(coffre.copies) == [".verrou"]


@pytest.mark.parametrize("etat", ["absent", "ouvert", "lien"])
def test_un_dossier_de_copies_mal_garde_est_refuse(coffre: Coffre, etat: str) -> None:
    if etat == "ouvert":
        coffre.copies.chmod(0o750)
    else:
        coffre.copies.rmdir()
    if etat == "lien":
        coffre.copies.symlink_to(coffre.dossier)
    with pytest.raises(CopieImpossible):
        copies.copier()
    assert etat != "absent" or not coffre.copies.exists()


def test_la_duree_des_copies_est_un_reglage(coffre: Coffre, settings: Any) -> None:
    settings.COFFRE_COPIES_DUREE = timedelta(hours=6)
    vieille(timedelta(hours=7))
    copies.copier(maintenant=MAINTENANT)
    assert ages() == [timedelta()]
    assert copies.effacement_definitif_le(MAINTENANT) == MAINTENANT + timedelta(hours=6)


def test_une_copie_qui_echoue_ouvre_une_alerte_et_une_bonne_la_clot(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    from relais.coffre import tasks

    vues: list[str] = []
    monkeypatch.setattr(tasks.alertes, "alerter", lambda nature: vues.append(f"+{nature}"))
    monkeypatch.setattr(tasks.alertes, "clore", lambda nature: vues.append(f"-{nature}"))
    coffre.copies.chmod(0o755)
    tasks.copier_le_coffre(timestamp=0)
    coffre.copies.chmod(0o700)
    tasks.copier_le_coffre(timestamp=60)
    assert vues == ["+copie_du_coffre", "-coffre", "-copie_du_coffre", "-coffre"]
    assert len(copies.toutes()) == 1


def test_la_copie_est_demandee_chaque_minute() -> None:
    from procrastinate.contrib.django import app

    periodiques = app.periodic_registry.periodic_tasks
    crons = {tache.task.name: tache.cron for tache in periodiques.values()}
    assert crons["coffre.copier"] == "* * * * *"


def test_les_cles_vivantes_sont_toutes_dans_la_copie(coffre: Coffre) -> None:
    actions.creer_cles(Genre.NOTE, [(uuid4(), None) for _ in range(700)], organisation="cd35")
    attendues = set(Cle.objects.values_list("objet_id", "enveloppe"))
    remettre(coffre, copies.copier().chemin)
    assert set(Cle.objects.values_list("objet_id", "enveloppe")) == attendues
