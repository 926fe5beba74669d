"""What is missing before an answer may leave: field → sentence (wording.md §3)."""

from collections.abc import Callable, Iterator
from datetime import date

from relais.fiches.contenu import ContenuReponse
from relais.regles.fiche import (
    Droit,
    MoyenContact,
    NatureReponse,
    ObjetComplement,
    objets_du_complement,
)

Constats = Iterator[tuple[str, str]]


RIEN_DU_DOSSIER = (
    "La personne n’a pas demandé que le professionnel soit informé : la précision porte sur son"
    " identité, ses coordonnées ou un nouvel envoi, et la phrase est toute faite."
)


def manques(reponse: ContenuReponse, *, jour: date, informe: bool) -> dict[str, str]:
    """Everything that keeps the answer from leaving; empty when it may be sent.

    `informe`: box 1 of the tour. Without it a complement tells nothing of the file.
    """
    if reponse.nature not in _PAR_NATURE:
        return {"nature": "Choisissez une réponse."}
    if reponse.nature == NatureReponse.COMPLEMENT_DEMANDE and not informe:
        return dict(_complement_discret(reponse)) | dict(_contact(reponse, jour))
    saisies = {
        champ: "Cette réponse n’a pas pu être lue : corrigez-la ou effacez-la."
        for champ, _ in reponse.saisies
    }
    propres = dict(_PAR_NATURE[NatureReponse(reponse.nature)](reponse, jour))
    return {**propres, **dict(_contact(reponse, jour)), **saisies}


def _paiement(reponse: ContenuReponse, jour: date) -> Constats:
    if reponse.versement_le is None:
        yield "versement_le", "Indiquez la date prévue du versement."


def _pieces(reponse: ContenuReponse, jour: date) -> Constats:
    if not any(piece.strip() for piece in reponse.pieces):
        yield "pieces", "Indiquez ce qui manque, une chose par ligne."
    if not reponse.pieces_a_qui.strip():
        yield "pieces_a_qui", "Indiquez à qui l’adresser."
    if not reponse.pieces_moyen.strip():
        yield "pieces_moyen", "Indiquez par quel moyen."
    yield from _a_venir("pieces_avant_le", reponse.pieces_avant_le, jour, "avant quand")


def _droit(reponse: ContenuReponse, jour: date) -> Constats:
    if reponse.droit not in set(Droit):
        yield "droit", "Choisissez le droit accordé."
    if reponse.droit_effet_le is None:
        yield "droit_effet_le", "Indiquez la date d’effet."
    if reponse.versement_le is None:
        yield "versement_le", "Indiquez la date prévue du premier versement."


def _organisme(reponse: ContenuReponse, jour: date) -> Constats:
    if not reponse.organisme.strip():
        yield "organisme", "Indiquez l’organisme."
    if not reponse.organisme_contact.strip():
        yield "organisme_contact", "Indiquez comment le joindre."
    if reponse.transmis is None:
        yield "transmis", "Dites si la demande a été transmise."
    if reponse.transmis and reponse.transmis_le is None:
        yield "transmis_le", "Indiquez la date de transmission."


def _autre(reponse: ContenuReponse, jour: date) -> Constats:
    if not reponse.texte.strip():
        yield "texte", "Écrivez la réponse."
    if not reponse.suite_par.strip():
        yield "suite_par", "Indiquez qui fait la suite."
    yield from _a_venir("suite_avant_le", reponse.suite_avant_le, jour, "avant quand")


def _etape(reponse: ContenuReponse, jour: date) -> Constats:
    yield from _a_venir(
        "prochain_point_le", reponse.prochain_point_le, jour, "la date du prochain point"
    )


def _complement(reponse: ContenuReponse, jour: date) -> Constats:
    if reponse.objet_complement not in set(ObjetComplement):
        yield "objet_complement", "Dites sur quoi porte la précision."
    if reponse.objet_complement == ObjetComplement.DOSSIER and not reponse.texte.strip():
        yield "texte", "Écrivez ce que vous avez besoin de savoir."


def _complement_discret(reponse: ContenuReponse) -> Constats:
    if reponse.objet_complement not in set(ObjetComplement):
        yield "objet_complement", "Dites sur quoi porte la précision."
    elif reponse.objet_complement not in objets_du_complement(informe=False):
        yield "objet_complement", RIEN_DU_DOSSIER
    if reponse.texte.strip():
        yield "texte", RIEN_DU_DOSSIER


def _rien(reponse: ContenuReponse, jour: date) -> Constats:
    yield from ()


def _a_venir(champ: str, valeur: date | None, jour: date, quoi: str) -> Constats:
    if valeur is None:
        yield champ, f"Indiquez {quoi}."
    elif valeur < jour:
        yield champ, "Cette date est passée : choisissez une date à venir."


def _contact(reponse: ContenuReponse, jour: date) -> Constats:
    if reponse.contactee_le is None and reponse.contactee_par:
        yield "contactee_le", "Indiquez la date du contact."
    if reponse.contactee_le is not None:
        if reponse.contactee_le > jour:
            yield "contactee_le", "Le contact ne peut pas être dans l’avenir."
        if reponse.contactee_par not in set(MoyenContact):
            yield "contactee_par", "Dites par quel moyen la personne a été contactée."


_PAR_NATURE: dict[str, Callable[[ContenuReponse, date], Constats]] = {
    NatureReponse.PAIEMENT_DEBLOQUE: _paiement,
    NatureReponse.PIECE_MANQUANTE: _pieces,
    NatureReponse.DROIT_ACCORDE: _droit,
    NatureReponse.AUTRE_ORGANISME: _organisme,
    NatureReponse.AUTRE: _autre,
    NatureReponse.ETAPE: _etape,
    NatureReponse.HORS_PERIMETRE: _rien,
    NatureReponse.COMPLEMENT_DEMANDE: _complement,
}
