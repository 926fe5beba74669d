"""The KEK and the root key turned while the service runs, killed anywhere: everything opens."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from relais.coffre import actions, controle, copies, magasin, racine, racines_gardees, rotation
from relais.coffre.actions import Genre, Index
from relais.coffre.chiffrement import numero_de_racine
from relais.coffre.erreurs import Illisible, RacineRefusee, RotationRefusee
from relais.coffre.models import Cle, CleRecherche, Kek
from relais.socle import horloge
from tests.coffre import gestes
from tests.coffre.conftest import Coffre, contenu, dirige
from tests.couteau import compter

QUI = "cd35"
NIR = "1550735238042"
JOUR = timedelta(hours=24)
LES_DEUX = pytest.mark.parametrize("quoi", ["tourner_kek", "tourner_racine"])


def remplir(combien: int = 12) -> dict[UUID, bytes]:
    objets = [uuid4() for _ in range(combien)]
    index = Index(nir=NIR, noms=("Exemple",))
    actions.creer_cles(Genre.NOTE, [(o, index) for o in objets], organisation=QUI)
    return {o: actions.sceller_neuf(Genre.NOTE, o, o.bytes, organisation=QUI) for o in objets}


def verifier_que_tout_s_ouvre(scelles: dict[UUID, bytes]) -> None:
    lus = actions.ouvrir_plusieurs(Genre.NOTE, list(scelles.items()), organisation=QUI)
    assert lus == {objet: objet.bytes for objet in scelles}
    assert {objet for _, objet in actions.chercher_nir(QUI, NIR)} == set(scelles)
    assert list(controle.defauts()) == []


def une_autre(coffre: Coffre, nom: str) -> Iterator[Coffre]:
    """The same store elsewhere, to be killed there."""
    connections["coffre"].close()
    shutil.copytree(coffre.dossier, coffre.dossier.with_name(nom))
    with dirige(coffre.dossier.with_name(nom)) as ici:
        yield ici


def numeros(coffre: Coffre) -> set[int]:
    """Of the root keys that wrap the KEKs."""
    return {
        int.from_bytes(e[3:11], "big") for (e,) in coffre.sql("SELECT enveloppe FROM coffre_kek")
    }


def test_une_nouvelle_kek_enveloppe_tout_et_l_ancienne_n_est_plus(coffre: Coffre) -> None:
    scelles = remplir(7)
    avant = [bytes(e)[30:38] for e in Cle.objects.values_list("enveloppe", flat=True)]
    avant += [bytes(e)[30:38] for e in Kek.objects.values_list("enveloppe", flat=True)]
    faite = rotation.tourner_kek()
    assert (faite.generation, faite.remballees, faite.alterees) == (2, 7 + 1, 0)
    assert list(Kek.objects.values_list("generation", flat=True)) == [2]
    assert set(Cle.objects.values_list("kek", flat=True)) == {2}
    assert set(CleRecherche.objects.values_list("kek", flat=True)) == {2}
    verifier_que_tout_s_ouvre(scelles)
    connections["coffre"].close()
    octets = coffre.fichier.read_bytes() + coffre.journal.read_bytes()
    assert not any(trace in octets for trace in avant)
    assert actions.generation() == 0  # nothing was erased


def test_une_nouvelle_racine_ouvre_tout_et_l_ancienne_reste_a_cote(coffre: Coffre) -> None:
    scelles = remplir()
    ancienne = coffre.racine.read_bytes()
    numero = rotation.tourner_racine()
    assert numero == numero_de_racine(coffre.racine.read_bytes())
    assert numeros(coffre) == {numero}
    gardee = racine.gardee(numero_de_racine(ancienne))
    assert gardee.read_bytes() == ancienne != coffre.racine.read_bytes()
    for fichier in (coffre.racine, gardee):
        assert stat.S_IMODE(fichier.stat().st_mode) == 0o600
    assert contenu(coffre.racine.parent) == [".verrou", gardee.name, "racine.cle"]
    verifier_que_tout_s_ouvre(scelles)
    gardee.unlink()
    verifier_que_tout_s_ouvre(scelles)


@LES_DEUX
def test_une_rotation_tuee_n_importe_ou_n_a_rien_perdu_et_se_finit(
    coffre: Coffre, quoi: str
) -> None:
    """SIGKILL before a line, at a dozen of them; `test-long` takes every one."""
    mourir_partout(coffre, quoi, points=12)


@pytest.mark.long
@pytest.mark.timeout(1800)
@LES_DEUX
def test_une_rotation_tuee_a_chaque_ligne_n_a_rien_perdu_et_se_finit(
    coffre: Coffre, quoi: str, capsys: pytest.CaptureFixture[str]
) -> None:
    compter(quoi, mourir_partout(coffre, quoi, points=10_000), capsys)


def mourir_partout(coffre: Coffre, quoi: str, *, points: int) -> int:
    """How many times it died."""
    scelles = remplir()
    for entiere in une_autre(coffre, "entiere"):
        fils = entiere.lancer(gestes.tourner, quoi)
        assert fils.finir() == 0
        lignes = int(fils.lignes()[-1])
    rangs = range(1, lignes + 1, max(1, lignes // points))
    for rang in rangs:
        for tuee in une_autre(coffre, f"tuee-{rang}"):
            assert tuee.lancer(gestes.tourner, quoi, rang).finir() == -9
            verifier_que_tout_s_ouvre(scelles)
            assert tuee.lancer(gestes.tourner, quoi).finir() == 0
            verifier_que_tout_s_ouvre(scelles)
            assert tuee.sql("SELECT count(*) FROM coffre_kek") == [(1,)]
            assert numeros(tuee) == {numero_de_racine(tuee.racine.read_bytes())}
            assert not racine.suivante().exists()
            assert not list(tuee.racine.parent.glob(".racine*"))
        shutil.rmtree(tuee.dossier)
    return len(rangs)


@LES_DEUX
def test_on_lit_et_on_ecrit_pendant_la_rotation(coffre: Coffre, quoi: str) -> None:
    scelles = remplir(60)
    voisins = [coffre.lancer(gestes.creer, 25) for _ in range(3)]
    voisins += [coffre.lancer(gestes.creer_et_detruire, 25)]
    assez = coffre.dossier / "assez"
    lecteurs = [coffre.lancer(gestes.lire_sans_cesse, scelles, assez) for _ in range(2)]
    tours = 0
    try:
        while tours < 3 or any(voisin.enfant.is_alive() for voisin in voisins):
            getattr(rotation, quoi)()
            connections["coffre"].close()
            tours += 1
            time.sleep(0.05)
    finally:
        assez.touch()
    assert [voisin.finir() for voisin in voisins + lecteurs] == [0] * 6
    nees = {ligne[2:] for v in voisins[:3] for ligne in v.lignes()}
    restent = {str(UUID(ligne[0])) for ligne in coffre.sql("SELECT objet_id FROM coffre_cle")}
    assert nees <= restent
    assert coffre.sql("SELECT count(*) FROM coffre_kek") == [(1,)]
    assert len(restent) == 60 + 75 + 13
    for voisine in nees:
        actions.sceller_neuf(Genre.EXEMPLAIRE, UUID(voisine), b"x", organisation=QUI)
    lus = actions.ouvrir_plusieurs(Genre.NOTE, list(scelles.items()), organisation=QUI)
    assert lus == {objet: objet.bytes for objet in scelles}


def test_deux_rotations_ne_se_font_jamais_ensemble(coffre: Coffre) -> None:
    with racine.verrou():
        for tourner in (rotation.tourner_kek, rotation.tourner_racine):
            with pytest.raises(RotationRefusee, match="déjà en cours"):
                tourner()
    rotation.tourner_kek()


def test_un_autre_compte_ne_tourne_rien(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root would leave files that the service cannot open."""
    moi = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: moi + 1)
    with pytest.raises(RotationRefusee, match="sous le compte"):
        rotation.tourner_racine()
    assert contenu(coffre.racine.parent) == ["racine.cle"]


def test_une_cle_alteree_n_arrete_pas_la_rotation_et_se_dit(coffre: Coffre) -> None:
    scelles = remplir(3)
    perdue = next(iter(scelles))
    bonne = bytes(Cle.objects.get(objet_id=perdue).enveloppe)
    Cle.objects.filter(objet_id=perdue).update(enveloppe=bonne[:-1] + bytes([bonne[-1] ^ 1]))
    with pytest.raises(CommandError, match="1 clé"):
        call_command("coffre", "tourner-kek")
    assert Cle.objects.filter(kek=2).count() == 2
    assert Kek.objects.count() == 2
    Cle.objects.filter(objet_id=perdue).update(enveloppe=bonne)
    call_command("coffre", "tourner-kek")
    assert list(Kek.objects.values_list("generation", flat=True)) == [2]
    verifier_que_tout_s_ouvre(scelles)


def test_revenir_a_la_kek_d_avant_est_refuse(coffre: Coffre) -> None:
    """Generations lowered by who writes to the store: nothing opens, with the one same error."""
    scelles = remplir(1)
    ((objet, chiffre),) = scelles.items()
    coffre.sql("CREATE TABLE avant AS SELECT enveloppe FROM coffre_cle")
    coffre.sql("CREATE TABLE kek_avant AS SELECT * FROM coffre_kek")
    rotation.tourner_kek()

    def refuse() -> None:
        with pytest.raises(Illisible):
            actions.ouvrir(Genre.NOTE, objet, chiffre, organisation=QUI)

    coffre.sql("UPDATE coffre_cle SET enveloppe = (SELECT enveloppe FROM avant)")
    refuse()
    coffre.sql("UPDATE coffre_cle SET kek_id = 1")
    refuse()
    coffre.sql("INSERT INTO coffre_kek SELECT 1, enveloppe, creee_le FROM coffre_kek")
    refuse()
    coffre.sql("DELETE FROM coffre_kek WHERE generation = 2")
    refuse()


def test_une_copie_d_avant_la_rotation_se_remet_en_place(coffre: Coffre) -> None:
    scelles = remplir()
    copie = copies.copier()
    rotation.tourner_racine()
    rotation.tourner_racine()
    rotation.tourner_kek()
    en_place = numero_de_racine(coffre.racine.read_bytes())
    remettre(coffre, copie.chemin)
    verifier_que_tout_s_ouvre(scelles)
    assert numeros(coffre) != {en_place}
    assert rotation.tourner_racine() == en_place  # the one in place takes it back
    assert numeros(coffre) == {en_place}
    assert coffre.racine.stat().st_nlink == 1
    verifier_que_tout_s_ouvre(scelles)


def test_sans_son_ancienne_racine_une_vieille_copie_dit_laquelle_il_faut(coffre: Coffre) -> None:
    remplir()
    copie = copies.copier()
    ancienne = numero_de_racine(coffre.racine.read_bytes())
    rotation.tourner_racine()
    racine.gardee(ancienne).unlink()
    remettre(coffre, copie.chemin)
    with pytest.raises(RacineRefusee, match=racine.nom(ancienne)):
        actions.sceller_neuf(Genre.NOTE, uuid4(), b"x", organisation=QUI)


def remettre(coffre: Coffre, copie: Path) -> None:
    connections["coffre"].close()
    neuf = coffre.dossier / "neuf"
    shutil.copy2(copie, neuf)
    neuf.replace(coffre.fichier)
    with magasin.rejeu():
        pass


def test_l_ancienne_racine_est_ecrasee_quand_plus_aucune_copie_n_en_a_besoin(
    coffre: Coffre,
) -> None:
    maintenant = horloge.maintenant()
    copies.copier(maintenant=maintenant)
    gardee = racine.gardee(numero_de_racine(coffre.racine.read_bytes()))
    rotation.tourner_racine()
    temoin = coffre.dossier / "temoin"
    os.link(gardee, temoin)
    presque = maintenant + JOUR - timedelta(minutes=5)
    copies.copier(maintenant=presque)
    assert racines_gardees.oublier(maintenant=presque) == 0
    fin = maintenant + JOUR + timedelta(minutes=1)
    assert racines_gardees.oublier(maintenant=fin) == 0  # the first copy is still there
    copies.copier(maintenant=fin)
    assert racines_gardees.oublier(maintenant=fin) == 1
    assert not gardee.exists()
    assert temoin.read_bytes() == bytes(32)
    actions.sceller_neuf(Genre.NOTE, uuid4(), b"x", organisation=QUI)


def test_une_racine_gardee_ne_part_pas_pendant_que_le_coffre_est_perdu(coffre: Coffre) -> None:
    rotation.tourner_racine()
    coffre.fichier.rename(coffre.dossier / "ailleurs")
    assert racines_gardees.oublier(maintenant=horloge.maintenant() + 3 * JOUR) == 0
    (coffre.dossier / "ailleurs").rename(coffre.fichier)
    assert racines_gardees.oublier(maintenant=horloge.maintenant() + 3 * JOUR) == 1


def test_la_racine_en_place_n_est_jamais_ecrasee(coffre: Coffre) -> None:
    """Killed between the link and the swap, one file bears two names; another root serves."""
    en_place = coffre.racine.read_bytes()
    for _ in une_autre(coffre, "donneur"):
        rotation.tourner_racine()
        remplir()
        donnee = copies.copier().chemin.read_bytes()
        autre = racine.lire()
    coffre.fichier.write_bytes(donnee)
    racine.gardee(numero_de_racine(autre)).write_bytes(autre)
    racine.gardee(numero_de_racine(autre)).chmod(0o600)
    with magasin.rejeu():
        racine.garder(numero_de_racine(en_place), maintenant=horloge.maintenant())
    assert coffre.racine.stat().st_nlink == 2
    assert racines_gardees.oublier(maintenant=horloge.maintenant() + 3 * JOUR) == 1
    assert coffre.racine.read_bytes() == en_place
    assert racine.gardee(numero_de_racine(autre)).exists()


def test_la_commande_dit_ce_qui_reste_a_faire(
    coffre: Coffre, capsys: pytest.CaptureFixture[str]
) -> None:
    remplir(2)
    call_command("coffre", "tourner-kek")
    assert "KEK de génération 2 : 3 clé(s) remballée(s)." in capsys.readouterr().out
    copie = copies.copier()
    call_command("coffre", "tourner-racine")
    nom = racine.nom(numero_de_racine(coffre.racine.read_bytes()))
    sortie = capsys.readouterr().out
    assert f"Clé racine {nom} en place" in sortie
    assert "dans 24 heures" in sortie
    call_command("coffre", "etat")
    assert f"Racine       {nom}\n" in capsys.readouterr().out
    remettre(coffre, copie.chemin)
    call_command("coffre", "etat")
    assert "autre que celle en place" in capsys.readouterr().out
