"""A store lost or damaged comes back from a copy by one command, and serves once it may."""

import os
import shutil
import stat
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from relais.coffre import actions, controle, copies, magasin, racine, retablissement, rotation
from relais.coffre.actions import Genre
from relais.coffre.erreurs import CoffreIndisponible, CoffreRetabli, RetablissementRefuse
from relais.coffre.models import Kek
from relais.socle import horloge
from tests.coffre import gestes
from tests.coffre.conftest import Coffre, contenu

QUI = "cd35"
REJOUES: list[str] = []


def rejouer() -> int:
    REJOUES.append(f"génération {actions.generation()}")
    return 7


def rejouer_en_vain() -> int:
    raise ConnectionError("la base n'est pas là")


@pytest.fixture(autouse=True)
def rejeu(settings: Any) -> None:
    REJOUES.clear()
    settings.APRES_RETABLISSEMENT = [f"{__name__}.rejouer"]


def remplir(combien: int = 40) -> dict[UUID, bytes]:
    objets = [uuid4() for _ in range(combien)]
    return {o: actions.sceller_neuf(Genre.NOTE, o, o.bytes, organisation=QUI) for o in objets}


def verifier(scelles: dict[UUID, bytes]) -> None:
    lus = actions.ouvrir_plusieurs(Genre.NOTE, list(scelles.items()), organisation=QUI)
    assert lus == {objet: objet.bytes for objet in scelles}
    assert list(controle.defauts()) == []


def perdre(coffre: Coffre) -> None:
    coffre.fichier.unlink()


def perdre_le_dossier(coffre: Coffre) -> None:
    shutil.rmtree(coffre.fichier.parent)


def vider(coffre: Coffre) -> None:
    coffre.fichier.write_bytes(b"")


def brouiller(coffre: Coffre) -> None:
    coffre.fichier.write_bytes(os.urandom(coffre.fichier.stat().st_size))


def abimer_une_page(coffre: Coffre) -> None:
    octets = coffre.fichier.read_bytes()
    milieu = len(octets) // 8192 * 4096
    coffre.fichier.write_bytes(octets[:milieu] + os.urandom(4096) + octets[milieu + 4096 :])


def alterer_la_kek(coffre: Coffre) -> None:
    bonne = bytes(Kek.objects.get().enveloppe)
    Kek.objects.update(enveloppe=bonne[:-1] + bytes([bonne[-1] ^ 1]))


def changer_le_numero_de_la_racine(coffre: Coffre) -> None:
    bonne = bytes(Kek.objects.get().enveloppe)
    Kek.objects.update(enveloppe=bonne[:5] + bytes([bonne[5] ^ 1]) + bonne[6:])


PERTES = [
    *(perdre, perdre_le_dossier, vider, brouiller, abimer_une_page),
    *(alterer_la_kek, changer_le_numero_de_la_racine),
]


@pytest.mark.parametrize("perte", PERTES)
def test_une_commande_rend_le_coffre_perdu_ou_abime(
    coffre: Coffre, perte: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    scelles = remplir()
    copies.copier()
    perte(coffre)
    connections["coffre"].close()
    debut = time.monotonic()
    call_command("coffre", "retablir")
    assert "Rien n'est fait sans --confirmer." in capsys.readouterr().out
    assert REJOUES == []
    call_command("coffre", "retablir", "--confirmer")
    assert time.monotonic() - debut < 30
    assert "Effacements rejoués : 7." in capsys.readouterr().out
    assert REJOUES == ["génération 0"]
    verifier(scelles)
    assert stat.S_IMODE(coffre.fichier.stat().st_mode) == 0o600
    actions.creer_cle(Genre.NOTE, uuid4(), organisation=QUI)


def test_un_coffre_qui_s_ouvre_n_est_jamais_remplace(coffre: Coffre) -> None:
    remplir(1)
    copies.copier()
    remplir(1)
    with pytest.raises(CommandError, match="perdrait les clés"):
        call_command("coffre", "retablir", "--confirmer")


def test_sans_copie_rien_n_est_touche(coffre: Coffre) -> None:
    brouiller(coffre)
    avant = coffre.fichier.read_bytes()
    with pytest.raises(CommandError, match="aucune copie"):
        call_command("coffre", "retablir", "--confirmer")
    assert coffre.fichier.read_bytes() == avant


def test_sans_la_cle_racine_rien_n_est_touche(coffre: Coffre) -> None:
    remplir(1)
    copies.copier()
    coffre.racine.unlink()
    avant = coffre.fichier.read_bytes()
    with pytest.raises(CommandError, match="La clé racine manque"):
        call_command("coffre", "retablir", "--confirmer")
    assert coffre.fichier.read_bytes() == avant


def test_une_copie_abimee_laisse_la_place_a_celle_d_avant(coffre: Coffre) -> None:
    scelles = remplir()
    maintenant = horloge.maintenant()
    copies.copier(maintenant=maintenant - timedelta(minutes=2))
    derniere = copies.copier(maintenant=maintenant - timedelta(minutes=1))
    derniere.chemin.write_bytes(os.urandom(8192))
    perdre(coffre)
    call_command("coffre", "retablir", "--confirmer")
    verifier(scelles)


def test_une_copie_d_avant_une_rotation_de_la_racine_se_retablit(coffre: Coffre) -> None:
    scelles = remplir()
    copies.copier()
    rotation.tourner_racine()
    perdre(coffre)
    call_command("coffre", "retablir", "--confirmer")
    verifier(scelles)


def test_une_copie_remise_a_la_main_ne_sert_pas_avant_le_rejeu(coffre: Coffre) -> None:
    """What was destroyed since the copy would open again."""
    ((objet, chiffre),) = remplir(1).items()
    copie = copies.copier()
    actions.detruire(Genre.NOTE, [objet])
    connections["coffre"].close()
    shutil.copy2(copie.chemin, coffre.fichier)
    coffre.journal.unlink()
    with pytest.raises(CoffreRetabli):
        actions.ouvrir(Genre.NOTE, objet, chiffre, organisation=QUI)
    with pytest.raises(SystemExit, match="effacements"):
        controle.verifier_magasin()
    with pytest.raises(copies.CopieImpossible):
        copies.copier()
    call_command("coffre", "retablir", "--confirmer")
    assert REJOUES == ["génération 0"]
    actions.sceller_neuf(Genre.NOTE, objet, b"x", organisation=QUI)


def test_un_rejeu_qui_echoue_laisse_le_coffre_ferme(coffre: Coffre, settings: Any) -> None:
    scelles = remplir(1)
    copies.copier()
    perdre(coffre)
    settings.APRES_RETABLISSEMENT = [f"{__name__}.rejouer_en_vain"]
    with pytest.raises(ConnectionError):
        call_command("coffre", "retablir", "--confirmer")
    with pytest.raises(CoffreRetabli):
        actions.generation()
    settings.APRES_RETABLISSEMENT = [f"{__name__}.rejouer"]
    call_command("coffre", "retablir", "--confirmer")
    verifier(scelles)


def test_un_retablissement_tue_n_importe_ou_se_finit(coffre: Coffre) -> None:
    scelles = remplir(5)
    maintenant = horloge.maintenant()
    copies.copier(maintenant=maintenant)
    brouiller(coffre)
    avant = coffre.fichier.read_bytes()
    for rang in range(1, 100, 4):
        connections["coffre"].close()
        coffre.fichier.write_bytes(avant)
        fils = coffre.lancer(gestes.retablir, rang)
        fini = fils.finir()
        with pytest.raises(CoffreIndisponible):
            actions.generation()
        call_command("coffre", "retablir", "--confirmer")
        verifier(scelles)
        assert contenu(coffre.fichier.parent) == [coffre.fichier.name, coffre.journal.name]
        if fini == 0:
            break
    else:
        pytest.fail("never went to its end")
    assert rang > 20


def test_le_coffre_abime_est_ecarte_le_temps_d_une_copie(coffre: Coffre) -> None:
    remplir()
    maintenant = horloge.maintenant()
    copies.copier(maintenant=maintenant)
    abimer_une_page(coffre)
    avant = coffre.fichier.read_bytes()
    temoin = coffre.dossier / "temoin"
    os.link(coffre.fichier, temoin)
    connections["coffre"].close()
    copie = retablissement.a_remettre()
    assert copie
    retablissement.retablir(copie, maintenant=maintenant)
    assert not any(temoin.read_bytes())
    (ecarte,) = coffre.copies.glob("ecarte-*")
    assert ecarte.read_bytes() == avant
    retablissement.rejouer()
    copies.copier(maintenant=maintenant + timedelta(hours=23))
    assert ecarte.exists()
    copies.copier(maintenant=maintenant + timedelta(hours=24))
    assert not ecarte.exists()


def test_on_ne_retablit_pas_pendant_une_rotation(coffre: Coffre) -> None:
    remplir(1)
    copies.copier()
    perdre(coffre)
    with racine.verrou(), pytest.raises(CommandError, match="déjà en cours"):
        call_command("coffre", "retablir", "--confirmer")
    assert not coffre.fichier.exists()


def test_le_journal_du_coffre_perdu_n_est_pas_joue_sur_la_copie(coffre: Coffre) -> None:
    scelles = remplir()
    copies.copier()
    mort = coffre.lancer(gestes.detruire_et_trainer)
    mort.attendre_une_ligne()
    mort.tuer()
    perdre(coffre)
    assert any(coffre.journal.read_bytes()[:8])
    call_command("coffre", "retablir", "--confirmer")
    verifier(scelles)
    assert magasin.chemin() == coffre.fichier
    with pytest.raises(RetablissementRefuse):
        retablissement.a_remettre()
