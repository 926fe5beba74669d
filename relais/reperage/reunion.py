"""The sheet of a team meeting: who, how urgent, who follows, and room to write what is decided.

Names for the encadrant, whose équipe it is; initials for the chargé du repérage, whose sheet goes
from one équipe to another. Like any list that leaves, it says neither why nor health.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from relais.adaptateurs import pdf
from relais.annuaire.models import Affectation
from relais.regles.convention import Role
from relais.reperage.feuilles import Depart, quand
from relais.reperage.lignes import initiales, nom_affiche
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import date_longue

GABARIT = Path(__file__).parent / "gabarits" / "reunion.typ"
NOM_DU_FICHIER = "relais-reunion-d-equipe.pdf"
SANS_TIS = "Territoire à préciser"
SANS_EQUIPE = "Pas encore confiées à une équipe"


def composer(partis: Sequence[Depart], *, pour: Affectation, le: datetime) -> bytes:
    """A line for each, by TIS and équipe, in the order given."""
    jour = jour_de(le)
    groupes: dict[str, list[dict[str, str]]] = {}
    for un in sorted(partis, key=_groupe):  # stable: by level, then name, inside a group
        groupes.setdefault(_groupe(un), []).append(_ligne(un, nommer=pour.role == Role.ENCADRANT))
    donnees = {
        "entete": "Personnes à joindre",
        "lieu": pour.libelle,
        "date": date_longue(jour),
        "consigne": "À détruire après la réunion. Cette liste sert à informer ces personnes de"
        " leurs droits ; elle ne sert à aucun contrôle (CRPA, article L.114-8, II).",
        "groupes": [{"titre": titre, "lignes": lignes} for titre, lignes in groupes.items()],
        "pied": f"Liste du {date_longue(jour)}, à détruire après la réunion",
    }
    return pdf.composer(GABARIT, donnees, titre="Personnes à joindre", le=jour)


def _groupe(un: Depart) -> str:
    personne = un.personne
    tis = personne.territoire
    lieu = f"{tis.code} · {tis.nom}" if tis else SANS_TIS
    return f"{lieu} – {personne.equipe.nom if personne.equipe else SANS_EQUIPE}"


def _ligne(un: Depart, *, nommer: bool) -> dict[str, str]:
    personne, identite = un.personne, un.dossier.identite
    return {
        "nom": nom_affiche(identite) if nommer else initiales(identite),
        "niveau": personne.niveau,
        "quand": quand(personne),
        "contact": personne.etat_du_contact,
        "suivie": str(personne.suivie_par or ""),
    }
