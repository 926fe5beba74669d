"""The page of a departure: names for the encadrant, numbers for the administrateur, a preview."""

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.fiches.actions import departs
from relais.fiches.departs import apercu
from relais.fiches.models import Fiche
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT, LUNDI
from tests.fiches.heritages import actif, partir, proprietaires, trois, vers
from tests.personas import Personas, connecter

__all__ = ["trois"]  # fixtures


def test_l_encadrante_voit_les_noms_et_passe_une_puis_toutes_apres_apercu(
    personas: Personas, trois: list[Fiche]
) -> None:
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    adresse = f"/departs/{ts.agent.pseudonyme}/"
    navigateur = connecter(personas.encadrante_rennes)
    page = navigateur.get(adresse).content.decode()
    assert page.count("Camille FICTIF") == 2  # the draft is counted, not read
    assert "1 brouillon" in page
    assert trois[2].reference not in page
    choix = {f"fiche_{trois[0].reference}": str(desk.pk)}
    vu = navigateur.post(adresse, choix | {"geste": "apercu"}).content.decode()
    assert "Rien n’est encore fait." in vu
    assert "Tout n’est pas réparti" in vu
    assert proprietaires() == {"Ada"}
    navigateur.post(adresse, choix | {"geste": "passer", "vues": "3"})
    assert gestes.relire(trois[0], DEPARTEMENT).proprietaire == desk.agent
    choix = {f"equipe_{ts.equipe_id}": str(bo.pk)}
    vu = navigateur.post(adresse, choix | {"geste": "apercu"}).content.decode()
    assert "aucune ne reste" in vu
    suite = navigateur.post(adresse, choix | {"geste": "passer", "vues": "2"}, follow=True)
    assert "2 fiches de Ada Essai ont changé de main." in suite.content.decode()
    assert proprietaires() == {"Bo", "Dan"}
    assert actif(ts)  # accounts are the administrateur's


def test_l_administrateur_ne_voit_que_des_nombres(personas: Personas, trois: list[Fiche]) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    adresse = f"/departs/{ts.agent.pseudonyme}/"
    navigateur = connecter(personas.admin_departement)
    choix = {f"equipe_{ts.equipe_id}": str(bo.pk)}
    pages = [
        navigateur.get(adresse),
        navigateur.post(adresse, choix | {"geste": "apercu"}),
    ]
    for page in pages:
        texte = page.content.decode()
        assert "FICTIF" not in texte
        assert not any(fiche.reference in texte for fiche in trois)
    assert "2 fiches envoyées" in pages[0].content.decode()
    sans = navigateur.post(adresse, {"geste": "apercu"})
    assert sans.status_code == 422
    assert "Choisissez qui prend la suite." in sans.content.decode()
    suite = navigateur.post(adresse, choix | {"geste": "partir", "vues": "3"}, follow=True)
    assert "Son compte est désactivé." in suite.content.decode()
    assert not actif(ts)


@pytest.mark.parametrize(
    ("fiches", "apercu", "suite"),
    [
        (0, "n’a aucune fiche entre les mains", "Aucune fiche de Ada Essai n’a changé de main."),
        (1, "La fiche de Ada Essai trouve quelqu’un.", "1 fiche de Ada Essai a changé de main."),
    ],
)
def test_une_fiche_ou_aucune_se_disent_au_singulier(
    fiches: int, apercu: str, suite: str, personas: Personas
) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    for _ in range(fiches):
        gestes.transmettre(ts)
    adresse = f"/departs/{ts.agent.pseudonyme}/"
    navigateur = connecter(personas.admin_departement)
    choix = {f"equipe_{ts.equipe_id}": str(bo.pk)}
    vu = navigateur.post(adresse, choix | {"geste": "apercu"}).content.decode()
    assert apercu in vu
    fini = navigateur.post(
        adresse, choix | {"geste": "partir", "vues": str(fiches)}, follow=True
    ).content.decode()
    assert f"{suite} Son compte est désactivé." in fini


def test_une_fiche_arrivee_depuis_l_apercu_ramene_a_l_apercu(
    personas: Personas, trois: list[Fiche]
) -> None:
    ts, bo = personas.ts_rennes, personas.ts_rennes_collegue
    navigateur = connecter(personas.admin_departement)
    gestes.ecrire(ts)
    reponse = navigateur.post(
        f"/departs/{ts.agent.pseudonyme}/",
        {f"equipe_{ts.equipe_id}": str(bo.pk), "geste": "partir", "vues": "3"},
    )
    assert "ont changé depuis cet aperçu" in reponse.content.decode()
    assert actif(ts)


@pytest.mark.parametrize(
    "qui",
    [
        *("ts_rennes", "ts_rennes_collegue", "ts_redon", "charge_accueil_rennes"),
        *("referent_departement", "dpo_departement", "admin_technique", "admin_caisse"),
        *("agent_caisse", "responsable_caisse", "agent_autre_caisse"),
    ],
)
def test_personne_d_autre_ne_prepare_un_depart(personas: Personas, qui: str) -> None:
    gestes.transmettre(personas.ts_rennes)
    par = getattr(personas, qui)
    adresse = f"/departs/{personas.ts_rennes.agent.pseudonyme}/"
    assert connecter(par).get(adresse).status_code in (403, 404)
    for acte in (departs.passer, departs.partir):
        with contexte(par), pytest.raises(PermissionDenied):
            acte(
                personas.ts_rennes.agent,
                vers(personas.ts_rennes_collegue),
                par=par,
                maintenant=LUNDI,
            )


def test_l_encadrante_ne_ferme_pas_un_compte(personas: Personas) -> None:
    par = personas.encadrante_rennes
    with pytest.raises(PermissionDenied):
        partir(personas.ts_rennes, vers(personas.ts_rennes_collegue), par=par)


def test_l_encadrante_lit_zero_fiche_sans_personne(personas: Personas, trois: list[Fiche]) -> None:
    navigateur = connecter(personas.encadrante_rennes)
    page = navigateur.get("/equipe/").content.decode()
    assert "Fiches sans personne pour les suivre : <strong>0</strong>" in page.replace(
        "&nbsp;", " "
    ).replace("\N{NO-BREAK SPACE}", " ")


def test_l_apercu_compte_chaque_fiche_une_fois(personas: Personas, trois: list[Fiche]) -> None:
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    heritage = vers(bo, **{trois[0].reference: desk})
    par = personas.encadrante_rennes
    with contexte(par):
        parts = {p.a.agent.prenom: p for p in apercu(ts.agent, heritage, par) if p.a}
    assert parts["Dan"].references == [trois[0].reference]
    assert (parts["Bo"].references, parts["Bo"].brouillons) == ([trois[1].reference], 1)
