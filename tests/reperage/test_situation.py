"""« Corriger la situation »: its words, who may, two at a time, and what the next page says."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from lxml import html

from relais.annuaire.contexte import contexte
from relais.journal.models import Evenement
from relais.regles.subsidiarite import Aah
from relais.reperage.actions import situation
from relais.reperage.actions.acte import ConflitDeVersion
from relais.reperage.dossier import DECLARABLES, Origine, Situation
from relais.reperage.forms.situation import FormulaireSituation, situation_initiale
from relais.reperage.models import Personne
from relais.reperage.portrait import DONNEES
from relais.socle import horloge
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage import personnes
from tests.reperage.pages import ouvrir, texte
from tests.reperage.personnes import DEPARTEMENT, dossier, ne_le, relire

RIEN = {"aah": "non", "inaptitude": "non"}


def suivie(personas: Personas, annees: int = 61, mois: int = 0, **situation: Any) -> Personne:
    naissance = ne_le(annees, mois)
    contenu = replace(
        dossier(naissance=naissance, **situation),
        origines=(Origine("situation", "fichier de la CNAF du 02/11/2026", date(2026, 11, 2)),),
    )
    return personnes.creer(contenu, suivie_par=personas.ts_rennes)


def corriger(qui: Any, personne: Personne, **saisie: str) -> Any:
    adresse = f"/reperage/personnes/{personne.pk}/situation/"
    version = str(relire(personne).version)
    donnees = RIEN | {"version": version} | saisie
    return connecter(qui).post(adresse, donnees, follow=True)


def declarer(qui: Any, personne: Personne, version: int, **champs: Any) -> Personne:
    with contexte(qui):
        return situation.corriger(
            personne,
            Situation(**champs),
            version=version,
            par=qui,
            maintenant=horloge.maintenant(),
        )


def test_la_page_dit_la_situation_connue_dans_des_mots_simples(personas: Personas) -> None:
    personne = suivie(personas, invalidite=True, aah=Aah.INCONNU, suspendu=True)
    lu = html.fromstring(ouvrir(personas.ts_rennes, personne, "situation/").content.decode())
    coches = [(une.get("name"), une.get("value")) for une in lu.xpath("//input[@checked]")]
    assert coches == [("invalidite", None), ("aah", "inconnu"), ("inaptitude", "non")]
    lue = texte(ouvrir(personas.ts_rennes, personne, "situation/"))
    assert "Le taux est écrit sur la notification de la MDPH." in lue
    assert "La suspension du RSA vient de l’organisme qui le paie" in lue
    assert "Signalée par un fichier" not in lue


def test_une_correction_se_voit_aussitot_sur_la_page(personas: Personas) -> None:
    personne = suivie(personas, 61, 10, signale=True)
    avant = texte(ouvrir(personas.ts_rennes, personne))
    assert "À informer" in avant
    assert "Inaptitude ou handicap signalés" in avant
    reponse = corriger(personas.ts_rennes, personne, inaptitude="reconnue", invalidite="on")
    assert reponse.redirect_chain == [(f"/reperage/personnes/{personne.pk}/", 302)]
    lue = texte(reponse)
    assert "La situation est corrigée, comme déclarée aujourd’hui." in lue
    assert "À voir ce mois-ci" in lue
    assert "Inaptitude reconnue" in lue
    assert "Inaptitude ou handicap signalés" not in lue
    jour = f"{horloge.aujourd_hui():%d/%m/%Y}"
    assert f"Situation déclaré le {jour} Inaptitude reconnue, oui : déclaré le {jour}" in lue
    assert f"Pension d’invalidité, oui : déclaré le {jour}" in lue
    assert relire(personne).urgence == 2


def test_l_histoire_et_le_journal_ne_disent_rien_de_la_sante(personas: Personas) -> None:
    personne = suivie(personas, 61, 10)
    corriger(personas.ts_rennes, personne, aah="80", inaptitude="reconnue")
    passages = [un.quoi for un in personnes.lire(personne).passages]
    assert passages == ["Situation corrigée avec la personne"]
    with vu_de(DEPARTEMENT):
        (fait,) = Evenement.objects.filter(action="personne_corrigee")
        assert (fait.objet, fait.agent) == (
            str(personne.pk),
            personas.ts_rennes.agent.pseudonyme,
        )


@pytest.mark.parametrize(
    ("connue", "saisie", "attendue"),
    [
        ({}, {"invalidite": "on", "travaille": "on"}, {"invalidite": True, "travaille": True}),
        ({}, {"aah": "50_79"}, {"aah": Aah.DE_50_A_79}),
        ({"aah": Aah.INCONNU}, {"aah": "80"}, {"aah": Aah.DE_80_OU_PLUS}),
        ({"aah": Aah.INCONNU}, {"aah": "non"}, {"aah": None}),
        ({}, {"saspa": "on", "pensionne": "on", "veuf": "on"},
         {"saspa": True, "pensionne": True, "veuf": True}),
        ({"signale": True}, {"inaptitude": "reconnue"}, {"inapte": True, "signale": True}),
        ({"signale": True}, {"inaptitude": "signalee"}, {"signale": True}),
        ({"signale": True}, {"inaptitude": "non"}, {"signale": False}),
        ({"inapte": True}, {"inaptitude": "non"}, {"inapte": False}),
        ({"suspendu": True}, {"veuf": "on"}, {"suspendu": True, "veuf": True}),
    ],
)  # fmt: skip
def test_ce_qui_est_saisi_est_ce_qui_est_garde(
    personas: Personas, connue: Any, saisie: dict[str, str], attendue: dict[str, Any]
) -> None:
    personne = suivie(personas, **connue)
    corriger(personas.ts_rennes, personne, **saisie)
    assert personnes.lire(personne).situation == Situation(**attendue)


@pytest.mark.parametrize(
    "connue",
    [
        Situation(),
        Situation(inapte=True, signale=True, invalidite=True, aah=Aah.DE_80_OU_PLUS),
        Situation(signale=True, saspa=True, travaille=True, pensionne=True, veuf=True),
    ],
)
def test_le_formulaire_rend_ce_qu_il_montre(connue: Situation) -> None:
    """Saved as it is shown, it changes nothing."""
    montre = {nom: dit for nom, dit in situation_initiale(connue).items() if dit is not False}
    form = FormulaireSituation(montre | {"version": "1"}, connue=connue)
    assert form.is_valid(), form.errors
    assert form.situation(connue) == connue


def test_la_page_dit_ce_qui_fut_declare_et_quel_jour(personas: Personas) -> None:
    personne = suivie(personas, invalidite=True)
    lue = texte(corriger(personas.ts_rennes, personne, aah="80"))
    jour = f"{horloge.aujourd_hui():%d/%m/%Y}"
    assert f"Pension d’invalidité, non : déclaré le {jour}" in lue
    assert f"AAH, de 80 % ou plus : déclaré le {jour}" in lue


def test_chaque_donnee_declaree_a_ses_mots() -> None:
    assert set(DONNEES) == set(DECLARABLES)


@pytest.mark.parametrize(
    ("saisie", "dit"),
    [
        ({"aah": ""}, "Dites si la personne touche l’AAH."),
        ({"aah": "35"}, "Cette réponse n’existe pas."),
        ({"inaptitude": ""}, "Dites si l’inaptitude est reconnue."),
    ],
)
def test_une_reponse_manquante_se_dit_et_ne_change_rien(
    personas: Personas, saisie: dict[str, str], dit: str
) -> None:
    personne = suivie(personas)
    reponse = corriger(personas.ts_rennes, personne, veuf="on", **saisie)
    assert reponse.status_code == 422
    assert dit in texte(reponse)
    assert not personnes.lire(personne).situation.veuf


def test_deux_corrections_en_meme_temps_se_montrent_sans_s_ecraser(personas: Personas) -> None:
    personne = suivie(personas)
    declarer(personas.charge_reperage, personne, personne.version, aah=Aah.INCONNU, veuf=True)
    ancienne = str(personne.version)
    reponse = corriger(personas.ts_rennes, personne, aah="80", version=ancienne)
    assert reponse.status_code == 409
    lue = texte(reponse)
    assert "Cette page a été modifiée ailleurs pendant votre saisie." in lue
    assert (
        "Allocation aux adultes handicapés (AAH) Elle la touche, taux de 80 % ou plus"
        " Elle la touche, taux pas encore connu"
    ) in lue
    assert "Elle a perdu son conjoint (veuvage) Non coché Coché" in lue
    assert personnes.lire(personne).situation.aah == Aah.INCONNU
    version = relire(personne).version
    assert f'name="version" value="{version}"' in reponse.content.decode()
    encore = corriger(personas.ts_rennes, personne, aah="80", version=str(version))
    assert encore.status_code == 200
    assert personnes.lire(personne).situation == Situation(aah=Aah.DE_80_OU_PLUS)


def test_une_page_ancienne_ne_corrige_pas(personas: Personas) -> None:
    personne = suivie(personas)
    ts = personas.ts_rennes
    declarer(ts, personne, personne.version, veuf=True)
    with pytest.raises(ConflitDeVersion):
        declarer(ts, personne, personne.version, saspa=True)


@pytest.mark.parametrize("qui", ["ts_redon", "ts_rennes_collegue", "referent_departement"])
def test_qui_n_ouvre_pas_la_personne_ne_corrige_pas(personas: Personas, qui: str) -> None:
    personne = suivie(personas)
    autre = getattr(personas, qui)
    attendu = 403 if qui == "referent_departement" else 404
    assert ouvrir(autre, personne, "situation/").status_code == attendu
    assert corriger(autre, personne, veuf="on").status_code == attendu
    with pytest.raises(PermissionDenied):
        declarer(autre, personne, personne.version, veuf=True)
    assert not personnes.lire(personne).situation.veuf


@pytest.mark.parametrize("qui", ["encadrante_rennes", "charge_reperage"])
def test_qui_ouvre_la_personne_corrige(personas: Personas, qui: str) -> None:
    personne = suivie(personas)
    assert ouvrir(getattr(personas, qui), personne, "situation/").status_code == 200
    corriger(getattr(personas, qui), personne, veuf="on")
    assert personnes.lire(personne).situation.veuf


def test_qui_n_est_plus_concerne_reste_et_la_page_dit_que_faire(personas: Personas) -> None:
    personne = suivie(personas, 60, invalidite=True)
    lue = texte(corriger(personas.ts_rennes, personne))
    assert "Pas concernée pour le moment" in lue
    assert "Rien n’est effacé pour autant" in lue
    assert "Plus tard" in lue
    assert "À informer" not in lue
    liste = texte(connecter(personas.ts_rennes).get("/reperage/"))
    assert "Pas concernée pour le moment : à confirmer" in liste
    # Said to be concerned again, she is.
    encore = texte(corriger(personas.ts_rennes, personne, invalidite="on"))
    assert "Pas concernée pour le moment" not in encore


def test_l_invalidite_declaree_est_dite_du_mois_ou_elle_le_fut(personas: Personas) -> None:
    """Whatever file renewed the rest of the situation since."""
    le = date(2026, 9, 14)
    contenu = dossier(naissance=ne_le(61, 10), invalidite=True).declaree("invalidite", le=le)
    fichier = Origine("situation", "fichier de la CNAF du 02/11/2026", le + timedelta(days=49))
    personne = personnes.creer(
        replace(contenu, origines=(*contenu.origines, fichier)), suivie_par=personas.ts_rennes
    )
    lue = texte(ouvrir(personas.ts_rennes, personne))
    assert "Pension d’invalidité signalée en septembre 2026." in lue
    assert "Situation fichier de la CNAF du 02/11/2026" in lue
    assert "Pension d’invalidité, oui : déclaré le 14/09/2026" in lue
