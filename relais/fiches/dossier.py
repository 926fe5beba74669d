"""The whole file of a fiche, for the paper folder of the person (annex 1), as its owner reads it.

Without box 1 the Département holds no answer: the neutral sentence stands where it was given.
"""

from dataclasses import dataclass
from datetime import date, datetime

from relais.adaptateurs.image import Page
from relais.annuaire.models import Affectation
from relais.fiches import exemplaires
from relais.fiches.contenu import Contenu, ContenuReponse
from relais.fiches.models import DEMANDES, Envoi, Exemplaire, Fiche
from relais.regles.convention import Convention, Support

TITRES = {
    Envoi.Nature.DEMANDE: "Demande",
    Envoi.Nature.COMPLEMENT: "Complément",
    Envoi.Nature.COMPLEMENT_DEMANDE: "Précision demandée par la caisse",
    Envoi.Nature.ETAPE: "Réponse d’étape",
    Envoi.Nature.REPONSE: "Réponse de la caisse",
    Envoi.Nature.HORS_PERIMETRE: "Réponse de la caisse",
}
TRAITEE = "Demande traitée par la caisse"


@dataclass(frozen=True, slots=True)
class PieceDuDossier:
    """One message: a whole request with what was signed, or what the caisse said.

    Neither `demande` nor `reponse`: the caisse answered the person alone.
    """

    titre: str
    le: datetime
    demande: Contenu | None = None
    page: Page | None = None
    reponse: ContenuReponse | None = None


def pieces(fiche: Fiche, *, pour: Affectation) -> list[PieceDuDossier]:
    """Every message that the organisation of `pour` holds of this fiche, oldest first."""
    copies = Exemplaire.objects.de(fiche, pour.organisation_id).order_by("envoi__envoye_le")
    tenues = [_piece(copie) for copie in copies]
    dites = {piece.le for piece in tenues if piece.demande is None}
    tues = [
        PieceDuDossier(titre=TRAITEE, le=tour.repondue_le)
        for tour in fiche.tours.all()
        if tour.repondue_le and tour.repondue_le not in dites
    ]
    return sorted((*tenues, *tues), key=lambda piece: piece.le)


def _piece(copie: Exemplaire) -> PieceDuDossier:
    envoi, octets = copie.envoi, exemplaires.lire_document(copie)
    titre = TITRES[Envoi.Nature(envoi.nature)]
    if envoi.nature in DEMANDES:
        contenu, page = Contenu.depuis_octets(octets), exemplaires.lire_page(copie)
        return PieceDuDossier(titre, envoi.envoye_le, demande=contenu, page=page)
    return PieceDuDossier(titre, envoi.envoye_le, reponse=ContenuReponse.depuis_octets(octets))


def est_tenue(fiche: Fiche, organisation: str) -> bool:
    """Whether that organisation still holds a request of this fiche."""
    return Exemplaire.objects.de(fiche, organisation).des_natures(DEMANDES).exists()


def sur_papier(convention: Convention, jour: date) -> bool:
    """Whether the paper folder is where the fiche is kept (setting `support_long`, annex 1)."""
    return convention.conservation.support_long.au(jour) == Support.PAPIER


def conservation_dite(convention: Convention, jour: date) -> str:
    """What the two texts say, in one sentence (article 5.2 and annex 1)."""
    ans = convention.conservation.departement_apres_rsa_ans.exigee(jour)
    return (
        "L’article 5.2 garde la fiche le temps de l’accompagnement ; l’annexe 1, dans le dossier"
        f" papier de la personne, {ans} ans après la clôture du droit RSA : une fois versée au"
        " dossier, c’est le papier qui est gardé, et la copie électronique s’efface à la fin de"
        " l’accompagnement."
    )
