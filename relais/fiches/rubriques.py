"""Sections of the answer's form: which fields each answer calls for (wording.md §3)."""

from relais.regles.fiche import NatureReponse as N

# A field that two answers share stands once, in the order in which people fill it.
REPONSE: tuple[tuple[tuple[N, ...], tuple[str, ...]], ...] = (
    ((N.DROIT_ACCORDE,), ("droit", "droit_effet_le", "montant")),
    ((N.PAIEMENT_DEBLOQUE, N.DROIT_ACCORDE), ("versement_le",)),
    ((N.PIECE_MANQUANTE,), ("pieces", "pieces_a_qui", "pieces_moyen", "pieces_avant_le")),
    ((N.AUTRE_ORGANISME,), ("organisme", "organisme_contact", "transmis", "transmis_le")),
    ((N.AUTRE,), ("texte", "suite_par", "suite_avant_le")),
    ((N.COMPLEMENT_DEMANDE,), ("objet_complement", "precision")),
    ((N.ETAPE,), ("prochain_point_le",)),
    ((N.HORS_PERIMETRE,), ("voie",)),
)

DANS_LE_DOCUMENT = {"precision": "texte"}
"""Fields that bear another name in the document (contenu.ContenuReponse)."""


def champs_de(nature: str) -> set[str]:
    """The fields that this answer reads; the others are left out of what is sent."""
    return {champ for natures, champs in REPONSE if nature in natures for champ in champs}
