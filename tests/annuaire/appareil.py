"""A device that keeps one passkey, in software: it answers what no honest browser would."""

import hashlib
import json
import os
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGINE = "https://testserver"
RP = hashlib.sha256(b"testserver").digest()
FLAG = AuthenticatorData.FLAG


class Appareil:
    """`enregistrer` then `repondre` to challenges (as bytes, or as the session keeps them)."""

    def __init__(self) -> None:
        self.id = os.urandom(32)
        self.prive = ec.generate_private_key(ec.SECP256R1())

    def enregistrer(self, defi: str) -> str:
        """The answer to a creation."""
        cle = AttestedCredentialData.create(
            Aaguid.NONE, self.id, ES256.from_cryptography_key(self.prive.public_key())
        )
        donnees = AuthenticatorData.create(RP, FLAG.UP | FLAG.UV | FLAG.AT, 0, bytes(cle))
        attestation = AttestationObject.create("none", donnees, {})
        client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, defi, ORIGINE)
        return self._json(
            clientDataJSON=websafe_encode(client), attestationObject=websafe_encode(attestation)
        )

    def repondre(self, defi: str, agent: Any, *, reconnu: bool) -> str:
        """The answer to a login as `agent`; `reconnu`: the device has recognised its owner."""
        donnees = AuthenticatorData.create(RP, FLAG.UP | (FLAG.UV if reconnu else FLAG(0)), 0)
        client = CollectedClientData.create(CollectedClientData.TYPE.GET, defi, ORIGINE)
        signature = self.prive.sign(donnees + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._json(
            clientDataJSON=websafe_encode(client),
            authenticatorData=websafe_encode(donnees),
            signature=websafe_encode(signature),
            userHandle=websafe_encode(user_pk_to_url_str(agent).encode()),
        )

    def _json(self, **reponse: str) -> str:
        identifiant = websafe_encode(self.id)
        return json.dumps(
            {"id": identifiant, "rawId": identifiant, "type": "public-key", "response": reponse}
        )
