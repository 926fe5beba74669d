"""Answers as the caisse writes them, one maker for each nature."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from relais.annuaire.models import Affectation
from relais.fiches.contenu import ContenuReponse
from relais.regles.fiche import Droit, MoyenContact, NatureReponse, ObjetComplement

PIECES = (
    "l’avis d’impôt de l’année dernière",
    "un relevé d’identité bancaire au nom de la personne",
    "la copie recto verso du titre de séjour",
    "l’acte de naissance du conjoint",
    "la demande d’Aspa remplie et signée",
)


def reponse(
    nature: NatureReponse, *, par: Affectation, jour: date, tirage: Random
) -> ContenuReponse:
    """A complete answer of that nature, given on that day by that agent of the caisse."""
    champs = _CHAMPS[nature](jour, tirage)
    sans_contact = (NatureReponse.ETAPE, NatureReponse.COMPLEMENT_DEMANDE)
    if nature not in sans_contact and tirage.random() < 0.4:
        champs |= {"contactee_le": jour, "contactee_par": tirage.choice(list(MoyenContact))}
    return ContenuReponse(
        nature=nature,
        agent_nom=par.agent.nom_complet,
        agent_telephone=par.agent.telephone,
        **champs,
    )


def _dans(jour: date, jours: int) -> date:
    return jour + timedelta(days=jours)


def _premier_du_mois(jour: date, mois: int) -> date:
    rang = jour.year * 12 + jour.month - 1 + mois
    return date(rang // 12, rang % 12 + 1, 1)


def _paiement(jour: date, tirage: Random) -> dict[str, Any]:
    return {"versement_le": _dans(jour, tirage.randint(4, 9))}


def _pieces(jour: date, tirage: Random) -> dict[str, Any]:
    return {
        "pieces": tuple(tirage.sample(PIECES, tirage.randint(1, 2))),
        "pieces_a_qui": "la caisse",
        "pieces_moyen": "l’espace personnel, ou par courrier",
        "pieces_avant_le": _dans(jour, 15),
    }


def _droit(jour: date, tirage: Random) -> dict[str, Any]:
    return {
        "droit": tirage.choice(list(Droit)),
        "droit_effet_le": _premier_du_mois(jour, 0),
        "versement_le": _dans(_premier_du_mois(jour, 1), 8),
        "montant": f"{tirage.randint(300, 1043)}.{tirage.randrange(100):02d}",
    }


def _organisme(jour: date, tirage: Random) -> dict[str, Any]:
    transmis = tirage.random() < 0.5
    return {
        "organisme": tirage.choice(("la MSA", "l’Agirc-Arrco", "la CNRACL")),
        "organisme_contact": "02 61 91 00 10",
        "transmis": transmis,
        "transmis_le": jour if transmis else None,
    }


def _autre(jour: date, tirage: Random) -> dict[str, Any]:
    return {
        "texte": "Le dossier est complet et sera étudié en priorité.",
        "suite_par": "la caisse appelle la personne",
        "suite_avant_le": _dans(jour, tirage.randint(5, 12)),
    }


def _etape(jour: date, tirage: Random) -> dict[str, Any]:
    return {"prochain_point_le": _dans(jour, tirage.randint(3, 8))}


def _rien(jour: date, tirage: Random) -> dict[str, Any]:
    return {}


def _complement(jour: date, tirage: Random) -> dict[str, Any]:
    return {"objet_complement": ObjetComplement.IDENTITE}


_CHAMPS: dict[NatureReponse, Callable[[date, Random], dict[str, Any]]] = {
    NatureReponse.PAIEMENT_DEBLOQUE: _paiement,
    NatureReponse.PIECE_MANQUANTE: _pieces,
    NatureReponse.DROIT_ACCORDE: _droit,
    NatureReponse.AUTRE_ORGANISME: _organisme,
    NatureReponse.AUTRE: _autre,
    NatureReponse.ETAPE: _etape,
    NatureReponse.HORS_PERIMETRE: _rien,
    NatureReponse.COMPLEMENT_DEMANDE: _complement,
}
