"""The PDF of a request follows annex 1: its words, its order, its boxes, read aloud too."""

from dataclasses import replace
from datetime import date

import pytest

from relais.fiches import annexe1
from relais.fiches.contenu import Personne
from relais.regles.convention import Datee
from relais.regles.perimetre import Reponses
from tests.fiches.composes import convention, demander, trait
from tests.fiches.exemples import COMPLETE, VIDE
from tests.fiches.lire_pdf import cases, texte

__all__ = ["convention", "demander", "trait"]  # fixtures


def test_la_demande_suit_l_ordre_et_les_mots_de_l_annexe_1(demander, trait):
    lu = texte(demander(COMPLETE, trait))
    attendus = [
        "Fiche de liaison retraite – Conseil départemental 35",
        "Adresse mail de contact Carsat : partenaires@caisse.exemple.invalid",
        "Date de création de la fiche : 23/11/2026",
        "CD35 TIS : T6 – Pays de Redon et des Vallons de Vilaine",
        "Professionnel du Conseil départemental d’Ille-et-Vilaine",
        "Nom Prénom : Exemple Zoé",
        "Téléphone : 02 61 91 35 01",
        "Identité de la personne :",
        "Nom de naissance : Fictif",
        "Nom marital : Inventée",
        "Prénom : Camille",
        "Numéro de Sécurité Sociale : 1 85 05 78 006 084 36",
        "Adresse postale : 12 rue de la Démonstration, Bâtiment C, 35600 Redon",
        "Adresse mail : camille.fictif@exemple.test",
        "Téléphone : 02 61 91 35 77",
        "Pour cocher, mettez 1X dans les cases correspondantes :",
        "Situation administrative",
        "AAH",
        "RSA",
        "France Travail",
        "En activité",
        "Invalidité",
        "Autre",
        "Type de dossier concerné",
        "Pension de retraite",
        "Pension de réversion",
        "ASI-ASPA (Allocation Supplémentaire d’Invalidité et Allocation de Solidarité aux "
        "Personnes Agées)",
        "Autre",
        "Motif de la demande",
        "Dossiers en cours dont le point de départ à la retraite se situe dans le mois en cours "
        "déjà dépassé",
        "Rupture de ressources ou suspension de paiement",
        "Autre. A préciser : courrier resté sans suite",
        "Commentaire / précisions sur la situation :",
        "Demande déposée le 12 mars 2026. Aucune nouvelle depuis.",
        "Précisions sur l’urgence",
        "Je souhaite que le professionnel du Département d’Ille-et-Vilaine soit informé de ma "
        "situation vis-à-vis de la Retraite.",
        "Vos données sont transmises à la Carsat de Bretagne",
        "vous pouvez adresser une réclamation à la CNIL.",
        "Je ne m’oppose pas au traitement de mes données personnelles par la Carsat de Bretagne",
        "Signature de l’assuré",
        "Signée à l’écran le 23 novembre 2026",
        "par la personne",
        "Référence K7QF-3MWP",
        "Page 1 sur 1",
    ]
    debut = 0
    for attendu in attendus:
        assert attendu in lu[debut:], attendu
        debut = lu.index(attendu, debut) + len(attendu)


def test_chaque_case_dit_si_elle_est_cochee_a_qui_ne_voit_pas(demander, trait):
    lues = cases(demander(COMPLETE, trait))
    assert [case == "Coché :" for case in lues] == [
        *(False, True, True, False, False, False),  # AAH RSA France-Travail activité invalidité
        *(True, False, True, False),  # retraite réversion ASI-Aspa autre
        *(False, True, True),  # départ passé, rupture, autre
        *(True, True),  # informé, non-opposition
    ]
    assert set(lues) == {"Coché :", "Non coché :"}


def test_rien_n_est_coche_d_avance(demander):
    assert set(cases(demander(VIDE))) == {"Non coché :"}


def test_une_case_cochee_se_voit_aussi_dans_le_texte(demander, trait):
    lu = texte(demander(COMPLETE, trait))
    assert "X RSA" in lu
    assert "X AAH" not in lu


def test_les_precisions_reprennent_les_trois_questions(demander, trait):
    lu = texte(demander(COMPLETE, trait))
    for dit in (
        "Oui, depuis le 1er octobre 2026 : la date de départ est passée et rien n’est versé.",
        "message dans l’espace personnel, le 10 septembre 2026; appel au 02 61 91 39 60, le 2 "
        "octobre 2026.",
        "La procédure n’est pas comprise. Ce que j’ai besoin de savoir : quelle pièce manque",
        "Oui. Carrière en France et au Portugal",
    ):
        assert dit in lu


def test_sans_reponse_au_perimetre_il_n_y_a_pas_de_precisions(demander):
    assert "Précisions" not in texte(demander(replace(COMPLETE, perimetre=Reponses())))


@pytest.mark.parametrize(
    ("personne", "lu"),
    [
        (Personne(sans_nir="ne_connait_pas"), "non indiqué : la personne ne le connaît pas"),
        (Personne(nir="1850578006084"), "1 85 05 78 006 084 (clé non connue)"),
        (
            Personne(nir="7850578006084", nir_cle="12", nir_provisoire=True),
            "7 85 05 78 006 084 12 (numéro provisoire)",
        ),
        (Personne(), "–"),
    ],
)
def test_le_numero_se_lit_dans_chaque_cas(personne, lu, demander):
    assert f"Numéro de Sécurité Sociale : {lu}" in texte(demander(replace(VIDE, personne=personne)))


def test_un_code_qui_n_est_plus_dans_la_convention_reste_lisible(demander):
    assert "X ancien_code" in texte(demander(replace(VIDE, motifs=("ancien_code",))))


def test_la_notice_imprimee_est_celle_qui_a_ete_lue(convention):
    (ligne,) = convention.caisse.notice
    ancienne = replace(ligne.valeur, version="2024-01", texte="Ancienne notice.")
    avant = replace(ligne, depuis=date(2024, 1, 1), valeur=ancienne)
    caisse = replace(convention.caisse, notice=Datee((avant, ligne)))
    deux = replace(convention, caisse=caisse)
    lue = replace(COMPLETE, notice_empreinte=ancienne.empreinte)
    assert annexe1.notice_lue(lue, deux) == ancienne
    assert annexe1.notice_lue(COMPLETE, deux) == ligne.valeur
