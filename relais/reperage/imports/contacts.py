"""The contact file of the CNAF: phones, mail addresses and consents, by number and role.

It screens nobody: what it says completes people who are already kept. Older files have no NIR.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from relais.adaptateurs import feuilles
from relais.adaptateurs.feuilles import Rangee
from relais.adaptateurs.fichier import Avancer, FichierRefuse, Source
from relais.coffre.noms import normaliser_nom
from relais.regles.nir import LONGUEUR_CORPS
from relais.regles.reperage import Consentement
from relais.reperage.dossier import Coordonnees, Dossier
from relais.reperage.imports.rapprochement import prenoms_accordes
from relais.reperage.lecture import cellules, numeros
from relais.reperage.lecture.evenements import Contact, Evenement, Lecture, Refus, Remarque
from relais.reperage.lecture.titres import RANGEES, est_de_contacts, normaliser
from relais.reperage.textes import courriels_laisses, propre, telephones_laisses

T = TypeVar("T")
_DEMANDEUR, _CONJOINT = _ADULTES = ("DEM", "CJT")
_TELEPHONE, _MAIL, _CONSENTEMENT = "telephone", ("electronique", "mail", "courriel"), "consentement"
_ACCORDE = {"a", "accorde", "accord", "oui", "o"}
_REFUSE = {"r", "refuse", "refus", "non", "n"}
_INCONNU = {"", "i", "inconnu"}


def lire(source: Source, *, avancer: Avancer | None = None) -> Lecture:
    """The contacts of the adults, row by row. Raises FichierRefuse: these are no such titles."""
    rangees = enumerate(feuilles.rangees(source, connus=est_de_contacts, avancer=avancer), 1)
    debut = (rangee for _, rangee in islice(rangees, RANGEES))
    titres = next(filter(est_de_contacts, debut), None)
    if titres is None:
        raise FichierRefuse(
            "Ce n’est pas le fichier des contacts de la CNAF : ses titres sont MATRICULE,"
            " NUMERO DEMANDE RSA, NUMERO TELEPHONE DOSSIER, et d’autres."
        )
    lecture = Lecture(iter(()))
    lecture.evenements = _Contacts(_Colonnes.de(titres), lecture.comptes).evenements(rangees)
    return lecture


@dataclass(frozen=True, slots=True)
class Trouve(Generic[T]):
    """Whom a contact is of. `qui` None and `doute`: somebody kept, but it cannot be said whom."""

    qui: T | None = None
    doute: bool = False


def rapprocher(contact: Contact, candidats: Iterable[tuple[T, Dossier]]) -> Trouve[T]:
    """Who has the NIR; else, in the household, who has the role; else who bears the name.

    Another NIR is another person, whatever the number of allocataire says.
    """
    lus = list(candidats)
    corps = contact.nir[:LONGUEUR_CORPS]
    du_foyer = [
        (cle, lu)
        for cle, lu in lus
        if contact.matricule
        and lu.foyer.matricule == contact.matricule
        and not (corps and lu.identite.nir)
    ]
    sans_role = [(cle, lu) for cle, lu in du_foyer if not lu.foyer.role]
    voies = (
        [cle for cle, lu in lus if corps and lu.identite.nir[:LONGUEUR_CORPS] == corps],
        [cle for cle, lu in du_foyer if contact.role and lu.foyer.role == contact.role],
        [cle for cle, lu in sans_role if contact.role != _CONJOINT and _nommee(contact, lu)],
    )
    trouves = next(filter(None, voies), [])
    if len(trouves) == 1:
        return Trouve(trouves[0])
    return Trouve(doute=bool(trouves) or any(_peut_etre(contact, lu) for _, lu in sans_role))


def _nommee(contact: Contact, lu: Dossier) -> bool:
    """Whether the file names that person as who answers for the household."""
    noms = {normaliser_nom(nom) for nom in lu.identite.noms}
    return bool(
        contact.prenom
        and lu.identite.prenoms
        and normaliser_nom(contact.nom) in noms - {""}
        and prenoms_accordes(lu.identite.prenoms, contact.prenom)
    )


def _peut_etre(contact: Contact, lu: Dossier) -> bool:
    """Whether somebody of the household, whose role nobody said, may be the one of that row.

    The file names the DEM alone: another name is not the DEM, and that name is not the CJT.
    """
    if not (contact.nom and contact.prenom):
        return True
    return contact.role != _DEMANDEUR and not _nommee(contact, lu)


def coordonnees(contact: Contact) -> Coordonnees:
    """What the contact says of how to reach the person, without an address."""
    return Coordonnees(
        telephones=contact.telephones,
        courriels=contact.courriels,
        consentement=contact.consentement,
    )


@dataclass(frozen=True, slots=True)
class _Colonnes:
    """Where each thing stands. Several columns may hold phones, mails and consents."""

    seules: Mapping[str, int]
    telephones: tuple[int, ...]
    courriels: tuple[int, ...]
    consentements: tuple[int, ...]

    @classmethod
    def de(cls, titres: Rangee) -> "_Colonnes":
        normaux = [normaliser(titre) for titre in titres]
        consentements = [r for r, normal in enumerate(normaux) if _CONSENTEMENT in normal]
        autres = [(r, normal) for r, normal in enumerate(normaux) if r not in consentements]
        seules: dict[str, int] = {}
        for rang, normal in autres:
            seules.setdefault(normal, rang)
        return cls(
            seules,
            tuple(rang for rang, normal in autres if _TELEPHONE in normal),
            tuple(rang for rang, normal in autres if any(mot in normal for mot in _MAIL)),
            tuple(consentements),
        )


@dataclass(slots=True)
class _Contacts:
    colonnes: _Colonnes
    comptes: Counter[str]

    def evenements(self, rangees: Iterator[tuple[int, Rangee]]) -> Iterator[Evenement]:
        for numero, rangee in rangees:
            if not any(case.strip() for case in rangee):
                self.comptes["Lignes vides"] += 1
            else:
                yield from self._ligne(numero, rangee)

    def _ligne(self, numero: int, rangee: Rangee) -> Iterator[Evenement]:
        ou = f"ligne {numero}"
        role = self._seule(rangee, "role personne").upper()
        if role and role not in _ADULTES:
            self.comptes["Enfants et autres personnes du foyer"] += 1
            return
        matricule = cellules.matricule(self._seule(rangee, "matricule"))
        nir = numeros.lire(self._seule(rangee, "nir"))
        if not matricule and nir is None:
            yield Refus(ou, "ni numéro d’allocataire, ni numéro de sécurité sociale.", "MATRICULE")
            return
        telephones, faux = cellules.telephones("\n".join(_cases(rangee, self.colonnes.telephones)))
        courriels, faussees = cellules.courriels("\n".join(_cases(rangee, self.colonnes.courriels)))
        consentement, douteux = _consentement(_cases(rangee, self.colonnes.consentements))
        if telephones or courriels or consentement != Consentement.INCONNU:
            yield Contact(
                numero,
                matricule=matricule,
                nir="" if nir is None else nir.corps + nir.cle,
                demande=cellules.entier(self._seule(rangee, "numero demande rsa")),
                role=role,
                nom=self._seule(rangee, "nom responsable dossier"),
                prenom=self._seule(rangee, "prenom responsable dossier"),
                telephones=telephones,
                courriels=courriels,
                consentement=consentement,
            )
        else:
            self.comptes["Lignes sans téléphone ni adresse mail"] += 1
        if faux:
            yield Remarque(f"{ou} : {telephones_laisses(faux)}.")
        if faussees:
            yield Remarque(f"{ou} : {courriels_laisses(faussees)}.")
        if douteux:
            yield Remarque(f"{ou} : un consentement n’est ni A, ni R, ni I : compté inconnu.")

    def _seule(self, rangee: Rangee, titre: str) -> str:
        rang = self.colonnes.seules.get(titre)
        return "" if rang is None or rang >= len(rangee) else propre(rangee[rang])


def _cases(rangee: Rangee, rangs: Sequence[int]) -> list[str]:
    return [rangee[rang].strip() for rang in rangs if rang < len(rangee)]


def _consentement(cases: Sequence[str]) -> tuple[Consentement, bool]:
    """One refusal refuses; an agreement is everybody's of the row. Whether a code is unknown."""
    dits = {normaliser(case) for case in cases}
    douteux = not dits <= _ACCORDE | _REFUSE | _INCONNU
    if dits & _REFUSE:
        return Consentement.REFUSE, douteux
    if dits and dits <= _ACCORDE:
        return Consentement.ACCORDE, douteux
    return Consentement.INCONNU, douteux
