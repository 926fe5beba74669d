"""Purpose and fate of what the libraries' own models keep (the product's say it beside Meta)."""

COMPTE = ("ouvrir un compte et ses droits", "supprimé avec le compte")
SECOND_FACTEUR = ("authentifier (second facteur, chiffré)", "supprimé avec le compte")
SESSION = ("garder une session ouverte", "supprimé à la fin de la session")
ESSAIS = ("bloquer les essais de mot de passe", "supprimé au bout du blocage")
TRAVAUX = ("faire les tâches de fond (identifiants seuls)", "supprimé une fois fait")
TECHNIQUE = ("faire fonctionner Django", "ne dit rien d'une personne")

DES_TIERS = {
    "auth.Permission": TECHNIQUE,
    "auth.Group": TECHNIQUE,
    "auth.Group_permissions": TECHNIQUE,
    "contenttypes.ContentType": TECHNIQUE,
    "sessions.Session": SESSION,
    "account.EmailAddress": COMPTE,
    "account.EmailConfirmation": COMPTE,
    "mfa.Authenticator": SECOND_FACTEUR,
    "axes.AccessAttempt": ESSAIS,
    "axes.AccessAttemptExpiration": ESSAIS,
    "axes.AccessFailureLog": ESSAIS,
    "axes.AccessLog": ESSAIS,
    "procrastinate.ProcrastinateJob": TRAVAUX,
    "procrastinate.ProcrastinateEvent": TRAVAUX,
    "procrastinate.ProcrastinatePeriodicDefer": TRAVAUX,
    "procrastinate.ProcrastinateWorker": TRAVAUX,
}
