"""The encadrant's yearly review (rules.md §3): who, what is listed, what is decided, in bulk."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte
from relais.fiches import point_du_jour
from relais.fiches.actions import conservation, dossier
from relais.fiches.models import Courriels, Fiche, PointDuJour
from relais.regles.calendrier import decaler
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT
from tests.fiches.plans import verifier_son_index
from tests.fiches.test_archives import archiver, terminee
from tests.fiches.test_conservation import iso, lisible, long, relue
from tests.fiches.test_point_du_jour import points
from tests.personas import Personas, connecter

ADRESSE = "/a-revoir/"
NOM = "Camille FICTIF"


def dater(fiche: Fiche, revue_le: date) -> Fiche:
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.filter(pk=fiche.pk).update(revue_le=revue_le)
    return relue(fiche)


def a_revoir(personas: Personas) -> Fiche:
    return dater(terminee(personas), horloge.aujourd_hui())


@pytest.fixture
def fiche(personas: Personas) -> Fiche:
    return a_revoir(personas)


@pytest.fixture
def eve(personas: Personas) -> Client:
    return connecter(personas.encadrante_rennes)


def poser(*fiches: Fiche, geste: str = "relire", **champs: str) -> dict[str, Any]:
    """Fields named without their reference, for each of these fiches."""
    pose: dict[str, Any] = {"geste": geste, "fiche": [f.reference for f in fiches]}
    for une in fiches:
        pose |= {f"{champ}-{une.reference}": lu for champ, lu in champs.items()}
    return pose


def confirmer(navigateur: Client, apercu: Any) -> Any:
    """Press the button of a preview, with what it holds."""
    corps = apercu.content.decode().partition("<tbody>")[2]
    caches = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', corps)
    pose: dict[str, Any] = {"geste": "confirmer"}
    for nom, valeur in caches:
        pose.setdefault(nom, []).append(valeur)
    return navigateur.post(ADRESSE, pose, follow=True)


def test_l_encadrante_lit_ce_qui_n_a_pas_bouge_depuis_un_an(
    personas: Personas, eve: Client, fiche: Fiche
) -> None:
    demain = dater(terminee(personas), horloge.aujourd_hui() + timedelta(days=1))
    page = eve.get(ADRESSE).content.decode()
    assert fiche.reference in page
    assert NOM in page
    assert demain.reference not in page
    assert "1 fiche de l’équipe à revoir" in lisible(eve.get("/fiches/"))
    assert "à revoir" not in lisible(eve.get("/fiches/?vue=toutes"))
    sa_page = lisible(connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/"))
    assert "l’encadrant doit la revoir depuis le" in sa_page


@pytest.mark.parametrize("qui", ["ts_rennes", "charge_accueil_rennes", "agent_caisse"])
def test_personne_d_autre_ne_revoit(qui: str, personas: Personas, fiche: Fiche) -> None:
    navigateur = connecter(getattr(personas, qui))
    assert navigateur.get(ADRESSE).status_code == 403
    pose = poser(fiche, geste="confirmer", suite="continue")
    assert navigateur.post(ADRESSE, pose).status_code == 403
    assert "fiche de l’équipe à revoir" not in lisible(navigateur.get("/fiches/"))


def test_l_encadrante_revoit_aussi_les_siennes(
    personas: Personas, eve: Client, fiche: Fiche
) -> None:
    """Nobody else would."""
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.update(proprietaire=personas.encadrante_rennes.agent)
    apercu = eve.post(ADRESSE, poser(fiche, suite="continue"))
    assert "1 fiche revue." in lisible(confirmer(eve, apercu))


def test_l_accompagnement_continue(eve: Client, fiche: Fiche) -> None:
    apercu = eve.post(ADRESSE, poser(fiche, suite="continue"))
    assert apercu.status_code == 200
    assert "Gardée tant que l’accompagnement de la personne dure." in lisible(apercu)
    assert relue(fiche).revue_le == horloge.aujourd_hui()
    page = lisible(confirmer(eve, apercu))
    assert "1 fiche revue." in page
    assert "Rien à revoir" in page
    assert relue(fiche).revue_le == decaler(horloge.aujourd_hui(), mois=12)
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "revue_de_fiche"


def test_il_est_fini_et_le_rsa_est_clos(eve: Client, fiche: Fiche) -> None:
    jour = horloge.aujourd_hui()
    clos = jour - timedelta(days=60)
    pose = poser(fiche, suite="finie", fini=iso(jour), rsa=iso(clos))
    apercu = eve.post(ADRESSE, pose)
    assert "L’accompagnement a pris fin le" in lisible(apercu)
    assert f"Gardée jusqu’au {long(decaler(clos, annees=5))} compris" in lisible(apercu)
    assert not relue(fiche).archivee
    confirmer(eve, apercu)
    faite = relue(fiche)
    assert (faite.accompagnement_fini_le, faite.rsa_clos_le) == (jour, clos)
    assert faite.departement_a_purger_le is not None


def test_le_rsa_clos_pendant_l_accompagnement(eve: Client, fiche: Fiche) -> None:
    clos = horloge.aujourd_hui() - timedelta(days=60)
    confirmer(eve, eve.post(ADRESSE, poser(fiche, suite="continue", rsa=iso(clos))))
    faite = relue(fiche)
    assert (faite.accompagnement_fini_le, faite.rsa_clos_le) == (None, clos)
    assert faite.revue_le == decaler(horloge.aujourd_hui(), mois=12)


def test_tout_continue_d_un_geste_mais_apres_relecture(personas: Personas, eve: Client) -> None:
    fiches = [a_revoir(personas) for _ in range(3)]
    apercu = eve.post(ADRESSE, poser(*fiches, geste="tout"))
    assert [une.reference in apercu.content.decode() for une in fiches] == [True] * 3
    assert {relue(une).revue_le for une in fiches} == {horloge.aujourd_hui()}
    assert "3 fiches revues." in lisible(confirmer(eve, apercu))
    assert "Rien à revoir" in lisible(eve.get(ADRESSE))


def test_ce_qui_n_est_pas_decide_reste(personas: Personas, eve: Client) -> None:
    une, autre = a_revoir(personas), a_revoir(personas)
    pose = poser(une, autre) | {f"suite-{une.reference}": "continue"}
    apercu = eve.post(ADRESSE, pose)
    assert autre.reference not in apercu.content.decode()
    confirmer(eve, apercu)
    assert relue(autre).revue_le == horloge.aujourd_hui()
    rien = eve.post(ADRESSE, poser(autre), follow=True)
    assert "Décidez d’abord d’une fiche." in lisible(rien)


@pytest.mark.parametrize(
    ("champs", "dit"),
    [
        ({"suite": "finie"}, "Indiquez ce jour."),
        ({"suite": "finie", "fini": "2026-13-01"}, "Cette date n’existe pas."),
        ({"suite": "finie", "fini": "2101-01-01"}, "Ce jour n’est pas encore venu."),
        ({"suite": "finie", "fini": "2026-11-22"}, "Ce jour est avant l’envoi de la fiche."),
        ({"suite": "continue", "fini": "2026-11-24"}, "Cette date ne va pas avec ce choix"),
        ({"rsa": "2026-11-24"}, "Cette date ne va pas avec ce choix"),
        ({"suite": "continue", "rsa": "2101-01-01"}, "Ce jour n’est pas encore venu."),
        ({"suite": "ailleurs"}, "Cette réponse n’existe pas."),
    ],
)
def test_une_decision_impossible_se_dit_a_cote_du_champ(
    champs: dict[str, str], dit: str, eve: Client, fiche: Fiche
) -> None:
    reponse = eve.post(ADRESSE, poser(fiche, **champs))
    assert reponse.status_code == 422
    assert dit in lisible(reponse)
    assert NOM in reponse.content.decode()
    assert relue(fiche).revue_le == horloge.aujourd_hui()


def test_une_fiche_ouverte_n_a_pas_de_fin_proposee(personas: Personas, eve: Client) -> None:
    fiche = dater(gestes.transmettre(personas.ts_rennes), horloge.aujourd_hui())
    page = lisible(eve.get(ADRESSE))
    assert "L’accompagnement continue" in page
    assert "L’accompagnement est fini" not in page
    assert eve.post(ADRESSE, poser(fiche, suite="finie", fini="2026-11-24")).status_code == 422


def test_un_effacement_qui_a_change_n_est_pas_confirme(
    personas: Personas, eve: Client, fiche: Fiche
) -> None:
    """Put on paper between the preview and its button: five years have become a day."""
    autre = a_revoir(personas)
    jour = iso(horloge.aujourd_hui())
    apercu = eve.post(ADRESSE, poser(fiche, autre, suite="finie", fini=jour))
    par = personas.ts_rennes
    with contexte(par):
        dossier.verser_au_dossier(fiche, par=par, maintenant=horloge.maintenant())
    dater(fiche, horloge.aujourd_hui())
    page = lisible(confirmer(eve, apercu))
    assert "1 fiche revue." in page
    assert f"{fiche.reference} : La fiche a changé depuis" in page
    assert not relue(fiche).archivee
    assert relue(autre).archivee


def test_revue_deux_fois_elle_ne_l_est_qu_une(eve: Client, fiche: Fiche) -> None:
    apercu = eve.post(ADRESSE, poser(fiche, suite="continue"))
    confirmer(eve, apercu)
    confirmer(eve, apercu)
    assert gestes.evenements(fiche, DEPARTEMENT).count("revue_de_fiche") == 1


def test_l_archivee_au_rsa_rouvert_se_revoit_par_sa_reference(
    personas: Personas, eve: Client
) -> None:
    fiche, par = archiver(personas, terminee(personas)), personas.ts_rennes
    with contexte(par):
        options = {"par": par, "maintenant": horloge.maintenant()}
        conservation.clore_rsa(fiche, le=date(2026, 11, 20), **options)
        conservation.rouvrir_rsa(fiche, le=date(2026, 11, 24), **options)
    dater(fiche, horloge.aujourd_hui())
    page = eve.get(ADRESSE).content.decode()
    assert fiche.reference in page
    assert NOM not in page
    assert "Le droit au RSA est toujours ouvert" in page
    manque = eve.post(ADRESSE, poser(fiche, suite="rsa_clos"))
    assert manque.status_code == 422
    apercu = eve.post(ADRESSE, poser(fiche, suite="rsa_clos", rsa="2026-11-25"))
    assert NOM not in apercu.content.decode()
    assert "Gardée jusqu’au mardi 25 novembre 2031 compris" in lisible(apercu)
    confirmer(eve, apercu)
    assert relue(fiche).departement_a_purger_le is not None


def test_la_fiche_passee_a_une_autre_equipe_n_est_plus_a_elle(
    personas: Personas, fiche: Fiche
) -> None:
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.update(equipe=personas.ts_redon.equipe)
    eve = connecter(personas.encadrante_rennes)
    assert fiche.reference not in eve.get(ADRESSE).content.decode()
    reponse = eve.post(ADRESSE, poser(fiche, geste="confirmer", suite="continue"), follow=True)
    assert "Décidez d’abord d’une fiche." in lisible(reponse)
    assert relue(fiche).revue_le == horloge.aujourd_hui()


def test_la_liste_coute_autant_pour_vingt_que_pour_une(personas: Personas, eve: Client) -> None:
    couts = []
    for nombre in (1, 4):
        for _ in range(nombre):
            a_revoir(personas)
        for _ in range(2):
            eve.get(ADRESSE)
        with CaptureQueriesContext(connection) as capture:
            eve.get(ADRESSE)
        couts.append(len(capture.captured_queries))
    assert couts[0] == couts[1]


def test_elle_a_son_index_derriere_le_mur(personas: Personas) -> None:
    par = personas.encadrante_rennes
    with contexte(par):
        liste = Fiche.objects.a_revoir_par(par, horloge.aujourd_hui())[:25]
        verifier_son_index("fiche_a_revoir", liste, par.organisation_id)


def test_le_premier_point_du_mois_les_compte_et_lui_seul(personas: Personas) -> None:
    par = personas.encadrante_rennes
    Courriels.objects.create(agent=par.agent, choix=Courriels.Choix.POINT)
    premier = gestes.LUNDI.replace(month=12, day=1)
    dater(terminee(personas), premier.date())
    assert points(premier) == {"encadrante.rennes": ["1 fiche de l’équipe à revoir"]}
    assert points(premier + timedelta(days=1)) == {}
    assert PointDuJour.objects.get(jour=date(2026, 12, 1)).fiches_a_revoir == 1
    assert points(premier.replace(month=1, year=2027, day=4)) == {
        "encadrante.rennes": ["1 fiche de l’équipe à revoir"]
    }
    assert point_du_jour.oublier(maintenant=premier) == 0
