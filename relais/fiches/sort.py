"""What becomes of a fiche at the Département, in sentences: until when, why, what may change it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from relais.annuaire.conventions import regles_de
from relais.fiches import conservations
from relais.fiches.dossier import sur_papier
from relais.fiches.models import Fiche
from relais.regles.circuit import Statut
from relais.regles.conservation import Duree, Regle
from relais.regles.convention import Canal, Convention
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import date_longue, date_moyenne

PAS_ENVOYEES = (Statut.BROUILLON, Statut.RAPPELEE)


class Acte(StrEnum):
    """What moves the clock; the values are in addresses."""

    FINIR = "accompagnement-fini"
    REPRENDRE = "accompagnement-repris"
    CLORE_RSA = "rsa-clos"
    ROUVRIR_RSA = "rsa-rouvert"
    VERSER = "versement"  # of an archived fiche: its electronic copy goes


LIBELLES_ACTE = {
    Acte.FINIR: "L’accompagnement est fini",
    Acte.REPRENDRE: "L’accompagnement reprend",
    Acte.CLORE_RSA: "Le droit au RSA est clos",
    Acte.ROUVRIR_RSA: "Le droit au RSA est rouvert",
    Acte.VERSER: "Imprimée et versée au dossier",
}


@dataclass(frozen=True, slots=True)
class Sort:
    """How long, and by which of the two texts. `actes`: what this fiche may be said, in order."""

    jusqu_a: str
    pourquoi: str
    actes: tuple[Acte, ...] = ()
    textes: tuple[tuple[str, str], ...] = ()
    retenue: str = ""

    @property
    def gestes(self) -> list[tuple[str, str]]:
        """(address, words) of each act."""
        return [(acte.value, LIBELLES_ACTE[acte]) for acte in self.actes]


def de(fiche: Fiche, *, maintenant: datetime) -> Sort | None:
    """The fate of that fiche; None for a draft, which has its own clock."""
    if fiche.statut == Statut.BROUILLON or fiche.dernier_evenement_le is None:
        return None
    if fiche.statut == Statut.RAPPELEE:
        assert fiche.departement_a_purger_le is not None  # the database holds it
        fin = date_longue(jour_de(fiche.departement_a_purger_le))
        return Sort(f"Effacée le {fin}.", "Rappelée avant lecture, personne ne l’a reprise depuis.")
    convention, jour = regles_de(fiche.convention_id), jour_de(maintenant)
    duree, retenue = conservations.duree_ecrite(fiche), _retenue(fiche, maintenant)
    return Sort(
        jusqu_a=jusqu_a(duree, jour=jour, retenue=bool(retenue)),
        pourquoi=_pourquoi(fiche, duree, convention, aujourd_hui=jour),
        actes=actes(fiche, sur_papier=sur_papier(convention, jour)),
        textes=textes(convention, jour),
        retenue=retenue,
    )


def jusqu_a(duree: Duree, *, jour: date, retenue: bool = False) -> str:
    """Until when, in one sentence."""
    if duree.a_purger_le is not None:
        if duree.a_purger_le <= jour:
            fin = "dès la fin de la retenue" if retenue else "dans les minutes qui viennent"
            return f"Elle s’efface {fin}, pour de bon."
        return (
            f"Gardée jusqu’au {date_longue(duree.dernier_jour)} compris, puis effacée pour de bon."
        )
    if duree.regle == Regle.RSA_ROUVERT:
        return "Gardée tant que le droit au RSA est ouvert."
    return "Gardée tant que l’accompagnement de la personne dure."


def actes(fiche: Fiche, *, sur_papier: bool) -> tuple[Acte, ...]:
    """What may be said of that fiche now; nothing before it was sent.

    `sur_papier`: the convention keeps it in the paper file.
    """
    if fiche.statut in PAS_ENVOYEES:
        return ()
    possibles = []
    if fiche.archivee:
        possibles.append(Acte.REPRENDRE)
    elif fiche.terminee or fiche.canal == Canal.BLUEFILES:
        possibles.append(Acte.FINIR)
    possibles.append(Acte.ROUVRIR_RSA if _rsa_clos(fiche) else Acte.CLORE_RSA)
    if fiche.archivee and fiche.terminee and sur_papier and not fiche.versee_au_dossier_le:
        possibles.append(Acte.VERSER)
    return tuple(possibles)


def textes(convention: Convention, jour: date) -> tuple[tuple[str, str], ...]:
    """The two texts of the convention, with where each stands."""
    ans = convention.conservation.departement_apres_rsa_ans.exigee(jour)
    return (
        ("Article 5.2 a", "« le temps de l’accompagnement de la personne »"),
        (
            "Annexe 1",
            "« dans le dossier papier courant de la personne pour une durée de"
            f" {ans} ans après la clôture du droit RSA »",
        ),
    )


def _pourquoi(fiche: Fiche, duree: Duree, convention: Convention, *, aujourd_hui: date) -> str:
    fini, clos = date_moyenne(fiche.accompagnement_fini_le), date_moyenne(fiche.rsa_clos_le)
    ans = convention.conservation
    revue = _revue(duree, aujourd_hui)
    match duree.regle:
        case Regle.ACCOMPAGNEMENT:
            return f"{_apres_l_accompagnement(fiche, convention, aujourd_hui)} {revue}"
        case Regle.RSA_ROUVERT:
            rouvert = date_moyenne(fiche.rsa_rouvert_le)
            return (
                f"L’accompagnement a pris fin le {fini}, mais le droit au RSA est rouvert depuis le"
                f" {rouvert} : le délai de l’annexe 1 ne court plus. {revue}"
            )
        case Regle.APRES_RSA:
            duree_ans = ans.departement_apres_rsa_ans.exigee(aujourd_hui)
            return (
                f"L’accompagnement a pris fin le {fini} et le droit au RSA est clos depuis le"
                f" {clos} : {duree_ans} ans après cette clôture (annexe 1)."
            )
        case Regle.SANS_CLOTURE:
            duree_ans = ans.departement_sans_rsa_ans.exigee(aujourd_hui)
            return (
                f"L’accompagnement a pris fin le {fini} et aucune clôture du droit au RSA n’est"
                f" notée : {duree_ans} ans à partir de cette fin."
            )
        case Regle.DOSSIER_PAPIER:
            assert fiche.versee_au_dossier_le is not None  # the rule says so
            versee = date_moyenne(jour_de(fiche.versee_au_dossier_le))
            return (
                f"L’accompagnement a pris fin le {fini} et la fiche est versée au dossier papier"
                f" depuis le {versee} : c’est le papier qui est gardé (annexe 1)."
            )


def _apres_l_accompagnement(fiche: Fiche, convention: Convention, jour: date) -> str:
    """What the end of the support will make of it, as things stand."""
    if fiche.versee_au_dossier_le and sur_papier(convention, jour):
        return (
            "Elle est versée au dossier papier : à la fin de l’accompagnement, la copie"
            " électronique s’efface et le papier reste."
        )
    if _rsa_clos(fiche):
        ans = convention.conservation.departement_apres_rsa_ans.exigee(jour)
        clos = date_moyenne(fiche.rsa_clos_le)
        return f"Ensuite, archivée jusqu’à {ans} ans après la clôture du droit au RSA, le {clos}."
    apres_rsa = convention.conservation.departement_apres_rsa_ans.exigee(jour)
    sans_rsa = convention.conservation.departement_sans_rsa_ans.exigee(jour)
    return (
        f"Ensuite, archivée : jusqu’à {apres_rsa} ans après la clôture du droit au RSA si elle est"
        f" notée, sinon {sans_rsa} ans."
    )


def _rsa_clos(fiche: Fiche) -> bool:
    return fiche.rsa_clos_le is not None and fiche.rsa_rouvert_le is None


def _revue(duree: Duree, aujourd_hui: date) -> str:
    le = date_moyenne(duree.revue_le)
    if duree.revue_le <= aujourd_hui:
        return f"Rien de nouveau depuis un an : l’encadrant doit la revoir depuis le {le}."
    return f"Sans rien de nouveau d’ici là, l’encadrant la revoit le {le}."


def _retenue(fiche: Fiche, maintenant: datetime) -> str:
    fin = fiche.retenue_jusqu_au
    if fin is None or fin <= maintenant:
        return ""
    return f"La DPO la retient : rien n’en est effacé avant le {date_longue(jour_de(fin))}."
