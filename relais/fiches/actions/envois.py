"""The Département sends: transmettre, redemander, completer, rappeler, retirer, clore."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation
from relais.fiches import (
    avis,
    decompte,
    droits,
    effacement,
    exemplaires,
    mains,
    rappels,
    verification,
)
from relais.fiches.actions import brouillons
from relais.fiches.actions.acte import (
    ActeRefuse,
    consigner_par,
    exiger_canal_integre,
    finir_l_attente,
    passer,
    statut_apres,
    terminer,
    tour_courant,
    verrouiller_la_sienne,
    verrouiller_si,
)
from relais.fiches.contenu import Contenu
from relais.fiches.models import Avis, Brouillon, Envoi, Fiche, Tour
from relais.journal.models import Action
from relais.regles import delais
from relais.regles.circuit import Geste, Partie, Statut
from relais.regles.convention import Canal, Convention
from relais.regles.fiche import ObjetComplement
from relais.regles.issues import Issue
from relais.regles.retrait import MotifRetrait
from relais.socle.horloge import jour_de

INCOMPLETE = "La fiche n’est pas encore complète. Rien n’est parti : corrigez les points indiqués."
A_COMPLETER = "Un travailleur social complète cette fiche avant son envoi : confiez-la-lui."
RIEN_DE_NEUF = (
    "La fiche n’a pas changé. Corrigez ce que la caisse demande, ou écrivez-lui votre réponse."
)
TROP_TARD = (
    "La caisse a répondu entre-temps : votre précision n’est pas partie. Lisez sa réponse ;"
    " ce que vous avez écrit est repris si vous redemandez."
)
SANS_MOTIF = "Choisissez un motif : il reste au Département."
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
    fiche = verrouiller_si(lambda une: droits.peut_envoyer(par, une, regles), fiche)
    brouillon = _le_brouillon_relu(fiche, version)
    _exiger_complete(fiche, brouillon, par=par)
    if brouillon.est_un_complement():
        raise ActeRefuse(TROP_TARD if brouillon.perime(fiche.statut) else A_RELIRE)
    contenu = _demande(brouillon, regles, maintenant)
    geste = _geste(fiche)
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
    "chargee_a",
    "ouverte_caisse_le",
    "reponse_lue_le",
    "cloture_office_le",
    "close_le",
    "rouverte_le",
    "versee_au_dossier_le",
    "issue",
)


@transaction.atomic
def completer(fiche: Fiche, *, version: int, par: Affectation, maintenant: datetime) -> Envoi:
    """Send the whole request again with what the caisse asked for, in the same tour.

    The clock has not stopped. What the person ticked and signed leaves again as it was: only who
    to reach and the added text may differ (docs/adr/0010). Raises ActeRefuse when nothing does.
    """
    regles = regles_de(fiche.convention_id)
    fiche = verrouiller_si(lambda une: droits.peut_envoyer(par, une, regles), fiche)
    exiger_canal_integre(fiche)
    brouillon = _le_brouillon_relu(fiche, version)
    if brouillon.perime(fiche.statut):
        raise ActeRefuse(TROP_TARD)
    _exiger_complete(fiche, brouillon, par=par)
    vers = statut_apres(fiche, Geste.COMPLETER, Partie.AUTEUR)
    contenu = _complement(fiche, brouillon, regles, maintenant)
    tour = tour_courant(fiche)
    tour.save(update_fields=finir_l_attente(tour, le=maintenant))
    fiche.complement_recu_le = maintenant
    piece = exemplaires.Piece.de(contenu, brouillons.lire_signature(brouillon))
    envoi = _envoyer(fiche, tour, Envoi.Nature.COMPLEMENT, piece, par=par, maintenant=maintenant)
    brouillons.effacer_brouillon(fiche, maintenant=maintenant)
    champs = ("complement_recu_le",)
    passer(fiche, Geste.COMPLETER, vers, par=par, maintenant=maintenant, champs=champs)
    decompte.compter(fiche, ["complements_rendus"], le=tour.transmise_le)
    return envoi


@transaction.atomic
def rappeler(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Take back a fiche that the caisse has not opened; its copy there ends at once."""
    _reprendre(fiche, Geste.RAPPELER, par=par, maintenant=maintenant)


@transaction.atomic
def retirer(
    fiche: Fiche, motif: MotifRetrait | None, *, par: Affectation, maintenant: datetime
) -> None:
    """Withdraw a fiche already read (death, opposition, box taken back…). Final.

    The motive stays with the Département: for the caisse the fiche disappears.
    """
    _reprendre(fiche, Geste.RETIRER, par=par, maintenant=maintenant, motif=motif)


@transaction.atomic
def clore(fiche: Fiche, issue: Issue | None, *, par: Affectation, maintenant: datetime) -> None:
    """Close with its outcome; optional when the person did not want the professional informed."""
    fiche = verrouiller_la_sienne(fiche, par=par)
    vers = statut_apres(fiche, Geste.CLORE, Partie.AUTEUR)
    if issue is None and fiche.reponse_au_professionnel:
        raise ActeRefuse("Choisissez l’issue de la demande.", {"issue": "Choisissez une issue."})
    fiche.reponse_lue_le = fiche.reponse_lue_le or maintenant
    brouillons.effacer_brouillon(fiche, maintenant=maintenant)
    champs = ("reponse_lue_le",)
    terminer(fiche, Geste.CLORE, vers, issue=issue, par=par, maintenant=maintenant, champs=champs)


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


def _geste(fiche: Fiche) -> Geste:
    """What sending the draft of that fiche is called."""
    if fiche.statut == Statut.BROUILLON:
        return Geste.TRANSMETTRE
    return Geste.ROUVRIR if fiche.statut == Statut.CLOSE else Geste.REDEMANDER


def _le_brouillon_relu(fiche: Fiche, version: int) -> Brouillon:
    """The draft of a locked fiche, locked in turn, if it still is the one that was read."""
    brouillon = Brouillon.objects.select_for_update(no_key=True).filter(fiche=fiche).first()
    if brouillon is None or brouillon.version != version:
        raise ActeRefuse(A_RELIRE)
    return brouillon


def _exiger_complete(fiche: Fiche, brouillon: Brouillon, *, par: Affectation) -> None:
    if mains.est_a_completer(fiche, brouillon, par):
        raise ActeRefuse(A_COMPLETER)


def _lu_et_complet(brouillon: Brouillon, regles: Convention, jour: date) -> Contenu:
    """What the draft says; ActeRefuse, with what is missing, while something is."""
    contenu = brouillons.lire(brouillon)
    if manques := verification.manques(contenu, convention=regles, jour=jour):
        raise ActeRefuse(INCOMPLETE, manques)
    return contenu


def _complement(
    fiche: Fiche, brouillon: Brouillon, regles: Convention, maintenant: datetime
) -> Contenu:
    """The content of a complement; raises ActeRefuse when incomplete, or the same as before."""
    contenu = _lu_et_complet(brouillon, regles, jour_de(maintenant))
    partie = exemplaires.derniere_demande(fiche, fiche.departement_id)
    objet = exemplaires.objet_du_complement(fiche, fiche.departement_id)
    rien_a_changer = objet == ObjetComplement.NOUVEL_ENVOI
    if partie is not None and contenu == partie[1] and not rien_a_changer:
        raise ActeRefuse(RIEN_DE_NEUF, {"complement": RIEN_DE_NEUF})
    return contenu


def _demande(brouillon: Brouillon, regles: Convention, maintenant: datetime) -> Contenu:
    """The content that leaves, with the notice it bears; raises ActeRefuse when incomplete."""
    jour = jour_de(maintenant)
    contenu = _lu_et_complet(brouillon, regles, jour)
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
    fiche.cloture_office_le = fiche.close_le = fiche.rouverte_le = None
    fiche.versee_au_dossier_le = None  # what was printed no longer is the whole file
    fiche.issue = ""
    en_poste = Affectation.objects.de_la_caisse(fiche.caisse_id).filter(agent=fiche.chargee_a_id)
    if fiche.chargee_a_id is not None and not en_poste.exists():
        fiche.chargee_a = None  # who answered treats fiches no more: anybody may take it
    rang = fiche.tours.aggregate(dernier=Max("rang"))["dernier"] or 0
    tour = Tour.objects.create(
        fiche=fiche,
        departement_id=fiche.departement_id,
        caisse_id=fiche.caisse_id,
        rang=rang + 1,
        transmise_le=maintenant,
        reponse_due_le=due,
        derniere_heure_utile=utile,
    )
    rappels.du_tour(fiche, tour)
    return tour


def _envoyer(
    fiche: Fiche,
    tour: Tour,
    nature: Envoi.Nature,
    piece: exemplaires.Piece,
    *,
    par: Affectation,
    maintenant: datetime,
) -> Envoi:
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
        consigner_par(Action.DEPOT_DECLARE, fiche.reference, par=par)
        return envoi
    exemplaires.deposer(envoi, piece, maintenant=maintenant)
    rappels.du_classement(envoi)
    avis.prevenir(
        Avis.Objet.DEMANDE,
        fiche,
        (None, *mains.traitants(fiche, jour_de(maintenant))),
        organisation=fiche.caisse_id,
        envoi=envoi,
        maintenant=maintenant,
    )
    return envoi


def _reprendre(
    fiche: Fiche,
    geste: Geste,
    *,
    par: Affectation,
    maintenant: datetime,
    motif: MotifRetrait | None = None,
) -> None:
    """Recall or withdraw: the caisse's keys are engaged here and destroyed at the commit."""
    fiche = verrouiller_la_sienne(fiche, par=par)
    exiger_canal_integre(fiche)
    vers = statut_apres(fiche, geste, Partie.AUTEUR)
    if geste == Geste.RETIRER:
        if motif is None:
            raise ActeRefuse("Dites pourquoi la demande est retirée.", {"motif": SANS_MOTIF})
        fiche.retiree_le, fiche.motif_retrait = maintenant, motif
    tour = tour_courant(fiche)
    tour.rappelee_le = maintenant
    tour.save(update_fields=["rappelee_le", *finir_l_attente(tour, le=maintenant)])
    brouillons.effacer_brouillon(fiche, maintenant=maintenant)
    champs = ("retiree_le", "motif_retrait")
    passer(fiche, geste, vers, par=par, maintenant=maintenant, champs=champs)
    effacement.apres_l_acte(exemplaires.engager_retrait(fiche, le=maintenant))
    # Never the motive: one death or opposition in a month and an équipe would tell of somebody.
    decompte.compter(fiche, [f"geste:{geste}"], le=tour.transmise_le)


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
