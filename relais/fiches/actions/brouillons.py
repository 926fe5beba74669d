"""Write a fiche before it is sent: create, save, sign, delete. Everything is encrypted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from relais.adaptateurs.image import Page
from relais.annuaire.conventions import regles_de
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation, Agent, Convention
from relais.coffre.actions import Genre, creer_cle, ouvrir, ouvrir_plusieurs, sceller
from relais.fiches import droits, effacement, exemplaires, verification
from relais.fiches.actions.acte import (
    ActeRefuse,
    consigner_par,
    verrouiller_la_sienne,
    verrouiller_si,
)
from relais.fiches.contenu import Contenu, Professionnel, Signature
from relais.fiches.models import Brouillon, Fiche
from relais.journal.models import Action
from relais.regles import conservation
from relais.regles.circuit import Statut
from relais.regles.effacement import Cause
from relais.regles.fiche import ModeSignature
from relais.socle.horloge import jour_de

SIGNATURE_GARDEE = (
    "La signature de la demande repart avec la précision : rien de ce qui a été signé ne change."
)
CONFLIT = (
    "Cette fiche a été modifiée dans un autre onglet, ou par quelqu’un d’autre. Rien n’est perdu :"
    " ce que vous venez de saisir est affiché ici. Comparez avant d’enregistrer."
)
PAS_COMPLETE = "La fiche n’est pas encore complète : il reste des points à remplir."


class ConflitDeVersion(ActeRefuse):
    """The draft changed since this page was shown: nothing is overwritten."""


@transaction.atomic
def commencer(convention: Convention, *, par: Affectation, maintenant: datetime) -> Fiche:
    """Open a new draft of the équipe of `par`, whose name goes on it if they may complete it."""
    regles = regles_de(convention.code)
    exiger(par.organisation_id == convention.departement_id and droits.peut_commencer(par, regles))
    jour = jour_de(maintenant)
    fiche = Fiche.objects.create(
        convention=convention,
        departement_id=convention.departement_id,
        caisse_id=convention.caisse_id,
        territoire=par.territoire,
        equipe=par.equipe,
        auteur=par.agent,
        proprietaire=par.agent,
        creee_le=maintenant,
        canal=regles.echanges.canal.exigee(jour),
    )
    contenu = _contenu_neuf(par, jour)
    if droits.peut_completer(par, regles):
        contenu = replace(contenu, professionnel=professionnel(par.agent))
    ecrire(Brouillon(fiche=fiche, organisation_id=fiche.departement_id), contenu, maintenant)
    consigner_par(Action.BROUILLON_CREE, fiche.reference, par=par)
    return fiche


@transaction.atomic
def enregistrer(
    fiche: Fiche, contenu: Contenu, *, version: int, par: Affectation, maintenant: datetime
) -> Brouillon:
    """Save the draft if it still is at `version`; raises ConflitDeVersion otherwise.

    A content that changed since the signature loses it: nobody signs what they have not read.
    Changed by who may not complete it, it is no longer complete.
    A complement changes nothing of what was signed, and keeps it (docs/adr/0010).
    """
    brouillon = _a_cette_version(fiche, version, par=par)
    avant = lire(brouillon)
    if brouillon.est_un_complement():
        contenu = _sans_toucher_a_ce_qui_est_signe(avant, contenu)
    contenu = replace(contenu, signature=avant.signature)
    if contenu == avant:
        return brouillon
    if not brouillon.est_un_complement() and replace(contenu, saisies=()) != replace(
        avant, saisies=()
    ):
        contenu = replace(contenu, signature=None)
        brouillon.signature, brouillon.signature_type = None, ""
    peut_completer = droits.peut_completer(par, regles_de(fiche.convention_id))
    if not peut_completer and _du_metier(contenu) != _du_metier(avant):
        brouillon.completee_par = brouillon.completee_le = None
    return ecrire(brouillon, contenu, maintenant, avant=avant)


@transaction.atomic
def declarer_complete(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> Brouillon:
    """Say that all is there but what the person adds: boxes and signature (annex 1, circuit 1).

    From then on who may only send may send it. Raises ActeRefuse with what is missing.
    """
    regles = regles_de(fiche.convention_id)
    exiger(droits.peut_completer(par, regles))
    brouillon = _en_main(fiche, par=par)
    dit = replace(lire(brouillon), informe=True, non_opposition=True)
    jour = jour_de(maintenant)
    manques = verification.manques(dit, convention=regles, jour=jour)
    manques.pop("signature", None)
    if manques:
        raise ActeRefuse(PAS_COMPLETE, manques)
    brouillon.completee_par, brouillon.completee_le = par.agent, maintenant
    brouillon.save(update_fields=["completee_par", "completee_le"])
    consigner_par(Action.FICHE_COMPLETEE, fiche.reference, par=par)
    return brouillon


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
    brouillon = _a_cette_version(fiche, version, par=par)
    _exiger_a_signer(brouillon)
    poser_la_page(brouillon, image)
    avant = lire(brouillon)
    return ecrire(brouillon, replace(avant, signature=signature), maintenant, avant=avant)


@transaction.atomic
def retirer_signature(
    fiche: Fiche, *, version: int, par: Affectation, maintenant: datetime
) -> Brouillon:
    """Take the signature off, to have the fiche signed again."""
    brouillon = _a_cette_version(fiche, version, par=par)
    _exiger_a_signer(brouillon)
    brouillon.signature, brouillon.signature_type = None, ""
    avant = lire(brouillon)
    return ecrire(brouillon, replace(avant, signature=None), maintenant, avant=avant)


@transaction.atomic
def supprimer(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Delete a draft or a recalled fiche, its keys with it."""
    fiche = verrouiller_la_sienne(fiche, par=par)
    if Statut(fiche.statut) not in (Statut.BROUILLON, Statut.RAPPELEE):
        raise ActeRefuse("Une fiche envoyée ne se supprime pas.")
    effacer_brouillon(fiche, maintenant=maintenant)
    effacement.apres_l_acte(exemplaires.supprimer(fiche, le=maintenant))
    consigner_par(Action.SUPPRIMER, fiche.reference, par=par)


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
    return exemplaires.ouvrir_la_page(Genre.BROUILLON, brouillon)


def renommer(fiche: Fiche, *, de: Agent, en: Agent, maintenant: datetime) -> None:
    """Put the new professional on a draft that named nobody or the one who handed it over.

    What the person has signed stays as it was signed.
    """
    brouillon = _brouillon_verrouille(fiche)
    avant = lire(brouillon)
    if avant.signature is None and avant.professionnel in (Professionnel(), professionnel(de)):
        apres = replace(avant, professionnel=professionnel(en))
        ecrire(brouillon, apres, maintenant, avant=avant)


def est_a_signer(contenu: Contenu) -> bool:
    """The person agreed and nobody has signed yet: all that is left is the signature."""
    if not contenu.non_opposition:
        return False
    return contenu.signature is None or contenu.signature.mode not in set(ModeSignature)


def effacer_brouillon(
    fiche: Fiche, *, maintenant: datetime, regle: Cause = Cause.BROUILLON_FINI
) -> None:
    """Delete the draft's row now and its key with the commit."""
    for brouillon in Brouillon.objects.filter(fiche=fiche):
        du_le = brouillon.a_purger_le if regle == Cause.BROUILLON else maintenant
        effacement.engager(
            Genre.BROUILLON,
            {brouillon.pk: du_le},
            organisation=brouillon.organisation_id,
            regle=regle,
            le=maintenant,
        )
        brouillon.delete()


def _sans_toucher_a_ce_qui_est_signe(avant: Contenu, voulu: Contenu) -> Contenu:
    """What a complement may change: who to reach and what is added; the rest as it was signed."""
    return replace(
        avant,
        professionnel=voulu.professionnel,
        personne=voulu.personne,
        complement=voulu.complement,
        saisies=voulu.saisies,
    )


def _exiger_a_signer(brouillon: Brouillon) -> None:
    if brouillon.est_un_complement():
        raise ActeRefuse(SIGNATURE_GARDEE)


def poser_la_page(brouillon: Brouillon, page: Page) -> None:
    brouillon.signature = sceller(
        Genre.BROUILLON,
        brouillon.pk,
        page.octets,
        organisation=brouillon.organisation_id,
        partie=exemplaires.SIGNATURE,
    )
    brouillon.signature_type = page.type_mime


def _contenu_neuf(par: Affectation, jour: date) -> Contenu:
    """An empty request of that territory."""
    territoire = par.territoire
    return Contenu(
        cree_le=jour,
        territoire=territoire.code if territoire else "",
        territoire_nom=territoire.nom if territoire else "",
    )


def professionnel(agent: Agent) -> Professionnel:
    """The professional as annex 1 names them: whom the caisse may call."""
    return Professionnel(nom_prenom=f"{agent.nom} {agent.prenom}", telephone=agent.telephone)


def _du_metier(contenu: Contenu) -> Contenu:
    """What the professional writes, without what the person says: the boxes and the signature."""
    return replace(contenu, informe=False, non_opposition=False, signature=None)


def _a_ecrire(fiche: Fiche, *, par: Affectation) -> Fiche:
    regles = regles_de(fiche.convention_id)
    return verrouiller_si(lambda une: droits.peut_ecrire(par, une, regles), fiche)


def _en_main(fiche: Fiche, *, par: Affectation) -> Brouillon:
    """The draft, locked after its fiche, for who may write it now."""
    return _brouillon_verrouille(_a_ecrire(fiche, par=par))


def _a_cette_version(fiche: Fiche, version: int, *, par: Affectation) -> Brouillon:
    """The same, if nobody has written in it since that version was shown."""
    brouillon = _en_main(fiche, par=par)
    if brouillon.version != version:
        raise ConflitDeVersion(CONFLIT)
    return brouillon


def _brouillon_verrouille(fiche: Fiche) -> Brouillon:
    trouve = Brouillon.objects.select_for_update(no_key=True).filter(fiche=fiche).first()
    if trouve is None:
        raise ActeRefuse("Cette fiche est déjà partie, ou son brouillon a été supprimé.")
    return trouve


def _indexer(brouillon: Brouillon, contenu: Contenu, avant: Contenu | None) -> None:
    """Have the draft found by its names and NIR; nothing is written while they do not change."""
    index = exemplaires.index_de(contenu)
    if avant is not None and exemplaires.index_de(avant) == index:
        return
    creer_cle(Genre.BROUILLON, brouillon.pk, organisation=brouillon.organisation_id, index=index)


def ecrire(
    brouillon: Brouillon,
    contenu: Contenu,
    maintenant: datetime,
    *,
    avant: Contenu | None = None,
    page: Page | None = None,
) -> Brouillon:
    """Seal that content in the draft, one version further. Its caller has locked the fiche.

    `avant`: what the draft held, from a caller who has just read it; None for a new draft. `page`:
    the signed page to lay in it.
    """
    regles = regles_de(brouillon.fiche.convention_id)
    _indexer(brouillon, contenu, avant)
    if page is not None:
        poser_la_page(brouillon, page)
    brouillon.version += 1
    brouillon.document = sceller(
        Genre.BROUILLON,
        brouillon.pk,
        contenu.en_octets(),
        organisation=brouillon.organisation_id,
    )
    brouillon.modifie_le = maintenant
    brouillon.a_purger_le = conservation.brouillon(maintenant, convention=regles)
    brouillon.save()
    return brouillon
