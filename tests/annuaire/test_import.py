"""Import of agents: read as spreadsheets write, reviewed first, written once."""

import time
from collections import Counter
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob

from relais.annuaire import fichier_d_agents
from relais.annuaire.actions import imports
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation, Agent, CourrierDeCompte, Lien
from relais.socle import horloge
from tests.annuaire.comptes import objets_envoyes
from tests.annuaire.gestes import journal
from tests.personas import connecter

IMPORTER = "/comptes/importer/"
CONFIRMER = "/comptes/importer/confirmer/"
TITRES = "prénom;nom;adresse mail;téléphone;rôle;équipe\n"
ZOE = "Zoé;Neuve;zoe@exemple.test;02 61 91 35 01;Travailleur social;CDAS Exemple Nord\n"
YAN = "Yann;Modèle;yann@exemple.test;;charge_accueil;cdas exemple nord\n"


def envoyer(personas: Any, texte: str | bytes, qui: str = "admin_departement") -> Any:
    octets = texte.encode() if isinstance(texte, str) else texte
    fichier = SimpleUploadedFile("agents.csv", octets, "text/csv")
    return connecter(getattr(personas, qui)).post(IMPORTER, {"fichier": fichier})


def confirmer(personas: Any, page: Any, qui: str = "admin_departement") -> Any:
    relues = {"relues": page.context["relues"]}
    return connecter(getattr(personas, qui)).post(CONFIRMER, relues, follow=True)


def constats(page: Any) -> list[str]:
    return [un.constat.value for un in page.context["verdicts"]]


def test_relire_n_ecrit_rien_puis_confirmer_invite(personas):
    page = envoyer(personas, TITRES + ZOE + YAN)
    assert constats(page) == ["nouveau", "nouveau"]
    assert not Agent.objects.filter(email__in=["zoe@exemple.test", "yann@exemple.test"]).exists()
    assert "2 invitations sont parties" in confirmer(personas, page).content.decode()
    assert Agent.objects.get(email="yann@exemple.test").affectations.get().role == "charge_accueil"
    assert CourrierDeCompte.objects.filter(objet="invitation").count() == 2
    assert ("import_d_agents", "fait", "") in [j[:3] for j in journal("cd35")]


def test_qui_approuve_recoit_un_seul_courriel(personas):
    confirmer(personas, envoyer(personas, TITRES + ZOE + YAN))
    assert objets_envoyes(personas.encadrante_rennes.agent) == ["role_a_approuver"]
    assert CourrierDeCompte.objects.get(objet="role_a_approuver").nombre == 2


def test_le_meme_fichier_deux_fois_ne_change_rien(personas):
    confirmer(personas, envoyer(personas, TITRES + ZOE + YAN))
    avant = (Agent.objects.count(), CourrierDeCompte.objects.count())
    page = envoyer(personas, TITRES + ZOE + YAN)
    assert constats(page) == ["deja_la", "deja_la"]
    assert "Personne de nouveau" in confirmer(personas, page).content.decode()
    assert (Agent.objects.count(), CourrierDeCompte.objects.count()) == avant


@pytest.mark.parametrize(
    "octets",
    [
        (TITRES + ZOE).encode(),
        (TITRES + ZOE).encode("utf-8-sig"),
        (TITRES + ZOE).encode("cp1252"),
        (TITRES + ZOE).encode("utf-16"),
        (TITRES + ZOE).replace(";", ",").encode(),
        (TITRES + ZOE).replace("\n", "\r\n").encode(),
        ("\n" + TITRES.upper() + "\n;;;;;\n" + ZOE).encode(),
        b'"Nom";"Pr\xc3\xa9nom";"E-mail";"R\xc3\xb4le";"\xc3\x89quipe";"Service"\n'
        b'"Neuve";"Zo\xc3\xa9";"zoe@exemple.test";"travailleur social";"CDAS Exemple Nord";"x"\n',
    ],
    ids=["utf-8", "bom", "windows", "utf-16", "virgule", "crlf", "vides", "autre ordre"],
)
def test_un_fichier_se_lit_comme_les_tableurs_l_ecrivent(personas, octets):
    page = envoyer(personas, octets)
    assert constats(page) == ["nouveau"]
    assert page.context["verdicts"][0].ligne.cases["prenom"] == "Zoé"


@pytest.mark.parametrize(
    ("ligne", "case", "phrase"),
    [
        (ZOE.replace("zoe@exemple.test", "zoe"), "adresse mail", "pas complète"),
        (ZOE.replace("Travailleur social", "chef"), "rôle", "Il y a : travailleur social"),
        (ZOE.replace("Travailleur social", "agent de la caisse"), "rôle", "n’est pas un rôle ici"),
        (ZOE.replace("CDAS Exemple Nord", "CDAS Inconnu"), "équipe", "créez-la"),
        (ZOE.replace("CDAS Exemple Nord", ""), "équipe", "demande une équipe"),
        (ZOE.replace("02 61 91 35 01", "261913501"), "téléphone", "a retiré le 0"),
        (ZOE.replace("Zoé", ""), "prénom", "Indiquez le prénom"),
        (ZOE.replace("Zoé", "=HYPERLINK(1)"), "prénom", "comme une formule"),
        (ZOE.replace("Neuve", "@SUM(A1)"), "nom", "comme une formule"),
        (ZOE.replace("zoe@exemple.test", "agent.caisse@exemple.test"), "adresse mail", "existe"),
    ],
)
def test_une_ligne_a_corriger_dit_sa_case_et_comment(personas, ligne, case, phrase):
    page = envoyer(personas, TITRES + ligne + YAN)
    assert constats(page) == ["erreur", "nouveau"]
    (faute, _) = page.context["verdicts"]
    assert (faute.case, faute.ligne.numero) == (case, 2)
    assert phrase in faute.phrase
    confirmer(personas, page)
    assert Agent.objects.filter(email="yann@exemple.test").exists()
    assert not Agent.objects.filter(email="zoe@exemple.test").exists()


def test_deux_fois_la_meme_adresse_dans_le_fichier(personas):
    page = envoyer(personas, TITRES + ZOE + ZOE.replace("zoe@", "ZOE@"))
    assert constats(page) == ["nouveau", "erreur"]
    assert "ligne 2" in page.context["verdicts"][1].phrase


def test_quelqu_un_deja_la_avec_un_autre_role_n_en_recoit_pas(personas):
    page = envoyer(personas, TITRES + ZOE.replace("zoe@", "ts.redon@"))
    assert constats(page) == ["deja_la"]
    assert "proposez-le depuis son compte" in page.context["verdicts"][0].phrase


@pytest.mark.parametrize(
    ("octets", "phrase"),
    [
        (b"", "vide"),
        (b"PK\x03\x04", "classeur"),
        (b"abc\0def", "pas un texte"),
        (TITRES.encode(), "ligne de titres"),
        (b"a;b\n1;2\n", "Il manque une colonne"),
        ((TITRES + ZOE * 1001).encode(), "1001 lignes"),
        (TITRES.encode() + b"x" * 600_000, "trop lourd"),
    ],
)
def test_un_fichier_impossible_se_dit_en_une_phrase(personas, octets, phrase):
    page = envoyer(personas, octets)
    assert page.status_code == 422
    assert phrase in str(page.context["form"].errors)


def test_la_relecture_est_a_son_auteur_et_ne_se_falsifie_pas(personas):
    page = envoyer(personas, TITRES + ZOE)
    assert "n’est pas la vôtre" in confirmer(personas, page, "admin_caisse").content.decode()
    relues = page.context["relues"]
    reponse = connecter(personas.admin_departement).post(CONFIRMER, {"relues": relues + "x"})
    assert reponse.url == IMPORTER
    assert not Agent.objects.filter(email="zoe@exemple.test").exists()


@pytest.mark.parametrize(("minutes", "prise"), [(59, True), (61, False)])
def test_une_relecture_ne_vaut_qu_une_heure(personas, minutes, prise):
    page = envoyer(personas, TITRES + ZOE)
    plus_tard = time.time() + 60 * minutes
    with mock.patch("django.core.signing.time.time", return_value=plus_tard):
        confirmer(personas, page)
    assert Agent.objects.filter(email="zoe@exemple.test").exists() is prise


def test_rien_de_ce_qui_est_relu_ne_reste_au_serveur(personas):
    from relais.annuaire.models import Seance

    envoyer(personas, TITRES + ZOE)
    assert "zoe@" not in str([seance.get_decoded() for seance in Seance.objects.all()])


def test_le_modele_se_remplit_et_se_relit(personas):
    modele = connecter(personas.admin_departement).get(f"{IMPORTER}modele.csv")
    assert modele.headers["Content-Disposition"] == 'attachment; filename="agents.csv"'
    page = envoyer(personas, modele.content + ZOE.encode())
    assert constats(page) == ["nouveau"]


def beaucoup(nombre: int) -> list[fichier_d_agents.Ligne]:
    personnes = (ZOE.replace("zoe@", f"zoe{n}@") for n in range(nombre))
    return fichier_d_agents.lire((TITRES + "".join(personnes)).encode())


def test_cinq_cents_lignes_se_relisent_en_quatre_requetes(personas, django_assert_max_num_queries):
    organisation = personas.admin_departement.organisation
    with django_assert_max_num_queries(4):
        verdicts = imports.examiner(organisation, beaucoup(500), par=None)
    assert {un.constat.value for un in verdicts} == {"nouveau"}


def test_cinq_cents_personnes_s_invitent_en_trente_requetes(
    personas, django_assert_max_num_queries
):
    """As many statements as for one, and of each person what an invitation alone would write."""
    par = personas.admin_departement
    with django_assert_max_num_queries(30):
        imports.importer(par.organisation, beaucoup(500), par=par, maintenant=horloge.maintenant())
    invites = Agent.objects.invites()
    assert not any(agent.has_usable_password() for agent in invites)
    assert Lien.objects.ouverts().filter(agent__in=invites).count() == 500
    assert Affectation.objects.en_attente().filter(agent__in=invites).count() == 500
    assert CourrierDeCompte.objects.filter(objet="invitation", lien__isnull=False).count() == 500
    assert CourrierDeCompte.objects.get(objet="role_a_approuver").nombre == 500
    envois = {travail.args["courrier_id"] for travail in ProcrastinateJob.objects.all()}
    assert envois == {str(pk) for pk in CourrierDeCompte.objects.values_list("pk", flat=True)}
    ecrits = Counter(journal("cd35"))
    qui = par.agent.pseudonyme
    for agent in invites:
        for acte in ("compte_invite", "role_propose"):
            assert ecrits[(acte, "fait", str(agent.pseudonyme), qui)] == 1


def test_le_fichier_trop_long_est_refuse_sans_etre_lu_ligne_a_ligne():
    with pytest.raises(CompteRefuse, match="1000 au plus"):
        fichier_d_agents.lire((TITRES + ZOE * 1001).encode())
