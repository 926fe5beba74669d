"""The first visit: three steps for each family of roles, shown once, seen again from the help."""

from dataclasses import dataclass, replace
from datetime import date

from relais.fiches.droits import QUI_SIGNALE
from relais.fiches.modes_operatoires import du_role, mots_de
from relais.regles.convention import ROLES_DE_LA_CAISSE, ROLES_DE_TERRAIN, Convention, Role


@dataclass(frozen=True, slots=True)
class EtapeDeVisite:
    titre: str
    textes: tuple[str, ...]


_ICI_TERRAIN = EtapeDeVisite(
    "Ce que vous ferez ici",
    (
        "Quand les ressources d’une personne s’arrêtent, ou que son dossier de retraite est "
        "bloqué, vous remplissez avec elle une fiche de liaison. La caisse doit répondre dans les "
        "{delai} heures.",
        "« Mes fiches » montre vos fiches et où chacune en est. « Nouvelle fiche » en ouvre une. "
        "Ce que vous écrivez s’enregistre à chaque pause.",
    ),
)
_ICI_CAISSE = EtapeDeVisite(
    "Ce que vous ferez ici",
    (
        "Des travailleurs sociaux vous envoient des fiches pour des personnes sans ressources ou "
        "dont le dossier est bloqué. Vous répondez dans les {delai} heures, ou vous dites quand "
        "viendra la prochaine information.",
        "« À traiter » les range de la plus pressée à la moins pressée. Votre exemplaire s’efface "
        "{jours_caisse} jours après l’envoi : classez-le avant dans votre applicatif.",
    ),
)
_ICI_COMPTES = EtapeDeVisite(
    "Ce que vous ferez ici",
    (
        "Vous ouvrez et fermez les comptes de votre organisation, et vous aidez qui a perdu son "
        "téléphone ou son mot de passe.",
        "Vous ne voyez aucune fiche. Un rôle qui en ouvre commence après l’accord d’une seconde "
        "personne.",
    ),
)
_ICI_SUIVI = EtapeDeVisite(
    "Ce que vous ferez ici",
    (
        "Vous suivez l’usage du canal : des nombres par territoire, des délais, des "
        "dysfonctionnements signalés.",
        "Vous voyez des références, jamais le contenu d’une fiche.",
    ),
)
_ICI_DPO = EtapeDeVisite(
    "Ce que vous ferez ici",
    (
        "« Journal » dit qui a lu quoi et quand, et ce qui ressort ; « Effacements », ce qui "
        "s’efface et la preuve de ce qui l’est ; « Retenues », ce qui est gardé plus longtemps.",
        "Vous voyez des références et des dates, jamais le contenu d’une fiche. Un courriel vous "
        "prévient quand un rôle qui ouvre des fiches est donné.",
    ),
)
_ICI_SANS_FICHE = EtapeDeVisite(
    "Ce que vous ferez ici",
    (
        "Votre rôle n’ouvre aucune fiche. « Mon compte » garde votre mot de passe, votre second "
        "facteur et vos sessions.",
    ),
)
_ICI = {
    **dict.fromkeys(ROLES_DE_TERRAIN, _ICI_TERRAIN),
    **dict.fromkeys(ROLES_DE_LA_CAISSE, _ICI_CAISSE),
    Role.REFERENT: _ICI_SUIVI,
    Role.ADMINISTRATEUR: _ICI_COMPTES,
    Role.DPO: _ICI_DPO,
}
_SECRET = EtapeDeVisite(
    "Comment le secret est gardé",
    (
        "Chaque fiche est chiffrée avec sa propre clé. Les courriels ne disent jamais de qui il "
        "s’agit. Chaque lecture est notée, sans nom, dans un journal que personne ne peut "
        "réécrire.",
        "De votre côté : un compte est à une seule personne, l’écran se verrouille quand vous vous "
        "levez, et rien ne se recopie ailleurs que dans le dossier de la personne.",
        "Après 30 minutes sans geste, votre mot de passe est redemandé : rien de ce qui est écrit "
        "n’est perdu.",
    ),
)
_AIDE = (
    "« Aide », en bas de chaque page : {modes}, pas à pas, avec des images ; la feuille « Ce qui "
    "ne relève pas de la caisse » ; cette visite."
)
_SIGNALER = (
    "Un blocage technique ? « Signaler un dysfonctionnement » prévient les référents des deux "
    "institutions."
)


def etapes(role: str, convention: Convention, *, jour: date) -> list[EtapeDeVisite]:
    """The three steps of a role, with the figures of its convention."""
    ici = _ICI.get(Role(role), _ICI_SANS_FICHE)
    aide = EtapeDeVisite(
        "Où trouver de l’aide", (_AIDE, _SIGNALER) if role in QUI_SIGNALE else (_AIDE,)
    )
    siens = "le mode opératoire de votre rôle" if du_role(role) else "les modes opératoires"
    mots = mots_de(convention, jour) | {"modes": siens}
    return [
        replace(une, textes=tuple(texte.format(**mots) for texte in une.textes))
        for une in (ici, _SECRET, aide)
    ]
