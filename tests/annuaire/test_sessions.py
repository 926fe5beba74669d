"""Sessions: seen and ended by their owner, ended with the account, across processes."""

import re
import subprocess
import sys
import time

import pytest
from django.test import Client

from relais.annuaire.models import Seance
from relais.annuaire.reperes_de_seance import navigateur as nom_du_navigateur
from tests import banc
from tests.annuaire.gestes import code_du_moment, entrer, est_connecte, journal
from tests.personas import MOT_DE_PASSE, connecter, creer_personas

COMMANDE = [sys.executable, "-m", "relais", "agent"]
SEANCES = "/compte/seances/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0 Mobile Safari/537.36"
)


@pytest.mark.parametrize(
    ("annonce", "nom"),
    [
        (FIREFOX, "Firefox, Windows"),
        (ANDROID, "Chrome, Android"),
        ("Mozilla/5.0 (X11; Linux) Chrome/120 Safari/537.36 Edg/120", "Edge, Linux"),
        ("Mozilla/5.0 (iPhone; CPU) Version/17 Mobile Safari/604.1", "Safari, iPhone ou iPad"),
        ("", "Navigateur inconnu"),
        ("<script>", "Navigateur inconnu"),
    ],
)
def test_le_navigateur_se_reconnait_en_gros(annonce, nom):
    assert nom_du_navigateur(annonce) == nom


def test_on_voit_ses_sessions_sans_leur_cle_ni_adresse_reseau(personas):
    un, deux = Client(headers={"user-agent": FIREFOX}), Client(headers={"user-agent": ANDROID})
    entrer(un, personas.ts_rennes)
    assert est_connecte(un)
    poser = connecter(personas.ts_rennes)
    poser.get(SEANCES)
    page = un.get(SEANCES).content.decode()
    assert "Firefox, Windows" in page
    assert "Ici même" in page
    assert un.session.session_key not in page
    assert poser.session.session_key not in page
    assert "127.0.0.1" not in page
    assert "127.0.0.1" not in str(Seance.objects.values())
    assert deux.get(SEANCES).url.startswith("/compte/connexion/")


def confirmer(navigateur):
    """The password again, on its page."""
    assert navigateur.post("/compte/confirmer/", {"password": MOT_DE_PASSE}).status_code == 302


def test_terminer_une_session_redemande_le_mot_de_passe_puis_le_fait(personas):
    """Whoever finds a desk unlocked does not throw its owner out."""
    ici, ailleurs = connecter(personas.ts_rennes), connecter(personas.ts_rennes)
    reponse = ici.post(SEANCES, {"toutes": "1"})
    assert reponse.url.startswith("/compte/confirmer/")
    assert est_connecte(ailleurs)
    ici.get(reponse.url)
    ici.post(reponse.url, {"password": MOT_DE_PASSE}, follow=True)
    assert not est_connecte(ailleurs)
    assert est_connecte(ici)


def cle_de(navigateur):
    return navigateur.cookies["session"].value


def test_la_cle_de_session_ne_se_devine_pas(personas):
    cles = {cle_de(connecter(personas.ts_rennes)) for _ in range(20)}
    assert len(cles) == 20
    assert all(re.fullmatch(r"[a-z0-9]{32}", cle) for cle in cles)  # 165 bits


def test_se_confirmer_change_la_cle_et_l_ancienne_n_ouvre_plus(personas):
    """By the password, then by the code of the second factor."""
    ici = connecter(personas.ts_rennes)
    confirmations = (
        lambda: confirmer(ici),
        lambda: ici.post(
            "/compte/second-facteur/confirmer/", {"code": code_du_moment(personas.ts_rennes.agent)}
        ),
    )
    for se_confirmer in confirmations:
        avant, voleur = cle_de(ici), Client()
        voleur.cookies["session"] = avant
        assert voleur.get("/fiches/").status_code == 200
        se_confirmer()
        assert cle_de(ici) != avant
        assert voleur.get("/fiches/").url.startswith("/compte/connexion/")
        assert ici.get("/fiches/").status_code == 200


def test_se_deconnecter_rend_la_cle_inutile(personas):
    navigateur, voleur = connecter(personas.ts_rennes), Client()
    voleur.cookies["session"] = cle_de(navigateur)
    navigateur.post("/compte/deconnexion/")
    assert voleur.get("/fiches/").url.startswith("/compte/connexion/")


def test_terminer_une_session_la_ferme_et_laisse_la_sienne(personas):
    ici, ailleurs = connecter(personas.ts_rennes), connecter(personas.ts_rennes)
    confirmer(ici)
    ailleurs.get("/fiches/")
    (autre,) = [une for une in ici.get(SEANCES).context["ouvertes"] if not une["ici"]]
    ici.post(SEANCES, {"seance": autre["repere"]})
    assert not est_connecte(ailleurs)
    assert ici.get("/fiches/").status_code == 200
    assert "session_terminee" in [j[0] for j in journal("cd35")]


def test_terminer_toutes_les_autres(personas):
    ici, *autres = [connecter(personas.ts_rennes) for _ in range(4)]
    confirmer(ici)
    ici.post(SEANCES, {"toutes": "1"})
    assert [est_connecte(un) for un in autres] == [False] * 3
    assert est_connecte(ici)


def test_la_session_d_un_autre_ne_se_termine_pas(personas):
    sienne, autre = connecter(personas.ts_rennes), connecter(personas.ts_redon)
    (vue,) = autre.get(SEANCES).context["ouvertes"]
    confirmer(sienne)
    sienne.post(SEANCES, {"seance": vue["repere"]})
    assert est_connecte(autre)


def test_changer_de_mot_de_passe_termine_les_autres(personas):
    ici, ailleurs = Client(), connecter(personas.ts_rennes)
    entrer(ici, personas.ts_rennes)
    neuf = "quatre autres mots bien longs"
    reponse = ici.post(
        "/compte/mot-de-passe/",
        {"oldpassword": MOT_DE_PASSE, "password1": neuf, "password2": neuf},
    )
    assert reponse.status_code == 302
    assert not est_connecte(ailleurs)
    assert ici.get("/fiches/").status_code == 200


def test_un_compte_desactive_perd_ses_sessions_depuis_un_autre_processus(base):
    """Closed on the server's command line; the web server, which knew nothing, refuses at once."""
    personas = creer_personas()
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.get("/fiches/").status_code == 200
    fait = subprocess.run(
        [*COMMANDE, "desactiver", "--email", personas.ts_rennes.agent.email],
        cwd=banc.RACINE,
        env=base.environnement(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert fait.returncode == 0, fait.stderr
    debut = time.monotonic()
    assert navigateur.get("/fiches/").url.startswith("/compte/connexion/")
    assert time.monotonic() - debut < 60
    assert not Seance.objects.filter(agent=personas.ts_rennes.agent).exists()
