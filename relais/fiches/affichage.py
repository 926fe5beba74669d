"""What each side reads of a fiche: labels of wording.md §7, what happens next, the timeline.

The one place where box 1 is honoured for display: without it the Département never learns the
kind of answer, an étape, a date or a missing paper, whatever the page, the list or the export.
"""

from dataclasses import dataclass
from datetime import date, datetime

from relais.annuaire.models import Affectation
from relais.fiches import annexe1, exemplaires
from relais.fiches.contenu import Contenu
from relais.fiches.models import ROLES_CAISSE, Fiche, Transition
from relais.fiches.phrases import phrase_neutre
from relais.regles import nir
from relais.regles.circuit import Geste, Statut
from relais.regles.convention import Canal, Convention
from relais.regles.fiche import RAISONS_SANS_NIR, ModeSignature, SansNir
from relais.regles.issues import LIBELLES_ISSUE
from relais.socle.horloge import PARIS
from relais.socle.templatetags.relais_affichage import date_moyenne

TRAITEE = "Traitée, la personne est informée directement"


@dataclass(frozen=True, slots=True)
class Etat:
    """A status as one side reads it: its words, its tone, and what happens next."""

    libelle: str
    ton: str
    ensuite: str


@dataclass(frozen=True, slots=True)
class Jalon:
    """A line of the timeline."""

    le: datetime
    texte: str


def cote_caisse(qui: Affectation) -> bool:
    return qui.role in ROLES_CAISSE or qui.organisation.nature == "caisse"


def etat(fiche: Fiche, *, pour: Affectation, a_signer: bool = False) -> Etat:
    """The state of the fiche for that side."""
    return _etat_caisse(fiche) if cote_caisse(pour) else _etat_departement(fiche, a_signer)


def _etat_departement(fiche: Fiche, a_signer: bool) -> Etat:
    statut = Statut(fiche.statut)
    if statut in (Statut.REPONDUE, Statut.HORS_PERIMETRE) and not fiche.reponse_au_professionnel:
        neutre = phrase_neutre(_jour(fiche.repondue_le))
        return Etat(TRAITEE, "reussite", f"{neutre} Vous pouvez terminer la fiche.")
    if statut == Statut.TRANSMISE and fiche.canal == Canal.BLUEFILES:
        return Etat(
            f"Déposée sur BlueFiles (déclaré le {date_moyenne(_jour(fiche.transmise_le))})",
            "info",
            "La caisse répond dans BlueFiles.",
        )
    libelle, ton, ensuite = _DEPARTEMENT[statut]
    if statut == Statut.BROUILLON and a_signer:
        libelle = "À signer"
    return Etat(libelle.format(**_dates(fiche)), ton, ensuite)


def _etat_caisse(fiche: Fiche) -> Etat:
    statut = Statut(fiche.statut)
    if statut == Statut.REPONDUE and not fiche.reponse_au_professionnel:
        return Etat("Réponse donnée à la personne", "reussite", _CAISSE[statut][2])
    libelle, ton, ensuite = _CAISSE.get(statut, ("–", "neutre", ""))
    return Etat(libelle.format(**_dates(fiche)), ton, ensuite)


def _dates(fiche: Fiche) -> dict[str, str]:
    debut = fiche.premier_geste_le or fiche.transmise_le
    return {
        "debut": date_moyenne(_jour(debut)) if debut else "",
        "agent": str(fiche.chargee_a or ""),
        "issue": issue_lisible(fiche),
        "retrait": date_moyenne(_jour(fiche.transmise_le)) if fiche.transmise_le else "",
    }


def issue_lisible(fiche: Fiche) -> str:
    return LIBELLES_ISSUE.get(fiche.issue, "sans précision")


_DEPARTEMENT: dict[Statut, tuple[str, str, str]] = {
    Statut.BROUILLON: (
        "Brouillon",
        "neutre",
        "Complétez la fiche avec la personne, faites-la signer, puis envoyez-la.",
    ),
    Statut.TRANSMISE: (
        "Envoyée, pas encore ouverte",
        "info",
        "La caisse va l’ouvrir. Vous recevrez un courriel quand elle aura répondu.",
    ),
    Statut.PRISE_EN_CHARGE: (
        "En cours à la caisse depuis le {debut}",
        "encours",
        "La caisse s’en occupe. Vous recevrez un courriel quand elle aura répondu.",
    ),
    Statut.COMPLEMENT_DEMANDE: (
        "Précision demandée",
        "attente",
        "La caisse attend une précision de votre part.",
    ),
    Statut.REPONDUE: (
        "Réponse reçue",
        "reussite",
        "Informez la personne, puis terminez la fiche en disant où elle en est.",
    ),
    Statut.HORS_PERIMETRE: (
        "À traiter par la voie ordinaire",
        "attention",
        "Lisez ce que la caisse propose. Vous pouvez redemander si la situation change.",
    ),
    Statut.RAPPELEE: (
        "Rappelée avant lecture",
        "attention",
        "La caisse ne l’a plus. Corrigez la fiche et renvoyez-la, ou supprimez-la.",
    ),
    Statut.RETIREE: ("Retirée", "finie", "La caisse ne l’a plus. Il n’y a plus rien à faire."),
    Statut.CLOSE: ("Terminée : {issue}", "finie", "Il n’y a plus rien à faire."),
}

_CAISSE: dict[Statut, tuple[str, str, str]] = {
    Statut.TRANSMISE: (
        "Nouvelle",
        "info",
        "Prenez-la en charge : vos collègues sauront que vous vous en occupez.",
    ),
    Statut.PRISE_EN_CHARGE: (
        "En cours : {agent}",
        "encours",
        "Le professionnel et la personne attendent une réponse, même d’étape.",
    ),
    Statut.COMPLEMENT_DEMANDE: (
        "En attente du Département",
        "attente",
        "Une précision est demandée ; le délai court toujours.",
    ),
    Statut.REPONDUE: ("Réponse envoyée", "reussite", "Il n’y a plus rien à faire ici."),
    Statut.HORS_PERIMETRE: ("Réorientée", "attention", "Il n’y a plus rien à faire ici."),
    Statut.CLOSE: ("Terminée", "finie", "Il n’y a plus rien à faire ici."),
}

_GESTES_DEPARTEMENT = {
    Geste.TRANSMETTRE: "Fiche envoyée",
    Geste.REDEMANDER: "Demande renvoyée",
    Geste.PRENDRE_EN_CHARGE: "Prise en charge par la caisse",
    Geste.DONNER_ETAPE: "Réponse d’étape",
    Geste.REPONDRE: "Réponse de la caisse",
    Geste.DIRE_HORS_PERIMETRE: "Orientée vers la voie ordinaire",
    Geste.RAPPELER: "Rappelée avant lecture",
    Geste.CORRIGER: "Reprise pour correction",
    Geste.RETIRER: "Retirée",
    Geste.CLORE: "Terminée",
    Geste.CLORE_D_OFFICE: "Terminée sans suite signalée",
}


def deroule(fiche: Fiche, *, pour: Affectation) -> list[Jalon]:
    """The timeline as that side reads it, oldest first.

    The Département reads the kind of an answer only where it holds the answer: box 1 is ticked or
    not for each tour, and a later tour tells nothing of an earlier one.
    """
    lignes = fiche.transitions.select_related("par").order_by("le", "pk")
    if cote_caisse(pour):
        return [Jalon(ligne.le, _texte_caisse(ligne)) for ligne in lignes]
    recues = exemplaires.reponses_recues(fiche, pour.organisation_id)
    return [
        Jalon(ligne.le, _texte_departement(ligne, ligne.le in recues))
        for ligne in lignes
        if not ligne.reserve_caisse
    ]


def _texte_departement(ligne: Transition, recue: bool) -> str:
    if not recue and ligne.geste in (Geste.REPONDRE, Geste.DIRE_HORS_PERIMETRE):
        return "Traitée par la caisse"
    return _GESTES_DEPARTEMENT.get(Geste(ligne.geste), ligne.geste)


def _texte_caisse(ligne: Transition) -> str:
    texte = _GESTES_DEPARTEMENT.get(Geste(ligne.geste), ligne.geste)
    return f"{texte} ({ligne.par})" if ligne.par else texte


def _jour(instant: datetime | None) -> date:
    assert instant is not None  # the database holds it for the states that show it
    return instant.astimezone(PARIS).date()


_FEUILLE = {
    Statut.TRANSMISE: "Votre demande est envoyée",
    Statut.PRISE_EN_CHARGE: "La caisse s’en occupe",
    Statut.COMPLEMENT_DEMANDE: "Il manque une précision",
    Statut.REPONDUE: "La caisse a répondu",
    Statut.HORS_PERIMETRE: "Une autre démarche est à faire",
    Statut.RAPPELEE: "Votre demande est retirée",
    Statut.RETIREE: "Votre demande est retirée",
    Statut.CLOSE: "Votre demande est terminée",
}


def entete_de_la_feuille(fiche: Fiche) -> str:
    """The state as the person's sheet says it."""
    statut = Statut(fiche.statut)
    if statut in (Statut.REPONDUE, Statut.HORS_PERIMETRE) and not fiche.reponse_au_professionnel:
        return "La caisse vous répond directement"
    return _FEUILLE.get(statut, "Votre demande est envoyée")


def motifs_lisibles(fiche: Fiche, convention: Convention, jour: date) -> str:
    """The ticked motifs in the words of annex 1, for a list: what is specified is not there."""
    choix = convention.fiche.motifs.exigee(jour)
    coches = [c for c in choix if c.code in fiche.motifs]
    return " ; ".join("Autre motif" if c.a_preciser else c.libelle.rstrip(" :") for c in coches)


def demande_lisible(contenu: Contenu, convention: Convention, jour: date) -> dict[str, object]:
    """What the page of a fiche shows of the request, boxes in the words of annex 1."""
    modele, personne = convention.fiche, contenu.personne
    mots = modele.libelles.exigee(jour)
    return {
        "contenu": contenu,
        "libelles": mots,
        "numero": nir.masquer(personne.nir, personne.nir_cle or "") if personne.nir else "",
        "sans_nir": RAISONS_SANS_NIR.get(SansNir(personne.sans_nir)) if personne.sans_nir else "",
        "blocs": [
            (titre, [(c.libelle, c.code in coches) for c in choix.exigee(jour)], precision)
            for titre, choix, coches, precision in (
                (mots.situation, modele.situations, contenu.situations, contenu.situation_autre),
                (mots.dossier, modele.dossiers, contenu.dossiers, contenu.dossier_autre),
                (mots.motif, modele.motifs, contenu.motifs, contenu.motif_autre),
            )
        ],
        "precisions": annexe1.precisions(contenu, convention),
        "case_informe": modele.case_informe.exigee(jour),
        "case_non_opposition": modele.case_non_opposition.exigee(jour),
        "signee": _signee(contenu),
    }


def _signee(contenu: Contenu) -> str:
    if contenu.signature is None:
        return "À signer"
    a_l_ecran = contenu.signature.mode == ModeSignature.ECRAN
    return "Signée à l’écran" if a_l_ecran else "Page signée jointe"
