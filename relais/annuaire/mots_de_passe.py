"""Passwords: long and unknown to lists, nothing about their composition (security.md, accounts)."""

import re
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from relais.annuaire.models import Affectation, Agent
from relais.regles.convention import Role

LONGUEUR = 12
LONGUEUR_ADMINISTRATEUR = 16
RESTE = 8  # characters left of a password once what anybody would try is taken away
ROLES_D_ADMINISTRATION = {Role.ADMINISTRATEUR, Role.ADMINISTRATEUR_TECHNIQUE}


def longueur_pour(role: str) -> int:
    """How many characters a password has at least, for that role."""
    return LONGUEUR_ADMINISTRATEUR if role in ROLES_D_ADMINISTRATION else LONGUEUR


def est_court(mot_de_passe: str) -> bool:
    """Whether who administers may not have it, whatever they were when they chose it."""
    return len(mot_de_passe) < LONGUEUR_ADMINISTRATEUR


class LongueurSelonLeRole:
    """Django's validator: 12 characters, 16 for who administers."""

    def validate(self, password: str, user: Agent | None = None) -> None:
        longueur = LONGUEUR
        if user is not None and user.pk:
            siennes = Affectation.objects.ouvertes().filter(agent=user)
            roles = siennes.values_list("role", flat=True)
            longueur = max(map(longueur_pour, roles), default=LONGUEUR)
        if len(password) < longueur:
            raise ValidationError(
                f"Ce mot de passe est trop court : il faut {longueur} caractères au moins. "
                "Quelques mots sans lien entre eux conviennent très bien.",
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return (
            "12 caractères au moins, 16 pour un administrateur. Quelques mots sans lien entre eux "
            "conviennent très bien ; ni chiffre ni majuscule ne sont obligatoires."
        )


class NiCourantNiPersonnel:
    """Django's validator: neither a common password under another coat, nor one's own name.

    Coats: capital letters, digits and signs at the end, the same thing twice. What is left once
    the names are taken away must still be long: nothing else is asked of a passphrase.
    """

    def validate(self, password: str, user: Agent | None = None) -> None:
        noyau = _une_fois(re.sub(r"[\W\d_]+$", "", password.casefold()))
        if noyau in _courants() or (len(noyau) < RESTE and noyau != password.casefold()):
            raise ValidationError("Ce mot de passe est trop courant.", code="password_too_common")
        if user is None:
            return
        reste = password.casefold()
        for mot in sorted(_mots_de(user), key=len, reverse=True):
            reste = reste.replace(mot, "")
        if len(reste) < RESTE:
            raise ValidationError(
                "Ce mot de passe est trop proche de votre nom ou de votre adresse.",
                code="password_too_similar",
            )

    def get_help_text(self) -> str:
        return "Ni un mot de passe courant, ni votre nom."


def _une_fois(texte: str) -> str:
    """« abab » is « ab » said twice."""
    trouve = re.fullmatch(r"(.+?)\1+", texte)
    return trouve.group(1) if trouve else texte


def _mots_de(agent: Agent) -> set[str]:
    sources = f"{agent.prenom} {agent.nom} {agent.email} relais retraite".casefold()
    return {mot for mot in re.split(r"\W+", sources) if len(mot) >= 3}


@cache
def _courants() -> frozenset[str]:
    """Twenty thousand passwords of known leaks, as Django ships them."""
    return frozenset(CommonPasswordValidator().passwords)
