"""Passwords tried by the hundred, from everywhere: none opens, and people go on coming in.

Threads and real commits. Each attempt is written in the journal, whatever became of it.
"""

import itertools
import threading
import time
from collections import Counter

import pytest
from django.test import Client

from relais.journal.models import SYSTEME
from tests.annuaire.gestes import CODE, code_du_moment, donner_mot_de_passe, est_connecte, journal
from tests.personas import MOT_DE_PASSE, PERSONAS, creer_personas, poser_second_facteur

# Those whom nobody attacks: they log in meanwhile, from the very addresses of the attackers.
TRANQUILLES = (
    *("ts_redon", "encadrante_rennes", "agent_caisse", "responsable_caisse"),
    *("referent_caisse", "dpo_caisse", "charge_accueil_rennes", "admin_caisse"),
)
BUREAU = "192.0.2.10"
PRESQUE = (
    *(f"{MOT_DE_PASSE} ", f" {MOT_DE_PASSE}", MOT_DE_PASSE.upper(), MOT_DE_PASSE[:-1]),
    *(MOT_DE_PASSE + "\u200b", MOT_DE_PASSE.replace(" ", ""), " ", "azerty123456"),
)


def essais(combien: int) -> list[tuple[str, str, str]]:
    """(account, password, network address): one known account out of two, each in turn."""
    vises = [f"{nom.replace('_', '.')}@exemple.test" for nom in PERSONAS if nom not in TRANQUILLES]
    return [
        (
            vises[rang % len(vises)] if rang % 2 else f"inconnu{rang % 97}@exemple.test",
            PRESQUE[rang % len(PRESQUE)] if rang % 3 else f"mot de passe au hasard {rang}",
            BUREAU if rang % 5 == 0 else f"198.51.{rang // 250}.{rang % 250}",
        )
        for rang in range(combien)
    ]


def attaquer(tous: list[tuple[str, str, str]], fils: int) -> tuple[list[threading.Thread], Counter]:
    """Threads that share the attempts, started; what they get: statuses, and « entre »."""
    from django.db import connections

    file, verrou, obtenus = iter(tous), threading.Lock(), Counter[object]()

    def tenter() -> None:
        while True:
            with verrou:
                essai = next(file, None)
            if essai is None:
                break
            adresse, mot, reseau = essai
            client = Client()
            reponse = donner_mot_de_passe(
                client, adresse, mot, REMOTE_ADDR=reseau, HTTP_X_FORWARDED_FOR=reseau
            )
            entre = est_connecte(client) or reponse.status_code == 302
            with verrou:
                obtenus["entre" if entre else reponse.status_code] += 1
        connections.close_all()

    equipe = [threading.Thread(target=tenter) for _ in range(fils)]
    for fil in equipe:
        fil.start()
    return equipe, obtenus


def assieger(combien: int) -> tuple[Counter, list[float]]:
    """What the attempts got, and how long each login of an ordinary person took meanwhile."""
    personas = creer_personas()
    for nom in TRANQUILLES:
        poser_second_facteur(getattr(personas, nom).agent)
    equipe, obtenus = attaquer(essais(combien), fils=2)
    durees = []
    for nom in TRANQUILLES:
        assert any(fil.is_alive() for fil in equipe), "l’attaque est déjà finie"
        agent, depart, client = getattr(personas, nom).agent, time.monotonic(), Client()
        donner_mot_de_passe(client, agent.email, REMOTE_ADDR=BUREAU)
        client.post(CODE, {"code": code_du_moment(agent)}, REMOTE_ADDR=BUREAU)
        durees.append(time.monotonic() - depart)
        assert est_connecte(client)
    for fil in equipe:
        fil.join()
    return obtenus, durees


def refuses() -> int:
    chaines = ("cd35", "carsat-bretagne", "autre-caisse", SYSTEME)
    actes = itertools.chain.from_iterable(journal(une) for une in chaines)
    return [acte[0] for acte in actes].count("connexion_refusee")


def verifier_le_siege(combien: int) -> None:
    obtenus, durees = assieger(combien)
    assert obtenus["entre"] == 0
    assert set(obtenus) <= {422, 429}
    assert obtenus.total() == combien
    assert obtenus[429] > 0
    assert refuses() == combien
    *ordinaires, _ = sorted(durees)  # one hiccup of the machine that runs the tests
    assert max(ordinaires) < 2, durees


@pytest.mark.seul
def test_cinq_cents_mots_de_passe_n_ouvrent_rien_et_personne_n_attend(base):
    verifier_le_siege(500)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_dix_mille_mots_de_passe_n_ouvrent_rien_et_personne_n_attend(base):
    verifier_le_siege(10_000)


def test_un_bureau_de_cinquante_entre_apres_cent_fautes_de_son_adresse(personas):
    """Fifty colleagues mistype twice from one address: all of them come in."""
    for rang in range(50):
        for _ in range(2):
            donner_mot_de_passe(Client(), f"bureau{rang}@exemple.test", "faux", REMOTE_ADDR=BUREAU)
    for _ in range(50):
        reponse = donner_mot_de_passe(Client(), personas.ts_redon.agent.email, REMOTE_ADDR=BUREAU)
        assert reponse.status_code == 302
