"""The sentences of an answer, the same on screen and on paper (annex 1, circuit 2).

Something not filled in yet shows as an ellipsis: the caisse previews while writing.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from relais.fiches.contenu import ContenuReponse
from relais.regles.convention import Convention
from relais.regles.fiche import (
    LIBELLES_DROIT,
    LIBELLES_MOYEN,
    NatureReponse,
    ObjetComplement,
)
from relais.socle.templatetags.relais_affichage import ESPACE, ESPACE_FINE, date_moyenne

A_REMPLIR = "…"
MONTANT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


def phrase_neutre(traitee_le: date) -> str:
    """All that the Département ever reads when box 1 is not ticked, whatever the answer."""
    return (
        f"La caisse a traité cette demande le {date_moyenne(traitee_le)} "
        "et répond directement à la personne."
    )


def phrases_de(reponse: ContenuReponse, convention: Convention, *, jour: date) -> list[str]:
    """One paragraph for the answer, one more when the person was reached directly.

    `jour`: the day whose values of the convention are read. Empty without a nature.
    """
    ecrire = {
        NatureReponse.PAIEMENT_DEBLOQUE: _paiement,
        NatureReponse.PIECE_MANQUANTE: _pieces,
        NatureReponse.DROIT_ACCORDE: _droit,
        NatureReponse.AUTRE_ORGANISME: _organisme,
        NatureReponse.AUTRE: _autre,
        NatureReponse.ETAPE: _etape,
        NatureReponse.COMPLEMENT_DEMANDE: _complement,
    }
    if not reponse.nature:
        return []
    nature = NatureReponse(reponse.nature)
    if nature is NatureReponse.HORS_PERIMETRE:
        principale = _hors_perimetre(reponse, convention, jour)
    else:
        principale = ecrire[nature](reponse)
    return [principale, *_contact(reponse)]


def _date(jour: date | None) -> str:
    return date_moyenne(jour) or A_REMPLIR


def _mot(texte: str) -> str:
    """A text to put inside a sentence of ours, without its own full stop."""
    return texte.strip().rstrip(".").strip() or A_REMPLIR


def _phrase(texte: str) -> str:
    """A text that stands alone, with a full stop when its author left it out."""
    texte = texte.strip()
    if not texte:
        return A_REMPLIR
    return texte if texte.endswith((".", "!", "?", "…", "»", ":")) else f"{texte}."


def _libelle(libelles: Mapping[Any, str], code: str | None) -> str:
    return libelles.get(code, A_REMPLIR)


def _euros(montant: str) -> str:
    """1 043,59 for a plain decimal text; anything else as it was typed."""
    if not MONTANT.fullmatch(montant):
        return montant
    return f"{Decimal(montant):,.2f}".replace(",", ESPACE_FINE).replace(".", ",")


def _paiement(reponse: ContenuReponse) -> str:
    return (
        f"Le paiement est débloqué. Versement prévu le {_date(reponse.versement_le)}, "
        "sous réserve du délai bancaire."
    )


def _pieces(reponse: ContenuReponse) -> str:
    liste = f"{ESPACE_FINE}; ".join(_mot(piece) for piece in reponse.pieces) or A_REMPLIR
    return (
        f"Pour continuer, il faut{ESPACE}: {liste}. À adresser à {_mot(reponse.pieces_a_qui)}, "
        f"par {_mot(reponse.pieces_moyen)}, si possible avant le {_date(reponse.pieces_avant_le)}."
    )


def _droit(reponse: ContenuReponse) -> str:
    droit = _libelle(LIBELLES_DROIT, reponse.droit)
    montant = ""
    if reponse.montant:
        montant = (
            f"Montant mensuel avant prélèvements{ESPACE}: {_euros(reponse.montant)}{ESPACE}€. "
        )
    return (
        f"{droit}{ESPACE}: accordé à partir du {_date(reponse.droit_effet_le)}. {montant}"
        f"Premier versement prévu le {_date(reponse.versement_le)}."
    )


def _organisme(reponse: ContenuReponse) -> str:
    if reponse.transmis:
        suite = f"Nous l’avons transmise le {_date(reponse.transmis_le)}."
    else:
        suite = f"Elle n’a pas été transmise{ESPACE}: à adresser par la personne."
    organisme, contact = _mot(reponse.organisme), _mot(reponse.organisme_contact)
    return f"Cette demande relève de {organisme} ({contact}). {suite}"


def _autre(reponse: ContenuReponse) -> str:
    return (
        f"{_phrase(reponse.texte)} Suite{ESPACE}: {_mot(reponse.suite_par)}, "
        f"avant le {_date(reponse.suite_avant_le)}."
    )


def _etape(reponse: ContenuReponse) -> str:
    return f"Le dossier est en cours. Prochaine information le {_date(reponse.prochain_point_le)}."


COMPLEMENTS: dict[str, str] = {
    ObjetComplement.IDENTITE: (
        "La caisse a besoin d’une précision sur l’identité de la personne. Vérifiez avec elle le"
        " nom de naissance, le prénom et le numéro de sécurité sociale, puis renvoyez la fiche."
    ),
    ObjetComplement.COORDONNEES: (
        "La caisse a besoin d’une précision sur les coordonnées de la personne. Vérifiez avec elle"
        " le téléphone, l’adresse et le courriel, puis renvoyez la fiche."
    ),
    ObjetComplement.NOUVEL_ENVOI: (
        "La caisse n’a plus cette fiche, ou ne peut pas la lire. Renvoyez-la : rien d’autre n’est"
        " demandé."
    ),
}


def _complement(reponse: ContenuReponse) -> str:
    """A fixed sentence for what box 1 does not open; the caisse's own words besides."""
    fixe = COMPLEMENTS.get(reponse.objet_complement)
    if fixe is None:
        return (
            f"Pour continuer, la caisse a besoin d’une précision{ESPACE}: {_phrase(reponse.texte)}"
        )
    return f"{fixe} {_phrase(reponse.texte)}" if reponse.texte.strip() else fixe


def _hors_perimetre(reponse: ContenuReponse, convention: Convention, jour: date) -> str:
    voie = reponse.voie.strip().rstrip(".")
    if not voie:
        site, numero = convention.caisse.site.au(jour), convention.caisse.telephone.au(jour)
        voie = f"espace personnel sur {site} ou {numero}"
    return (
        f"Cette situation peut être réglée par la voie ordinaire{ESPACE}: {voie}. "
        "Si les ressources s’arrêtent ou si vous n’avez pas de réponse, renvoyez la fiche"
        f"{ESPACE}: elle sera examinée."
    )


def _contact(reponse: ContenuReponse) -> list[str]:
    if reponse.contactee_le is None:
        return []
    moyen = _libelle(LIBELLES_MOYEN, reponse.contactee_par)
    return [
        f"La personne a été contactée directement le {_date(reponse.contactee_le)}, par {moyen}."
    ]
