"""Second factors: their secrets are sealed by the key store, never kept in clear."""

import base64
import uuid

from allauth.mfa.adapter import DefaultMFAAdapter

from relais.coffre.actions import Genre, ouvrir, sceller

ORGANISATION = "relais"  # a secret belongs to an account, not to a party of a convention


class Facteurs(DefaultMFAAdapter):
    """Each secret has a key of its own, named in front of its ciphertext."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": (
            "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant et saisissez-le."
        ),
    }

    def encrypt(self, text: str) -> str:
        objet = uuid.uuid4()
        scelle = sceller(Genre.SECOND_FACTEUR, objet, text.encode(), organisation=ORGANISATION)
        return f"{objet}:{base64.b64encode(scelle).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        objet, _, scelle = encrypted_text.partition(":")
        return ouvrir(
            Genre.SECOND_FACTEUR,
            uuid.UUID(objet),
            base64.b64decode(scelle),
            organisation=ORGANISATION,
        ).decode()
