"""A plainly fictitious fiche, whole, for the tests of documents."""

from dataclasses import replace
from datetime import date

from relais.fiches.contenu import Contenu, ContenuReponse, Personne, Professionnel, Signature
from relais.regles.perimetre import Precision, Reponses, Ressources

REFERENCE = "K7QF-3MWP"
JOUR = date(2026, 11, 23)

COMPLETE = Contenu(
    cree_le=JOUR,
    territoire="T6",
    territoire_nom="Pays de Redon et des Vallons de Vilaine",
    professionnel=Professionnel(nom_prenom="Exemple Zoé", telephone="0261913501"),
    personne=Personne(
        nom_naissance="Fictif",
        nom_marital="Inventée",
        prenom="Camille",
        nir="1850578006084",
        nir_cle="36",
        adresse="12 rue de la Démonstration\nBâtiment C\n35600 Redon",
        mail="camille.fictif@exemple.test",
        telephone="0261913577",
    ),
    situations=("rsa", "france_travail"),
    dossiers=("retraite", "asi_aspa"),
    motifs=("rupture", "autre"),
    motif_autre="courrier resté sans suite",
    commentaire="Demande déposée le 12 mars 2026. Aucune nouvelle depuis.",
    perimetre=Reponses(
        ressources=Ressources.COUPEES,
        ressources_le=date(2026, 10, 1),
        precision=Precision.DATE_PASSEE,
        sans_reponse=True,
        message_le=date(2026, 9, 10),
        appel_le=date(2026, 10, 2),
        incomprise=True,
        a_savoir="quelle pièce manque encore",
        complexe=True,
        complexite="carrière en France et au Portugal",
    ),
    informe=True,
    non_opposition=True,
    signature=Signature(mode="ecran", par="personne", signee_le=JOUR),
    notice_version="2025-07",
)
VIDE = Contenu(cree_le=JOUR)
SUR_PAPIER = replace(
    COMPLETE,
    signature=Signature(
        mode="page",
        par="representant",
        representant_nom="Dominique Exemple",
        representant_qualite="tutrice",
        signee_le=JOUR,
    ),
)
MANQUE = ContenuReponse(
    nature="piece_manquante",
    pieces=("Attestation de fin de droits", "Relevé portugais"),
    pieces_a_qui="l'agence de Rennes",
    pieces_moyen="courrier",
    pieces_avant_le=date(2026, 12, 10),
    contactee_le=date(2026, 11, 24),
    contactee_par="telephone",
    agent_nom="Sacha Factice",
    agent_telephone="0261913960",
)
PERSONNELS = ("Fictif", "FICTIF", "Camille", "Inventée", "Zoé", "1850578006084", "85 05", "Redon")
