"""The forms of login and of one's own account: allauth's, in our words."""

import re
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ConfirmerParCode
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from relais.annuaire import codes_imprimes
from relais.annuaire.facteurs import secret_en_attente
from relais.annuaire.models import Agent
from relais.annuaire.mots_de_passe import LongueurSelonLeRole
from relais.annuaire.trace import noter_compte
from relais.journal.models import Action, Issue

SECOND_FACTEUR = "second-facteur"
# A code holds for its step and the one on each side (MFA_TOTP_TOLERANCE).
VIE_D_UN_CODE = 90
SAISIE_DU_CODE = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "autocapitalize": "off",
    "spellcheck": "false",
    "class": "court",
}


def dire(form: forms.Form, nom: str, libelle: str, aide: str = "", **attributs: str) -> None:
    """Label, help and attributes of a field that allauth made."""
    champ = form.fields[nom]
    champ.label, champ.help_text = libelle, aide
    champ.widget.attrs.pop("placeholder", None)
    champ.widget.attrs |= attributs


class Connexion(LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dire(self, "login", "Adresse mail professionnelle", autocomplete="username")
        dire(self, "password", "Mot de passe", autocomplete="current-password")


class MotDePasseSeul(ReauthenticateForm):
    """Before touching one's second factors."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dire(self, "password", "Votre mot de passe", autocomplete="current-password")


class NouveauMotDePasse(ChangePasswordForm):
    """The present one, the new one, the new one again."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        nouveau = LongueurSelonLeRole().get_help_text()
        dire(self, "oldpassword", "Mot de passe actuel", autocomplete="current-password")
        dire(self, "password1", "Nouveau mot de passe", nouveau, autocomplete="new-password")
        dire(self, "password2", "Le nouveau, encore une fois", autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        donnees = forms.Form.clean(self) or {}
        un, deux = donnees.get("password1"), donnees.get("password2")
        if un and deux and un != deux:
            self.add_error("password2", "Ce n’est pas le même que juste au-dessus.")
        return donnees


class CodeUneSeuleFois(forms.Form):
    """A code of the application, or a printed one. Neither ever serves twice."""

    user: Agent

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dire(
            self,
            "code",
            "Code à 6 chiffres",
            "Il s’affiche dans l’application de votre téléphone et change toutes les 30 secondes. "
            "Un de vos codes imprimés convient aussi.",
            **SAISIE_DU_CODE | {"class": "moyen"},  # a printed code has sixteen digits
        )

    def clean_code(self) -> str:
        oublier_les_echecs = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        facteur = self._application(code) or codes_imprimes.consommer(self.user, code)
        if facteur is None:
            noter_compte(
                Action.CONNEXION_REFUSEE, self.user, objet=SECOND_FACTEUR, issue=Issue.REFUSE
            )
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator = facteur
        oublier_les_echecs()
        return code

    def _application(self, code: str) -> Authenticator | None:
        """The application, if that code is its own and opened nothing yet."""
        sienne = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).first()
        usage = f"relais.code.{self.user.pk}.{''.join(filter(str.isalnum, code))}"
        juste = sienne is not None and sienne.wrap().validate_code(code)
        return sienne if juste and cache.add(usage, True, VIE_D_UN_CODE) else None


class CodeDeConnexion(CodeUneSeuleFois, AuthenticateForm):
    """After the password."""


class CodeDeConfirmation(CodeUneSeuleFois, ConfirmerParCode):
    """Before touching one's second factors."""


class NouvelleApplication(ActivateTOTPForm):
    """The first code of a new application proves that it was set up. `secret`: what it is fed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.user = options.pop("user")
        # allauth's own keeps the secret in clear in the session: its constructor is left out.
        forms.Form.__init__(self, *args, **options)
        self.secret = secret_en_attente(context.request, nouveau=not self.is_bound)
        self.secret_lisible = " ".join(re.findall("....", self.secret))
        dire(
            self,
            "code",
            "Code à 6 chiffres affiché par l’application",
            **SAISIE_DU_CODE,
        )


# What allauth and fido2 raise on an answer that no browser makes: anybody may post anything.
REPONSE_IMPOSSIBLE = (ValidationError, LookupError, TypeError, ValueError, AttributeError)
CLE_REFUSEE = "Cette clé d’accès n’est pas reconnue. Essayez-en une autre, ou un code."


class NouvelleCle(AddWebAuthnForm):
    """A passkey or a security key, with a name to tell it from another one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("passwordless", None)
        self.fields["name"].max_length = 60
        dire(
            self,
            "name",
            "Nom de cette clé",
            "Pour la reconnaître plus tard : « ordinateur du bureau », « clé bleue ».",
            autocomplete="off",
            maxlength="60",
        )

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except REPONSE_IMPOSSIBLE:
            raise ValidationError("Cette clé n’a pas pu être enregistrée. Recommencez.") from None


class CleRefusee(forms.Form):
    """A passkey that does not open is journaled."""

    user: Agent | None

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except REPONSE_IMPOSSIBLE:
            self.noter_le_refus()
            raise ValidationError(CLE_REFUSEE) from None

    def noter_le_refus(self) -> None:
        noter_compte(Action.CONNEXION_REFUSEE, self.user, objet=SECOND_FACTEUR, issue=Issue.REFUSE)


class CleDeConnexion(CleRefusee, AuthenticateWebAuthnForm):
    """After the password."""


class CleDeConfirmation(CleRefusee, ReauthenticateWebAuthnForm):
    """Before touching one's second factors."""


class CleSansMotDePasse(CleRefusee, LoginWebAuthnForm):
    """A passkey unlocked by its owner is both factors at once."""

    def clean_credential(self) -> Authenticator:
        reponse = self.cleaned_data["credential"]
        cle = super().clean_credential()
        # The session may hold the challenge of another page, where presence is enough.
        donnees = parse_authentication_response(reponse).response.authenticator_data
        if not donnees.is_user_verified():
            self.noter_le_refus()
            raise ValidationError(CLE_REFUSEE)
        return cle
