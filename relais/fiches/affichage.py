"""What each side reads of a fiche: labels of wording.md §7 and what happens next.

Here and in `deroule` box 1 is honoured for display: without it the Département never learns the
kind of answer, an étape, a date or a missing paper, whatever the page, the list or the export.
"""

from dataclasses import dataclass
from datetime import date, datetime

from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation, Agent
from relais.fiches import annexe1, exemplaires
from relais.fiches.contenu import Contenu
from relais.fiches.models import Envoi, Fiche
from relais.fiches.phrases import phrase_neutre, phrases_de
from relais.regles.circuit import CHEZ_LA_CAISSE, TRAITEES, Statut
from relais.regles.convention import ROLES_DE_LA_CAISSE, Canal, Convention
from relais.regles.fiche import RAISONS_SANS_NIR, ModeSignature, SansNir
from relais.regles.issues import IssueSansChoix, issue_lisible
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import date_moyenne

TRAITEE = "Traitée, la personne est informée directement"


@dataclass(frozen=True, slots=True)
class Etat:
    """A status as one side reads it: its words, its tone, and what happens next."""

    libelle: str
    ton: str
    ensuite: str
    repere: str = ""  # what is to be seen besides: a complement that just came


@dataclass(frozen=True, slots=True)
class Message:
    """What the caisse said, in the sentences that are read."""

    le: datetime
    nature: str
    phrases: list[str]
    agent: str


def cote_caisse(qui: Affectation) -> bool:
    return qui.role in ROLES_DE_LA_CAISSE or qui.organisation.nature == "caisse"


def etat(fiche: Fiche, *, pour: Affectation, a_signer: bool = False) -> Etat:
    """The state of the fiche for that side."""
    return _etat_caisse(fiche, pour) if cote_caisse(pour) else _etat_departement(fiche, a_signer)


def _etat_departement(fiche: Fiche, a_signer: bool) -> Etat:
    statut = Statut(fiche.statut)
    if statut in TRAITEES and not fiche.reponse_au_professionnel:
        neutre = phrase_neutre(_jour(fiche.repondue_le))
        fin = _DE_LUI_MEME.format(**_dates(fiche))
        return Etat(TRAITEE, "reussite", f"{neutre} Vous pouvez terminer la fiche. {fin}")
    if statut == Statut.TRANSMISE and fiche.canal == Canal.BLUEFILES:
        return Etat(
            f"Déposée sur BlueFiles (déclaré le {date_moyenne(_jour(fiche.transmise_le))})",
            "info",
            "La caisse répond dans BlueFiles.",
        )
    libelle, ton, ensuite = _DEPARTEMENT[statut]
    if statut == Statut.BROUILLON and a_signer:
        libelle = "À signer"
    if statut == Statut.TRANSMISE and fiche.ouverte_caisse_le:
        libelle, ensuite = "Envoyée, ouverte par la caisse", _OUVERTE
    if statut == Statut.CLOSE:
        ensuite = _suite_d_une_close(fiche)
    dates = _dates(fiche)
    return Etat(libelle.format(**dates), ton, ensuite.format(**dates))


def _suite_d_une_close(fiche: Fiche) -> str:
    if fiche.rouverte_le:
        return (
            "La fiche est rouverte depuis le {rouverte}. Relisez la demande avec la personne,"
            " faites-la signer, puis envoyez-la : la caisse aura de nouveau 72 heures."
        )
    if fiche.issue == IssueSansChoix.AVEC_REPONSE:
        lire = "Lisez la réponse de la caisse et informez la personne."
        if not fiche.reponse_au_professionnel:
            lire = phrase_neutre(_jour(fiche.repondue_le))
        return f"{lire} La caisse a terminé la fiche : rouvrez-la si la situation n’est pas réglée."
    if fiche.issue == IssueSansChoix.SANS_SUITE:
        return "Personne n’a dit où en est la personne. Rouvrez la fiche si rien n’est réglé."
    return "Il n’y a plus rien à faire. Close par erreur, ou rien n’est réglé : rouvrez-la."


def etat_au_guichet(fiche: Fiche) -> Etat:
    """The state as anyone of the équipe may say it: no outcome, and nothing of a new draft."""
    statut = Statut(fiche.statut)
    if statut == Statut.CLOSE:
        rouverte = "Rouverte, une nouvelle demande se prépare"
        return Etat(rouverte if fiche.rouverte_le else "Terminée", "finie", "")
    if statut == Statut.BROUILLON:  # sent once, recalled, being written again
        libelle, ton, _ = _DEPARTEMENT[Statut.RAPPELEE]
        return Etat(libelle, ton, "")
    return _etat_departement(fiche, False)


def _etat_caisse(fiche: Fiche, pour: Affectation) -> Etat:
    statut = Statut(fiche.statut)
    if statut == Statut.TRANSMISE and fiche.chargee_a_id is not None:
        libelle, ton, _ = _CAISSE[statut]
        if fiche.chargee_a_id == pour.agent_id:
            return Etat(libelle, ton, "Elle vous est attribuée : prenez-la en charge, ou répondez.")
        return Etat(libelle, ton, f"Elle est attribuée à {fiche.chargee_a}, qui ne l’a pas encore.")
    if statut == Statut.REPONDUE and not fiche.reponse_au_professionnel:
        return Etat("Réponse donnée à la personne", "reussite", _CAISSE[statut][2])
    libelle, ton, ensuite = _CAISSE.get(statut, ("–", "neutre", ""))
    dates = _dates(fiche)
    libelle = libelle.format(**dates)
    if fiche.complement_recu_le and statut == Statut.PRISE_EN_CHARGE:
        return Etat(libelle, ton, _PRECISION_RECUE.format(**dates), "Précision reçue")
    return Etat(libelle, ton, ensuite)


def a_qui_d_agir(fiche: Fiche, *, pour: Affectation) -> str:
    """Who must act now, as that side reads it beside « Et maintenant ? »."""
    statut = Statut(fiche.statut)
    a_reprendre = fiche.rouverte_le is not None or fiche.reponse_lue_le is None
    if statut == Statut.RETIREE or (statut == Statut.CLOSE and not a_reprendre):
        return "Plus personne n’a à agir."
    if statut in CHEZ_LA_CAISSE:
        if not cote_caisse(pour):
            return "C’est à la caisse."
        return _a_lui(fiche.chargee_a, pour)
    if cote_caisse(pour):
        return "C’est au Département."
    return _a_lui(fiche.proprietaire, pour)


def _a_lui(qui: Agent | None, pour: Affectation) -> str:
    return f"C’est à {qui.nom_complet}." if qui and qui != pour.agent else "C’est à vous."


def _dates(fiche: Fiche) -> dict[str, str]:
    debut = fiche.premier_geste_le or fiche.transmise_le
    return {
        "debut": _date(debut),
        "agent": str(fiche.chargee_a or ""),
        "issue": issue_de(fiche),
        "retrait": _date(fiche.retiree_le),
        "rouverte": _date(fiche.rouverte_le),
        "office": _date(fiche.cloture_office_le),
        "complement": _date(fiche.complement_recu_le),
    }


def _date(instant: datetime | None) -> str:
    return date_moyenne(_jour(instant)) if instant else ""


def issue_de(fiche: Fiche) -> str:
    """The outcome in words; after how many days it closed by itself comes from the convention."""
    jour = _jour(fiche.repondue_le or fiche.creee_le)
    jours = regles_de(fiche.convention_id).delais.cloture_office_jours.exigee(jour)
    return issue_lisible(fiche.issue, jours=jours)


_OUVERTE = (
    "La caisse l’a lue et va s’en occuper. Vous recevrez un courriel quand elle aura répondu."
)
_DE_LUI_MEME = "Sans nouvelle de votre part, elle se termine d’elle-même le {office}."
_PRECISION_RECUE = (
    "Le Département a répondu à votre question le {complement} : lisez la demande, puis répondez."
    " Le délai a continué de courir."
)

_DEPARTEMENT: dict[Statut, tuple[str, str, str]] = {
    Statut.BROUILLON: (
        "Brouillon",
        "neutre",
        "Complétez la fiche avec la personne, faites-la signer, puis envoyez-la.",
    ),
    Statut.TRANSMISE: (
        "Envoyée, pas encore ouverte",
        "info",
        "La caisse va l’ouvrir. D’ici là, vous pouvez rappeler la fiche pour la corriger. Vous"
        " recevrez un courriel quand elle aura répondu.",
    ),
    Statut.PRISE_EN_CHARGE: (
        "En cours à la caisse depuis le {debut}",
        "encours",
        "La caisse s’en occupe. Vous recevrez un courriel quand elle aura répondu.",
    ),
    Statut.COMPLEMENT_DEMANDE: (
        "Précision demandée",
        "attente",
        "Lisez ce que la caisse demande, puis complétez la fiche : toute la demande repart, avec sa"
        " signature. Le délai de réponse court toujours.",
    ),
    Statut.REPONDUE: (
        "Réponse reçue",
        "reussite",
        f"Informez la personne, puis terminez la fiche en disant où elle en est. {_DE_LUI_MEME}",
    ),
    Statut.HORS_PERIMETRE: (
        "À traiter par la voie ordinaire",
        "attention",
        "Lisez avec la personne ce que la caisse propose. Si la situation change, ou s’il manquait"
        f" un élément, corrigez la demande et renvoyez-la. {_DE_LUI_MEME}",
    ),
    Statut.RAPPELEE: (
        "Rappelée avant lecture",
        "attention",
        "La caisse ne l’a plus. Corrigez la fiche et renvoyez-la, ou supprimez-la.",
    ),
    Statut.RETIREE: (
        "Retirée le {retrait}",
        "finie",
        "La caisse ne l’a plus et ne répondra pas. Pour une nouvelle demande, commencez une fiche.",
    ),
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
        "Une précision est demandée ; le délai court toujours. Vous pouvez répondre sans attendre.",
    ),
    Statut.REPONDUE: ("Réponse envoyée", "reussite", "Il n’y a plus rien à faire ici."),
    Statut.HORS_PERIMETRE: ("Réorientée", "attention", "Il n’y a plus rien à faire ici."),
    Statut.CLOSE: ("Terminée", "finie", "Il n’y a plus rien à faire ici."),
}


def _jour(instant: datetime | None) -> date:
    assert instant is not None  # the database holds it for the states that show it
    return jour_de(instant)


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
    if statut in TRAITEES and not fiche.reponse_au_professionnel:
        return "La caisse vous répond directement"
    return _FEUILLE.get(statut, "Votre demande est envoyée")


PRECISION = "Précision demandée"
_TITRES: dict[str, str] = {Envoi.Nature.COMPLEMENT_DEMANDE: PRECISION}


def messages_de_la_caisse(fiche: Fiche, *, pour: Affectation, jour: date) -> list[Message]:
    """What the caisse said, as far as that side holds it, oldest first."""
    convention = regles_de(fiche.convention_id)
    return [
        Message(
            le=envoi.envoye_le,
            nature=_TITRES.get(envoi.nature, Envoi.Nature(envoi.nature).label),
            phrases=phrases_de(dite, convention, jour=jour),
            agent=dite.contact,
        )
        for envoi, dite in exemplaires.reponses(fiche, pour.organisation_id)
    ]


def derniere_precision_demandee(fiche: Fiche, *, pour: Affectation, jour: date) -> list[Message]:
    """What the caisse asked for last, alone in its list; empty without."""
    dites = messages_de_la_caisse(fiche, pour=pour, jour=jour)
    return [m for m in dites if m.nature == PRECISION][-1:]


def a_defaut_du_nom(fiche: Fiche) -> str:
    """What stands for the name where the caisse holds no copy: on BlueFiles it never had one."""
    return "Contenu sur BlueFiles" if fiche.canal == Canal.BLUEFILES else "Exemplaire effacé"


def copie_effacee(fiche: Fiche) -> str:
    """What the caisse reads where it holds no copy (wording §7): since when, what it can do."""
    if fiche.canal == Canal.BLUEFILES:
        return "Cette fiche est partie par BlueFiles : son contenu y est."
    dit = f"Votre exemplaire a été effacé le {_date(fiche.copie_caisse_jusqu_au)}."
    return f"{dit} Demandez un nouvel envoi." if fiche.en_attente_de_reponse else dit


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
        "numero": personne.numero_masque,
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
