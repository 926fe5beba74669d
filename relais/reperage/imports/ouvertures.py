"""The file of an import opened by the reader of its family, people with who they are."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from relais.adaptateurs.fichier import Avancer, FichierRefuse
from relais.annuaire.contexte import contexte_systeme
from relais.regles.reperage import SOURCES, Famille
from relais.reperage.actions import correspondances
from relais.reperage.imports import contacts
from relais.reperage.imports.constats import Colonne
from relais.reperage.imports.lecteur_scelle import lecteur
from relais.reperage.lecture import familles, flux_cnaf, tableaux, titres
from relais.reperage.lecture.apercu import apercu
from relais.reperage.lecture.evenements import Lecture
from relais.reperage.models import Import
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_moyenne

D_AVANCE = timedelta(days=31)  # a file of next month may come before it begins
EN_ARRIERE = timedelta(days=365)  # nothing is kept of an older file (CRPA R.114-9-7)
_QUI: frozenset[str] = titres.NOMS | {titres.Champ.NIR}
A_NOMMER = "Aucune colonne n’est un nom : dites laquelle, ou corrigez son titre dans le fichier."
SANS_NOM = (
    "Ce fichier n’a ni nom ni numéro : personne ne peut y être reconnu. Il se lit seulement avec"
    " la commande « relais reperer »."
)


TROP_ANCIEN = (
    "Ce fichier est à la date du {le}, il y a plus de douze mois : rien ne peut être gardé d’un"
    " fichier si ancien. Donnez celui du dernier mois."
)


@dataclass(frozen=True, slots=True)
class Ouverte:
    """A file about to be read. `au`: the day of the screening.

    `refus`: what keeps it from being read, and that saying what its columns hold may mend.
    """

    famille: Famille
    au: date
    lecture: Lecture
    colonnes: Sequence[Colonne] = ()
    refus: str = ""

    @property
    def source(self) -> str:
        return SOURCES[self.famille]


def ouvrir(depot: Import, *, avancer: Avancer) -> Ouverte:
    """Recognise it and start reading. Raises FichierRefuse."""
    fichier = lecteur(depot)
    famille = familles.reconnaitre(fichier)
    jour = depot.au or horloge.jour_de(depot.cree_le)
    if famille == familles.Famille.SIX_COLONNES:
        raise FichierRefuse(SANS_NOM)
    if famille == familles.Famille.TABLEAU:
        return _tableau(fichier, depot, jour, avancer)
    if famille == familles.Famille.CONTACTS:
        return Ouverte(Famille.CONTACTS, jour, contacts.lire(fichier, avancer=avancer))
    au = depot.au or _date_du_flux(flux_cnaf.date_de_reference(fichier, au=jour), jour)
    lecture = flux_cnaf.lire(fichier, au=au, identites=True, avancer=avancer)
    return Ouverte(Famille.FLUX, au, lecture)


def _date_du_flux(dite: date | None, jour: date) -> date:
    """The day that the flow says; a day far to come would make every later file an old one.

    Raises FichierRefuse for a day of more than 12 months ago.
    """
    if dite is None or dite > jour + D_AVANCE:
        return jour
    if dite < jour - EN_ARRIERE:
        raise FichierRefuse(TROP_ANCIEN.format(le=date_moyenne(dite)))
    return dite


def _tableau(fichier: io.BufferedReader, depot: Import, au: date, avancer: Avancer) -> Ouverte:
    organisation = depot.organisation_id
    with contexte_systeme(organisation):
        choisies = correspondances.de(organisation)
    vu = apercu(fichier, choisies)
    with contexte_systeme(organisation):
        portes, jour = [une.normal for une in vu.colonnes], horloge.aujourd_hui()
        correspondances.servir(organisation, portes, jour=jour)
    colonnes = [
        Colonne(une.lettres, une.titre, une.normal, une.champ or "", une.genres)
        for une in vu.colonnes
    ]
    if vu.refus and _seulement_un_age(colonnes):
        raise FichierRefuse(vu.refus)
    refus = vu.refus or ("" if any(une.champ in _QUI for une in colonnes) else A_NOMMER)
    if refus:
        return Ouverte(Famille.TABLEAU, au, Lecture(iter(())), colonnes, refus)
    lecture = tableaux.lire(
        fichier, au=au, identites=True, correspondances=choisies, avancer=avancer
    )
    return Ouverte(Famille.TABLEAU, au, lecture, colonnes)


def _seulement_un_age(colonnes: Sequence[Colonne]) -> bool:
    """An age does not make a birth date, whatever column is said to hold it."""
    return any(une.normal.split()[:1] == ["age"] for une in colonnes)
