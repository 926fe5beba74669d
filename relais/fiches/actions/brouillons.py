"""Write a fiche before it is sent: create, save, sign, delete. Everything is encrypted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from relais.adaptateurs.image import Page
from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation, Convention
from relais.coffre.actions import Genre, ouvrir, ouvrir_plusieurs, sceller
from relais.fiches import droits, effacement, exemplaires
from relais.fiches.actions.acte import ActeRefuse, exiger, passer, statut_apres, verrouiller
from relais.fiches.contenu import Contenu, Professionnel, Signature
from relais.fiches.models import Brouillon, Fiche
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.circuit import Geste, Partie, Statut
from relais.regles.fiche import ModeSignature
from relais.socle.horloge import PARIS

SIGNATURE = "signature"
CONFLIT = (
    "Cette fiche a été modifiée dans un autre onglet. Rien n’est perdu : ce que vous venez de"
    " saisir est affiché ici. Comparez avant d’enregistrer."
)


class ConflitDeVersion(ActeRefuse):
    """The draft changed since this page was shown: nothing is overwritten."""


@transaction.atomic
def commencer(convention: Convention, *, par: Affectation, maintenant: datetime) -> Fiche:
    """Open a new draft with the professional's part filled in."""
    regles = regles_de(convention.code)
    exiger(par.organisation_id == convention.departement_id and droits.peut_completer(par, regles))
    jour = maintenant.astimezone(PARIS).date()
    fiche = Fiche.objects.create(
        convention=convention,
        departement_id=convention.departement_id,
        caisse_id=convention.caisse_id,
        auteur=par.agent,
        proprietaire=par.agent,
        creee_le=maintenant,
        canal=regles.echanges.canal.exigee(jour),
    )
    contenu = _contenu_neuf(par, jour)
    _ecrire(Brouillon(fiche=fiche, organisation_id=fiche.departement_id), contenu, maintenant)
    consigner(
        Action.BROUILLON_CREE,
        organisation=par.organisation_id,
        agent=par.agent.pseudonyme,
        objet=fiche.reference,
    )
    return fiche


@transaction.atomic
def enregistrer(
    fiche: Fiche, contenu: Contenu, *, version: int, par: Affectation, maintenant: datetime
) -> Brouillon:
    """Save the draft if it still is at `version`; raises ConflitDeVersion otherwise.

    A content that changed since the signature loses it: nobody signs what they have not read.
    """
    exiger(droits.peut_ecrire(par, fiche, regles_de(fiche.convention_id)))
    brouillon = _brouillon_verrouille(fiche)
    if brouillon.version != version:
        raise ConflitDeVersion(CONFLIT)
    avant = lire(brouillon)
    contenu = replace(contenu, signature=avant.signature)
    if contenu == avant:
        return brouillon
    if replace(contenu, saisies=()) != replace(avant, saisies=()):
        contenu = replace(contenu, signature=None)
        brouillon.signature, brouillon.signature_type = None, ""
    return _ecrire(brouillon, contenu, maintenant)


@transaction.atomic
def signer(
    fiche: Fiche,
    image: Page,
    signature: Signature,
    *,
    version: int,
    par: Affectation,
    maintenant: datetime,
) -> Brouillon:
    """Join the signature drawn on the screen, or the signed page, to the draft as it reads now."""
    exiger(droits.peut_ecrire(par, fiche, regles_de(fiche.convention_id)))
    brouillon = _brouillon_verrouille(fiche)
    if brouillon.version != version:
        raise ConflitDeVersion(CONFLIT)
    brouillon.signature = sceller(
        Genre.BROUILLON,
        brouillon.pk,
        image.octets,
        organisation=brouillon.organisation_id,
        partie=SIGNATURE,
    )
    brouillon.signature_type = image.type_mime
    contenu = replace(lire(brouillon), signature=signature)
    return _ecrire(brouillon, contenu, maintenant)


@transaction.atomic
def retirer_signature(
    fiche: Fiche, *, version: int, par: Affectation, maintenant: datetime
) -> Brouillon:
    """Take the signature off, to have the fiche signed again."""
    exiger(droits.peut_ecrire(par, fiche, regles_de(fiche.convention_id)))
    brouillon = _brouillon_verrouille(fiche)
    if brouillon.version != version:
        raise ConflitDeVersion(CONFLIT)
    brouillon.signature, brouillon.signature_type = None, ""
    return _ecrire(brouillon, replace(lire(brouillon), signature=None), maintenant)


@transaction.atomic
def supprimer(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Delete a draft or a recalled fiche, its keys with it."""
    exiger(droits.partie_de(par, fiche) == Partie.AUTEUR)
    fiche = verrouiller(fiche)
    if Statut(fiche.statut) not in (Statut.BROUILLON, Statut.RAPPELEE):
        raise ActeRefuse("Une fiche envoyée ne se supprime pas.")
    organisation = fiche.departement_id
    effacer_brouillon(fiche, maintenant=maintenant)
    effacement.apres_l_acte(Genre.EXEMPLAIRE, exemplaires.supprimer(fiche, le=maintenant))
    consigner(
        Action.SUPPRIMER,
        organisation=organisation,
        agent=par.agent.pseudonyme,
        objet=fiche.reference,
    )


@transaction.atomic
def rouvrir_en_brouillon(
    fiche: Fiche, contenu: Contenu, *, par: Affectation, maintenant: datetime
) -> Brouillon:
    """Start writing again from what was sent: to correct a recalled fiche, or to ask again.

    The signature does not follow: the person signs what leaves.
    """
    exiger(droits.peut_ecrire(par, fiche, regles_de(fiche.convention_id)))
    fiche = verrouiller(fiche)
    ancien = Brouillon.objects.filter(fiche=fiche).first()
    if ancien is not None:
        return ancien
    if fiche.statut == Statut.RAPPELEE:
        vers = statut_apres(fiche, Geste.CORRIGER, Partie.AUTEUR)
        passer(fiche, Geste.CORRIGER, vers, par=par, maintenant=maintenant)
    else:
        statut_apres(fiche, Geste.REDEMANDER, Partie.AUTEUR)
    repris = replace(contenu, signature=None, informe=False, non_opposition=False)
    nouveau = Brouillon(fiche=fiche, organisation_id=fiche.departement_id)
    return _ecrire(nouveau, repris, maintenant)


def exiger_ecriture(fiche: Fiche, *, par: Affectation) -> None:
    """Raise PermissionDenied unless `par` may write this fiche."""
    exiger(droits.peut_ecrire(par, fiche, regles_de(fiche.convention_id)))


def courant(fiche: Fiche) -> Brouillon | None:
    """What is being written for this fiche, if anything; only its Département sees it."""
    return Brouillon.objects.filter(fiche=fiche).first()


def lire(brouillon: Brouillon) -> Contenu:
    """The content of a draft, decrypted."""
    return Contenu.depuis_octets(
        ouvrir(
            Genre.BROUILLON,
            brouillon.pk,
            bytes(brouillon.document),
            organisation=brouillon.organisation_id,
        )
    )


def contenus(fiches: Sequence[Fiche]) -> dict[UUID, Contenu]:
    """The content of each draft of a page of a list, by fiche: one query, one reading of keys."""
    neuves = [fiche.pk for fiche in fiches if fiche.statut == Statut.BROUILLON]
    lignes = list(Brouillon.objects.filter(fiche__in=neuves)) if neuves else []
    if not lignes:
        return {}
    clairs = ouvrir_plusieurs(
        Genre.BROUILLON,
        [(ligne.pk, bytes(ligne.document)) for ligne in lignes],
        organisation=lignes[0].organisation_id,
    )
    return {
        ligne.fiche_id: Contenu.depuis_octets(clair)
        for ligne in lignes
        if (clair := clairs[ligne.pk]) is not None
    }


def lire_signature(brouillon: Brouillon) -> Page | None:
    """The image of the signature, decrypted."""
    if brouillon.signature is None:
        return None
    octets = ouvrir(
        Genre.BROUILLON,
        brouillon.pk,
        bytes(brouillon.signature),
        organisation=brouillon.organisation_id,
        partie=SIGNATURE,
    )
    return Page(brouillon.signature_type, octets)


def est_a_signer(contenu: Contenu) -> bool:
    """The person agreed and nobody has signed yet: all that is left is the signature."""
    if not contenu.non_opposition:
        return False
    return contenu.signature is None or contenu.signature.mode not in set(ModeSignature)


def effacer_brouillon(fiche: Fiche, *, maintenant: datetime) -> None:
    """Delete the draft's row now and its key with the commit."""
    for brouillon in Brouillon.objects.filter(fiche=fiche):
        effacement.engager(
            Genre.BROUILLON, [brouillon.pk], organisation=brouillon.organisation_id, le=maintenant
        )
        brouillon.delete()


def _contenu_neuf(par: Affectation, jour: date) -> Contenu:
    """An empty request with the professional's part filled in."""
    territoire = par.territoire
    return Contenu(
        cree_le=jour,
        territoire=territoire.code if territoire else "",
        territoire_nom=territoire.nom if territoire else "",
        professionnel=Professionnel(
            nom_prenom=f"{par.agent.nom} {par.agent.prenom}", telephone=par.agent.telephone
        ),
    )


def _brouillon_verrouille(fiche: Fiche) -> Brouillon:
    trouve = Brouillon.objects.select_for_update(no_key=True).filter(fiche=fiche).first()
    if trouve is None:
        raise ActeRefuse("Cette fiche est déjà partie, ou son brouillon a été supprimé.")
    return trouve


def _ecrire(brouillon: Brouillon, contenu: Contenu, maintenant: datetime) -> Brouillon:
    regles = regles_de(brouillon.fiche.convention_id)
    jours = regles.conservation.brouillon_jours.exigee(maintenant.date())
    brouillon.version += 1
    brouillon.document = sceller(
        Genre.BROUILLON,
        brouillon.pk,
        contenu.en_octets(),
        organisation=brouillon.organisation_id,
    )
    brouillon.modifie_le = maintenant
    brouillon.a_purger_le = maintenant + timedelta(days=jours)
    brouillon.save()
    return brouillon
