"""A certificate names the key that signed it; those of before are tried with each key."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from relais.coffre.models import CleSignature
from relais.coffre.signatures import signataire
from relais.journal import certificats
from relais.journal.certificats import Efface, certifier, est_authentique, message
from relais.journal.cles import publier, publiques
from relais.journal.models import Certificat
from relais.journal.mur import pour
from relais.journal.verificateur import identifiant
from relais.regles.effacement import Cause

pytestmark = pytest.mark.django_db
CD35, LE = "cd35", datetime(2026, 11, 23, 9, tzinfo=UTC)
ORIGINE = datetime(1970, 1, 1, tzinfo=UTC)
OBJET = UUID("0d9b7b4e-3c55-4a54-9d5e-0123456789ab")


def signer() -> Certificat:
    """A new certificate, as the product writes them."""
    with pour(CD35):
        effaces = [Efface("exemplaire", uuid4(), Cause.RAPPEL, LE)]
        certifier(CD35, effaces, detruits_le=LE + timedelta(hours=1))
        return Certificat.objects.latest("pk")


def signer_comme_avant() -> Certificat:
    """Of version 1: names no key, neither in its row nor in what is signed."""
    un = signer()
    un.pk, un.objet_id, un.cle = None, uuid4(), ""
    un.signature = signataire(CD35).signer(message(un))
    with pour(CD35):
        un.save(force_insert=True)
    return un


def changer_de_cle() -> None:
    """A key store lost and made again signs with another key."""
    CleSignature.objects.all().delete()
    with pour(CD35):
        publier(CD35, signataire(CD35))


def test_il_nomme_la_cle_qui_l_a_signe() -> None:
    un = signer()
    assert un.cle == identifiant(signataire(CD35).publique)
    assert est_authentique(un, publiques(CD35))
    assert un.cle.encode() in message(un)


def test_un_nom_change_ou_efface_ne_passe_pas() -> None:
    un, avant = signer(), publiques(CD35)
    changer_de_cle()
    (autre,) = publiques(CD35).keys() - avant.keys()
    for nom in (autre, "", "0" * 16):
        un.cle = nom
        assert not est_authentique(un, publiques(CD35)), nom


def test_apres_un_changement_de_cle_les_anciens_restent_vrais() -> None:
    anciens = [signer(), signer_comme_avant()]
    changer_de_cle()
    nouveaux = [signer(), signer_comme_avant()]
    assert len(publiques(CD35)) == 2
    assert all(est_authentique(un, publiques(CD35)) for un in (*anciens, *nouveaux))
    assert anciens[0].cle != nouveaux[0].cle
    assert certificats.verifier(CD35) == (6, [])


def test_ceux_de_la_version_1_se_lisent_comme_ils_ont_ete_signes() -> None:
    """These bytes are never edited: certificates are kept without end."""
    un = Certificat(
        organisation=CD35,
        genre="exemplaire",
        objet_id=OBJET,
        regle="rappel",
        du_le=LE,
        detruite_le=LE,
        generation=7,
    )
    instant = ((LE - ORIGINE) // timedelta(microseconds=1)).to_bytes(8, "big")
    champs = (
        *(b"relais.certificat.1", b"cd35", b"exemplaire", OBJET.bytes, b"rappel"),
        *(instant, instant, (7).to_bytes(8, "big")),
    )
    assert message(un) == b"".join(len(un).to_bytes(4, "big") + un for un in champs)


def test_la_commande_les_verifie_tous() -> None:
    signer()
    signer_comme_avant()
    sortie = StringIO()
    call_command("journal", "certificats", "--organisation", CD35, stdout=sortie)
    assert "3 certificat(s), tous authentiques." in sortie.getvalue()
    faux = signer()
    faux.pk, faux.objet_id = None, uuid4()
    with pour(CD35):
        faux.save(force_insert=True)
    with pytest.raises(CommandError, match=r"1 certificat\(s\) sur 5"):
        call_command("journal", "certificats", "--organisation", CD35, stdout=sortie)
    assert f"Signature fausse : {faux.pk}, exemplaire {faux.objet_id}" in sortie.getvalue()


def test_la_base_refuse_un_nom_qui_n_en_est_pas_un() -> None:
    un = signer()
    un.pk, un.cle = None, "une clé"
    with pytest.raises(IntegrityError, match="journal_certificat_cle"), pour(CD35):
        un.save(force_insert=True)
