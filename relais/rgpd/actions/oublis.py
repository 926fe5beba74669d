"""What is forgotten besides the fiches: mails, links, sessions, sealed posts, second factors.

Each is a retention of the convention file (relais.regles.durees); what belongs to no party lives as
long as the strictest convention served here says. Rows are deleted in batches, safe to run twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Model, QuerySet

from relais.annuaire import conventions, facteurs, saisies, seances
from relais.annuaire.actions import effacements
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import CourrierDeCompte, Lien
from relais.coffre import oppositions
from relais.fiches import point_du_jour
from relais.fiches.models import Avis, Dysfonctionnement
from relais.journal.actions import consigner
from relais.journal.models import SYSTEME, Action
from relais.journal.mur import pour
from relais.regles.calendrier import decaler
from relais.reperage.models import Correspondance, Import
from relais.rgpd.models import Passage
from relais.socle import cache
from relais.socle.horloge import jour_de, minuit
from relais.socle.models import CourrielEnFile
from relais.socle.travaux import tenter_chacun

LOT = 1000
Oubli = Callable[[datetime], int]


class Oublier(Protocol):
    """What is forgotten of one organisation; how many, so that the next batch is asked for."""

    def __call__(self, organisation: str, /, *, maintenant: datetime) -> int: ...


def oublier_le_commun(*, maintenant: datetime) -> int:
    """Forget what belongs to no party; how many things. One that fails does not hold the others."""
    travaux = (partial(_oublier, regle, maintenant) for regle in OUBLIS)
    total = sum(tenter_chacun(travaux, sinon="what could not be forgotten"))
    Passage.objects.noter(SYSTEME, fini_le=maintenant, effaces=total)
    return total


def oublier_les_dysfonctionnements(departement: str, *, maintenant: datetime) -> int:
    """Reported malfunctions, once closed for as long as their convention says, if it says it."""
    jour = jour_de(maintenant)
    total = 0
    with contexte_systeme(departement):
        for convention in conventions.chargees().values():
            mois = convention.conservation.dysfonctionnement_mois.au(jour)
            if mois is None or convention.departement.code != departement:
                continue
            clos = Dysfonctionnement.objects.clos_avant(
                convention.code, minuit(decaler(jour, mois=-mois))
            )
            total += _supprimer(clos)
        return _noter("dysfonctionnement", total, chez=departement)


def oublier_les_oppositions(departement: str, *, maintenant: datetime) -> int:
    """Who opposed, once the last day on which it is remembered is past."""
    nombre = oppositions.oublier(departement, jour=jour_de(maintenant))
    return _noter("opposition", nombre, chez=departement)


def oublier_les_comptes(organisation: str, *, maintenant: datetime) -> int:
    """Accounts closed long ago, people invited and never there: a batch of each; how many."""
    return effacements.effacer_les_fermes(
        organisation, maintenant=maintenant
    ) + effacements.effacer_les_invites(organisation, maintenant=maintenant)


def oublier_les_correspondances(departement: str, *, maintenant: datetime) -> int:
    """What titles of columns hold, once no file has borne them for as long as their convention
    says; how many."""
    jour = jour_de(maintenant)
    with contexte_systeme(departement):
        convention = conventions.regles_de_l_organisation(departement)
        mois = convention.conservation.correspondance_mois.au(jour) if convention else None
        if mois is None:
            return 0
        siennes = Correspondance.objects.chez(departement)
        nombre = _supprimer(siennes.sans_usage_depuis(decaler(jour, mois=-mois)))
        return _noter("correspondance", nombre, chez=departement)


def oublier_les_restes(departement: str, *, maintenant: datetime) -> int:
    """Rows that a job wrote while its import was being emptied, and why a file was refused."""
    with contexte_systeme(departement):
        Import.objects.effacer_les_restes(departement, maintenant)
    return 0


D_UNE_ORGANISATION: tuple[Oublier, ...] = (
    oublier_les_dysfonctionnements,
    oublier_les_oppositions,
    oublier_les_comptes,
    oublier_les_correspondances,
    oublier_les_restes,
)


def _oublier(regle: str, maintenant: datetime) -> int:
    return _noter(regle, OUBLIS[regle](maintenant), chez=SYSTEME)


def _courriels(maintenant: datetime) -> int:
    limite = maintenant - timedelta(days=_duree("courriel_jours", maintenant))
    en_file = CourrielEnFile.Etat.A_ENVOYER
    return sum(
        _supprimer(table.objects.filter(cree_le__lte=limite).exclude(etat=en_file))
        for table in (Avis, CourrierDeCompte)
    )


def _points(maintenant: datetime) -> int:
    return point_du_jour.oublier(maintenant=maintenant)


def _liens(maintenant: datetime) -> int:
    limite = maintenant - timedelta(days=_duree("lien_jours", maintenant))
    return _supprimer(Lien.objects.filter(expire_le__lte=limite))


def _seances(maintenant: datetime) -> int:
    return seances.oublier_les_finies(
        maintenant - timedelta(hours=_duree("seance_heures", maintenant))
    )


def _saisies(maintenant: datetime) -> int:
    return saisies.purger(maintenant)


@transaction.atomic
def _facteurs(maintenant: datetime) -> int:
    """The second factors of closed accounts: their keys are destroyed with the commit."""
    limite = maintenant - timedelta(days=_duree("facteur_jours", maintenant))
    restes = Authenticator.objects.filter(
        user__is_active=False, user__desactive_le__lte=limite
    ).select_for_update(of=("self",), skip_locked=True)[:LOT]
    retires = list(restes)
    facteurs.oublier([un.data for un in retires])
    Authenticator.objects.filter(pk__in=[un.pk for un in retires]).delete()
    return len(retires)


def _cache(maintenant: datetime) -> int:
    """What holds for minutes, expired: nobody's, so that it is neither counted nor journaled."""
    cache.oublier_l_expire(maintenant)
    return 0


# By the code of their retention (relais.regles.durees); `cache` has each row's own.
OUBLIS: dict[str, Oubli] = {
    "courriel": _courriels,
    "point": _points,
    "lien": _liens,
    "seance": _seances,
    "saisie": _saisies,
    "facteur": _facteurs,
    "cache": _cache,
}


def _supprimer(lignes: "QuerySet[Model]") -> int:
    """Delete these rows in batches; how many of them."""
    total = 0
    while pks := list(lignes.order_by("pk").values_list("pk", flat=True)[:LOT]):
        lignes.filter(pk__in=pks).delete()
        total += len(pks)
    return total


def _noter(regle: str, nombre: int, *, chez: str) -> int:
    if nombre:
        with pour(chez):
            consigner(Action.DESTRUCTION, organisation=chez, agent=None, objet=regle, nombre=nombre)
    return nombre


def _duree(cle: str, maintenant: datetime) -> int:
    return conventions.duree_commune(cle, jour=jour_de(maintenant))
