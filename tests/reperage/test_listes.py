"""The lists of the caseload: who sees whom, in what order, filtered by what, at what cost."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.models import Absence
from relais.coffre.actions import Genre, detruire
from relais.journal.models import Evenement
from relais.regles.reperage import EtatContact
from relais.regles.subsidiarite import Code
from relais.reperage.models import Personne
from relais.reperage.raisons import RAISONS
from relais.socle import horloge
from tests.fiches.plans import verifier_son_index
from tests.personas import Personas, connecter
from tests.reperage.personnes import DEPARTEMENT, creer, dossier, ne_le

NOMS = re.compile(r"<strong>(\w+) FICTIF</strong>|>(\w+) FICTIF</a>")
SURE = ne_le(65, 6)  # to inform: nothing is near


def page(navigateur: Client, adresse: str = "/reperage/") -> str:
    reponse = navigateur.get(adresse)
    assert reponse.status_code == 200
    return reponse.content.decode()


def vus(navigateur: Client, suite: str = "") -> list[str]:
    """The first names shown in the list, in its order."""
    texte = page(navigateur, f"/reperage/{suite}")
    return [un or autre for un, autre in NOMS.findall(texte)]


def une(prenoms: str, **options: object) -> Personne:
    """Somebody of that first name; what is no field of the row is said of the situation."""
    champs = {"territoire", "suivie_par", "equipe", "contact", "confiee_le", "hors_flux_le"}
    de_la_ligne = {nom: lu for nom, lu in options.items() if nom in champs}
    dit = {nom: lu for nom, lu in options.items() if nom not in champs}
    return creer(dossier(prenoms=prenoms, **dit), **de_la_ligne)  # type: ignore[arg-type]


def test_les_plus_pressees_sont_en_tete(personas: Personas) -> None:
    une("Plus", naissance=ne_le(65))
    une("Atteinte", naissance=ne_le(67, 2))
    une("Mois", naissance=ne_le(66, 9))
    une("Suspendue", naissance=ne_le(66), suspendu=True)
    attendu = ["Atteinte", "Suspendue", "Mois", "Plus"]
    assert vus(connecter(personas.charge_reperage)) == attendu


def test_la_page_d_une_personne_ramene_a_la_liste_telle_qu_elle_etait_filtree(
    personas: Personas,
) -> None:
    elle = une("Atteinte", naissance=ne_le(67, 2))
    navigateur = connecter(personas.charge_reperage)
    fil = f"/reperage/personnes/{elle.pk}/"
    assert 'href="/reperage/">Repérage' in page(navigateur, fil)
    page(navigateur, "/reperage/?urgence=1&tis=sans")
    assert 'href="/reperage/?urgence=1&amp;tis=sans">Repérage' in page(navigateur, fil)
    page(navigateur, "/reperage/")
    assert 'href="/reperage/">Repérage' in page(navigateur, fil)


def test_chacun_voit_les_siennes(personas: Personas) -> None:
    nord = personas.encadrante_rennes.equipe
    une("Libre", territoire="T1")
    une("Equipe", equipe=nord)
    une("Sienne", suivie_par=personas.ts_rennes)
    une("Collegue", suivie_par=personas.ts_rennes_collegue)
    une("Ailleurs", territoire="T6", suivie_par=personas.ts_redon)
    une("Perdue", territoire="")
    toutes = {"Libre", "Equipe", "Sienne", "Collegue", "Ailleurs", "Perdue"}
    assert set(vus(connecter(personas.charge_reperage))) == toutes
    equipe = {"Libre", "Equipe", "Sienne", "Collegue"}
    assert set(vus(connecter(personas.encadrante_rennes))) == equipe
    assert vus(connecter(personas.ts_rennes)) == ["Sienne"]
    assert vus(connecter(personas.ts_redon)) == ["Ailleurs"]


@pytest.mark.parametrize("qui", ["charge_accueil_rennes", "agent_caisse", "dpo_departement"])
def test_les_autres_roles_n_ont_pas_de_liste(personas: Personas, qui: str) -> None:
    assert connecter(getattr(personas, qui)).get("/reperage/").status_code == 403


def test_qui_remplace_un_absent_voit_les_siennes(personas: Personas) -> None:
    une("Sienne", suivie_par=personas.ts_rennes)
    une("Absente", suivie_par=personas.ts_rennes_collegue)
    remplacant = connecter(personas.ts_rennes)
    assert vus(remplacant) == ["Sienne"]
    jour = horloge.aujourd_hui()
    Absence.objects.create(
        organisation=personas.ts_rennes.organisation,
        equipe=personas.ts_rennes.equipe,
        agent=personas.ts_rennes_collegue.agent,
        remplacant=personas.ts_rennes.agent,
        du=jour,
        au=jour + timedelta(days=3),
        declaree_par=personas.encadrante_rennes.agent,
        declaree_le=horloge.maintenant(),
    )
    assert set(vus(remplacant)) == {"Sienne", "Absente"}
    assert "Vous remplacez Bo Essai" in page(remplacant)
    Absence.objects.update(du=jour - timedelta(days=9), au=jour - timedelta(days=1))
    assert vus(remplacant) == ["Sienne"]


def test_chaque_filtre_reduit_la_liste(personas: Personas) -> None:
    """By level, TIS, audience, contact state, who follows, équipe, flow and conflict."""
    une("Ordinaire", naissance=ne_le(67, 2), territoire="T6")
    une("Invalide", naissance=ne_le(61, 3), invalidite=True)
    une("Confirmer", naissance=ne_le(61, 3), signale=True, contact=EtatContact.TENTE)
    une("Suivie", naissance=SURE, suivie_par=personas.ts_rennes)
    une("Sortie", naissance=SURE, territoire="", hors_flux_le=date(2026, 11, 2))
    une("Faite", naissance=SURE, contact=EtatContact.TERMINE)
    navigateur = connecter(personas.charge_reperage)
    nord = personas.ts_rennes.equipe
    assert nord is not None
    for suite, attendu in {
        "?urgence=1": {"Ordinaire"},
        "?tis=T6": {"Ordinaire"},
        "?tis=sans": {"Sortie"},
        "?public=63%2B": {"Ordinaire", "Suivie", "Sortie"},
        "?public=61%2Binvalidite": {"Invalide"},
        "?public=a_confirmer": {"Confirmer"},
        "?contact=tente": {"Confirmer"},
        "?contact=termine": {"Faite"},
        "?suivie=quelqu_un": {"Suivie"},
        "?suivie=sans&urgence=4": {"Invalide", "Confirmer", "Sortie"},
        f"?equipe={nord.pk}": {"Suivie"},
        "?equipe=sans&tis=T6": {"Ordinaire"},
        "?flux=hors": {"Sortie"},
        "?flux=dans&urgence=1": {"Ordinaire"},
        "?tis=T6&public=a_confirmer": set(),
        "?urgence=nimporte&tis=T99": {"Ordinaire", "Invalide", "Confirmer", "Suivie", "Sortie"},
    }.items():
        assert set(vus(navigateur, suite)) == attendu, suite
    tous = {"Ordinaire", "Invalide", "Confirmer", "Suivie", "Sortie", "Faite"}
    assert set(vus(navigateur, "?contact=toutes")) == tous


def test_une_liste_a_decider_montre_les_conflits_seuls(personas: Personas) -> None:
    une("Sure")
    douteuse = une("Douteuse")
    with contexte_systeme(DEPARTEMENT):
        Personne.objects.d_ids([douteuse.pk]).update(a_decider=True)
    navigateur = connecter(personas.charge_reperage)
    assert vus(navigateur, "?decider=on") == ["Douteuse"]
    assert page(navigateur).count("À décider</span>") == 1


def test_les_compteurs_disent_ce_que_chaque_niveau_montrerait(personas: Personas) -> None:
    for rang in range(3):
        une(f"Un{rang}", naissance=ne_le(67, 2))
    une("Quatre", naissance=SURE, territoire="T6")
    une("Faite", naissance=ne_le(67, 2), contact=EtatContact.TERMINE)
    navigateur = connecter(personas.charge_reperage)

    def comptes(suite: str = "") -> list[str]:
        nav = page(navigateur, f"/reperage/{suite}").split('aria-label="Niveaux')[1].split("</nav>")
        return re.findall(r'<span class="nombre">(\d+)</span>', nav[0])

    assert comptes() == ["4", "3", "0", "0", "1"]
    assert comptes("?tis=T6") == ["1", "0", "0", "0", "1"]
    assert comptes("?urgence=1") == ["4", "3", "0", "0", "1"]
    assert comptes("?contact=termine") == ["1", "1", "0", "0", "0"]
    assert comptes("?tis=T6&urgence=1") == ["1", "0", "0", "0", "1"]


def test_le_tableau_compte_par_territoire_les_publics_aussi(personas: Personas) -> None:
    une("A", naissance=ne_le(67, 2), suivie_par=personas.ts_rennes)
    une("B", naissance=ne_le(61, 3), invalidite=True)
    une("C", naissance=SURE, territoire="T6", contact=EtatContact.TERMINE)
    tableau = page(connecter(personas.charge_reperage)).split("<tbody>")[-1]
    rangees = [re.findall(r">([\d]+)</td>", rangee) for rangee in tableau.split("</tr>")[:2]]
    # all, nobody follows, four levels, three audiences, five contact states
    t1, t6 = rangees
    assert t1[:2] == ["2", "1"]
    assert t1[6:9] == ["1", "1", "0"]
    assert t6 == ["1", "1", "0", "0", "0", "1", "1", "0", "0", "0", "0", "0", "0", "1"]
    assert "Ensemble" in tableau
    assert "En chiffres" not in page(connecter(personas.ts_rennes))


def test_une_liste_vide_dit_quoi_faire(personas: Personas) -> None:
    for qui, phrase in {
        "charge_reperage": "Déposez le fichier du mois",
        "encadrante_rennes": "après le prochain fichier du mois",
        "ts_rennes": "que votre encadrant vous confie",
    }.items():
        assert phrase in page(connecter(getattr(personas, qui)))
    une("Seule")
    texte = page(connecter(personas.charge_reperage), "/reperage/?tis=T6")
    assert "Personne ne correspond" in texte
    assert "Tout afficher" in texte


def test_la_premiere_raison_est_dite_en_francais(personas: Personas) -> None:
    une("A", naissance=ne_le(61, 9), invalidite=True)
    une("B", suspendu=True)
    texte = page(connecter(personas.charge_reperage))
    assert "Pension d’invalidité\u00a0: la retraite la remplace à 62 ans" in texte
    assert "RSA suspendu dans l’attente de la demande de retraite" in texte
    assert set(RAISONS) == set(Code)


def test_les_noms_montres_sont_notes_en_une_fois(personas: Personas) -> None:
    for rang in range(3):
        une(f"P{rang}")
    connecter(personas.charge_reperage).get("/reperage/")
    with contexte(personas.charge_reperage):
        lues = Evenement.objects.filter(action="lecture_liste").values_list("nombre", "objet")
        assert list(lues) == [(3, "")]


def test_une_personne_dont_la_cle_est_detruite_n_a_plus_de_nom(personas: Personas) -> None:
    une("Partie")
    effacee = une("Effacee")
    detruire(Genre.PERSONNE, [effacee.pk])
    texte = page(connecter(personas.charge_reperage))
    assert "Effacee" not in texte
    assert "Contenu effacé" in texte


def test_une_nouvelle_se_voit_sept_jours_ou_jusqu_au_premier_contact(personas: Personas) -> None:
    maintenant = horloge.maintenant()
    une("Neuve", suivie_par=personas.ts_rennes, confiee_le=maintenant)
    une("Vieille", suivie_par=personas.ts_rennes, confiee_le=maintenant - timedelta(days=8))
    une(
        "Vue",
        suivie_par=personas.ts_rennes,
        confiee_le=maintenant,
        contact=EtatContact.CONTACTEE,
    )
    assert page(connecter(personas.ts_rennes)).count("Nouvelle</span>") == 1
    assert "Nouvelle</span>" not in page(connecter(personas.encadrante_rennes))


@pytest.mark.parametrize("qui", ["charge_reperage", "encadrante_rennes", "ts_rennes"])
def test_vingt_cinq_lignes_coutent_autant_de_requetes_qu_une(personas: Personas, qui: str) -> None:
    navigateur = connecter(getattr(personas, qui))

    def requetes() -> tuple[int, list[str]]:
        for _ in range(2):  # a session writes once whose its pages are (ADR 0018)
            navigateur.get("/reperage/")
        with CaptureQueriesContext(connection) as capture:
            lignes = len(vus(navigateur))
        return lignes, [une["sql"] for une in capture.captured_queries]

    une("Premiere", suivie_par=personas.ts_rennes)
    seule, pour_une = requetes()
    for _ in range(25):
        une("Autre", suivie_par=personas.ts_rennes)
    pleine, pour_une_page = requetes()
    assert (seule, pleine) == (1, 25)
    assert len(pour_une_page) == len(pour_une), pour_une_page


@pytest.mark.parametrize(
    ("qui", "index"),
    [
        ("charge_reperage", "personne_dans_l_ordre"),
        ("charge_reperage_tis", "personne_du_territoire"),
        ("ts_rennes", "personne_suivie"),
    ],
)
def test_chaque_liste_a_son_index_derriere_le_mur(personas: Personas, qui: str, index: str) -> None:
    par = getattr(personas, qui.removesuffix("_tis"))
    with contexte(par):
        personnes = Personne.objects.visibles_par(par)
        if qui.endswith("_tis"):
            personnes = personnes.filter(territoire=1)
        verifier_son_index(index, personnes.dans_l_ordre()[:25], par.organisation_id)


def test_le_charge_du_reperage_arrive_sur_sa_liste(personas: Personas) -> None:
    reponse = connecter(personas.charge_reperage).get("/", follow=True)
    assert reponse.redirect_chain[-1][0] == "/reperage/"
    assert ">Repérage" in page(connecter(personas.encadrante_rennes), "/fiches/").replace(
        "\n", ""
    ).replace("  ", "")
    assert "/reperage/" not in page(connecter(personas.charge_accueil_rennes), "/fiches/")
