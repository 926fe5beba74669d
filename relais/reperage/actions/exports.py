"""A list taken away: made, sealed, fetched once by who asked for it, then its key destroyed."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from relais.adaptateurs import tableur
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre, Illisible, ouvrir, sceller_neuf
from relais.fiches import effacement
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.actions.exports import TYPES_MIME, Forme
from relais.journal.models import Action
from relais.regles import conservation
from relais.regles.effacement import Cause
from relais.reperage import droits, feuilles
from relais.reperage.actions.acte import convention_de
from relais.reperage.models import Export, PersonneQuerySet
from relais.socle.horloge import PARIS, jour_de

LIGNES_AU_PLUS = 2_000  # more than a Département calls in a month
VIE_DU_FICHIER = timedelta(days=31)  # by then another file of the month has come
TROP = "Cette liste dépasse 2 000 personnes : choisissez un niveau, un territoire ou une équipe."
VIDE = "Il n’y a personne dans cette liste : rien à exporter."
DEJA_PRIS = "Ce fichier a déjà été téléchargé, et n’existe plus ici : refaites l’export."
RETIRE = (
    "Ce fichier a été détruit avant d’être téléchargé : une personne qui pouvait y figurer n’est"
    " plus suivie. Refaites l’export."
)
EXPIRE = "Ce fichier a été effacé : refaites l’export."


@dataclass(frozen=True, slots=True)
class Fichier:
    """What is given, once."""

    nom: str
    type_mime: str
    octets: bytes


@transaction.atomic
def exporter(
    personnes: PersonneQuerySet, forme: Forme, *, par: Affectation, maintenant: datetime
) -> Export:
    """Make the file of these people and seal it for its author alone. Journaled with its lines.

    `personnes`: narrowed here to those whom `par` may open. Raises ActeRefuse with nobody in it,
    or more than 2 000.
    """
    exiger(droits.peut_exporter(par))
    siennes = list(personnes.visibles_par(par).pour_liste()[: LIGNES_AU_PLUS + 1])
    if not siennes or len(siennes) > LIGNES_AU_PLUS:
        raise ActeRefuse(TROP if siennes else VIDE)
    jour, convention = jour_de(maintenant), convention_de(par.organisation_id)
    partis = feuilles.departs(siennes, au=jour, convention=convention)
    feuille = feuilles.feuille(partis, a_supprimer_le=jour + VIE_DU_FICHIER)
    pk = uuid.uuid4()
    octets = _octets(feuille, forme, maintenant)
    export = Export.objects.create(
        pk=pk,
        organisation=par.organisation,
        par=par.agent,
        forme=forme,
        nombre=len(partis),
        contenu=sceller_neuf(Genre.EXPORT, pk, octets, organisation=par.organisation_id),
        cree_le=maintenant,
        a_purger_le=conservation.export(maintenant, convention=convention),
    )
    consigner_par(Action.EXPORT, f"reperage.{forme}", par=par, nombre=export.nombre)
    return export


def retirer(organisation: str, *, regle: Cause, le: datetime) -> None:
    """Inside an act that takes somebody away: destroy the files that their authors did not fetch.

    Each may name her, and nothing in clear says which one does.
    """
    restes = list(Export.objects.chez(organisation).avec_contenu().verrouilles())
    for un in restes:
        un.contenu, un.retire_le = None, le
        un.save(update_fields=["contenu", "retire_le"])
    effacement.engager(
        Genre.EXPORT,
        {un.pk: le for un in restes},
        organisation=organisation,
        regle=regle,
        le=le,
    )


def garde(organisation: str, *, au: date) -> int | None:
    """How many hours a file waits for its author, as the convention says that day."""
    convention = regles_de_l_organisation(organisation)
    return convention.conservation.export_heures.au(au) if convention else None


@transaction.atomic
def prendre(export: Export, *, par: Affectation, maintenant: datetime) -> Fichier:
    """The file, to its author, once: its key is destroyed with this act.

    Raises ActeRefuse when it was fetched, taken back, or is gone.
    """
    exiger(export.par_id == par.agent_id and export.organisation_id == par.organisation_id)
    export = Export.objects.verrouilles().get(pk=export.pk)
    if export.retire_le is not None:
        raise ActeRefuse(RETIRE)
    if export.pris_le is not None or export.contenu is None:
        raise ActeRefuse(DEJA_PRIS)
    if export.a_purger_le <= maintenant:
        raise ActeRefuse(EXPIRE)
    organisation = export.organisation_id
    try:
        octets = ouvrir(Genre.EXPORT, export.pk, bytes(export.contenu), organisation=organisation)
    except Illisible:
        raise ActeRefuse(EXPIRE) from None
    export.contenu, export.pris_le = None, maintenant
    export.save(update_fields=["contenu", "pris_le"])
    effacement.engager(
        Genre.EXPORT,
        {export.pk: maintenant},
        organisation=organisation,
        regle=Cause.EXPORT_PRIS,
        le=maintenant,
    )
    consigner_par(Action.EXPORT, "reperage.telechargement", par=par, nombre=export.nombre)
    nom = f"relais-a-joindre-{jour_de(export.cree_le).isoformat()}.{export.forme}"
    return Fichier(nom, TYPES_MIME[Forme(export.forme)], octets)


def _octets(feuille: tableur.Feuille, forme: Forme, maintenant: datetime) -> bytes:
    if forme == Forme.CSV:
        return tableur.en_csv(feuille)
    cree_le = maintenant.astimezone(PARIS).replace(tzinfo=None, microsecond=0)
    return tableur.xlsx([feuille], titre="Personnes à joindre", cree_le=cree_le)
