"""A file is given: who may, what arrives, what is left of what was refused."""

import hashlib
import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from relais.annuaire.reperes_de_seance import VUE
from relais.reperage.imports.lecteur_scelle import lecteur
from relais.reperage.imports.televersement import MORCEAU
from relais.reperage.models import Import, Morceau
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage.gestes import ADRESSE, UN_FLUX, donner, restes


def fichier(octets: bytes = UN_FLUX) -> SimpleUploadedFile:
    return SimpleUploadedFile("flux.xml", octets)


@pytest.fixture
def charge(personas: Personas) -> Client:
    return connecter(personas.charge_reperage)


def test_le_fichier_arrive_scelle_et_se_relit_a_l_octet_pres(charge: Client) -> None:
    octets = bytes(range(256)) * (MORCEAU // 256) * 2 + b"<fin/>"
    reponse = donner(charge, octets)
    with vu_de("cd35"):
        depot = Import.objects.get()
        assert reponse.headers["Location"] == f"/reperage/imports/{depot.pk}/"
        assert (depot.octets, depot.empreinte) == (len(octets), hashlib.sha256(octets).hexdigest())
        chiffres = [bytes(un.chiffre) for un in Morceau.objects.order_by("rang")]
        assert len(chiffres) == 3
        assert not any(b"<fin/>" in un or octets[:64] in un for un in chiffres)
    assert lecteur(depot).read() == octets


def test_le_fichier_se_lit_ou_l_on_veut(charge: Client) -> None:
    octets = b"".join(b"%08d" % n for n in range(MORCEAU // 4))
    donner(charge, octets)
    with vu_de("cd35"):
        lu = lecteur(Import.objects.get())
    for debut, combien in ((MORCEAU - 5, 10), (0, 3), (MORCEAU * 2 - 3, 99), (len(octets), 1)):
        lu.seek(debut)
        assert lu.read(combien) == octets[debut : debut + combien]
    assert lu.seek(-4, io.SEEK_END) == len(octets) - 4
    assert lu.read() == octets[-4:]


def test_l_acte_est_au_journal_sans_rien_dire_du_fichier(charge: Client) -> None:
    from relais.journal.models import Evenement

    donner(charge)
    with vu_de("cd35"):
        depot = Import.objects.get()
        evenement = Evenement.objects.get(action="import_depose")
    assert (evenement.objet, evenement.nombre) == (str(depot.pk), 1)


@pytest.mark.parametrize(
    "qui", ["ts_rennes", "encadrante_rennes", "dpo_departement", "agent_caisse", "admin_technique"]
)
def test_qui_n_est_pas_charge_du_reperage_ne_laisse_rien(qui: str, personas: Personas) -> None:
    affectation = getattr(personas, qui)
    assert donner(connecter(affectation)).status_code == 403
    assert restes() == restes(affectation.organisation_id) == (0, 0, 0)


def test_un_inconnu_ne_laisse_rien(personas: Personas) -> None:
    assert donner(Client()).headers["Location"].startswith("/compte/connexion/")
    assert restes() == (0, 0, 0)


def test_un_jeton_absent_ou_faux_ne_laisse_rien(personas: Personas) -> None:
    connecter(personas.charge_reperage)
    severe = Client(enforce_csrf_checks=True)
    severe.force_login(
        personas.charge_reperage.agent,
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert donner(severe).status_code == 403
    severe.get(ADRESSE)
    faux = {"csrfmiddlewaretoken": "x" * 64, "fichier": fichier()}
    assert severe.post(ADRESSE, faux).status_code == 403
    assert restes() == (0, 0, 0)


def test_le_bon_jeton_ouvre(personas: Personas) -> None:
    connecter(personas.charge_reperage)
    severe = Client(enforce_csrf_checks=True)
    severe.force_login(
        personas.charge_reperage.agent,
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    page = severe.get(ADRESSE)
    jeton = page.context["csrf_token"]
    recu = severe.post(ADRESSE, {"csrfmiddlewaretoken": str(jeton), "fichier": fichier()})
    assert recu.status_code == 302
    assert restes() == (1, 1, 1)


def test_sans_fichier_ou_vide_la_page_dit_quoi_faire(charge: Client) -> None:
    sans = charge.post(ADRESSE, {})
    assert (sans.status_code, "Choisissez le fichier." in sans.content.decode()) == (422, True)
    vide = donner(charge, b"")
    assert (vide.status_code, "Ce fichier est vide." in vide.content.decode()) == (422, True)
    assert restes() == (0, 0, 0)


def test_trop_gros_il_est_refuse_en_route_et_rien_n_en_reste(
    charge: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IMPORT_OCTETS", 2_000_000)
    refus = donner(charge, b"x" * 2_000_001)
    assert refus.status_code == 422
    assert "Ce fichier dépasse 2 Mo" in refus.content.decode()
    assert restes() == (0, 0, 0)
    assert donner(charge, b"x" * 2_000_000).status_code == 302


def test_un_seul_fichier_a_la_fois(charge: Client) -> None:
    donner(charge)
    refus = donner(charge)
    assert refus.status_code == 422
    assert "Un autre fichier est déjà en cours." in refus.content.decode()
    assert restes() == (1, 1, 1)


def test_deux_fichiers_dans_la_meme_demande_un_seul_est_pris(charge: Client) -> None:
    charge.post(ADRESSE, {"fichier": [fichier(b"<a/>"), fichier(b"<b/>")]})
    with vu_de("cd35"):
        assert lecteur(Import.objects.get()).read() == b"<a/>"
    assert restes() == (1, 1, 1)


def test_apres_une_absence_rien_n_est_recu(personas: Personas, charge: Client) -> None:
    """The page that asks for the password comes first: the file is to be chosen again."""
    charge.get(ADRESSE)
    seance = charge.session
    seance[VUE] -= 3600
    seance.save()
    reponse = donner(charge)
    assert reponse.status_code == 401
    assert restes() == (0, 0, 0)
