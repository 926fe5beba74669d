"""What every act on a person of the caseload does the same way: lock, right, change, seal."""

from collections.abc import Callable
from datetime import datetime

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.journal.models import Action
from relais.regles.convention import Convention
from relais.reperage import dossiers
from relais.reperage.dossier import Dossier
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de

DISPARUE = "Cette personne n’est plus ici : ses informations viennent d’être effacées."
CONFLIT = (
    "Cette page a été modifiée ailleurs pendant votre saisie. Rien n’est perdu ni remplacé :"
    " ce que vous venez de saisir est affiché ici. Comparez avant d’enregistrer."
)
Droit = Callable[[Affectation, Personne], bool]


class ConflitDeVersion(ActeRefuse):
    """The person changed since the page was shown: nothing is overwritten."""


def convention_de(organisation: str) -> Convention:
    """The rules by which that Département screens; ActeRefuse when it has no convention."""
    regles = regles_de_l_organisation(organisation)
    if regles is None:
        raise ActeRefuse("Aucune convention n’est en vigueur pour votre Département.")
    return regles


def verrouiller(personne: Personne, permis: Droit, *, par: Affectation) -> Personne:
    """The person as she is now, locked. PermissionDenied, or ActeRefuse once she is erased."""
    exiger(permis(par, personne))
    try:
        personne = Personne.objects.verrouillees().get(pk=personne.pk)
    except Personne.DoesNotExist:
        raise ActeRefuse(DISPARUE) from None
    exiger(permis(par, personne))
    return personne


def changer(
    personne: Personne,
    apres: Callable[[Dossier], Dossier],
    *,
    permis: Droit,
    action: Action,
    par: Affectation,
    maintenant: datetime,
    version: int | None = None,
) -> Personne:
    """Write what `apres` makes of the dossier, journaled; nothing when it changes nothing.

    `version`: the one that was shown, where the act replaces what was read (ConflitDeVersion).
    """
    personne, avant = ouvrir(personne, permis, par=par, version=version)
    voulu = apres(avant)
    if voulu != avant:
        garder(personne, voulu, action=action, par=par, maintenant=maintenant)
    return personne


def ouvrir(
    personne: Personne, permis: Droit, *, par: Affectation, version: int | None = None
) -> tuple[Personne, Dossier]:
    """The person, locked, and what is kept of her. ConflitDeVersion as for `changer`."""
    personne = verrouiller(personne, permis, par=par)
    if version is not None and personne.version != version:
        raise ConflitDeVersion(CONFLIT)
    return personne, dossiers.lire(personne)


def garder(
    personne: Personne, dossier: Dossier, *, action: Action, par: Affectation, maintenant: datetime
) -> None:
    """Seal what she has become, examined again for today, and journal it."""
    personne.contact = dossier.contact()
    dossiers.ecrire(
        personne,
        dossier,
        convention=convention_de(personne.organisation_id),
        au=jour_de(maintenant),
    )
    consigner_par(action, str(personne.pk), par=par)
