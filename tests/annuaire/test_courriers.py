"""The mails about accounts reach a real server, once."""

from email import message_from_bytes
from email.policy import default
from typing import Any

from relais.annuaire import courriers
from relais.annuaire.models import CourrierDeCompte
from relais.socle import horloge
from relais.socle.models import Alerte
from tests.adaptateurs.serveur_smtp import Boite, serveur
from tests.annuaire.comptes import chemin_du_lien, choisir, inviter
from tests.annuaire.gestes import journal


def brancher(settings: Any, port: int) -> None:
    settings.SMTP = settings.SMTP | {
        "hote": "127.0.0.1",
        "port": port,
        "starttls": False,
        "expediteur": "r@exemple.test",
    }


def envoyer_tout() -> None:
    for pk in courriers.en_attente(horloge.maintenant()):
        courriers.expedier(pk, maintenant=horloge.maintenant())


def test_l_invitation_arrive_avec_un_lien_qui_ouvre(personas, settings, client):
    zoe = inviter(personas)
    boite = Boite()
    with serveur(boite) as port:
        brancher(settings, port)
        envoyer_tout()
        envoyer_tout()
    recus = {e.rcpt_tos[0]: message_from_bytes(e.content, policy=default) for _, e in boite.recus}
    assert set(recus) == {"zoe@exemple.test", personas.encadrante_rennes.agent.email}
    message = recus["zoe@exemple.test"]
    assert message["Subject"] == "Votre accès à Relais Retraite"
    texte = message.get_content()
    chemin = "/compte/lien/" + texte.split("/compte/lien/")[1].split()[0]
    assert chemin == chemin_du_lien(zoe)
    assert "jusqu’au" in texte
    assert "&" not in texte.split("/compte/lien/")[1].split()[0]
    assert choisir(client, chemin).status_code == 302
    assert set(CourrierDeCompte.objects.values_list("etat", flat=True)) == {"envoye"}


def test_une_adresse_refusee_pour_de_bon_alerte_et_se_dit_au_journal(personas, settings):
    inviter(personas)
    with serveur(Boite(rcpt="550 inconnue")) as port:
        brancher(settings, port)
        envoyer_tout()
    assert set(CourrierDeCompte.objects.values_list("etat", flat=True)) == {"abandonne"}
    assert Alerte.objects.filter(nature="courriel").count() == 2
    assert [j[0] for j in journal("cd35")].count("courriel_abandonne") == 2


def test_une_annulation_ne_laisse_pas_partir_le_courriel(personas, settings):
    from relais.annuaire.actions import invitations

    zoe = inviter(personas)
    par = personas.admin_departement
    invitations.annuler(zoe, organisation=par.organisation, par=par)
    boite = Boite()
    with serveur(boite) as port:
        brancher(settings, port)
        envoyer_tout()
    assert boite.recus == []
