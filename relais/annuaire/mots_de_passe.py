"""Passwords: long and unknown to lists, nothing about their composition (security.md, accounts)."""

import secrets

from django.core.exceptions import ValidationError

from relais.annuaire.models import Affectation, Agent
from relais.regles.convention import Role

LONGUEUR = 12
LONGUEUR_ADMINISTRATEUR = 16
ROLES_D_ADMINISTRATION = {Role.ADMINISTRATEUR, Role.ADMINISTRATEUR_TECHNIQUE}
# No letter nor digit that is read for another one.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def longueur_pour(role: str) -> int:
    """How many characters a password has at least, for that role."""
    return LONGUEUR_ADMINISTRATEUR if role in ROLES_D_ADMINISTRATION else LONGUEUR


class LongueurSelonLeRole:
    """Django's validator: 12 characters, 16 for who administers."""

    def validate(self, password: str, user: Agent | None = None) -> None:
        longueur = LONGUEUR
        if user is not None and user.pk:
            roles = Affectation.objects.de(user).values_list("role", flat=True)
            longueur = max(map(longueur_pour, roles), default=LONGUEUR)
        if len(password) < longueur:
            raise ValidationError(
                f"Ce mot de passe est trop court : il en faut {longueur} caractères au moins. "
                "Quelques mots sans lien entre eux conviennent très bien.",
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return (
            "12 caractères au moins, 16 pour un administrateur. Quelques mots sans lien entre eux "
            "conviennent très bien ; ni chiffre ni majuscule ne sont obligatoires."
        )


def engendrer() -> str:
    """A password to be given once: five groups of four, some 99 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(5))
