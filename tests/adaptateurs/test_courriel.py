"""Mails to real servers: with TLS and passwords, refusing, hanging, going away."""

import smtplib
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relais.adaptateurs.courriel import (
    EchecCourriel,
    EchecPassager,
    RefusDefinitif,
    Reglages,
    expedier,
)
from tests.adaptateurs.serveur_smtp import (
    MOT_DE_PASSE,
    UTILISATEUR,
    Boite,
    certificat,
    contexte_tls,
    dialoguer,
    dire,
    port_libre,
    serveur,
    serveur_brut,
)

CORPS = "Bonjour,\n\nDu nouveau sur une fiche que vous suivez : déposée à 15 h.\n.\nÀ bientôt.\n"
IDENTIFIANT = "<6f1c8a52-0000-4000-8000-000000000001@relais.exemple.test>"
DESTINATAIRE = "camille.fictif@exemple.test"


def envoyer(port: int, **remplace: Any) -> None:
    reglages: dict[str, Any] = {"hote": "127.0.0.1", "port": port, "starttls": False}
    message = {
        "destinataire": DESTINATAIRE,
        "objet": "Réponse à demande urgente",
        "corps": CORPS,
        "message_id": IDENTIFIANT,
        "expediteur": "relais@exemple.test",
    }
    reglages |= {cle: remplace.pop(cle) for cle in list(remplace) if cle not in message}
    expedier(**(message | remplace), reglages=Reglages(**reglages))


def test_le_courriel_arrive_avec_ses_entetes_et_ses_accents() -> None:
    boite = Boite()
    with serveur(boite) as port:
        envoyer(port)
    message = boite.message()
    assert message["Subject"] == "Réponse à demande urgente"
    assert message["Message-ID"] == IDENTIFIANT
    assert message["From"] == "relais@exemple.test"
    assert message["To"] == DESTINATAIRE
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.timestamp() == pytest.approx(time.time(), abs=60)
    assert message["Reply-To"] is None
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert message.get_content().replace("\r\n", "\n") == CORPS
    ((_, enveloppe),) = boite.recus
    assert (enveloppe.mail_from, enveloppe.rcpt_tos) == ("relais@exemple.test", [DESTINATAIRE])
    assert enveloppe.content.isascii()


def test_un_nouvel_essai_porte_le_meme_identifiant() -> None:
    boite = Boite(data="451 Plus tard")
    with serveur(boite) as port:
        with pytest.raises(EchecPassager):
            envoyer(port)
        boite.data = ""
        envoyer(port)
        envoyer(port)
    identifiants = [enveloppe.content.split(b"\r\n")[0] for _, enveloppe in boite.recus]
    assert identifiants == [f"Message-ID: {IDENTIFIANT}".encode()] * 2


# TLS and passwords


def test_le_courriel_passe_par_tls_et_un_mot_de_passe(tmp_path: Path) -> None:
    pem, boite = certificat(tmp_path), Boite()
    acces = {"utilisateur": UTILISATEUR, "mot_de_passe": MOT_DE_PASSE}
    with serveur(boite, tls=contexte_tls(pem), mot_de_passe=True) as port:
        envoyer(port, starttls=True, autorites=str(pem), **acces)
    ((session, _),) = boite.recus
    assert session.ssl is not None
    assert session.authenticated


def test_un_mauvais_mot_de_passe_laisse_le_temps_de_le_corriger(tmp_path: Path) -> None:
    pem, boite = certificat(tmp_path), Boite()
    with (
        serveur(boite, tls=contexte_tls(pem), mot_de_passe=True) as port,
        pytest.raises(EchecPassager, match=r"^authentification$"),
    ):
        envoyer(port, starttls=True, autorites=str(pem), utilisateur="relais", mot_de_passe="faux")
    assert not boite.recus


@pytest.mark.parametrize("defaut", ["inconnu", "autre_machine", "expire"])
def test_un_mauvais_certificat_arrete_tout(defaut: str, tmp_path: Path) -> None:
    hote = "127.0.0.9" if defaut == "autre_machine" else "127.0.0.1"
    pem = certificat(tmp_path, hote=hote, expire=defaut == "expire")
    autorites = "" if defaut == "inconnu" else str(pem)
    boite = Boite()
    with (
        serveur(boite, tls=contexte_tls(pem)) as port,
        pytest.raises(EchecPassager, match=r"^certificat$"),
    ):
        envoyer(port, starttls=True, autorites=autorites)
    assert not boite.recus


def test_un_serveur_sans_tls_ne_recoit_rien() -> None:
    boite = Boite()
    with serveur(boite) as port, pytest.raises(EchecPassager, match=r"^starttls$"):
        envoyer(port, starttls=True)
    assert not boite.recus


def test_rien_ne_sort_de_ce_poste_en_clair() -> None:
    with pytest.raises(ValueError, match="STARTTLS"):
        Reglages(hote="smtp.exemple.test", starttls=False)


# Refusals


@pytest.mark.parametrize(
    ("reponse", "erreur"),
    [
        ("550 5.1.1 inconnu", RefusDefinitif),
        ("553 adresse refusée", RefusDefinitif),
        ("450 4.2.1 boîte occupée", EchecPassager),
        ("421 fermeture", EchecPassager),
    ],
)
def test_un_refus_du_destinataire_dit_s_il_est_definitif(
    reponse: str, erreur: type[EchecCourriel]
) -> None:
    boite = Boite(rcpt=reponse.encode("ascii", "ignore").decode())
    with serveur(boite) as port, pytest.raises(erreur, match=f"^{reponse[:3]}$"):
        envoyer(port)


@pytest.mark.parametrize(
    ("reponse", "erreur"),
    [("554 message refuse", RefusDefinitif), ("451 plus tard", EchecPassager)],
)
def test_un_refus_du_message_dit_s_il_est_definitif(
    reponse: str, erreur: type[EchecCourriel]
) -> None:
    with serveur(Boite(data=reponse)) as port, pytest.raises(erreur, match=f"^{reponse[:3]}$"):
        envoyer(port)


@pytest.mark.parametrize(
    "destinataire",
    [
        "",
        "camille",
        "a@b.test, c@d.test",
        "a@b.test\r\nRCPT TO:<c@d.test>",
        "Camille <a@b.test>",
        "a@b.test\0",
        "camille.fictif@exemple.test ",
    ],
)
def test_une_adresse_mal_formee_est_refusee_sans_appeler_personne(destinataire: str) -> None:
    with pytest.raises(RefusDefinitif, match=r"^adresse$"):
        envoyer(port_libre(), destinataire=destinataire)


def test_une_adresse_accentuee_est_refusee_par_un_serveur_qui_ne_les_connait_pas() -> None:
    with serveur(Boite()) as port, pytest.raises(RefusDefinitif, match=r"^adresse$"):
        envoyer(port, destinataire="zoé.exemple@exemple.test")


@pytest.mark.parametrize(
    "entete",
    [
        {"objet": "Demande urgente\r\nBcc: autre@exemple.test"},
        {"objet": "Demande urgente\nBcc: autre@exemple.test"},
        {"objet": "Demande urgente\r\n\r\nSuite"},
        {"message_id": "<a@exemple.test>\r\nBcc: autre@exemple.test"},
        {"message_id": "sans-chevrons@exemple.test"},
        {"message_id": "<a b@exemple.test>"},
        {"message_id": "<a@exemple.test> suite"},
        {"expediteur": "relais@exemple.test\r\nReply-To: autre@exemple.test"},
        {"expediteur": "sans arobase"},
    ],
)
def test_aucun_entete_ne_s_injecte(entete: dict[str, str]) -> None:
    boite = Boite()
    with serveur(boite) as port, pytest.raises(ValueError):  # noqa: PT011
        envoyer(port, **entete)
    assert not boite.recus


def test_le_texte_ne_devient_jamais_un_entete_ni_une_commande() -> None:
    boite = Boite()
    corps = "Bcc: autre@exemple.test\r\n\r\n.\r\nMAIL FROM:<faux@exemple.test>\r\n"
    with serveur(boite) as port:
        envoyer(port, corps=corps)
    assert boite.message()["Bcc"] is None
    assert boite.message().get_content().replace("\r\n", "\n") == corps.replace("\r\n", "\n")


# Servers away, silent, slow


def test_un_serveur_absent_est_un_echec_passager() -> None:
    with pytest.raises(EchecPassager, match=r"^connexion$"):
        envoyer(port_libre())


def muet(prise: socket.socket) -> None:
    prise.recv(1)


def se_tait_a(etape: str) -> Callable[[socket.socket], None]:
    def dialogue(prise: socket.socket) -> None:
        dialoguer(prise, jusqu_a=etape)
        while prise.recv(1000):
            pass

    return dialogue


def raccroche_a(etape: str) -> Callable[[socket.socket], None]:
    return lambda prise: dialoguer(prise, jusqu_a=etape)


@pytest.mark.parametrize("dialogue", [muet, *map(se_tait_a, ("EHLO", "MAIL", "RCPT", "DATA", "."))])
def test_un_serveur_qui_se_tait_ne_retient_personne(
    dialogue: Callable[[socket.socket], None],
) -> None:
    debut = time.monotonic()
    with serveur_brut(dialogue) as port, pytest.raises(EchecPassager, match=r"^delai$"):
        envoyer(port, delai=0.3)
    assert time.monotonic() - debut < 10


@pytest.mark.parametrize("etape", ["EHLO", "MAIL", "RCPT", "DATA", "."])
def test_un_serveur_qui_raccroche_est_un_echec_passager(etape: str) -> None:
    with serveur_brut(raccroche_a(etape)) as port, pytest.raises(EchecPassager):
        envoyer(port)


@pytest.mark.parametrize("fin", [raccroche_a("QUIT"), se_tait_a("QUIT")])
def test_un_courriel_pris_est_envoye_meme_si_le_serveur_part_ensuite(
    fin: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    quitter = smtplib.SMTP.quit

    def quitter_sans_attendre(session: smtplib.SMTP) -> Any:
        assert session.sock
        session.sock.settimeout(0.3)
        return quitter(session)

    monkeypatch.setattr(smtplib.SMTP, "quit", quitter_sans_attendre)
    with serveur_brut(fin) as port:
        envoyer(port)


def test_un_serveur_qui_parle_goutte_a_goutte_est_coupe() -> None:
    def goutte(prise: socket.socket) -> None:
        dire(prise, "220 essai.test")
        while True:
            prise.sendall(b"2")
            time.sleep(0.05)

    debut = time.monotonic()
    with serveur_brut(goutte) as port, pytest.raises(EchecPassager):
        envoyer(port, delai_total=0.5)
    assert time.monotonic() - debut < 10


def test_une_erreur_ne_dit_ni_adresse_ni_mot_de_passe() -> None:
    boite = Boite(rcpt="550 camille.fictif@exemple.test inconnu")
    with serveur(boite) as port, pytest.raises(RefusDefinitif) as erreur:
        envoyer(port)
    assert erreur.value.motif == str(erreur.value) == "550"
    assert erreur.value.__cause__ is None
    assert erreur.value.__suppress_context__
    assert "secret" not in repr(Reglages(hote="smtp.exemple.test", mot_de_passe="secret"))
