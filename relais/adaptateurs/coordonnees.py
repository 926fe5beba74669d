"""Phone numbers and mail addresses, read as people type them. Nothing is looked up outside."""

import phonenumbers
from email_validator import EmailNotValidError, validate_email

REGION = "FR"


class CoordonneeRefusee(ValueError):
    """`phrase`: what is wrong and what to do, in French."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


def lire_telephone(texte: str) -> str:
    """The number in E.164 (`+33261913535`); a short French number (`3960`) as it is."""
    compact = "".join(c for c in texte if c.isdecimal() or c == "+")
    if compact.isdecimal() and len(compact) == 4 and compact[0] in "13":
        return compact
    try:
        numero = phonenumbers.parse(compact, REGION)
    except phonenumbers.NumberParseException:
        numero = None
    if numero is None or not phonenumbers.is_possible_number(numero):
        raise CoordonneeRefusee(
            "Ce numéro n’est pas complet. Il a 10 chiffres en France ;"
            " pour un pays étranger, commencez par + et l’indicatif."
        )
    return phonenumbers.format_number(numero, phonenumbers.PhoneNumberFormat.E164)


def lire_mail(texte: str) -> str:
    """The address as it can be written to; its domain is not looked up."""
    try:
        lue = validate_email(texte.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise CoordonneeRefusee(
            "Cette adresse mail n’est pas complète. Elle s’écrit comme prenom.nom@exemple.fr."
        ) from None
    return lue.normalized
