"""The mode opératoire (annex 3) of each role: files of `modes/`, in the words of a convention.

A step may hold for one channel alone: BlueFiles while the convention says so. Its picture is taken
by the browser tests (tests/parcours/captures.py) and lives beside the style sheet.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from relais.regles.convention import Canal, Convention, Role

DOSSIER = Path(__file__).parent / "modes"
# In the order of the page of help; the name of a file is its address.
ROLES: dict[str, tuple[Role, ...]] = {
    "travailleur-social": (Role.TRAVAILLEUR_SOCIAL,),
    "charge-accueil": (Role.CHARGE_ACCUEIL,),
    "encadrant": (Role.ENCADRANT,),
    "charge-reperage": (Role.CHARGE_REPERAGE,),
    "agent-caisse": (Role.AGENT_CAISSE,),
    "responsable-caisse": (Role.RESPONSABLE_CAISSE,),
    "referent": (Role.REFERENT,),
    "administrateur": (Role.ADMINISTRATEUR,),
    "dpo": (Role.DPO,),
}


@dataclass(frozen=True, slots=True)
class Etape:
    """One step. `image`: name of a picture, with what it shows in `alt`; both may be empty."""

    titre: str
    textes: tuple[str, ...] = ()
    image: str = ""
    alt: str = ""
    canal: str = ""


@dataclass(frozen=True, slots=True)
class ModeOperatoire:
    """What a role does here, step by step."""

    nom: str
    titre: str
    pour: str
    etapes: tuple[Etape, ...]


def du_role(role: str) -> str | None:
    """The name of the mode opératoire of a role, None when it has none."""
    return next((nom for nom, roles in ROLES.items() if role in roles), None)


def tous(convention: Convention, *, jour: date) -> list[ModeOperatoire]:
    return [lire(nom, convention, jour=jour) for nom in ROLES]


def lire(nom: str, convention: Convention, *, jour: date) -> ModeOperatoire:
    """In the words and for the channel of that convention; KeyError for an unknown name."""
    if nom not in ROLES:
        raise KeyError(nom)
    mots, canal = mots_de(convention, jour), convention.echanges.canal.exigee(jour)
    brut = _fichier(nom)
    return ModeOperatoire(
        nom=nom,
        titre=brut.titre,
        pour=brut.pour.format(**mots),
        etapes=tuple(
            Etape(
                titre=etape.titre,
                textes=tuple(texte.format(**mots) for texte in etape.textes),
                image=etape.image,
                alt=etape.alt.format(**mots),
            )
            for etape in brut.etapes
            if not etape.canal or Canal(etape.canal) == canal
        ),
    )


def images() -> set[str]:
    """Every picture that a mode opératoire shows, whatever the channel."""
    return {etape.image for nom in ROLES for etape in _fichier(nom).etapes if etape.image}


@cache
def _fichier(nom: str) -> ModeOperatoire:
    brut = tomllib.loads((DOSSIER / f"{nom}.toml").read_text(encoding="utf-8"))
    etapes = tuple(Etape(**{**un, "textes": tuple(un["textes"])}) for un in brut["etapes"])
    return ModeOperatoire(nom=nom, titre=brut["titre"], pour=brut["pour"], etapes=etapes)


def mots_de(convention: Convention, jour: date) -> dict[str, str]:
    """What stands between braces in the texts of the help."""
    caisse = convention.caisse
    return {
        "caisse": caisse.nom_dans_phrase.exigee(jour),
        "numero_caisse": caisse.telephone.exigee(jour),
        "site_caisse": caisse.site.exigee(jour),
        "contact_caisse": caisse.contact_mail.exigee(jour),
        "objet_demande": convention.echanges.objet_demande.exigee(jour),
        "objet_reponse": convention.echanges.objet_reponse.exigee(jour),
        "delai": str(convention.delais.reponse_heures.exigee(jour)),
        "ans_apres_rsa": str(convention.conservation.departement_apres_rsa_ans.exigee(jour)),
        "mois_revue": str(convention.conservation.revue_mois.exigee(jour)),
        "jours_caisse": str(convention.conservation.caisse_jours.exigee(jour)),
    }
