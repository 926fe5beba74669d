"""Ten failures lock an account, known or not; its neighbours at the same address go on."""

import re
import threading

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client

from relais.annuaire import affluence, debit
from relais.journal.models import SYSTEME
from relais.socle import horloge
from tests.annuaire.gestes import code_pour, donner_mot_de_passe, entrer, est_connecte, journal
from tests.personas import SECRET_TOTP, connecter, creer_personas, poser_second_facteur

FAUX = "pas le bon mot de passe"
INCONNU = "personne@exemple.test"


def echouer(adresse: str, fois: int) -> list[int]:
    return [donner_mot_de_passe(Client(), adresse, FAUX).status_code for _ in range(fois)]


def test_au_dixieme_echec_le_compte_attend(personas, client):
    adresse = personas.ts_rennes.agent.email
    assert echouer(adresse, 10) == [422] * 9 + [429]
    reponse = donner_mot_de_passe(client, adresse)
    assert reponse.status_code == 429
    assert "attend 15 minutes" in reponse.content.decode()
    assert not est_connecte(client)


def test_neuf_echecs_ne_ferment_rien(personas, client):
    echouer(personas.ts_rennes.agent.email, 9)
    assert entrer(client, personas.ts_rennes).url == "/"


def test_les_voisins_de_la_meme_adresse_entrent_toujours(personas, client):
    echouer(personas.ts_rennes.agent.email, 12)
    assert entrer(client, personas.ts_redon, REMOTE_ADDR="127.0.0.1").url == "/"


def test_cinquante_voisins_entrent_d_un_coup(personas):
    for _ in range(50):
        reponse = donner_mot_de_passe(Client(), personas.ts_redon.agent.email)
        assert reponse.status_code == 302


def test_changer_d_adresse_ou_de_casse_ne_remet_pas_a_zero(personas, client):
    adresse = personas.ts_rennes.agent.email
    for rang in range(10):
        variante = adresse.upper() if rang % 2 else f" {adresse}"
        donner_mot_de_passe(
            Client(), variante, FAUX, REMOTE_ADDR=f"192.0.2.{rang}", HTTP_USER_AGENT=f"n° {rang}"
        )
    assert donner_mot_de_passe(client, adresse).status_code == 429


def test_un_compte_inconnu_se_verrouille_pareil(personas):
    def pages(adresse):
        reponses = [donner_mot_de_passe(Client(), adresse, FAUX) for _ in range(12)]
        return [(r.status_code, r.content) for r in reponses[9:]]

    assert pages(INCONNU) == pages(personas.ts_rennes.agent.email)


def test_le_verrou_s_ouvre_au_bout_de_son_temps(personas, client):
    echouer(personas.ts_rennes.agent.email, 10)
    with connection.cursor() as curseur:
        curseur.execute("UPDATE socle_cache SET expires = now() - interval '1 second'")
    assert entrer(client, personas.ts_rennes).url == "/"


def test_insister_pendant_le_verrou_ne_le_prolonge_pas(personas):
    adresse = personas.ts_rennes.agent.email
    echouer(adresse, 10)
    avant = echeances()
    assert avant
    echouer(adresse, 3)
    assert echeances() == avant


def echeances() -> list:
    with connection.cursor() as curseur:
        curseur.execute("SELECT cache_key, expires FROM socle_cache ORDER BY cache_key")
        return curseur.fetchall()


def test_entrer_remet_le_compte_a_zero(personas, client):
    adresse = personas.ts_rennes.agent.email
    echouer(adresse, 9)
    assert entrer(client, personas.ts_rennes).url == "/"
    assert echouer(adresse, 9) == [422] * 9


def test_le_mot_de_passe_seul_ne_remet_pas_a_zero(personas, client):
    """Who stole the password but not the second factor goes on being counted."""
    poser_second_facteur(personas.ts_rennes.agent)
    echouer(personas.ts_rennes.agent.email, 9)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    assert echouer(personas.ts_rennes.agent.email, 1) == [429]


def test_rien_de_ce_qui_est_tape_ne_reste(personas):
    """Somebody may type a NIR, or a password in place of the address."""
    echouer("184123523800442@exemple.test", 11)
    with connection.cursor() as curseur:
        curseur.execute("SELECT string_agg(c::text, ' ') FROM socle_cache c")
        garde = curseur.fetchone()[0]
    assert garde
    assert "184123523800442" not in garde
    assert not AccessAttempt.objects.exists()


def test_le_cache_ne_nomme_ni_le_compte_ni_le_code(personas, client):
    """What has served and what is counted, ours and allauth's: under digests alone."""
    qui = personas.ts_rennes
    cache.clear()
    entrer(client, qui)
    code = code_pour(SECRET_TOTP)
    debit.compter("recherche", par=qui, maintenant=horloge.maintenant())
    assert cache.get(f"relais.code.{qui.agent.pk}.{code}")
    with connection.cursor() as curseur:
        curseur.execute("SELECT cache_key FROM socle_cache")
        cles = [cle for (cle,) in curseur.fetchall()]
    assert len(cles) >= 3
    assert [cle for cle in cles if not re.fullmatch("[0-9a-f]{64}", cle)] == []


def test_le_verrou_va_une_fois_au_journal(personas):
    echouer(personas.ts_rennes.agent.email, 12)
    echouer(INCONNU, 12)
    for chaine, qui in (("cd35", personas.ts_rennes.agent.pseudonyme), (SYSTEME, None)):
        traces = [t for t in journal(chaine) if t[3] == qui]
        assert [t[0] for t in traces].count("compte_verrouille") == 1
        assert [t[0] for t in traces].count("connexion_refusee") == 12


def test_les_confirmations_comptent_aussi(personas):
    navigateur = connecter(personas.ts_rennes)
    for _ in range(9):
        navigateur.post("/compte/confirmer/", {"password": FAUX})
    assert navigateur.post("/compte/confirmer/", {"password": FAUX}).status_code == 429


@pytest.mark.parametrize("fils", [12])
def test_des_echecs_au_meme_instant_comptent_tous(base, fils, monkeypatch):
    """Two at once count for two: threads and real commits, as many places as threads."""
    for places in ("_guichets", "_file"):
        monkeypatch.setattr(affluence, places, threading.BoundedSemaphore(fils))
    adresse = creer_personas().ts_rennes.agent.email
    depart = threading.Barrier(fils)
    statuts = []

    def tenter():
        depart.wait()
        statuts.append(donner_mot_de_passe(Client(), adresse, FAUX).status_code)
        connections.close_all()

    equipe = [threading.Thread(target=tenter) for _ in range(fils)]
    for fil in equipe:
        fil.start()
    for fil in equipe:
        fil.join()
    assert statuts.count(422) == 9
    assert statuts.count(429) == 3
