"""The single-use link: forged, old, replayed, raced; never in a log."""

import json
import logging
import threading
from datetime import timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from config.journaux import LigneJson
from relais.annuaire import jetons
from relais.annuaire.actions import invitations
from relais.annuaire.actions.comptes import desactiver_compte
from relais.annuaire.erreurs import LienSansEffet
from relais.annuaire.models import Affectation, Agent, Lien
from relais.socle import horloge
from tests.annuaire.comptes import CHOISIR, MOT, chemin_du_lien, choisir, inviter
from tests.annuaire.gestes import CODE, donner_mot_de_passe, est_connecte, journal
from tests.personas import connecter, creer_personas


def test_un_lien_sert_une_seule_fois(personas):
    zoe = inviter(personas)
    chemin = chemin_du_lien(zoe)
    assert choisir(Client(), chemin).status_code == 302
    rejoue = choisir(Client(), chemin, "un autre mot de passe encore")
    assert rejoue.status_code == 410
    assert Agent.objects.get(pk=zoe.pk).check_password(MOT)


def test_un_lien_suivi_sans_mot_de_passe_sert_encore(personas):
    """A mail scanner opens every link."""
    chemin = chemin_du_lien(inviter(personas))
    for _ in range(3):
        assert Client().get(chemin).status_code == 302
    assert choisir(Client(), chemin).status_code == 302


def test_un_lien_trop_vieux_dit_a_qui_s_adresser(personas):
    zoe = inviter(personas, le=horloge.maintenant() - timedelta(hours=72, seconds=1))
    page = choisir(Client(), chemin_du_lien(zoe))
    assert page.status_code == 410
    assert personas.admin_departement.agent.email in page.content.decode()


def test_un_lien_de_71_heures_sert_encore(personas):
    zoe = inviter(personas, le=horloge.maintenant() - timedelta(hours=71))
    assert choisir(Client(), chemin_du_lien(zoe)).status_code == 302


def test_un_lien_invente_n_ouvre_rien_et_ne_dit_rien(personas):
    zoe = inviter(personas)
    debut, jeton = chemin_du_lien(zoe).strip("/").rsplit("/", 1)
    faux = "/" + debut + "/" + jeton[:-1] + ("A" if jeton[-1] != "A" else "B") + "/"
    inconnu = f"/compte/lien/{uuid4()}/{jeton}/"
    pages = [choisir(Client(), chemin) for chemin in (faux, inconnu)]
    assert [page.status_code for page in pages] == [410, 410]
    assert all("exemple.test" not in page.content.decode() for page in pages)
    assert pages[0].content == pages[1].content
    assert Client().get(CHOISIR).status_code == 410


def test_l_empreinte_est_comparee_en_temps_constant(personas):
    zoe = inviter(personas)
    lien = Lien.objects.get()
    with mock.patch.object(
        jetons, "constant_time_compare", wraps=jetons.constant_time_compare
    ) as compare:
        assert invitations.lien_de(lien.pk, lien.empreinte).agent == zoe
        assert invitations.lien_de(uuid4(), lien.empreinte) is None
    assert compare.call_count == 2


@pytest.mark.parametrize("mot", ["court", "motdepasse123456", "Zoe-Neuve-35"])
def test_un_mot_de_passe_faible_ne_consomme_pas_le_lien(personas, mot):
    zoe = inviter(personas)
    navigateur = Client()
    assert choisir(navigateur, chemin_du_lien(zoe), mot).status_code == 422
    assert navigateur.post(CHOISIR, {"password1": MOT, "password2": MOT}).status_code == 302


def test_sans_role_ouvert_un_mot_de_passe_faible_est_refuse_aussi(personas):
    """Reopened, or its only role withdrawn: the account waits for a role, not for a password."""
    agent = personas.ts_rennes_collegue.agent
    connecter(personas.admin_departement).post(f"/comptes/{agent.pk}/lien/")
    Affectation.objects.filter(agent=agent).update(active=False)
    assert choisir(Client(), chemin_du_lien(agent, "mot_de_passe"), "court").status_code == 422
    assert Agent.objects.get(pk=agent.pk).password == agent.password


def test_deux_mots_differents_se_disent(personas):
    navigateur = Client()
    navigateur.get(chemin_du_lien(inviter(personas)))
    page = navigateur.post(CHOISIR, {"password1": MOT, "password2": MOT + "!"})
    assert page.status_code == 422
    assert "password2" in page.context["form"].errors


def test_un_navigateur_deja_connecte_n_accepte_pas_a_la_place(personas):
    navigateur = connecter(personas.ts_redon)
    page = choisir(navigateur, chemin_du_lien(inviter(personas)))
    assert page.status_code == 409
    assert Lien.objects.get().utilise_le is None


def test_mot_de_passe_perdu_un_lien_puis_la_connexion_avec_le_second_facteur(personas):
    agent = personas.ts_rennes.agent
    ailleurs = connecter(personas.ts_rennes)
    connecter(personas.admin_departement).post(f"/comptes/{agent.pk}/lien/")
    navigateur = Client()
    assert choisir(navigateur, chemin_du_lien(agent, "mot_de_passe")).url == "/compte/connexion/"
    assert not est_connecte(navigateur)
    assert ailleurs.get("/fiches/").status_code == 302  # its sessions are over
    assert donner_mot_de_passe(navigateur, agent.email, MOT).url == CODE
    assert ("mot_de_passe_change", "fait", "", agent.pseudonyme) in journal("cd35")


def test_un_compte_desactive_entre_temps_ne_se_rouvre_pas_par_son_lien(personas):
    agent = personas.ts_rennes_collegue.agent
    connecter(personas.admin_departement).post(f"/comptes/{agent.pk}/lien/")
    chemin = chemin_du_lien(agent, "mot_de_passe")
    desactiver_compte(agent, par=personas.admin_departement, maintenant=horloge.maintenant())
    assert choisir(Client(), chemin).status_code == 410
    assert not Agent.objects.get(pk=agent.pk).is_active


def test_deux_acceptations_ensemble_une_seule_prend(base):
    personas = creer_personas()
    zoe = inviter(personas)
    lien = invitations.lien_de(Lien.objects.get().pk, Lien.objects.get().empreinte)
    issues: list[str] = []
    depart = threading.Barrier(4)

    def accepter(rang: int) -> None:
        depart.wait()
        try:
            invitations.accepter(lien, f"{MOT} {rang}", maintenant=horloge.maintenant())
            issues.append(f"{MOT} {rang}")
        except LienSansEffet:
            issues.append("")
        finally:
            connection.close()

    fils = [threading.Thread(target=accepter, args=(rang,)) for rang in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    (pris,) = [mot for mot in issues if mot]
    assert Agent.objects.get(pk=zoe.pk).check_password(pris)


def test_le_jeton_n_est_ni_au_journal_ni_dans_les_logs(personas):
    chemin = chemin_du_lien(inviter(personas))
    jeton = chemin.strip("/").rsplit("/", 1)[1]
    choisir(Client(), chemin)
    assert jeton not in str(journal("cd35"))
    ligne = logging.LogRecord("django.request", 40, "f", 1, "Not Found: %s", (chemin,), None)
    ecrite = json.loads(LigneJson().format(ligne))
    assert jeton not in str(ecrite)
    assert ecrite["message"] == "Not Found: /compte/lien/…"
