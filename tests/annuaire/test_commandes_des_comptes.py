"""`relais agent …` and `relais equipe …` do what the administrateur's pages do."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from relais.annuaire.models import Affectation, Agent, CourrierDeCompte, Equipe
from relais.socle import horloge
from tests.annuaire.comptes import inviter, proposition
from tests.annuaire.gestes import journal

NORD = ("--organisation", "cd35", "--equipe", "CDAS Exemple Nord")
ZOE = ("--email", "zoe@exemple.test", "--prenom", "Zoé", "--nom", "Neuve")
LE_SIEN = ("--email", "zoe@exemple.test", "--role", "travailleur-social", *NORD)


def relais(*mots: str) -> str:
    sortie = io.StringIO()
    call_command(*mots, stdout=sortie)
    return sortie.getvalue()


def test_inviter_puis_approuver(personas):
    assert "est partie" in relais("agent", "inviter", *ZOE, "--role", "travailleur-social", *NORD)
    zoe = Agent.objects.get(email="zoe@exemple.test")
    assert not zoe.is_active
    assert "Le rôle est ouvert" in relais("agent", "role", "approuver", *LE_SIEN)
    une = Affectation.objects.get(agent=zoe)
    assert (une.active, une.origine, une.approuvee_par) == (True, "commande", None)
    assert CourrierDeCompte.objects.filter(objet="role_donne_dpo").exists()


def test_approuver_du_serveur_une_proposition_de_la_page(personas):
    une = proposition(inviter(personas))
    relais("agent", "role", "approuver", *LE_SIEN)
    une.refresh_from_db()
    assert (une.active, une.origine) == (True, "commande")


def test_proposer_et_retirer_un_role(personas):
    sien = ("--email", "ts.redon@exemple.test", "--role", "travailleur_social", *NORD)
    assert "attend un accord" in relais("agent", "role", "proposer", *sien)
    assert "retiré" in relais("agent", "role", "retirer", *sien)
    with pytest.raises(CommandError, match="n’a pas ce rôle"):
        relais("agent", "role", "retirer", *sien)


def test_desactiver_puis_reactiver(personas):
    email = ("--email", "ts.redon@exemple.test")
    assert "désactivé" in relais("agent", "desactiver", *email)
    assert not Agent.objects.get(email=email[1]).is_active
    assert "rouvert, sans rôle" in relais("agent", "reactiver", *email)
    assert ("compte_reouvert", "fait") in [j[:2] for j in journal("cd35")]
    with pytest.raises(CommandError, match="n’est pas désactivé"):
        relais("agent", "reactiver", *email)


def test_facteur_rend_la_main_au_premier_administrateur(personas):
    from tests.personas import poser_second_facteur

    agent = personas.admin_departement.agent
    poser_second_facteur(agent)
    assert "Un lien est parti" in relais("agent", "facteur", "--email", agent.email)
    assert not agent.authenticator_set.exists()
    assert "facteurs_reinitialises" in [j[0] for j in journal("cd35")]


def test_une_adresse_inconnue_se_dit(personas):
    with pytest.raises(CommandError, match="Aucun compte"):
        relais("agent", "facteur", "--email", "personne@exemple.test")


def test_lister_les_inutilises(personas):
    Agent.objects.update(last_login=horloge.maintenant())
    assert "Aucun compte inutilisé" in relais("agent", "lister", "--inutilises")
    Agent.objects.filter(prenom="Ada").update(last_login=horloge.maintenant() - timedelta(days=91))
    dit = relais("agent", "lister", "--inutilises", "--organisation", "cd35")
    assert "ts.rennes@exemple.test" in dit
    assert "ts.redon@" not in dit


def test_importer_relit_puis_invite(personas, tmp_path):
    fichier = tmp_path / "agents.csv"
    fichier.write_text(
        "prénom;nom;adresse mail;rôle;équipe\n"
        "Zoé;Neuve;zoe@exemple.test;travailleur social;CDAS Exemple Nord\n"
        "Yan;Vieux;yan;référent de la convention;\n"
    )
    commande = ("agent", "importer", "--organisation", "cd35", "--fichier", str(fichier))
    dit = relais(*commande)
    assert "ligne 3 : " in dit
    assert "Rien n’est écrit" in dit
    assert not Agent.objects.filter(email="zoe@exemple.test").exists()
    assert "Invitations parties : 1." in relais(*commande, "--confirmer")
    with pytest.raises(CommandError, match="ne se lit pas"):
        relais(*commande[:-1], str(tmp_path / "absent.csv"))


def test_renommer_et_fermer_une_equipe(personas):
    relais("equipe", "creer", "--organisation", "carsat-bretagne", "--nom", "Agence Une")
    une = ("--organisation", "carsat-bretagne", "--nom")
    relais("equipe", "renommer", *une, "Agence Une", "--en", "Agence Deux")
    relais("equipe", "fermer", *une, "Agence Deux")
    assert Equipe.objects.get(nom="Agence Deux").fermee_le is not None
    with pytest.raises(CommandError, match="compte encore"):
        relais("equipe", "fermer", "--organisation", "cd35", "--nom", "CDAS Exemple Nord")


def test_le_compte_fait_sur_le_serveur_previent_le_dpo(personas):
    relais("agent", "creer", *ZOE, "--role", "travailleur-social", *NORD)
    courrier = CourrierDeCompte.objects.get(objet="role_donne_dpo")
    assert courrier.agent == personas.dpo_departement.agent
