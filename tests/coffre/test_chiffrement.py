"""The envelope alone: what was sealed opens where it was laid, and nowhere else."""

import json
import os
import struct
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from relais.coffre import chiffrement
from relais.coffre.chiffrement import Usage
from relais.coffre.erreurs import Illisible
from relais.coffre.lignes import LigneCle, LigneDOrganisation, LigneKek
from relais.coffre.models import Genre
from relais.coffre.noms import normaliser_nom
from relais.coffre.trousseau import Trousseau, contexte

V1 = json.loads(Path(__file__).with_name("vecteurs").joinpath("v1.json").read_text())
CONTEXTE = contexte("cd35", Genre.EXEMPLAIRE, UUID(int=1), "document")


@pytest.fixture
def trousseau(monkeypatch: pytest.MonkeyPatch) -> Trousseau:
    """Keys under the root key of the vectors."""
    monkeypatch.setattr("relais.coffre.racine.lire", lambda: bytes.fromhex(V1["racine"]))
    return Trousseau()


def kek_v1() -> LigneKek:
    return LigneKek(generation=1, enveloppe=bytes.fromhex(V1["kek"]["enveloppe"]))


def cle_v1(numero: int) -> LigneCle:
    vecteur = V1["cles"][numero - 1]
    return LigneCle(
        numero=numero,
        genre=Genre(vecteur["genre"]),
        organisation=vecteur["organisation"],
        objet_id=UUID(vecteur["objet_id"]),
        enveloppe=bytes.fromhex(vecteur["enveloppe"]),
        kek=kek_v1(),
    )


@pytest.mark.parametrize("rang", range(len(V1["documents"])))
def test_un_document_scelle_en_version_1_reste_lisible(rang: int, trousseau: Trousseau) -> None:
    vecteur = V1["documents"][rang]
    cle = cle_v1(vecteur["cle"])
    clair = chiffrement.ouvrir(
        trousseau.cle(cle),
        bytes.fromhex(vecteur["chiffre"]),
        usage=Usage.DOCUMENT,
        contexte=contexte(cle.organisation, cle.genre, cle.objet_id, vecteur["partie"]),
    )
    assert clair.hex() == vecteur["clair"]


def test_la_version_1_se_lit_aussi_sans_le_programme() -> None:
    """The format as written in ADR 0005, step by step, with `cryptography` alone."""

    def lire(cle: bytes, scelle: bytes, *champs: str) -> bytes:
        longueurs = b"".join(struct.pack(">I", len(c.encode())) + c.encode() for c in champs)
        associees = (
            b"relais-retraite/coffre" + scelle[:11] + struct.pack(">I", len(champs)) + longueurs
        )
        return AESGCM(cle).decrypt(scelle[11:23], scelle[23:], associees)

    ligne, document = V1["cles"][0], V1["documents"][0]
    lieu = (ligne["organisation"], ligne["genre"], ligne["objet_id"])
    kek = lire(bytes.fromhex(V1["racine"]), bytes.fromhex(V1["kek"]["enveloppe"]), "1")
    cle = lire(kek, bytes.fromhex(ligne["enveloppe"]), *lieu)
    clair = lire(cle, bytes.fromhex(document["chiffre"]), *lieu, "document")
    assert clair.hex() == document["clair"]


def test_les_noms_et_numeros_indexes_en_version_1_se_retrouvent(trousseau: Trousseau) -> None:
    ligne = LigneDOrganisation(
        Usage.RECHERCHE,
        organisation=V1["recherche"]["organisation"],
        enveloppe=bytes.fromhex(V1["recherche"]["enveloppe"]),
        kek=kek_v1(),
    )
    cle = trousseau.cle_d_organisation(ligne)
    for vecteur in V1["etiquettes"]:
        trouvee = chiffrement.etiquette(cle, vecteur["nature"], vecteur["valeur"])
        assert trouvee.hex() == vecteur["etiquette"]
    for vecteur in V1["noms"]:
        assert normaliser_nom(vecteur["nom"]) == vecteur["normalise"]
        trouvee = chiffrement.etiquette(cle, "nom", vecteur["normalise"])
        assert trouvee.hex() == vecteur["etiquette"]


def test_une_kek_ne_passe_pas_pour_une_autre_generation(trousseau: Trousseau) -> None:
    assert len(trousseau.kek(kek_v1())) == 32
    with pytest.raises(Illisible):
        trousseau.kek(kek_v1()._replace(generation=2))


def scelle(cle: bytes, clair: bytes = b"Camille Fictif", **autres: Any) -> bytes:
    return chiffrement.sceller(
        cle, clair, **{"usage": Usage.DOCUMENT, "numero": 7, "contexte": CONTEXTE} | autres
    )


def test_chaque_octet_change_rend_illisible() -> None:
    cle = os.urandom(32)
    bon = scelle(cle)
    for rang in range(len(bon)):
        for masque in (0x01, 0x80, 0xFF):
            faux = bytearray(bon)
            faux[rang] ^= masque
            with pytest.raises(Illisible):
                chiffrement.ouvrir(cle, bytes(faux), usage=Usage.DOCUMENT, contexte=CONTEXTE)


def test_un_chiffre_coupe_ou_allonge_est_illisible() -> None:
    cle = os.urandom(32)
    bon = scelle(cle)
    for faux in [bon[:fin] for fin in range(len(bon))] + [bon + b"\0", b"\0" + bon]:
        with pytest.raises(Illisible):
            chiffrement.ouvrir(cle, faux, usage=Usage.DOCUMENT, contexte=CONTEXTE)


@pytest.mark.parametrize("version", [0, 2, 255])
def test_une_autre_version_est_refusee_meme_avec_la_bonne_cle(version: int) -> None:
    """Authenticated under its own header: only the check of the version can refuse it."""
    cle, nonce = os.urandom(32), os.urandom(12)
    for octets in (bytes([version, 1]), bytes([1, version])):
        entete = octets + bytes([Usage.DOCUMENT]) + bytes(8)
        corps = AESGCM(cle).encrypt(nonce, b"x", chiffrement.associees(entete, CONTEXTE))
        with pytest.raises(Illisible):
            chiffrement.ouvrir(cle, entete + nonce + corps, usage=Usage.DOCUMENT, contexte=CONTEXTE)


def test_une_enveloppe_ne_passe_pas_pour_une_autre() -> None:
    cle = os.urandom(32)
    for usage in Usage:
        for autre in set(Usage) - {usage}:
            with pytest.raises(Illisible):
                chiffrement.ouvrir(cle, scelle(cle, usage=usage), usage=autre, contexte=CONTEXTE)


@pytest.mark.parametrize("rang", range(4))
def test_chaque_champ_du_contexte_compte(rang: int) -> None:
    cle = os.urandom(32)
    ailleurs = [*CONTEXTE]
    ailleurs[rang] += "x"
    with pytest.raises(Illisible):
        chiffrement.ouvrir(cle, scelle(cle), usage=Usage.DOCUMENT, contexte=ailleurs)


@given(st.lists(st.text()), st.lists(st.text()))
def test_deux_contextes_differents_n_ont_jamais_les_memes_octets(
    un: list[str], autre: list[str]
) -> None:
    assert (chiffrement.champs(un) == chiffrement.champs(autre)) == (un == autre)


def test_des_champs_recolles_autrement_ne_s_ouvrent_pas() -> None:
    cle = os.urandom(32)
    bon = scelle(cle, contexte=["cd35", "exemplaire"])
    with pytest.raises(Illisible):
        chiffrement.ouvrir(cle, bon, usage=Usage.DOCUMENT, contexte=["cd35e", "xemplaire"])


def test_deux_scelles_du_meme_clair_n_ont_rien_en_commun() -> None:
    cle = os.urandom(32)
    nonces = {scelle(cle)[11:23] for _ in range(1000)}
    assert len(nonces) == 1000


@given(st.binary(max_size=5000))
def test_ce_qui_est_scelle_se_relit(clair: bytes) -> None:
    cle = bytes(range(32))
    relu = chiffrement.ouvrir(cle, scelle(cle, clair), usage=Usage.DOCUMENT, contexte=CONTEXTE)
    assert relu == clair
    assert len(scelle(cle, clair)) == len(clair) + chiffrement.SURCOUT
