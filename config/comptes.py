"""Settings of login: django-allauth, its second factors, django-axes (security.md, accounts)."""

from datetime import timedelta
from typing import Any

from config import environnement as env

COMPTES: dict[str, Any] = {
    "ACCOUNT_ADAPTER": "relais.annuaire.comptes.Comptes",
    "ACCOUNT_LOGIN_METHODS": {"email"},
    "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*"],  # sign-up has no address at all
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_EMAIL_NOTIFICATIONS": False,
    "ACCOUNT_SESSION_REMEMBER": False,
    "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": True,
    "ACCOUNT_REAUTHENTICATION_TIMEOUT": 900,
    # Counted per account, never per address: an office of fifty has one address.
    "ACCOUNT_RATE_LIMITS": {"login": False, "login_failed": False},
    "MFA_ADAPTER": "relais.annuaire.facteurs.Facteurs",
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
    "MFA_TOTP_ISSUER": "Relais Retraite",
    "MFA_TOTP_TOLERANCE": 1,
    "MFA_PASSKEY_LOGIN_ENABLED": False,
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": env.vrai("DEMONSTRATION"),
    "AXES_FAILURE_LIMIT": 10,
    "AXES_LOCKOUT_PARAMETERS": ["username"],
    "AXES_COOLOFF_TIME": timedelta(minutes=15),
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_HANDLER": "axes.handlers.cache.AxesCacheHandler",
    "AXES_USERNAME_FORM_FIELD": "login",
    "AXES_USERNAME_CALLABLE": "relais.annuaire.comptes.identifiant",
    "AXES_LOCKOUT_CALLABLE": "relais.annuaire.comptes.verrouille",
    "AXES_VERBOSE": False,
    "LOGIN_URL": "account_login",
    "LOGIN_REDIRECT_URL": "accueil",
    "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
}
