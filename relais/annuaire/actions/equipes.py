"""Équipes: of a TIS (a CDAS) for a Département, an agency for a caisse."""

from datetime import datetime

from django.db import transaction

from relais.annuaire import droits, retenues
from relais.annuaire.actions.noms import lire_nom
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation, Equipe, Organisation, Territoire
from relais.journal.actions import consigner
from relais.journal.models import Action


@transaction.atomic
def creer_equipe(
    organisation: Organisation,
    nom: str,
    *,
    territoire: Territoire | None = None,
    par: Affectation | None = None,
) -> Equipe:
    """A team: of a TIS for a Département, an agency for a caisse. Its name is unique.

    `par` None: from the server. Raises CompteRefuse: name missing, too long or taken, territory
    missing or of another party.
    """
    droits.exiger(par is None or droits.peut_administrer(par, organisation.code))
    nom = lire_nom(nom, Equipe, "nom", "le nom de l’équipe")
    if organisation.nature == Organisation.Nature.DEPARTEMENT and territoire is None:
        raise CompteRefuse(
            "Une équipe d’un Département appartient à un territoire.", champ="territoire"
        )
    if territoire is not None and territoire.organisation_id != organisation.code:
        raise CompteRefuse("Ce territoire est d’une autre organisation.", champ="territoire")
    _verifier_nom_libre(organisation.code, nom)
    equipe = Equipe.objects.create(organisation=organisation, nom=nom, territoire=territoire)
    _noter(Action.EQUIPE_CREEE, equipe, par)
    return equipe


@transaction.atomic
def renommer_equipe(equipe: Equipe, nom: str, *, par: Affectation | None) -> Equipe:
    """Raises CompteRefuse: name missing, too long or taken."""
    droits.exiger(par is None or droits.peut_administrer(par, equipe.organisation_id))
    nom = lire_nom(nom, Equipe, "nom", "le nom de l’équipe")
    if nom != equipe.nom:
        _verifier_nom_libre(equipe.organisation_id, nom)
        equipe.nom = nom
        equipe.save(update_fields=["nom"])
        _noter(Action.EQUIPE_MODIFIEE, equipe, par)
    return equipe


@transaction.atomic
def fermer_equipe(equipe: Equipe, *, par: Affectation | None, maintenant: datetime) -> None:
    """Nobody joins it any more; its fiches keep its name. Raises CompteRefuse with people in it."""
    droits.exiger(par is None or droits.peut_administrer(par, equipe.organisation_id))
    Equipe.objects.select_for_update().get(pk=equipe.pk)
    presents = Affectation.objects.ouvertes().filter(equipe=equipe).count()
    if presents:
        personnes = f"{presents} personnes" if presents > 1 else "une personne"
        raise CompteRefuse(
            f"L’équipe « {equipe.nom} » compte encore {personnes} : retirez d’abord les rôles."
        )
    equipe.fermee_le = maintenant
    equipe.save(update_fields=["fermee_le"])
    _noter(Action.EQUIPE_MODIFIEE, equipe, par)
    retenues.liberer(equipe, par=par, maintenant=maintenant)


def _verifier_nom_libre(organisation: str, nom: str) -> None:
    if Equipe.objects.filter(organisation=organisation, nom=nom).exists():
        raise CompteRefuse(f"L’équipe « {nom} » existe déjà.", champ="nom")


def _noter(action: Action, equipe: Equipe, par: Affectation | None) -> None:
    with contexte_systeme(equipe.organisation_id):
        consigner(
            action,
            organisation=equipe.organisation_id,
            agent=par.agent.pseudonyme if par else None,
            objet=f"equipe{equipe.pk}" if equipe.pk < 10_000 else "equipe",
        )
