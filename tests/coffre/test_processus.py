"""Real processes on one store: they wait for each other, and dying harms nobody."""

import random
import re
import threading
import time
from uuid import UUID, uuid4

from django.db import connections

from relais.coffre import actions, copies
from relais.coffre.actions import Genre
from tests.coffre import gestes
from tests.coffre.conftest import Coffre

ECRIVAINS = 8


def test_huit_ecrivains_ne_se_bloquent_jamais(coffre: Coffre) -> None:
    """Keys, search rows, openings and destructions at once, while copies are made."""
    ecrivains = [coffre.lancer(gestes.creer, 40) for _ in range(ECRIVAINS - 3)]
    ecrivains += [coffre.lancer(gestes.creer_et_detruire, 40) for _ in range(3)]
    copieur = coffre.lancer(gestes.copier)
    assert [un.finir() for un in [*ecrivains, copieur]] == [0] * (ECRIVAINS + 1)
    lignes = [ligne for ecrivain in ecrivains for ligne in ecrivain.lignes()]
    nees = {ligne[2:] for ligne in lignes if ligne.startswith("+")}
    mortes = {ligne[2:] for ligne in lignes if ligne.startswith("-")}
    restent = {UUID(ligne[0]) for ligne in coffre.sql("SELECT objet_id FROM coffre_cle")}
    assert restent == {UUID(objet) for objet in nees - mortes}
    assert len(restent) == (ECRIVAINS - 3) * 40 + 3 * 20
    assert coffre.sql("SELECT count(*) FROM coffre_clerecherche") == [(1,)]
    assert coffre.sql("SELECT count(*) FROM coffre_indexrecherche") == [(400,)]
    assert coffre.sql("PRAGMA integrity_check") == [("ok",)]


def test_des_fils_d_un_meme_processus_ne_se_bloquent_pas(coffre: Coffre) -> None:
    """As gunicorn's: POSIX locks belong to the process, SQLite's to the thread."""
    fautes: list[BaseException] = []

    def travailler() -> None:
        try:
            for rang in range(20):
                objet = uuid4()
                scelle = actions.sceller_neuf(Genre.NOTE, objet, objet.bytes, organisation="cd35")
                lu = actions.ouvrir(Genre.NOTE, objet, scelle, organisation="cd35")
                assert lu == objet.bytes
                if rang % 2:
                    actions.detruire(Genre.NOTE, [objet])
                if rang % 5 == 0:
                    connections["coffre"].close()
        except BaseException as faute:
            fautes.append(faute)
        finally:
            connections["coffre"].close()

    fils = [threading.Thread(target=travailler) for _ in range(8)]
    voisin = coffre.lancer(gestes.creer_et_detruire, 60)
    for un in fils:
        un.start()
    for un in fils:
        un.join()
    assert voisin.finir() == 0
    assert fautes == []
    assert coffre.sql("SELECT count(*) FROM coffre_cle") == [(8 * 10 + 30,)]
    assert coffre.sql("PRAGMA integrity_check") == [("ok",)]


def test_tuer_un_ecrivain_a_n_importe_quel_instant_laisse_le_coffre_entier(
    coffre: Coffre,
) -> None:
    """What was said done is done, at most one act more; no key is half there."""
    hasard = random.Random(226)
    dites: set[str] = set()
    effacees: set[str] = set()
    for morts in range(1, 41):
        ecrivain = coffre.lancer(gestes.creer_et_detruire, 100_000)
        ecrivain.attendre_une_ligne()
        time.sleep(hasard.uniform(0, 0.03))
        lignes = re.findall(r"^([+-]) (\S{36})$", "\n".join(ecrivain.tuer()), re.MULTILINE)
        dites |= {objet for signe, objet in lignes if signe == "+"}
        effacees |= {objet for signe, objet in lignes if signe == "-"}
        la = {str(UUID(ligne[0])) for ligne in coffre.sql("SELECT objet_id FROM coffre_cle")}
        assert not effacees & la
        assert len((dites - effacees) ^ la) <= morts
        assert coffre.sql("PRAGMA integrity_check") == [("ok",)]
    for objet in la:
        scelle = actions.sceller_neuf(Genre.NOTE, UUID(objet), b"clair", organisation="cd35")
        lu = actions.ouvrir(Genre.NOTE, UUID(objet), scelle, organisation="cd35")
        assert lu == b"clair"


def test_deux_copieurs_a_la_fois_font_chacun_une_copie_entiere(coffre: Coffre) -> None:
    """Each takes what it finds unfinished for a dead one's: they must not meet."""
    actions.creer_cles(Genre.NOTE, [(uuid4(), None) for _ in range(3000)], organisation="cd35")
    copieurs = [coffre.lancer(gestes.copier) for _ in range(6)]
    assert [copieur.finir() for copieur in copieurs] == [0] * 6
    assert len(copies.toutes()) == 6


def test_tuer_un_copieur_ne_laisse_jamais_une_copie_fausse(coffre: Coffre) -> None:
    actions.creer_cles(Genre.NOTE, [(uuid4(), None) for _ in range(3000)], organisation="cd35")
    hasard = random.Random(12)
    for _ in range(20):
        copieur = coffre.lancer(gestes.copier)
        copieur.attendre_une_ligne()
        time.sleep(hasard.uniform(0, 0.02))
        copieur.tuer()
    copies.copier()
    assert not list(coffre.copies.glob("*.part"))
    for copie in copies.toutes():
        copies.verifier(copie.chemin)
