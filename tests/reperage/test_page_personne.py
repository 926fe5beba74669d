"""The page of a person: why, since when, what to do, how to reach her, what was noted of it."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from relais.annuaire.conventions import regles_de_l_organisation
from relais.journal.models import Evenement
from relais.regles.calendrier import MOIS, decaler
from relais.regles.foyer import Precision
from relais.regles.reperage import Consentement
from relais.regles.subsidiarite import Aah
from relais.reperage import examens, portrait
from relais.reperage.dossier import Coordonnees, Dossier, Foyer, Origine, Passage
from relais.socle import horloge
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage import gestes as imports
from tests.reperage import personnes
from tests.reperage.pages import ouvrir, texte
from tests.reperage.personnes import DEPARTEMENT, dossier, ne_le

NIR = "260017800608438"  # January 1960
JOINDRE = Coordonnees(
    adresse="1 rue de l’Essai\nBâtiment B",
    code_postal="35600",
    commune="Redon",
    telephones=("+33261913577",),
    courriels=("camille@exemple.test",),
)


def page(personas: Personas, contenu: Dossier, qui: str = "ts_rennes", **champs: Any) -> str:
    personne = personnes.creer(contenu, suivie_par=personas.ts_rennes, **champs)
    reponse = ouvrir(getattr(personas, qui), personne)
    assert reponse.status_code == 200
    return texte(reponse)


def test_la_page_dit_pourquoi_avec_l_article_et_que_faire(personas: Personas) -> None:
    lue = page(personas, dossier(naissance=ne_le(67)))
    assert "À voir en premier" in lue
    assert "le RSA suppose que la retraite soit demandée (CASF L.262-10, CSS L.351-8)" in lue
    ordre = ["Relevé de carrière", "Demande de retraite", "Demande d’Aspa, le même jour"]
    que_faire = lue[lue.index("Que faire maintenant") :]
    rangs = [que_faire.index(titre) for titre in ordre]
    assert rangs == sorted(rangs)
    assert "À dire au premier contact : « Vous pouvez demander à voir" in lue
    assert "il ne sert à aucun contrôle (CRPA L.114-8)" in lue


def test_le_numero_est_masque(personas: Personas) -> None:
    lue = page(personas, dossier(nir=NIR, naissance=date(1960, 1, 9)))
    assert "2 •• •• •• ••• ••• 38" in lue
    assert NIR[:13] not in lue
    assert "l’année ou le mois" not in lue.lower()


def test_un_numero_d_allocataire_qui_peut_etre_un_nir_est_masque(personas: Personas) -> None:
    lue = page(personas, replace(dossier(), foyer=Foyer(matricule=NIR)))
    assert "Matricule masqué, c’est peut-être un numéro de sécurité sociale" in lue
    assert NIR[:13] not in lue
    sien = replace(dossier(), foyer=Foyer(matricule="0346145"))
    assert "Matricule 0346145" in page(personas, sien)


def test_un_numero_qui_ne_va_pas_avec_la_naissance_est_signale(personas: Personas) -> None:
    lue = page(personas, dossier(nir=NIR, naissance=date(1959, 1, 9)))
    assert "L’année ou le mois ne correspond pas à la date de naissance connue." in lue


def test_les_coordonnees_se_composent_et_se_lisent(personas: Personas) -> None:
    contenu = replace(dossier(), coordonnees=JOINDRE)
    personne = personnes.creer(contenu, suivie_par=personas.ts_rennes)
    reponse = ouvrir(personas.ts_rennes, personne)
    html = reponse.content.decode()
    assert 'href="tel:+33261913577"' in html
    assert 'href="mailto:camille@exemple.test"' in html
    assert "1 rue de l’Essai Bâtiment B 35600 Redon" in texte(reponse)


def test_on_appelle_et_on_note_depuis_le_haut_de_la_page(personas: Personas) -> None:
    contenu = replace(dossier(), coordonnees=JOINDRE)
    personne = personnes.creer(contenu, suivie_par=personas.ts_rennes)
    lue = ouvrir(personas.ts_rennes, personne).content.decode()
    assert '<a href="tel:+33261913577">Appeler le 02\xa061\xa091\xa035\xa077</a>' in lue
    assert 'href="#noter"' in lue
    assert 'id="noter"' in lue


def test_les_pages_qui_corrigent_disent_de_qui_et_les_numeros_se_lisent(
    personas: Personas,
) -> None:
    contenu = replace(dossier(prenoms="Camille"), coordonnees=JOINDRE)
    personne = personnes.creer(contenu, suivie_par=personas.ts_rennes)
    navigateur = connecter(personas.ts_rennes)
    for partie in ("coordonnees", "situation"):
        lue = navigateur.get(f"/reperage/personnes/{personne.pk}/{partie}/").content.decode()
        assert '<p class="surtitre">Camille FICTIF</p>' in lue
    lue = navigateur.get(f"/reperage/personnes/{personne.pk}/coordonnees/").content.decode()
    assert 'value="02\xa061\xa091\xa035\xa077"' in lue


@pytest.mark.parametrize(
    ("adresse", "courant"),
    [
        ("/reperage/", 'href="/reperage/" aria-current="page"'),
        ("/reperage/confier/?toutes=1", 'href="/reperage/" aria-current="true"'),
        ("/reperage/importer/", 'href="/reperage/importer/" aria-current="page"'),
        ("/reperage/imports/{depot}/", 'href="/reperage/importer/" aria-current="true"'),
    ],
)
def test_le_menu_dit_ou_l_on_est_et_sous_quoi(
    adresse: str, courant: str, personas: Personas
) -> None:
    personnes.creer(dossier())
    charge = connecter(personas.charge_reperage)
    depot = imports.deposer(charge, imports.UN_FLUX)
    lue = charge.get(adresse.format(depot=depot.pk)).content.decode()
    menu = lue.split("Menu principal")[1].split("</nav>")[0]
    assert courant in menu
    assert menu.count("aria-current") == 1


def test_qui_refuse_les_messages_recoit_un_courrier_seulement(personas: Personas) -> None:
    refuse = replace(JOINDRE, consentement=Consentement.REFUSE)
    personne = personnes.creer(
        replace(dossier(), coordonnees=refuse), suivie_par=personas.ts_rennes
    )
    reponse = ouvrir(personas.ts_rennes, personne)
    assert "Courrier seulement" in texte(reponse)
    html = reponse.content.decode()
    assert not {
        mot
        for mot in ("tel:", "mailto:", "61 91 35 77", "camille@exemple.test")
        if mot in html.replace("\u00a0", " ")
    }


@pytest.mark.parametrize(
    ("contenu", "dits", "tus"),
    [
        (
            dossier(naissance=ne_le(65), saspa=True),
            ["à la mairie", "Pas de fiche de liaison"],
            ["Commencer une fiche de liaison", "Demande de retraite"],
        ),
        (
            dossier(naissance=ne_le(65), saspa=True, aah=Aah.DE_80_OU_PLUS),
            ["AAH de 80 % ou plus : pas d’Aspa d’abord"],
            ["Demande d’Aspa, à la mairie"],
        ),
        (
            dossier(naissance=ne_le(61, 10), aah=Aah.INCONNU),
            ["Vérifier le taux de l’AAH", "Vérifier que son courrier est arrivé"],
            ["déposer la demande de retraite"],
        ),
        (
            dossier(naissance=ne_le(68), pensionne=True),
            ["Vérifier la pension déjà versée", "À informer"],
            ["À voir en premier"],
        ),
        (
            dossier(naissance=ne_le(64), suspendu=True),
            ["Chercher quelle demande manque", "depuis la suspension du versement"],
            [],
        ),
        (dossier(naissance=ne_le(67), veuf=True), ["Penser à la réversion"], []),
        (dossier(naissance=ne_le(67)), ["Cas ordinaire"], ["réversion"]),
    ],
    ids=["saspa", "saspa et aah", "aah", "pension versée", "suspension", "veuvage", "ordinaire"],
)
def test_la_suite_s_adapte_a_la_personne(
    personas: Personas, contenu: Dossier, dits: list[str], tus: list[str]
) -> None:
    lue = page(personas, contenu)
    assert [mots for mots in dits if mots not in lue] == []
    assert [mots for mots in tus if mots in lue] == []


def test_une_naissance_incomplete_est_a_verifier(personas: Personas) -> None:
    contenu = dossier(naissance=ne_le(67))
    incertaine = replace(contenu.identite, precision=Precision.MOIS_INCONNU)
    lue = page(personas, replace(contenu, identite=incertaine))
    assert "Vérifier la date de naissance" in lue
    assert "le plus tardif possible" in lue


def test_le_niveau_dit_depuis_quand(personas: Personas) -> None:
    """One day before, it was another level; and it has not changed since."""
    regles = regles_de_l_organisation(DEPARTEMENT)
    assert regles
    au = horloge.aujourd_hui()
    for annees, mois in ((67, 2), (66, 9), (66, 7), (65, 3)):
        contenu = dossier(naissance=ne_le(annees, mois))
        lu = examens.examen(contenu, au=au, convention=regles)
        depuis = portrait.niveau_depuis(contenu, lu, au=au, convention=regles)
        assert depuis is not None
        veille = examens.examen(contenu, au=depuis - timedelta(days=1), convention=regles)
        assert veille.urgence > lu.urgence
        assert examens.examen(contenu, au=depuis, convention=regles).urgence == lu.urgence


def test_l_age_atteint_date_le_premier_niveau(personas: Personas) -> None:
    naissance = ne_le(67, 3)
    lue = page(personas, dossier(naissance=naissance))
    atteint = decaler(naissance, annees=67)
    mois = MOIS[atteint.month - 1]
    assert f"depuis le 1er {mois} {atteint.year}" in lue


def test_chaque_partie_dit_d_ou_elle_vient(personas: Personas) -> None:
    contenu = replace(
        dossier(invalidite=True, naissance=ne_le(61, 10)),
        origines=(
            Origine("identite", "fichier du 02/11/2026", date(2026, 11, 2)),
            Origine("situation", "fichier du 05/10/2026", date(2026, 10, 5)),
            Origine("coordonnees", "déclaré le 12/11/2026", date(2026, 11, 12)),
        ),
        passages=(Passage(date(2026, 11, 2), "Nouvelle dans le fichier"),),
    )
    lue = page(personas, contenu)
    assert "Identité fichier du 02/11/2026" in lue
    assert "Coordonnées déclaré le 12/11/2026" in lue
    assert "Pension d’invalidité signalée en octobre 2026" in lue
    assert "à partir de la situation connue (fichier du 05/10/2026)" in lue
    assert "2 novembre 2026 : Nouvelle dans le fichier" in lue


def test_le_conjoint_s_ouvre_d_un_lien(personas: Personas) -> None:
    lui = personnes.creer(dossier(prenoms="Dominique"), suivie_par=personas.ts_rennes)
    elle = personnes.creer(
        replace(dossier(), foyer=Foyer(matricule="9900001", role="DEM", conjoint=str(lui.pk))),
        suivie_par=personas.ts_rennes,
    )
    reponse = ouvrir(personas.ts_rennes, elle)
    assert f'href="/reperage/personnes/{lui.pk}/"' in reponse.content.decode()
    assert "Dominique FICTIF" in texte(reponse)
    assert "Matricule 9900001" in texte(reponse)


def test_un_conjoint_qu_on_n_ouvre_pas_n_est_ni_nomme_ni_situe(personas: Personas) -> None:
    lui = personnes.creer(
        dossier(prenoms="Dominique"), suivie_par=personas.ts_redon, territoire="T6"
    )
    lue = page(personas, replace(dossier(), foyer=Foyer(role="DEM", conjoint=str(lui.pk))))
    assert "Dominique" not in lue
    assert "Demandez à votre encadrant" in lue
    assert not {"Redon", "Cléo", str(lui.pk)} & {m for m in ("Redon", "Cléo") if m in lue}


def test_sans_conjoint_garde_la_page_dit_comment_faire(personas: Personas) -> None:
    lue = page(personas, dossier())
    assert "« Ouvrir aussi pour le conjoint »" in lue


def test_la_lecture_est_au_journal_sous_l_identifiant(personas: Personas) -> None:
    personne = personnes.creer(dossier(), suivie_par=personas.ts_rennes)
    ouvrir(personas.ts_rennes, personne)
    with vu_de(DEPARTEMENT):
        lectures = Evenement.objects.filter(action="lecture").values_list("objet", "agent")
        assert list(lectures) == [(str(personne.pk), personas.ts_rennes.agent.pseudonyme)]


def test_qui_ne_suit_pas_la_personne_n_apprend_pas_qu_elle_est_la(personas: Personas) -> None:
    personne = personnes.creer(dossier(), suivie_par=personas.ts_rennes)
    for nom in ("ts_rennes_collegue", "ts_redon"):
        refusee = ouvrir(getattr(personas, nom), personne)
        inconnue = connecter(getattr(personas, nom)).get(f"/reperage/personnes/{uuid.uuid4()}/")
        assert refusee.status_code == inconnue.status_code == 404
        assert texte(refusee) == texte(inconnue)


def test_le_titre_de_la_page_ne_nomme_personne(personas: Personas) -> None:
    """It stays in the history of the browser."""
    personne = personnes.creer(dossier(), suivie_par=personas.ts_rennes)
    html = ouvrir(personas.ts_rennes, personne).content.decode()
    assert "Fictif" not in html[: html.index("</title>")]


def test_le_charge_du_reperage_lit_sans_noter(personas: Personas) -> None:
    lue = page(personas, dossier(), qui="charge_reperage")
    assert "Camille FICTIF" in lue
    for geste in ("Noter un contact", "Proposer l’objectif", "Commencer une fiche"):
        assert geste not in lue
    assert "Corriger les coordonnées" in lue


def test_sans_connexion_la_page_demande_de_se_connecter(personas: Personas) -> None:
    reponse = Client().get(f"/reperage/personnes/{uuid.uuid4()}/")
    assert reponse.headers["Location"].startswith("/compte/connexion/")
