"""The page of a person: who she is, why, what to do now, and what was noted of it."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.views.lignes import lignes_de as lignes_des_fiches
from relais.fiches.views.portes import a_cote_des_champs
from relais.regles.reperage import LIBELLES_FAIT, LIBELLES_OBJECTIF
from relais.reperage import dossiers, droits, portrait
from relais.reperage.actions import conflits, fiches, suivi
from relais.reperage.forms.suivi import (
    FormulaireConflit,
    FormulaireContact,
)
from relais.reperage.models import Personne
from relais.reperage.views.portes import (
    a_qui_repere,
    faire,
    la_convention,
    la_personne,
    page_de,
)
from relais.socle import horloge


@a_qui_repere
@require_GET
def voir(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Everything that is kept of one person. The reading is journaled."""
    return _page(requete, la_personne(requete, numero))


@a_qui_repere
@require_POST
def noter(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Note a contact, or take back a note (`retirer`)."""
    personne = la_personne(requete, numero)
    if "retirer" in requete.POST:
        acte = partial(suivi.retirer_note, personne, requete.POST["retirer"])
        return faire(requete, acte, "La note est retirée.", numero)
    form = FormulaireContact(requete.POST)
    try:
        if form.is_valid():
            suivi.noter(
                personne,
                form.choisis(),
                le=form.cleaned_data["le"],
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
            messages.success(requete, "Le contact est noté.")
            return redirect("reperage:personne", numero)
    except ActeRefuse as refus:
        a_cote_des_champs(form, refus)
    return _page(requete, personne, contact=form)


@a_qui_repere
@require_POST
def decider(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Say which of two sources is right (`conflit`: which disagreement)."""
    personne = la_personne(requete, numero)
    dossier = dossiers.lire(personne)
    cle = requete.POST.get("conflit", "")
    pose = conflits.a_decider(dossier).get(cle)
    if pose is None:
        messages.info(requete, conflits.DEJA_DECIDE)
        return redirect("reperage:personne", numero)
    form = FormulaireConflit(pose, dossier, requete.POST)
    if not form.is_valid():
        return _page(requete, personne, conflit=(cle, form))
    acte = partial(conflits.decider, personne, cle, form.cleaned_data["decision"])
    return faire(requete, acte, "Le désaccord est réglé.", numero)


def _page(
    requete: HttpRequest,
    personne: Personne,
    *,
    contact: FormulaireContact | None = None,
    conflit: tuple[str, FormulaireConflit] | None = None,
) -> HttpResponse:
    qui, jour, regles = requete.affectation, horloge.aujourd_hui(), la_convention(requete)
    vu = portrait.de(personne, pour=qui, au=jour, convention=regles)
    objectif = vu.dossier.objectif
    desaccords = [
        (
            un,
            cle,
            conflit[1] if conflit and conflit[0] == cle else FormulaireConflit(un, vu.dossier),
            portrait.autre_page(un, pour=qui),
        )
        for cle, un in conflits.a_decider(vu.dossier).items()
    ]
    return page_de(
        requete,
        personne,
        "reperage/personne.html",
        {
            "vu": vu,
            "dossier": vu.dossier,
            "adresse": fiches.adresse(vu.dossier.coordonnees),
            "notes": [
                (note, LIBELLES_FAIT[note.fait], suivi.cle(note), droits.peut_retirer(qui, note))
                for note in vu.notes
            ],
            "passages": sorted(vu.dossier.passages, key=lambda un: un.le, reverse=True),
            "etat_de_l_objectif": LIBELLES_OBJECTIF[objectif.etat] if objectif else "",
            "ecart": fiches.ecart(vu.dossier),
            "fiches": lignes_des_fiches(requete, list(fiches.fiches_de(vu.dossier, pour=qui)[:5])),
            "desaccords": desaccords,
            "contact": contact or FormulaireContact(),
            "form": contact or (conflit[1] if conflit else None),
            "peut_suivre": droits.peut_suivre(qui, personne),
            "peut_commencer": droits.peut_commencer_une_fiche(qui, personne, regles),
            "peut_deplacer": droits.peut_deplacer(qui, personne),
        },
        statut=422 if contact or conflit else 200,
    )
