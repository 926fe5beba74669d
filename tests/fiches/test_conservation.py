"""How long the Département keeps a fiche, on its page: until when, why, and what changes it."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from relais.annuaire.contexte import contexte
from relais.annuaire.conventions import regles_de
from relais.fiches import sort
from relais.fiches.actions import dossier
from relais.fiches.models import Fiche
from relais.fiches.sort import Acte
from relais.journal.models import Evenement
from relais.regles.calendrier import decaler
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_longue
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT
from tests.fiches.test_archives import terminee
from tests.personas import Personas, connecter


def conservation(fiche: Fiche, acte: str) -> str:
    return f"/fiches/{fiche.reference}/conservation/{acte}/"


def poster(navigateur: Client, fiche: Fiche, acte: str, **pose: str) -> Any:
    return navigateur.post(conservation(fiche, acte), pose)


def lisible(reponse: Any) -> str:
    texte = re.sub(r"<[^>]+>", " ", reponse.content.decode())
    return re.sub(r"[\s\u00a0\u202f]+", " ", texte).replace(" .", ".")


def relue(fiche: Fiche) -> Fiche:
    return gestes.relire(fiche, DEPARTEMENT)


def fin(fiche: Fiche) -> datetime | None:
    return relue(fiche).departement_a_purger_le


def iso(jour: date) -> str:
    return jour.isoformat()


def long(jour: date) -> str:
    return date_longue(jour).replace("\u00a0", " ")


def dans_cinq_ans(jour: date) -> date:
    """The day after the last one kept."""
    return decaler(jour, annees=5) + timedelta(days=1)


@pytest.fixture
def fiche(personas: Personas) -> Fiche:
    return terminee(personas)


@pytest.fixture
def ts(personas: Personas) -> Client:
    return connecter(personas.ts_rennes)


@pytest.mark.parametrize("qui", ["ts_rennes", "encadrante_rennes"])
def test_la_page_dit_jusqu_a_quand_pourquoi_et_les_deux_textes(
    qui: str, personas: Personas, fiche: Fiche, monkeypatch: pytest.MonkeyPatch
) -> None:
    navigateur = connecter(getattr(personas, qui))
    monkeypatch.setattr(horloge, "maintenant", lambda: gestes.apres(days=4))
    page = lisible(navigateur.get(f"/fiches/{fiche.reference}/"))
    assert "Gardée tant que l’accompagnement de la personne dure." in page
    assert "l’encadrant la revoit le 23 novembre 2027" in page
    assert "« le temps de l’accompagnement de la personne »" in page
    assert "pour une durée de 5 ans après la clôture du droit RSA »" in page
    assert "L’accompagnement est fini" in page
    assert "Le droit au RSA est clos" in page
    assert "reprend" not in page.partition("Conservation")[2]


def test_chaque_suite_de_l_accompagnement_dit_sa_propre_duree(
    ts: Client, fiche: Fiche, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two settings of the file, equal at the CD35 alone."""

    def avec_vingt_ans_sans_cloture(code: str) -> Any:
        lue = regles_de(code)
        durees = replace(lue.conservation, departement_sans_rsa_ans=lue.conservation.caisse_jours)
        return replace(lue, conservation=durees)

    monkeypatch.setattr(sort, "regles_de", avec_vingt_ans_sans_cloture)
    page = lisible(ts.get(f"/fiches/{fiche.reference}/"))
    assert "jusqu’à 5 ans après la clôture du droit au RSA si elle est notée, sinon 20 ans" in page


def test_la_caisse_ne_lit_rien_de_la_conservation_du_departement(
    personas: Personas, fiche: Fiche
) -> None:
    page = lisible(connecter(personas.agent_caisse).get(f"/fiches/{fiche.reference}/"))
    assert "accompagnement" not in page


def test_une_fiche_ouverte_n_a_pas_de_fin_a_noter(personas: Personas, ts: Client) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    page = lisible(ts.get(f"/fiches/{fiche.reference}/"))
    assert "Gardée tant que l’accompagnement" in page
    assert "L’accompagnement est fini" not in page
    refusee = ts.get(conservation(fiche, "accompagnement-fini"), follow=True)
    assert "C’est déjà noté, ou la fiche a changé" in lisible(refusee)


@pytest.mark.parametrize("acte", ["rien", "Accompagnement-Fini", "x"])
def test_un_acte_qui_n_existe_pas(acte: str, ts: Client, fiche: Fiche) -> None:
    assert ts.get(conservation(fiche, acte)).status_code == 404


def test_la_fin_de_l_accompagnement_se_lit_avant_de_se_confirmer(ts: Client, fiche: Fiche) -> None:
    jour = horloge.aujourd_hui()
    apercu = poster(ts, fiche, "accompagnement-fini", le=iso(jour))
    assert apercu.status_code == 200
    efface = dans_cinq_ans(jour)
    assert f"La fiche s’efface le {long(efface)}" in lisible(apercu)
    assert "Ce qui est effacé ne revient pas" in lisible(apercu)
    assert "pas notée comme versée au dossier papier" in lisible(apercu)
    assert fin(fiche) is None
    fait = poster(ts, fiche, "accompagnement-fini", le=iso(jour), efface=iso(efface))
    assert fait.status_code == 302
    assert relue(fiche).accompagnement_fini_le == jour
    assert fin(fiche) is not None
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "accompagnement_fini"


def test_l_apercu_n_ecrit_rien_pas_meme_au_journal(ts: Client, fiche: Fiche) -> None:
    with gestes.vu_de(DEPARTEMENT):
        avant = Evenement.objects.count()
    poster(ts, fiche, "accompagnement-fini", le=iso(horloge.aujourd_hui()))
    with gestes.vu_de(DEPARTEMENT):
        assert Evenement.objects.count() == avant
    assert not relue(fiche).archivee


def test_versee_au_papier_la_copie_part_et_l_apercu_le_dit(
    personas: Personas, ts: Client, fiche: Fiche
) -> None:
    par, jour = personas.ts_rennes, horloge.aujourd_hui()
    with contexte(par):
        dossier.verser_au_dossier(fiche, par=par, maintenant=horloge.maintenant())
    assert "la copie électronique s’efface et le papier reste" in lisible(
        ts.get(f"/fiches/{fiche.reference}/")
    )
    demain = jour + timedelta(days=1)
    apercu = lisible(poster(ts, fiche, "accompagnement-fini", le=iso(jour)))
    assert (
        f"La copie électronique s’efface le {date_longue(demain)}".replace("\u00a0", " ") in apercu
    )
    assert "Le dossier papier reste." in apercu
    poster(ts, fiche, "accompagnement-fini", le=iso(jour), efface=iso(demain))
    apres = fin(fiche)
    assert apres is not None
    assert apres <= horloge.maintenant() + timedelta(days=1)


def test_ce_qui_a_change_entre_l_apercu_et_la_confirmation_est_relu(
    personas: Personas, ts: Client, fiche: Fiche
) -> None:
    """Filed meanwhile by a colleague: five years have become one day."""
    jour, par = horloge.aujourd_hui(), personas.encadrante_rennes
    with contexte(par):
        dossier.verser_au_dossier(fiche, par=par, maintenant=horloge.maintenant())
    pose = {"le": iso(jour), "efface": iso(dans_cinq_ans(jour))}
    reponse = poster(ts, fiche, "accompagnement-fini", **pose)
    assert reponse.status_code == 200
    assert "La fiche a changé depuis" in lisible(reponse)
    assert not relue(fiche).archivee


def test_la_cloture_du_rsa_se_note_sans_apercu_tant_qu_on_accompagne(
    ts: Client, fiche: Fiche
) -> None:
    jour = horloge.aujourd_hui() - timedelta(days=30)
    assert poster(ts, fiche, "rsa-clos", le=iso(jour)).status_code == 302
    assert relue(fiche).rsa_clos_le == jour
    page = lisible(ts.get(f"/fiches/{fiche.reference}/"))
    assert "archivée jusqu’à 5 ans après la clôture du droit au RSA" in page
    assert "Le droit au RSA est rouvert" in page
    assert poster(ts, fiche, "rsa-rouvert", le=iso(horloge.aujourd_hui())).status_code == 302
    assert relue(fiche).rsa_rouvert_le == horloge.aujourd_hui()


def test_une_cloture_qui_rapproche_l_effacement_s_annonce(ts: Client, fiche: Fiche) -> None:
    jour = horloge.aujourd_hui()
    poster(ts, fiche, "accompagnement-fini", le=iso(jour), efface=iso(dans_cinq_ans(jour)))
    clos = jour - timedelta(days=400)
    apercu = poster(ts, fiche, "rsa-clos", le=iso(clos))
    assert apercu.status_code == 200
    assert "La fiche s’efface le" in lisible(apercu)
    assert relue(fiche).rsa_clos_le is None
    fait = poster(ts, fiche, "rsa-clos", le=iso(clos), efface=iso(dans_cinq_ans(clos)))
    assert fait.status_code == 302
    assert relue(fiche).rsa_clos_le == clos
    assert poster(ts, fiche, "rsa-rouvert", le=iso(jour)).status_code == 302
    assert fin(fiche) is None
    page = lisible(ts.get(f"/fiches/{fiche.reference}/archive/"))
    assert "Gardée tant que le droit au RSA est ouvert." in page


def test_verser_une_archivee_s_annonce_d_abord(ts: Client, fiche: Fiche) -> None:
    jour = horloge.aujourd_hui()
    poster(ts, fiche, "accompagnement-fini", le=iso(jour), efface=iso(dans_cinq_ans(jour)))
    assert "Imprimée et versée au dossier" in lisible(ts.get(f"/fiches/{fiche.reference}/archive/"))
    apercu = poster(ts, fiche, "versement")
    assert "La copie électronique s’efface le" in lisible(apercu)
    assert relue(fiche).versee_au_dossier_le is None
    poster(ts, fiche, "versement", efface=iso(jour + timedelta(days=1)))
    assert relue(fiche).versee_au_dossier_le is not None
    annulee = ts.post(f"/fiches/{fiche.reference}/verser/", {"geste": "annuler"})
    assert annulee.status_code == 302
    assert relue(fiche).versee_au_dossier_le is None


@pytest.mark.parametrize(
    ("acte", "le", "dit"),
    [
        ("accompagnement-fini", "", "Indiquez ce jour."),
        ("accompagnement-fini", "2026-02-30", "Cette date n’existe pas."),
        ("accompagnement-fini", "2026-11-22", "Ce jour est avant l’envoi de la fiche."),
        ("accompagnement-fini", "2101-01-01", "Ce jour n’est pas encore venu."),
        ("rsa-clos", "", "Indiquez ce jour."),
        ("rsa-clos", "2101-01-01", "Ce jour n’est pas encore venu."),
    ],
)
def test_un_jour_impossible_se_dit_a_cote_du_champ(
    acte: str, le: str, dit: str, ts: Client, fiche: Fiche
) -> None:
    reponse = poster(ts, fiche, acte, le=le)
    assert reponse.status_code == 422
    assert dit in lisible(reponse)
    assert f'value="{le}"' in reponse.content.decode() or not le
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "clore"


def test_le_rsa_d_une_fiche_rappelee_ou_en_brouillon_ne_se_note_pas(
    personas: Personas, ts: Client
) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    renvoi = poster(ts, fiche, "rsa-clos", le=iso(horloge.aujourd_hui()))
    assert renvoi.headers["Location"] == f"/fiches/{fiche.reference}/"
    assert relue(fiche).rsa_clos_le is None


def test_la_retenue_de_la_dpo_se_lit(ts: Client, fiche: Fiche) -> None:
    jusqu_a = horloge.maintenant() + timedelta(days=60)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.filter(pk=fiche.pk).update(retenue_jusqu_au=jusqu_a)
    assert "La DPO la retient" in lisible(ts.get(f"/fiches/{fiche.reference}/"))


def test_le_sort_de_chaque_etat(personas: Personas) -> None:
    maintenant = horloge.maintenant()
    assert sort.de(gestes.ecrire(personas.ts_rennes), maintenant=maintenant) is None
    envoyee = sort.de(gestes.transmettre(personas.ts_rennes), maintenant=maintenant)
    assert envoyee is not None
    assert envoyee.actes == (Acte.CLORE_RSA,)
