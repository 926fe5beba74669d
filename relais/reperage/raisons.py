"""Why somebody is on a list, and what to do, in one short line each.

On screen: the most pressing reason, for who has the right to open the person. What leaves the
product (an export, a sheet for a meeting) says neither the suspension of a payment nor health: the
same line for whoever has the same steps to take (CRPA L.114-8 II).
"""

from dataclasses import replace

from relais.regles.explication import aspa_a_verifier
from relais.regles.foyer import Examen
from relais.regles.subsidiarite import CODES_AAH, Code, Reserve
from relais.reperage.dossier import Dossier

RAISONS: dict[Code, str] = {
    Code.SUSPENSION: "RSA suspendu dans l’attente de la demande de retraite",
    Code.PENSION_VERSEE: "Touche déjà une pension : à vérifier",
    Code.NAISSANCE_INCERTAINE: "Date de naissance incertaine : à vérifier",
    Code.SASPA: "Sans régime de retraite connu : Aspa en mairie",
    Code.INAPTITUDE: "Inaptitude reconnue : retraite et Aspa dès 62 ans",
    Code.INAPTITUDE_SIGNALEE: "Inaptitude signalée : à confirmer avec la personne",
    Code.INVALIDITE: "Pension d’invalidité : la retraite la remplace à 62 ans",
    Code.INVALIDITE_TRAVAIL: "Invalidité et travail : date à vérifier avec la caisse",
    Code.AAH_50_79: "AAH de 50 à 79 % : elle s’arrête à 62 ans",
    Code.AAH_80: "AAH de 80 % ou plus : retraite attribuée à 62 ans",
    Code.AAH_INCONNU: "AAH, taux à vérifier : retraite attribuée à 62 ans",
    Code.TAUX_PLEIN: "Âge du taux plein : retraite et Aspa à demander",
    Code.DEVOIR_DEPUIS: "Démarche due depuis juillet 2020",
}
SASPA_ET_AAH = "Sans régime de retraite connu, AAH : Aspa à vérifier"
A_LA_MAIRIE = "Vérifier le relevé de carrière ; Aspa à la mairie"
A_VERIFIER = "À vérifier avec la caisse avant toute démarche : voir dans Relais"
LES_DEUX = "Relevé de carrière, puis demandes de retraite et d’Aspa le même jour"
DES_MAINTENANT = "dès maintenant"


def raison(examen: Examen) -> str:
    """The most pressing reason, for a page of the product. An AAH says more than its unfitness."""
    codes = [motif.code for motif in examen.motifs]
    if not codes:
        return ""
    premier, *autres = codes
    if premier == Code.SASPA and aspa_a_verifier(examen):
        return SASPA_ET_AAH
    if premier == Code.INAPTITUDE:
        premier = next((code for code in autres if code in CODES_AAH.values()), premier)
    return RAISONS[premier]


def sans_suspension(dossier: Dossier) -> Dossier:
    """The same person as anybody else: what may leave is written from this."""
    return replace(dossier, situation=replace(dossier.situation, suspendu=False))


def que_faire(examen: Examen) -> str:
    """What to do, for what leaves. A reserve has several causes: it tells of none of them."""
    codes = {motif.code for motif in examen.motifs}
    if Code.SASPA in codes and Code.PENSION_VERSEE not in codes and not aspa_a_verifier(examen):
        return A_LA_MAIRIE
    if any(motif.reserve in (Reserve.A_VERIFIER, Reserve.A_CONFIRMER) for motif in examen.motifs):
        return A_VERIFIER
    return LES_DEUX
