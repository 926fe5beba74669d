"""The signing key of an organisation: one for ever, wrapped, known to nobody else."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connections

from relais.coffre import rotation
from relais.coffre.erreurs import CoffreCorrompu, RacineRefusee
from relais.coffre.models import CleSignature, Kek
from relais.coffre.signatures import signataire

if TYPE_CHECKING:
    from tests.coffre.conftest import Coffre


def verifier(publique: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(publique).verify(signature, message)


def test_une_organisation_signe_toujours_de_la_meme_cle(coffre: "Coffre") -> None:
    un = signataire("cd35")
    connections["coffre"].close()
    autre = signataire("cd35")
    assert un.publique == autre.publique
    verifier(autre.publique, un.signer(b"tete"), b"tete")
    with pytest.raises(InvalidSignature):
        verifier(un.publique, un.signer(b"tete"), b"Tete")
    assert coffre.sql("SELECT count(*) FROM coffre_clesignature") == [(1,)]


def test_chaque_organisation_a_la_sienne(coffre: "Coffre") -> None:
    un, autre = signataire("cd35"), signataire("carsat-bretagne")
    assert un.publique != autre.publique
    with pytest.raises(InvalidSignature):
        verifier(autre.publique, un.signer(b"tete"), b"tete")


def test_deux_premiers_usages_a_la_fois_font_une_seule_cle(coffre: "Coffre") -> None:
    def publique(_: int) -> bytes:
        try:
            return signataire("cd35").publique
        finally:
            connections["coffre"].close()

    with ThreadPoolExecutor(8) as fils:
        assert len(set(fils.map(publique, range(8)))) == 1


def test_une_cle_mise_a_la_place_d_une_autre_ne_s_ouvre_pas(coffre: "Coffre") -> None:
    signataire("cd35")
    signataire("carsat-bretagne")
    coffre.sql(
        "UPDATE coffre_clesignature SET enveloppe ="
        " (SELECT enveloppe FROM coffre_clesignature WHERE organisation = 'cd35')"
    )
    with pytest.raises(CoffreCorrompu):
        signataire("carsat-bretagne")


def test_ni_la_cle_privee_ni_la_publique_ne_sont_en_clair_dans_le_fichier(coffre: "Coffre") -> None:
    un = signataire("cd35")
    octets = coffre.fichier.read_bytes()
    assert b"coffre_clesignature" in octets
    assert un._cle.private_bytes_raw() not in octets
    assert un.publique not in octets


def test_sans_cle_racine_rien_n_est_signe(coffre: "Coffre") -> None:
    signataire("cd35")
    coffre.racine.unlink()
    with pytest.raises(RacineRefusee):
        signataire("cd35")


def test_une_cle_de_signature_tourne_avec_les_autres(coffre: "Coffre") -> None:
    avant = [signataire(qui).publique for qui in ("cd35", "carsat-bretagne")]
    faite = rotation.tourner_kek()
    assert (faite.remballees, faite.alterees) == (2, 0)
    assert list(Kek.objects.values_list("generation", flat=True)) == [2]
    rotation.tourner_racine()
    assert [signataire(qui).publique for qui in ("cd35", "carsat-bretagne")] == avant


def test_une_cle_de_signature_alteree_garde_sa_kek(coffre: "Coffre") -> None:
    signataire("cd35")
    coffre.sql("UPDATE coffre_clesignature SET enveloppe = randomblob(71)")
    assert rotation.tourner_kek().alterees == 1
    assert set(Kek.objects.values_list("generation", flat=True)) == {1, 2}
    assert CleSignature.objects.get().kek_id == 1
