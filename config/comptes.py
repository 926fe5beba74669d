"""Settings of login: django-allauth, its second factors, django-axes (security.md, accounts)."""

from datetime import timedelta

from config import environnement as env

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accueil"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "relais.annuaire.comptes.Comptes"
ACCOUNT_FORMS = {
    "login": "relais.annuaire.forms.connexion.Connexion",
    "reauthenticate": "relais.annuaire.forms.connexion.MotDePasseSeul",
    "change_password": "relais.annuaire.forms.connexion.NouveauMotDePasse",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # sign-up has no address at all
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
# The other sessions of the account end all the same: their digest of the password is stale.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_TIMEOUT = 600  # seconds between the password and the second factor
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
# Counted per account, never per address: an office of fifty has one. Passwords: axes, below.
ACCOUNT_RATE_LIMITS: dict[str, str | None] = {
    "login": None,
    "login_failed": "10/15m/key",  # codes of the second factor
    "reauthenticate": "20/m/user",
    "change_password": "10/m/user",
}
# Passwords that one process examines at once, a quarter of its threads (relais.annuaire.affluence).
CONNEXIONS_ENSEMBLE = max(1, env.entier("WEB_FILS", 8) // 4)
MFA_ADAPTER = "relais.annuaire.facteurs.Facteurs"
MFA_FORMS = {
    "authenticate": "relais.annuaire.forms.connexion.CodeDeConnexion",
    "reauthenticate": "relais.annuaire.forms.connexion.CodeDeConfirmation",
    "activate_totp": "relais.annuaire.forms.connexion.NouvelleApplication",
    "add_webauthn": "relais.annuaire.forms.connexion.NouvelleCle",
    "reauthenticate_webauthn": "relais.annuaire.forms.connexion.CleDeConfirmation",
    "authenticate_webauthn": "relais.annuaire.forms.connexion.CleDeConnexion",
    "login_webauthn": "relais.annuaire.forms.connexion.CleSansMotDePasse",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # printed codes are ours (codes_imprimes.py)
MFA_TOTP_ISSUER = "Relais Retraite"
MFA_TOTP_TOLERANCE = 1  # steps of 30 s either way; forms.py refuses a code used before
MFA_PASSKEY_LOGIN_ENABLED = True
# By default per address, which is the proxy's: one stranger would close it to everybody.
MFA_RATE_LIMITS: dict[str, str | None] = {"webauthn_login": None}
# fido2 knows https alone; http://localhost is what a demonstration has.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.vrai("DEMONSTRATION")
AXES_HANDLER = "relais.annuaire.verrou.VerrouParCompte"
AXES_FAILURE_LIMIT = 10
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "relais.annuaire.verrou.compte_vise"
AXES_LOCKOUT_CALLABLE = "relais.annuaire.verrou.page_de_verrou"
AXES_VERBOSE = False
