"""The caisse acts: open, take charge, étape, complement, answer, out of perimeter, close."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from relais.annuaire.conventions import regles_de
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.coffre.actions import Index
from relais.fiches import (
    avis,
    decompte,
    droits,
    exemplaires,
    mains,
    rappels,
    verification_reponse,
)
from relais.fiches.actions.acte import (
    ActeRefuse,
    exiger_canal_integre,
    finir_l_attente,
    passer,
    statut_apres,
    terminer,
    tour_courant,
    verrouiller,
)
from relais.fiches.contenu import ContenuReponse
from relais.fiches.exemplaires import Piece
from relais.fiches.models import Avis, Envoi, Fiche, Tour
from relais.regles import delais, indicateurs
from relais.regles.circuit import Geste, Partie, Statut
from relais.regles.convention import ROLES_DE_LA_CAISSE
from relais.regles.fiche import NatureReponse
from relais.regles.issues import IssueSansChoix
from relais.socle.horloge import jour_de

NE_CLOT_PAS = "Une réponse d’étape ou une précision demandée laisse la fiche ouverte."


@transaction.atomic
def ouvrir(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Record that the caisse has opened the request: from now on it can no longer be recalled.

    Raises ActeRefuse when it was recalled at this very instant: nothing is to be shown.
    """
    exiger(droits.peut_traiter(par, fiche))
    if fiche.ouverte_caisse_le is not None:
        if fiche.complement_recu_le is not None:
            _lire_le_complement(fiche, par=par, maintenant=maintenant)
        return
    ouverte = Fiche.objects.filter(pk=fiche.pk, ouverte_caisse_le=None).update(
        ouverte_caisse_le=maintenant
    )
    if not ouverte:
        fiche.ouverte_caisse_le = verrouiller(fiche).ouverte_caisse_le
    else:
        fiche.ouverte_caisse_le = maintenant
        _noter_la_lecture(fiche, par=par, maintenant=maintenant)


def _lire_le_complement(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """It stays to be seen until who is in charge has; the page shows it as new this once."""
    _noter_la_lecture(fiche, par=par, maintenant=maintenant)
    if fiche.chargee_a_id == par.agent_id:
        Fiche.objects.filter(pk=fiche.pk).update(complement_recu_le=None)


def _noter_la_lecture(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    Envoi.objects.filter(fiche=fiche, sens=Envoi.Sens.VERS_CAISSE, lu_le=None).update(
        lu_le=maintenant, lu_par=par.agent
    )


@transaction.atomic
def prendre_en_charge(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> Fiche:
    """Take charge. Of two at once one wins; the other gets ActeRefuse with the winner's name."""
    exiger(droits.peut_traiter(par, fiche))
    fiche = verrouiller(fiche)
    if fiche.statut == Statut.PRISE_EN_CHARGE and fiche.chargee_a_id != par.agent_id:
        raise ActeRefuse(f"{fiche.chargee_a} vient de prendre cette fiche en charge.")
    vers = statut_apres(fiche, Geste.PRENDRE_EN_CHARGE, Partie.CAISSE)
    champs = _premier_geste(fiche, tour_courant(fiche), par=par, maintenant=maintenant)
    passer(fiche, Geste.PRENDRE_EN_CHARGE, vers, par=par, maintenant=maintenant, champs=champs)
    return fiche


@transaction.atomic
def prendre_la_suivante(*, par: Affectation, maintenant: datetime) -> Fiche | None:
    """Take charge of the most urgent fiche that nobody has; None when there is none left.

    A fiche that a colleague is taking at this instant is skipped, not waited for.
    """
    exiger(par.role in ROLES_DE_LA_CAISSE)
    suivante = (
        Fiche.objects.visibles_par(par)
        .libres()
        .par_urgence()
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .first()
    )
    if suivante is None:
        return None
    return prendre_en_charge(suivante, par=par, maintenant=maintenant)


@transaction.atomic
def donner_etape(
    fiche: Fiche, reponse: ContenuReponse, *, par: Affectation, maintenant: datetime
) -> Envoi:
    """An answer on the way, with the date of the next point. The fiche stays with the caisse."""
    tour, fiche = _preparer(fiche, reponse, par=par, maintenant=maintenant)
    vers = statut_apres(fiche, Geste.DONNER_ETAPE, Partie.CAISSE)
    if fiche.reponse_au_professionnel:  # these rows are the Département's too
        tour.etapes += 1
        tour.prochain_point_le = fiche.prochain_point_le = reponse.prochain_point_le
        tour.save(update_fields=["etapes", "prochain_point_le"])
    fiche.complement_recu_le = None
    envoi = _envoyer(fiche, tour, Envoi.Nature.ETAPE, reponse, par=par, maintenant=maintenant)
    passer(
        fiche,
        Geste.DONNER_ETAPE,
        vers,
        par=par,
        maintenant=maintenant,
        champs=("prochain_point_le", "complement_recu_le"),
        reserve_caisse=envoi.reserve,
    )
    decompte.compter(fiche, [decompte.reserve(fiche, "etapes")], le=tour.transmise_le)
    return envoi


@transaction.atomic
def demander_complement(
    fiche: Fiche, reponse: ContenuReponse, *, par: Affectation, maintenant: datetime
) -> Envoi:
    """Ask the author for a precision, or for a new sending. The clock goes on.

    Without box 1 the Département reads a fixed sentence about identity, contact or a new sending.
    """
    tour, fiche = _preparer(fiche, reponse, par=par, maintenant=maintenant)
    exiger_canal_integre(fiche)
    vers = statut_apres(fiche, Geste.DEMANDER_COMPLEMENT, Partie.CAISSE)
    tour.complement_demande_le, fiche.complement_recu_le = maintenant, None
    tour.save(update_fields=["complement_demande_le"])
    nature = Envoi.Nature.COMPLEMENT_DEMANDE
    envoi = _envoyer(fiche, tour, nature, reponse, par=par, maintenant=maintenant)
    champs = ("complement_recu_le",)
    passer(fiche, Geste.DEMANDER_COMPLEMENT, vers, par=par, maintenant=maintenant, champs=champs)
    decompte.compter(fiche, ["complements_demandes"], le=tour.transmise_le)
    return envoi


@transaction.atomic
def repondre(
    fiche: Fiche, reponse: ContenuReponse, *, par: Affectation, maintenant: datetime
) -> Envoi:
    """Answer the request (annex 1, circuit 2). Without box 1 the text stays with the caisse."""
    return _conclure(
        fiche, Geste.REPONDRE, Envoi.Nature.REPONSE, reponse, par=par, maintenant=maintenant
    )


@transaction.atomic
def dire_hors_perimetre(
    fiche: Fiche, reponse: ContenuReponse, *, par: Affectation, maintenant: datetime
) -> Envoi:
    """Send back to the ordinary way, with what to do (article 4)."""
    return _conclure(
        fiche,
        Geste.DIRE_HORS_PERIMETRE,
        Envoi.Nature.HORS_PERIMETRE,
        reponse,
        par=par,
        maintenant=maintenant,
    )


@transaction.atomic
def clore_avec_reponse(
    fiche: Fiche, reponse: ContenuReponse, *, par: Affectation, maintenant: datetime
) -> Envoi:
    """Answer and close in one act, two transitions: nothing more is expected from anybody.

    The fiche stays on its owner's list until the answer was read.
    """
    exiger(droits.peut_traiter(par, fiche))
    exiger_canal_integre(fiche)
    if not reponse.clot_le_tour:
        raise ActeRefuse(NE_CLOT_PAS, {"clore": NE_CLOT_PAS})
    envoi = envoyer(fiche, reponse, par=par, maintenant=maintenant)
    fiche = envoi.fiche
    vers = statut_apres(fiche, Geste.CLORE_AVEC_REPONSE, Partie.CAISSE)
    issue = IssueSansChoix.AVEC_REPONSE
    terminer(fiche, Geste.CLORE_AVEC_REPONSE, vers, issue=issue, par=par, maintenant=maintenant)
    return envoi


GESTES: dict[str, Callable[..., Envoi]] = {
    NatureReponse.ETAPE: donner_etape,
    NatureReponse.COMPLEMENT_DEMANDE: demander_complement,
    NatureReponse.HORS_PERIMETRE: dire_hors_perimetre,
}


def envoyer(
    fiche: Fiche, reponse: ContenuReponse, *, par: Affectation, maintenant: datetime
) -> Envoi:
    """The act that the nature of the answer calls for."""
    geste = GESTES.get(reponse.nature, repondre)
    return geste(fiche, reponse, par=par, maintenant=maintenant)


def _conclure(
    fiche: Fiche,
    geste: Geste,
    nature: Envoi.Nature,
    reponse: ContenuReponse,
    *,
    par: Affectation,
    maintenant: datetime,
) -> Envoi:
    tour, fiche = _preparer(fiche, reponse, par=par, maintenant=maintenant)
    vers = statut_apres(fiche, geste, Partie.CAISSE)
    tour.repondue_le = fiche.repondue_le = maintenant
    tour.prochain_point_le = fiche.prochain_point_le = fiche.complement_recu_le = None
    attente = finir_l_attente(tour, le=maintenant)
    tour.save(update_fields=["repondue_le", "prochain_point_le", *attente])
    fiche.cloture_office_le = delais.cloture_d_office(
        maintenant, convention=regles_de(fiche.convention_id)
    )
    envoi = _envoyer(fiche, tour, nature, reponse, par=par, maintenant=maintenant)
    passer(
        fiche,
        geste,
        vers,
        par=par,
        maintenant=maintenant,
        champs=("repondue_le", "prochain_point_le", "complement_recu_le", "cloture_office_le"),
    )
    decompte.compter(fiche, _codes(fiche, tour, nature, maintenant), le=tour.transmise_le)
    return envoi


def _preparer(
    fiche: Fiche, reponse: ContenuReponse, *, par: Affectation, maintenant: datetime
) -> tuple[Tour, Fiche]:
    """Right, content, lock; the first act of the caisse counts as taking charge."""
    exiger(droits.peut_traiter(par, fiche))
    fiche = verrouiller(fiche)
    jour, informe = jour_de(maintenant), bool(fiche.reponse_au_professionnel)
    if manques := verification_reponse.manques(reponse, jour=jour, informe=informe):
        raise ActeRefuse("La réponse n’est pas complète. Rien n’est parti.", manques)
    tour = tour_courant(fiche)
    if fiche.statut == Statut.TRANSMISE:
        champs = _premier_geste(fiche, tour, par=par, maintenant=maintenant)
        vers = statut_apres(fiche, Geste.PRENDRE_EN_CHARGE, Partie.CAISSE)
        passer(fiche, Geste.PRENDRE_EN_CHARGE, vers, par=par, maintenant=maintenant, champs=champs)
    return tour, fiche


def _premier_geste(
    fiche: Fiche, tour: Tour, *, par: Affectation, maintenant: datetime
) -> tuple[str, ...]:
    tour.premier_geste_le = fiche.premier_geste_le = maintenant
    tour.save(update_fields=["premier_geste_le"])
    fiche.chargee_a = par.agent
    fiche.ouverte_caisse_le = fiche.ouverte_caisse_le or maintenant
    prise = indicateurs.tranche(maintenant - tour.transmise_le)
    decompte.compter(fiche, [f"prise:{prise.code}"], le=tour.transmise_le)
    return ("premier_geste_le", "chargee_a", "ouverte_caisse_le")


def _envoyer(
    fiche: Fiche,
    tour: Tour,
    nature: Envoi.Nature,
    reponse: ContenuReponse,
    *,
    par: Affectation,
    maintenant: datetime,
) -> Envoi:
    """The message, its copies and its mail; nothing of an étape leaves without box 1."""
    informe = bool(fiche.reponse_au_professionnel)
    envoi = Envoi.objects.create(
        fiche=fiche,
        tour=tour,
        emetteur_id=fiche.caisse_id,
        destinataire_id=fiche.departement_id,
        nature=nature,
        sens=Envoi.Sens.VERS_DEPARTEMENT,
        canal=fiche.canal,
        reserve=nature == Envoi.Nature.ETAPE and not informe,
        par=par.agent,
        envoye_le=maintenant,
        recu_le=maintenant,
    )
    piece = Piece(reponse.en_octets(), None, Index())
    exemplaires.garder(envoi, piece, maintenant=maintenant)
    if informe:
        exemplaires.deposer(envoi, piece, maintenant=maintenant)
    elif nature == Envoi.Nature.COMPLEMENT_DEMANDE:
        sans_rien_du_dossier = Piece(reponse.reduite().en_octets(), None, Index())
        exemplaires.deposer(envoi, sans_rien_du_dossier, maintenant=maintenant)
    rappels.du_mot_de_la_caisse(envoi, prochain_point_le=reponse.prochain_point_le)
    if not envoi.reserve:
        avis.prevenir(
            Avis.Objet.REPONSE,
            fiche,
            mains.suiveurs(fiche, jour_de(maintenant)),
            organisation=fiche.departement_id,
            envoi=envoi,
            maintenant=maintenant,
        )
    return envoi


def _codes(fiche: Fiche, tour: Tour, nature: Envoi.Nature, maintenant: datetime) -> list[str]:
    """Figures of article 6: answered in time or late, after an étape in time, out of perimeter."""
    code = "repondues_a_temps" if maintenant <= tour.reponse_due_le else "repondues_en_retard"
    etapes = Envoi.objects.filter(tour=tour, nature=Envoi.Nature.ETAPE)
    if etapes.filter(envoye_le__lte=tour.reponse_due_le).exists():
        code = decompte.reserve(fiche, f"{code}_avec_etape")
    codes = [code, f"delai:{indicateurs.tranche(maintenant - tour.transmise_le).code}"]
    if tour.attente:
        attente = indicateurs.tranche(tour.attente)
        codes += ["repondues_apres_complement", f"attente:{attente.code}"]
    if nature == Envoi.Nature.HORS_PERIMETRE:
        codes.append(decompte.reserve(fiche, "hors_perimetre"))
    return codes
