"""What may go wrong with the key store, each with its French sentence. None carries any content."""

from django.db import OperationalError


class CoffreErreur(Exception):
    """Any refusal of the key store."""

    phrase = "Le coffre des clés a refusé."

    def __init__(self, phrase: str = "") -> None:
        super().__init__(phrase or self.phrase)


class Illisible(CoffreErreur):
    """Nothing to read here: key destroyed, altered, moved, cut, of another format or organisation.

    Always this one error with this one sentence: why is nobody's business.
    """

    phrase = "Ce contenu ne peut pas être lu."

    def __init__(self) -> None:
        super().__init__()


class CleAbsente(CoffreErreur):
    """Nothing to seal under: the object's key was destroyed, or never made."""

    phrase = "Cet objet n'a pas de clé : elle est détruite, ou n'a jamais existé."


class CleRefusee(CoffreErreur):
    """The object already has a key, under another organisation."""

    phrase = "Cet objet appartient déjà à une autre organisation."


class CoffreIndisponible(CoffreErreur, OperationalError):
    """The store or its root key cannot serve now; trying again later is right. Never a fallback.

    An OperationalError, so that a page says "come back in a minute" (503) as for PostgreSQL.
    """

    phrase = "Le coffre des clés ne répond pas."


class CoffreAbsent(CoffreIndisponible):
    phrase = "Le coffre des clés est introuvable ou vide. Rétablissez-le depuis une copie."


class CoffreRetabli(CoffreIndisponible):
    """A copy was put back, and may hold keys destroyed since: nothing is read from it yet."""

    phrase = (
        "Une copie du coffre des clés a été remise en place. Elle servira quand les effacements "
        "faits depuis auront été rejoués : lancez « relais coffre retablir --confirmer »."
    )


class CoffreOccupe(CoffreIndisponible):
    phrase = "Le coffre des clés est resté occupé trop longtemps."


class CoffreEnLectureSeule(CoffreIndisponible):
    phrase = "Le coffre des clés ne peut plus être écrit : fichier ou disque en lecture seule."


class CoffrePlein(CoffreIndisponible):
    phrase = "Le coffre des clés ne peut plus grandir : le disque est plein."


class CoffreCorrompu(CoffreIndisponible):
    phrase = "Le fichier du coffre des clés est abîmé. Rétablissez-le depuis une copie."


class RacineRefusee(CoffreIndisponible):
    """The root key is missing, badly kept, or not the one of this store."""

    phrase = "La clé racine du coffre est refusée."


class CopieImpossible(CoffreErreur):
    phrase = "La copie du coffre n'a pas pu être faite."


class RotationRefusee(CoffreErreur):
    phrase = "Une rotation ou un rétablissement est déjà en cours : attendez qu'il finisse."


class RetablissementRefuse(CoffreErreur):
    phrase = "Le coffre ne peut pas être rétabli."
