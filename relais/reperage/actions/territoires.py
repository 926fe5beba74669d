"""To which TIS people belong: moved by hand, or again by their address once the file was edited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation, Territoire
from relais.fiches.actions.acte import consigner_par
from relais.journal.actions import consigner_chacun
from relais.journal.models import Action
from relais.regles.convention import Convention
from relais.reperage import dossiers, droits
from relais.reperage.actions.acte import convention_de, verrouiller
from relais.reperage.dossier import Dossier
from relais.reperage.models import Personne
from relais.reperage.territoires import communes_de, resoudre
from relais.socle.horloge import jour_de

LOT = 200


@dataclass(frozen=True, slots=True)
class Rattachement:
    """How many people were looked at, changed of TIS, and belong to none."""

    vues: int = 0
    deplacees: int = 0
    sans_territoire: int = 0


@transaction.atomic
def deplacer(
    personne: Personne, territoire: Territoire, *, par: Affectation, maintenant: datetime
) -> Personne:
    """Move the person by hand: files and the file of communes change her TIS no more.

    Who followed her in the TIS she leaves no longer does. Raises ActeRefuse once she is erased.
    """
    exiger(territoire.organisation_id == personne.organisation_id)
    personne = verrouiller(personne, droits.peut_deplacer, par=par)
    regles = convention_de(personne.organisation_id)
    if personne.territoire_choisi and personne.territoire_id == territoire.pk:
        return personne
    avant = personne.territoire
    personne.territoire_choisi = True
    placer(personne, territoire)
    _ecrire(
        personne,
        dossiers.lire(personne),
        f"{_changement(avant, territoire)}, à la main",
        convention=regles,
        au=jour_de(maintenant),
    )
    consigner_par(Action.PERSONNE_DEPLACEE, str(personne.pk), par=par)
    return personne


def suivre_l_adresse(
    personne: Personne, dossier: Dossier, *, par: Affectation, maintenant: datetime
) -> Dossier:
    """Put that locked person where her address is, unless somebody chose her TIS, and journal it.

    The dossier with one more line when she moves; nothing else is saved. An address that does not
    tell its TIS (a postcode alone, another département) leaves her where she is.
    """
    regles = convention_de(personne.organisation_id)
    communes = communes_de(regles, jour=jour_de(maintenant))
    code = resoudre(dossier.coordonnees, communes=communes)
    if personne.territoire_choisi or code is None:
        return dossier
    avant = personne.territoire
    apres = Territoire.objects.filter(organisation=personne.organisation_id, code=code).first()
    if apres is None or not placer(personne, apres):
        return dossier
    consigner_par(Action.PERSONNE_DEPLACEE, str(personne.pk), par=par)
    dit = f"{_changement(avant, apres)}, d’après l’adresse déclarée"
    return dossier.passee(jour_de(maintenant), dit)


def placer(personne: Personne, territoire: Territoire | None) -> bool:
    """Put that locked person in a TIS; whether it is another one than hers. Nothing is saved.

    However she came to move, an équipe of the TIS that she leaves has her no more.
    """
    if personne.territoire == territoire:
        return False
    personne.territoire = territoire
    if personne.equipe and personne.equipe.territoire_id != personne.territoire_id:
        personne.equipe = personne.suivie_par = personne.confiee_le = None
    return True


def rattacher(organisation: str, *, maintenant: datetime, a_blanc: bool = False) -> Rattachement:
    """Find again the TIS of everybody who was not moved by hand, by the file of communes.

    Lot by lot, safe to run again. `a_blanc`: only counts. Raises ActeRefuse without a convention.
    """
    regles = convention_de(organisation)
    total, dernier = Rattachement(), None
    while True:
        with contexte_systeme(organisation):
            lot = list(Personne.objects.a_rattacher(organisation, apres=dernier)[:LOT])
            if not lot:
                return total
            fait = _lot(organisation, lot, regles, jour_de(maintenant), a_blanc=a_blanc)
        dernier = lot[-1].pk
        total = Rattachement(
            total.vues + fait.vues,
            total.deplacees + fait.deplacees,
            total.sans_territoire + fait.sans_territoire,
        )


def _lot(
    organisation: str, lot: list[Personne], regles: Convention, au: date, *, a_blanc: bool
) -> Rattachement:
    communes = communes_de(regles, jour=au)
    siens = {un.code: un for un in Territoire.objects.filter(organisation=organisation)}
    deplacees: list[UUID] = []
    sans = 0
    for personne, dossier in _lus(lot):
        code = resoudre(dossier.coordonnees, communes=communes)
        territoire = siens.get(code) if code else None
        sans += territoire is None
        if personne.territoire == territoire:
            continue
        deplacees.append(personne.pk)
        if not a_blanc:
            dit = f"{_changement(personne.territoire, territoire)}, d’après son adresse"
            placer(personne, territoire)
            _ecrire(personne, dossier, dit, convention=regles, au=au)
    if deplacees and not a_blanc:
        consigner_chacun(
            Action.PERSONNE_DEPLACEE, map(str, deplacees), organisation=organisation, agent=None
        )
    return Rattachement(len(lot), len(deplacees), sans)


def _lus(lot: list[Personne]) -> Iterator[tuple[Personne, Dossier]]:
    lus = dossiers.lire_plusieurs(lot)
    return ((personne, lus[personne.pk]) for personne in lot if personne.pk in lus)


def _ecrire(
    personne: Personne, dossier: Dossier, dit: str, *, convention: Convention, au: date
) -> None:
    dossiers.ecrire(personne, dossier.passee(au, dit), convention=convention, au=au)


def _changement(avant: Territoire | None, apres: Territoire | None) -> str:
    if apres is None:
        return "N’a plus de territoire"
    if avant is None:
        return f"Rattachée au territoire « {apres.nom} »"
    return f"Passe du territoire « {avant.nom} » au territoire « {apres.nom} »"
