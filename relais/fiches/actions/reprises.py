"""Write again about a fiche already sent: correct, complete, ask again, reopen."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation
from relais.fiches import conservations, droits, exemplaires
from relais.fiches.actions import brouillons, passages
from relais.fiches.actions.acte import (
    EFFACEE,
    ActeRefuse,
    consigner_par,
    exiger_canal_integre,
    passer,
    statut_apres,
    verrouiller_la_sienne,
    verrouiller_si,
)
from relais.fiches.contenu import Contenu
from relais.fiches.models import Brouillon, Exemplaire, Fiche
from relais.journal.models import Action
from relais.regles.circuit import Geste, Partie, Statut
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import date_moyenne

RIEN_A_ABANDONNER = "Il n’y a rien à abandonner : rechargez la page."


@transaction.atomic
def reprendre(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> Brouillon:
    """Start writing again from the Département's own copy, as far as the state asks for it.

    A recalled fiche is corrected and an answered one asked again: both are to be signed, for the
    person signs what leaves. A complement keeps what was signed (docs/adr/0010). The draft that
    it makes is journaled. Raises ActeRefuse when the copy is gone, or when the state calls for
    nothing.
    """
    regles = regles_de(fiche.convention_id)
    fiche = verrouiller_si(lambda une: droits.peut_ecrire(par, une, regles), fiche)
    copie, contenu = _demande(fiche)
    if brouillons.courant(fiche) is None:
        consigner_par(Action.BROUILLON_CREE, fiche.reference, par=par)
    match Statut(fiche.statut):
        case Statut.RAPPELEE:
            vers = statut_apres(fiche, Geste.CORRIGER, Partie.AUTEUR)
            passer(fiche, Geste.CORRIGER, vers, par=par, maintenant=maintenant)
            return _ouvrir(
                fiche,
                Geste.TRANSMETTRE,
                _a_redemander(contenu, anterieure=contenu.demande_anterieure),
                maintenant=maintenant,
            )
        case Statut.COMPLEMENT_DEMANDE:
            exiger_canal_integre(fiche)
            return _ouvrir_un_complement(fiche, copie, contenu, maintenant=maintenant)
    statut_apres(fiche, Geste.REDEMANDER, Partie.AUTEUR)
    return _nouvelle_demande(fiche, Geste.REDEMANDER, contenu, maintenant=maintenant)


@transaction.atomic
def rouvrir(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> Brouillon:
    """Reopen a closed fiche: its request comes back to its owner, to read again, sign and send.

    The owner, or the encadrant of its équipe; only the owner writes and sends (docs/adr/0010).
    The fiche stays closed until then. Raises ActeRefuse once its copies are gone or engaged.
    """
    regles = regles_de(fiche.convention_id)
    fiche = verrouiller_si(lambda une: droits.peut_rouvrir(par, une, regles), fiche)
    exiger_canal_integre(fiche)
    partie = droits.partie_de(par, fiche)
    assert partie is not None  # peut_rouvrir says so
    statut_apres(fiche, Geste.ROUVRIR, partie)
    passages.recueillir(fiche, par=par)
    _, contenu = _demande(fiche)
    if fiche.rouverte_le is None:
        # The support goes on: the clock of a fiche whose end was near stops here.
        fiche.rouverte_le, fiche.accompagnement_fini_le = maintenant, None
        horloge = conservations.dater(fiche, le=maintenant)
        fiche.save(update_fields=["rouverte_le", "accompagnement_fini_le", *horloge])
        consigner_par(Action.BROUILLON_CREE, fiche.reference, par=par)
    return _nouvelle_demande(fiche, Geste.ROUVRIR, contenu, maintenant=maintenant)


@transaction.atomic
def abandonner(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Give up what is being written about a fiche already sent; the fiche stays as it is."""
    fiche = verrouiller_la_sienne(fiche, par=par)
    if Statut(fiche.statut) == Statut.BROUILLON or brouillons.courant(fiche) is None:
        raise ActeRefuse(RIEN_A_ABANDONNER)
    brouillons.effacer_brouillon(fiche, maintenant=maintenant)
    Fiche.objects.filter(pk=fiche.pk).update(rouverte_le=None)
    consigner_par(Action.BROUILLON_SUPPRIME, fiche.reference, par=par)


def _demande(fiche: Fiche) -> tuple[Exemplaire, Contenu]:
    demande = exemplaires.derniere_demande(fiche, fiche.departement_id)
    if demande is None:
        raise ActeRefuse(EFFACEE)
    return demande


def _nouvelle_demande(
    fiche: Fiche, geste: Geste, contenu: Contenu, *, maintenant: datetime
) -> Brouillon:
    """Asked again: the caisse, whose copies may be gone, reads that it is not the first time."""
    repris = _a_redemander(contenu, anterieure=_anterieure(fiche))
    return _ouvrir(fiche, geste, repris, maintenant=maintenant)


def _anterieure(fiche: Fiche) -> str:
    """Two dates, and nothing of the answer: box 1 may have been empty."""
    assert fiche.transmise_le is not None
    assert fiche.repondue_le is not None
    envoyee, traitee = (
        date_moyenne(jour_de(quand)) for quand in (fiche.transmise_le, fiche.repondue_le)
    )
    return f"Demande envoyée le {envoyee}, traitée par la caisse le {traitee}."


def _ouvrir(fiche: Fiche, geste: Geste, contenu: Contenu, *, maintenant: datetime) -> Brouillon:
    """The draft that `geste` will send, with `contenu` unless it is being written already.

    A complement that came too late becomes a new request: what was typed is kept, what was
    signed is to be signed again.
    """
    brouillon, avant = brouillons.courant(fiche), None
    if brouillon is None:
        brouillon = Brouillon(fiche=fiche, organisation_id=fiche.departement_id)
    elif brouillon.perime(fiche.statut):
        avant = brouillons.lire(brouillon)
        contenu = _a_redemander(avant, anterieure=contenu.demande_anterieure)
        brouillon.signature, brouillon.signature_type = None, ""
        brouillon.completee_par = brouillon.completee_le = None
    else:
        return brouillon
    brouillon.geste = geste
    return brouillons.ecrire(brouillon, contenu, maintenant, avant=avant)


def _ouvrir_un_complement(
    fiche: Fiche, copie: Exemplaire, contenu: Contenu, *, maintenant: datetime
) -> Brouillon:
    """What was sent, signature and all: complete, as it was when it left."""
    ancien = brouillons.courant(fiche)
    if ancien is not None:
        return ancien
    brouillon = Brouillon(
        fiche=fiche,
        organisation_id=fiche.departement_id,
        geste=Geste.COMPLETER,
        completee_par=copie.envoi.par,
        completee_le=copie.envoi.envoye_le,
    )
    page = exemplaires.lire_page(copie)
    return brouillons.ecrire(brouillon, contenu, maintenant, page=page)


def _a_redemander(contenu: Contenu, *, anterieure: str = "") -> Contenu:
    """A request to be made anew: boxes empty, to sign, what completed it inside its comment."""
    morceaux = (contenu.commentaire.strip(), contenu.complement.strip())
    return replace(
        contenu,
        commentaire="\n".join(morceau for morceau in morceaux if morceau),
        complement="",
        demande_anterieure=anterieure,
        signature=None,
        informe=False,
        non_opposition=False,
    )
