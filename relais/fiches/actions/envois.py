"""The Département sends: transmettre, redemander, rappeler, retirer, clore."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre
from relais.fiches import avis, decompte, droits, effacement, exemplaires, verification
from relais.fiches.actions import brouillons
from relais.fiches.actions.acte import (
    ActeRefuse,
    exiger,
    passer,
    statut_apres,
    tour_courant,
    verrouiller,
)
from relais.fiches.contenu import Contenu
from relais.fiches.models import Avis, Brouillon, Envoi, Fiche, Tour
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles import delais
from relais.regles.circuit import Geste, Partie, Statut
from relais.regles.convention import Canal, Convention
from relais.regles.issues import Issue
from relais.socle.horloge import PARIS

INCOMPLETE = "La fiche n’est pas encore complète. Rien n’est parti : corrigez les points indiqués."
PAR_BLUEFILES = "Cette fiche est partie par BlueFiles : reprenez-la dans BlueFiles."
A_RELIRE = (
    "La fiche a changé depuis que vous l’avez relue, ou elle est déjà partie."
    " Relisez-la avant de l’envoyer."
)


@transaction.atomic
def transmettre(fiche: Fiche, *, version: int, par: Affectation, maintenant: datetime) -> Tour:
    """Send the draft that was read at `version`: first sending, or asked again (annex 1).

    Opens a tour of 72 hours, keeps the Département's copy, lays the caisse's. Raises ActeRefuse
    when it is incomplete, already gone, or not the one that was read.
    """
    regles = regles_de(fiche.convention_id)
    exiger(droits.peut_envoyer(par, fiche, regles))
    fiche = verrouiller(fiche)
    brouillon = Brouillon.objects.select_for_update(no_key=True).filter(fiche=fiche).first()
    if brouillon is None or brouillon.version != version:
        raise ActeRefuse(A_RELIRE)
    contenu = _complet(brouillon, regles, maintenant)
    premiere = fiche.statut == Statut.BROUILLON
    geste = Geste.TRANSMETTRE if premiere else Geste.REDEMANDER
    vers = statut_apres(fiche, geste, Partie.AUTEUR)
    tour = _ouvrir_tour(fiche, contenu, regles, par=par, maintenant=maintenant)
    piece = exemplaires.Piece.de(contenu, brouillons.lire_signature(brouillon))
    _envoyer(fiche, tour, Envoi.Nature.DEMANDE, piece, par=par, maintenant=maintenant)
    brouillons.effacer_brouillon(fiche, maintenant=maintenant)
    passer(fiche, geste, vers, par=par, maintenant=maintenant, champs=CHAMPS_DU_TOUR)
    decompte.compter(fiche, _codes(contenu, tour), le=maintenant)
    return tour


CHAMPS_DU_TOUR = (
    "territoire",
    "equipe",
    "reponse_au_professionnel",
    "motifs",
    "notice_version",
    "notice_empreinte",
    "transmise_le",
    "reponse_due_le",
    "derniere_heure_utile",
    "prochain_point_le",
    "premier_geste_le",
    "repondue_le",
    "ouverte_caisse_le",
    "reponse_lue_le",
)


@transaction.atomic
def rappeler(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Take back a fiche that the caisse has not opened; its copy there ends at once."""
    _reprendre(fiche, Geste.RAPPELER, par=par, maintenant=maintenant)


@transaction.atomic
def retirer(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Withdraw a fiche already read (death, opposition, box taken back). Final."""
    _reprendre(fiche, Geste.RETIRER, par=par, maintenant=maintenant)


@transaction.atomic
def clore(fiche: Fiche, issue: Issue | None, *, par: Affectation, maintenant: datetime) -> None:
    """Close with its outcome; optional when the person did not want the professional informed."""
    exiger(droits.partie_de(par, fiche) == Partie.AUTEUR)
    fiche = verrouiller(fiche)
    vers = statut_apres(fiche, Geste.CLORE, Partie.AUTEUR)
    if issue is None and fiche.reponse_au_professionnel:
        raise ActeRefuse("Choisissez l’issue de la demande.", {"issue": "Choisissez une issue."})
    fiche.issue, fiche.close_le = issue or "", maintenant
    brouillons.effacer_brouillon(fiche, maintenant=maintenant)
    passer(fiche, Geste.CLORE, vers, par=par, maintenant=maintenant, champs=("issue", "close_le"))
    decompte.compter(fiche, [f"issue:{issue}" if issue else "issue:non_dite"], le=maintenant)


@transaction.atomic
def lire_reponse(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Record that the owner has opened what the caisse sent: each message once."""
    if droits.partie_de(par, fiche) != Partie.AUTEUR:
        return
    Envoi.objects.filter(fiche=fiche, destinataire=par.organisation_id, lu_le__isnull=True).update(
        lu_le=maintenant, lu_par=par.agent
    )
    if fiche.repondue_le and fiche.reponse_lue_le is None:
        Fiche.objects.filter(pk=fiche.pk, reponse_lue_le=None).update(reponse_lue_le=maintenant)
        fiche.reponse_lue_le = maintenant


def _complet(brouillon: Brouillon, regles: Convention, maintenant: datetime) -> Contenu:
    """The content that leaves, with the notice it bears; raises ActeRefuse when incomplete."""
    contenu = brouillons.lire(brouillon)
    jour = maintenant.astimezone(PARIS).date()
    if manques := verification.manques(contenu, convention=regles, jour=jour):
        raise ActeRefuse(INCOMPLETE, manques)
    notice = regles.caisse.notice.exigee(jour)
    return replace(
        contenu,
        perimetre=replace(
            contenu.perimetre, complexite=verification.resultat_du_perimetre(contenu).complexite
        ),
        notice_version=notice.version,
        notice_empreinte=notice.empreinte,
    )


def _ouvrir_tour(
    fiche: Fiche, contenu: Contenu, regles: Convention, *, par: Affectation, maintenant: datetime
) -> Tour:
    """A new tour and its dates, copied on the fiche (saved by `passer`)."""
    due = delais.echeance_reponse(maintenant, convention=regles)
    utile = delais.derniere_heure_utile(due, depart=maintenant, convention=regles)
    fiche.territoire_id = fiche.territoire_id or par.territoire_id
    fiche.equipe_id = fiche.equipe_id or par.equipe_id
    fiche.reponse_au_professionnel = contenu.informe
    fiche.motifs = list(contenu.motifs)
    fiche.notice_version = contenu.notice_version
    fiche.notice_empreinte = contenu.notice_empreinte
    fiche.transmise_le, fiche.reponse_due_le, fiche.derniere_heure_utile = maintenant, due, utile
    fiche.prochain_point_le = fiche.premier_geste_le = fiche.repondue_le = None
    fiche.ouverte_caisse_le = fiche.reponse_lue_le = None
    rang = fiche.tours.aggregate(dernier=Max("rang"))["dernier"] or 0
    return Tour.objects.create(
        fiche=fiche,
        departement_id=fiche.departement_id,
        caisse_id=fiche.caisse_id,
        rang=rang + 1,
        transmise_le=maintenant,
        reponse_due_le=due,
        derniere_heure_utile=utile,
    )


def _envoyer(
    fiche: Fiche,
    tour: Tour,
    nature: Envoi.Nature,
    piece: exemplaires.Piece,
    *,
    par: Affectation,
    maintenant: datetime,
) -> None:
    """The message, its two copies and its mail. On BlueFiles, the author has carried it there."""
    integre = fiche.canal == Canal.INTEGRE
    envoi = Envoi.objects.create(
        fiche=fiche,
        tour=tour,
        emetteur_id=fiche.departement_id,
        destinataire_id=fiche.caisse_id,
        nature=nature,
        sens=Envoi.Sens.VERS_CAISSE,
        canal=fiche.canal,
        par=par.agent,
        envoye_le=maintenant,
        recu_le=maintenant if integre else None,
    )
    exemplaires.garder(envoi, piece, maintenant=maintenant)
    if not integre:
        consigner(
            Action.DEPOT_DECLARE,
            organisation=par.organisation_id,
            agent=par.agent.pseudonyme,
            objet=fiche.reference,
        )
        return
    exemplaires.deposer(envoi, piece, maintenant=maintenant)
    for agent in {None, fiche.chargee_a}:
        avis.prevoir(
            Avis.Objet.DEMANDE,
            convention=fiche.convention_id,
            organisation=fiche.caisse_id,
            agent=agent,
            envoi=envoi,
            fiche=fiche,
            maintenant=maintenant,
        )


def _reprendre(fiche: Fiche, geste: Geste, *, par: Affectation, maintenant: datetime) -> None:
    """Recall or withdraw: the caisse's keys are engaged here and destroyed at the commit."""
    exiger(droits.partie_de(par, fiche) == Partie.AUTEUR)
    fiche = verrouiller(fiche)
    if fiche.canal == Canal.BLUEFILES:
        raise ActeRefuse(PAR_BLUEFILES)
    vers = statut_apres(fiche, geste, Partie.AUTEUR)
    tour = tour_courant(fiche)
    tour.rappelee_le = maintenant
    tour.save(update_fields=["rappelee_le"])
    passer(fiche, geste, vers, par=par, maintenant=maintenant)
    copies = exemplaires.engager_retrait(fiche, le=maintenant)
    effacement.apres_l_acte(Genre.EXEMPLAIRE, copies)
    decompte.compter(fiche, [f"geste:{geste}"], le=maintenant)


def _codes(contenu: Contenu, tour: Tour) -> list[str]:
    """What this sending adds to the figures, unlinked from the fiche (article 6)."""
    if tour.rang > 1:
        return ["nouveaux_envois"]
    return [
        "demandes",
        *(f"situation:{code}" for code in contenu.situations),
        *(f"dossier:{code}" for code in contenu.dossiers),
        *(f"motif:{code}" for code in contenu.motifs),
        *(f"perimetre:{c}" for c in verification.resultat_du_perimetre(contenu).categories),
    ]
