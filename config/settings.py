"""Settings: wiring only. All that varies comes from the environment (docs/exploitation.md)."""

from datetime import timedelta
from typing import Any

from config import environnement as env
from config.comptes import *  # noqa: F403
from config.journaux import JOURNAUX
from config.securite import CSP, DEBITS, PERMISSIONS

BASE_DIR = env.RACINE
DOSSIER = env.chemin("DOSSIER", BASE_DIR / "var")
DEMONSTRATION = env.vrai("DEMONSTRATION")
VERSION = "0.1.0"

DEBUG = False
SECRET_KEY = env.texte("CLE_DJANGO")
ADRESSE_PUBLIQUE = env.texte("ADRESSE_PUBLIQUE", "http://localhost:8000").rstrip("/")
HTTPS = ADRESSE_PUBLIQUE.startswith("https://")
HOTE_PUBLIC = ADRESSE_PUBLIQUE.split("://", 1)[1].rsplit(":", 1)[0]
ALLOWED_HOSTS = [HOTE_PUBLIC, *(["localhost", "127.0.0.1"] if not HTTPS else [])]
CSRF_TRUSTED_ORIGINS = [ADRESSE_PUBLIQUE]

# What is specific to this product
CONVENTIONS = [
    env.chemin("", env.RACINE / morceau)
    for morceau in env.texte(
        "CONVENTIONS",
        "conventions/demonstration.toml"
        if DEMONSTRATION
        else "conventions/cd35-carsat-bretagne.toml",
    ).split(":")
]
COFFRE = env.chemin("COFFRE", DOSSIER / "coffre" / "coffre.sqlite3")
COFFRE_COPIES = env.chemin("COFFRE_COPIES", DOSSIER / "coffre-copies")
COFFRE_COPIES_DUREE = timedelta(hours=env.entier("COFFRE_COPIES_HEURES", 24))
CLE_RACINE = env.chemin("CLE_RACINE", DOSSIER / "racine" / "racine.cle")
# Whom to tell of a weakness, and until when that is true (/.well-known/security.txt).
SECURITE_CONTACT = env.contact("SECURITE_CONTACT")
SECURITE_EXPIRE = env.jour("SECURITE_EXPIRE")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    # Before django.forms: its form templates are replaced by ours.
    "relais.socle",
    "django.forms",
    "relais.coffre",
    "relais.journal",
    "relais.annuaire",
    "relais.fiches",
    "relais.reperage",
    "relais.rgpd",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Under the headers: a style sheet or a script bears them like a page.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "relais.annuaire.seances.SeanceBornee",
    "relais.annuaire.acces.SecondFacteurExige",
    "relais.annuaire.acces.ContexteDeLaRequete",
    "relais.annuaire.acces.MotDePasseExige",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "relais.annuaire.affichage.contexte_de_page",
            ],
        },
    }
]

# `execution` serves; `proprietaire` migrates (`relais migrer`).
ROLE_BASE = env.texte("ROLE", "execution")
_URL_BASE = env.texte("BASE_URL_PROPRIETAIRE" if ROLE_BASE == "proprietaire" else "BASE_URL")
# For the commands of the operator alone (relais.socle.exploitation); unknown to what serves.
ADRESSES_DES_ROLES = {
    role: env.texte(f"BASE_URL_{role.upper()}")
    for role in ("proprietaire", "sauvegarde", "superutilisateur")
}
POSTGRESQL_OUTILS = env.texte("POSTGRESQL_OUTILS")  # folder of pg_dump and pg_restore
DATABASES = {
    "default": env.postgresql(_URL_BASE or "postgresql://execution@127.0.0.1:5432/relais"),
    "coffre": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": COFFRE,
        "ATOMIC_REQUESTS": False,
        # Kept by each thread: a store put back is seen all the same (relais.coffre.magasin).
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # The journal is zeroed under the exclusive lock, never truncated: docs/adr/0005.
            "init_command": (
                "PRAGMA journal_mode=PERSIST; PRAGMA secure_delete=ON; PRAGMA synchronous=FULL;"
                "PRAGMA temp_store=MEMORY"
            ),
        },
    },
}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Attempts are given up after 5 s, so that a request tries anew: PostgreSQL is found as it returns.
DATABASES["default"]["OPTIONS"] |= {
    "pool": {"min_size": 1, "max_size": 16, "timeout": 5, "reconnect_timeout": 5}
}
DATABASE_ROUTERS = ["relais.coffre.routage.Routage"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "socle_cache",
        "KEY_FUNCTION": "relais.socle.cache.nommer",
        # Locks live here: filling the cache with other addresses must not push them out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Called by `relais migrer`, in this order, once alias `default` is up to date.
APRES_MIGRATION = [
    "relais.coffre.initialisation.initialiser",
    "relais.annuaire.conventions.enregistrer",
]
# Called by `relais servir` and `relais ouvrier`, which refuse to start on any fault (SystemExit).
AVANT_DE_SERVIR = [
    "relais.coffre.controle.verifier_magasin",
    "relais.annuaire.conventions.verifier_empreintes",
    "relais.reperage.territoires.verifier",
]
# Called by /sante/pret, by name: an error says that pages cannot be served (503).
SONDES = {"coffre": "relais.coffre.sonde.sonder"}
# Called once a copy of the key store was put back, before it serves: each destroys again keys that
# the base knows to be destroyed, and says how many.
APRES_RETABLISSEMENT = ["relais.rgpd.actions.rejeu.apres_retablissement"]
# Each one says, of an affectation, why it cannot be withdrawn yet: a French sentence, or nothing.
AVANT_DE_RETIRER: list[str] = ["relais.fiches.departs.retenue"]
# Called with `maintenant` by a demonstration that is being loaded, after its fiches.
DEMONSTRATIONS = ["relais.reperage.demonstration.charger"]
# Called in the act that withdraws a role: what it held and needs no successor goes back.
AU_RETRAIT: list[str] = ["relais.reperage.actions.attributions.rendre_a_l_equipe"]
# Called in the act that closes an équipe, for the same reason.
A_LA_FERMETURE: list[str] = ["relais.reperage.actions.attributions.liberer"]

# ACCOUNT_*, MFA_*, AXES_*, LOGIN_*
AUTH_USER_MODEL = "annuaire.Agent"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "relais.annuaire.mots_de_passe.LongueurSelonLeRole"},
    {"NAME": "relais.annuaire.mots_de_passe.NiCourantNiPersonnel"},
]

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/statique/"
STATIC_ROOT = env.chemin("STATIQUE", DOSSIER / "statique")
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site reads ours, files included
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A form without its file; the file has its own limit (socle/televersement.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
# The file of the caseload has another one: sealed as it comes (reperage/imports/televersement.py).
IMPORT_OCTETS = env.entier("IMPORT_MO", 500) * 1_000_000
FILE_UPLOAD_HANDLERS = ["relais.socle.televersement.EnMemoire"]

SESSION_ENGINE = "relais.annuaire.magasin_de_seances"
SESSION_COOKIE_AGE = int(timedelta(hours=10).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "relais.socle.refus_dits.MessagesDeLaSession"  # no third cookie
CSRF_FAILURE_VIEW = "relais.annuaire.views.connexion.jeton_perime"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.vrai("DERRIERE_UN_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {"DIRECTIVES": CSP}
PERMISSIONS_POLICY = PERMISSIONS
LIMITES = DEBITS

LOGGING = JOURNAUX

SMTP: dict[str, Any] = {
    "hote": env.texte("SMTP_HOTE"),
    "port": env.entier("SMTP_PORT", 587),
    "utilisateur": env.texte("SMTP_UTILISATEUR"),
    "mot_de_passe": env.texte("SMTP_MOT_DE_PASSE"),
    "starttls": env.vrai("SMTP_STARTTLS", defaut=True),
    "expediteur": env.texte("SMTP_EXPEDITEUR", "relais@exemple.invalid"),
    "autorites": env.texte("SMTP_AUTORITES"),  # file of a private certificate authority
}
# Whatever a library would mail by itself stays here: only adaptateurs.courriel sends.
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # it wants addresses counted: config/comptes.py
    "auth.W004",  # an address is unique whatever its case: a constraint that Django does not read
]
