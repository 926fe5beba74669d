"""Sharing people out: to an équipe of their TIS, to a colleague, back; nobody left with nobody."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from relais.annuaire.actions import comptes, equipes, roles
from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.models import Affectation, Equipe
from relais.fiches.actions.acte import ActeRefuse
from relais.journal.chaine import verifier
from relais.journal.models import Evenement
from relais.reperage.actions import attributions
from relais.reperage.actions.attributions import Bilan
from relais.reperage.dossier import Foyer
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.fiches.gestes import ensemble
from tests.personas import Personas, connecter
from tests.reperage.personnes import DEPARTEMENT, creer, dossier, lire, ne_le, relire
from tests.reperage.test_listes import page, une, vus


def confier(
    par: Affectation, personnes: Sequence[Personne], a: Equipe | Affectation | None
) -> Bilan:
    with contexte(par):
        return attributions.confier(personnes, a, par=par, maintenant=horloge.maintenant())


def confiees() -> list[str]:
    """The people of the journal's events, in their order."""
    with contexte_systeme(DEPARTEMENT):
        evenements = Evenement.objects.filter(action="personne_confiee").order_by("pk")
        return list(evenements.values_list("objet", flat=True))


def histoire(personne: Personne) -> list[str]:
    return [passage.quoi for passage in lire(personne).passages]


def test_de_l_equipe_au_collegue_puis_reprise(personas: Personas) -> None:
    personne, nord = une("Camille"), personas.encadrante_rennes.equipe
    assert nord is not None
    confier(personas.charge_reperage, [personne], nord)
    personne = relire(personne)
    assert (personne.equipe, personne.suivie_par, personne.confiee_le) == (nord, None, None)
    confier(personas.encadrante_rennes, [personne], personas.ts_rennes)
    personne = relire(personne)
    assert personne.suivie_par == personas.ts_rennes.agent
    assert personne.confiee_le is not None
    confier(personas.encadrante_rennes, [personne], None)
    personne = relire(personne)
    assert (personne.equipe, personne.suivie_par, personne.confiee_le) == (nord, None, None)
    confier(personas.charge_reperage, [personne], None)
    assert relire(personne).equipe is None
    assert histoire(personne) == [
        "Confiée à l’équipe CDAS Exemple Nord",
        "Confiée à Ada Essai",
        "Reprise par l’équipe",
        "Reprise à l’équipe",
    ]
    assert confiees() == [str(personne.pk)] * 4


def test_l_encadrante_prend_dans_son_territoire_ce_que_personne_n_a(personas: Personas) -> None:
    libre = une("Libre")
    confier(personas.encadrante_rennes, [libre], personas.ts_rennes)
    assert relire(libre).equipe == personas.encadrante_rennes.equipe


def test_une_equipe_ne_recoit_que_son_territoire(personas: Personas) -> None:
    nord = personas.encadrante_rennes.equipe
    siennes, autre, perdue = une("A"), une("B", territoire="T6"), une("C", territoire="")
    bilan = confier(personas.charge_reperage, [siennes, autre, perdue], nord)
    assert [p.pk for p in bilan.confiees] == [siennes.pk]
    assert bilan.raisons() == {attributions.AUTRE_TIS: 1, attributions.SANS_TIS: 1}
    assert relire(autre).equipe is None
    assert confiees() == [str(siennes.pk)]


@pytest.mark.parametrize(
    ("qui", "a"),
    [
        ("ts_rennes", "ts_rennes"),  # nobody gives to himself
        ("encadrante_rennes", "ts_redon"),  # of another équipe
        ("encadrante_rennes", "encadrante_rennes"),
        ("encadrante_rennes", "charge_accueil_rennes"),
        ("charge_reperage", "ts_rennes"),  # only to an équipe
        ("dpo_departement", "ts_rennes"),
    ],
)
def test_a_qui_ne_convient_pas_est_refuse(personas: Personas, qui: str, a: str) -> None:
    personne = une("Camille", suivie_par=personas.ts_rennes_collegue)
    with pytest.raises(PermissionDenied):
        confier(getattr(personas, qui), [personne], getattr(personas, a))
    assert relire(personne).suivie_par == personas.ts_rennes_collegue.agent


def test_qui_n_est_pas_visible_est_refuse_et_personne_ne_bouge(personas: Personas) -> None:
    siennes, ailleurs = une("A"), une("B", territoire="T6", suivie_par=personas.ts_redon)
    with pytest.raises(PermissionDenied):
        confier(personas.encadrante_rennes, [siennes, ailleurs], personas.ts_rennes)
    assert relire(siennes).suivie_par is None
    with pytest.raises(PermissionDenied):
        confier(personas.encadrante_rennes, [ailleurs], None)


def test_qui_a_change_de_main_entre_temps_y_reste(personas: Personas) -> None:
    personne = une("Camille")
    confier(personas.encadrante_rennes, [personne], personas.ts_rennes)
    bilan = confier(personas.encadrante_rennes, [personne], personas.ts_rennes_collegue)
    assert bilan.raisons() == {attributions.CHANGEE: 1}
    assert relire(personne).suivie_par == personas.ts_rennes.agent


def test_repartir_donne_a_chacun_autant_de_pressees(personas: Personas) -> None:
    pressees = [une(f"P{rang}") for rang in range(4)]
    tranquilles = [une(f"T{rang}", naissance=ne_le(65)) for rang in range(3)]
    par = personas.encadrante_rennes
    with contexte(par):
        personnes = list(Personne.objects.visibles_par(par).dans_l_ordre())
        entre = [personas.ts_rennes, personas.ts_rennes_collegue]
        attributions.repartir(personnes, entre, par=par, maintenant=horloge.maintenant())

    def parts(personnes: list[Personne]) -> list[int]:
        suivies = [relire(p).suivie_par_id for p in personnes]
        return sorted(suivies.count(un.agent_id) for un in entre)

    assert parts(pressees) == [2, 2]
    assert parts(tranquilles) == [1, 2]


def test_les_deux_d_un_couple_vont_au_meme_collegue(personas: Personas) -> None:
    seule, une_autre = une("Seule"), une("Autre")
    premier = creer(dossier(prenoms="Premier", naissance=ne_le(67, 5)))
    second = creer(
        replace(
            dossier(prenoms="Second", naissance=ne_le(65)), foyer=Foyer(conjoint=str(premier.pk))
        )
    )
    entre = [personas.ts_rennes, personas.ts_rennes_collegue]
    ordre = [second, seule, une_autre, premier]
    with contexte(personas.encadrante_rennes):
        attributions.repartir(
            ordre, entre, par=personas.encadrante_rennes, maintenant=horloge.maintenant()
        )
    suivies = [relire(p).suivie_par_id for p in (premier, second, seule, une_autre)]
    assert suivies[0] == suivies[1]
    assert suivies[2] == suivies[3] != suivies[0]


def test_deux_encadrants_a_la_fois_une_seule_decision_tient(personnel: Personas) -> None:
    personne, par = une("Camille"), personnel.encadrante_rennes
    bilans = ensemble(
        [
            lambda a=a: confier(par, [personne], a)
            for a in (personnel.ts_rennes, personnel.ts_rennes_collegue)
        ]
    )
    assert sorted(len(bilan.confiees) for bilan in bilans) == [0, 1]
    assert len(histoire(personne)) == 1
    assert verifier(DEPARTEMENT).intacte


# --- who leaves


def test_qui_quitte_l_equipe_rend_les_siennes_dans_le_meme_acte(personas: Personas) -> None:
    sienne = une("Sienne", suivie_par=personas.ts_rennes)
    collegue = une("Collegue", suivie_par=personas.ts_rennes_collegue)
    par = personas.admin_departement
    with contexte(par):
        roles.retirer(personas.ts_rennes, par=par, maintenant=horloge.maintenant())
    sienne = relire(sienne)
    assert (sienne.equipe, sienne.suivie_par) == (personas.encadrante_rennes.equipe, None)
    assert histoire(sienne) == ["Rendue à l’équipe : Ada Essai l’a quittée"]
    assert relire(collegue).suivie_par == personas.ts_rennes_collegue.agent
    assert confiees() == [str(sienne.pk)]
    assert "Sienne" in vus(connecter(personas.encadrante_rennes), "?suivie=sans")


def test_un_compte_desactive_ne_suit_plus_personne(personas: Personas) -> None:
    sienne = une("Sienne", suivie_par=personas.ts_rennes)
    par = personas.admin_departement
    with contexte(par):
        comptes.desactiver_compte(
            personas.ts_rennes.agent, par=par, maintenant=horloge.maintenant()
        )
    assert relire(sienne).suivie_par is None
    assert relire(sienne).equipe is not None


def test_un_autre_role_retire_ne_rend_personne(personas: Personas) -> None:
    sienne = une("Sienne", suivie_par=personas.ts_rennes)
    with contexte(personas.admin_departement):
        roles.retirer(
            personas.charge_accueil_rennes,
            par=personas.admin_departement,
            maintenant=horloge.maintenant(),
        )
    assert relire(sienne).suivie_par == personas.ts_rennes.agent
    assert confiees() == []


def test_on_ne_confie_pas_a_qui_vient_de_partir(personas: Personas) -> None:
    personne, partant = une("Camille"), personas.ts_rennes
    with contexte(personas.admin_departement):
        roles.retirer(partant, par=personas.admin_departement, maintenant=horloge.maintenant())
    with pytest.raises(ActeRefuse):
        confier(personas.encadrante_rennes, [personne], personas.ts_rennes)
    assert relire(personne).suivie_par is None


def test_confier_et_partir_en_meme_temps_ne_laisse_personne_a_personne(
    personnel: Personas,
) -> None:
    personnes = [une(f"P{rang}") for rang in range(5)]
    par, admin = personnel.encadrante_rennes, personnel.admin_departement

    def donner() -> Any:
        try:
            confier(par, personnes, personnel.ts_rennes)
        except ActeRefuse as refus:
            return refus.phrase
        return ""

    def partir() -> Any:
        with contexte(admin):
            comptes.desactiver_compte(
                personnel.ts_rennes.agent, par=admin, maintenant=horloge.maintenant()
            )

    ensemble([donner, partir])
    assert {relire(p).suivie_par_id for p in personnes} == {None}


def test_une_equipe_qui_ferme_n_en_garde_aucune(personas: Personas) -> None:
    sud, par = personas.ts_redon.equipe, personas.admin_departement
    assert sud is not None
    confiee = une("Confiee", territoire="T6", equipe=sud)
    with contexte(par):
        roles.retirer(personas.ts_redon, par=par, maintenant=horloge.maintenant())
        equipes.fermer_equipe(sud, par=par, maintenant=horloge.maintenant())
    assert relire(confiee).equipe is None
    assert histoire(confiee) == ["Reprise : l’équipe CDAS Exemple Sud est fermée"]
    assert confiees() == [str(confiee.pk)]


# --- the page


def envoyer(
    navigateur: Client, personnes: Sequence[Personne], suite: str = "", **champs: Any
) -> str:
    """Tick, read the preview, confirm; what the list then says."""
    choix = {"personne": [str(p.pk) for p in personnes]} if personnes else {"toutes": "1"}
    apercu = navigateur.get("/reperage/confier/", {**choix, "retour": suite})
    assert apercu.status_code == 200, apercu.headers
    vues = re.search(r'name="vues" value="(\w+)"', apercu.content.decode())
    assert vues
    donnees = {"geste": "confier", "vues": vues[1], "retour": suite, **choix, **champs}
    reponse = navigateur.post("/reperage/confier/", donnees, follow=True)
    return reponse.content.decode()


def test_l_encadrante_confie_celles_qu_elle_a_cochees(personas: Personas) -> None:
    choisies, autre = [une("A"), une("B")], une("C")
    texte = envoyer(connecter(personas.encadrante_rennes), choisies, a=[str(personas.ts_rennes.pk)])
    assert "2 personnes confiées à Ada Essai." in texte
    assert {relire(p).suivie_par_id for p in choisies} == {personas.ts_rennes.agent_id}
    assert relire(autre).suivie_par is None
    assert page(connecter(personas.ts_rennes)).count("Nouvelle</span>") == 2


def test_toutes_celles_du_filtre_se_repartissent(personas: Personas) -> None:
    pressees = [une(f"P{rang}") for rang in range(30)]
    tranquille = une("Tranquille", naissance=ne_le(65))
    entre = [personas.ts_rennes, personas.ts_rennes_collegue]
    texte = envoyer(
        connecter(personas.encadrante_rennes), [], "urgence=1", a=[str(un.pk) for un in entre]
    )
    assert "30 personnes réparties entre 2 collègues." in texte
    suivies = [relire(p).suivie_par_id for p in pressees]
    assert [suivies.count(un.agent_id) for un in entre] == [15, 15]
    assert relire(tranquille).suivie_par is None


def test_le_charge_du_reperage_confie_a_une_equipe(personas: Personas) -> None:
    nord, sud = personas.encadrante_rennes.equipe, personas.ts_redon.equipe
    assert nord is not None
    assert sud is not None
    personne = une("A")
    navigateur = connecter(personas.charge_reperage)
    apercu = page(navigateur, f"/reperage/confier/?personne={personne.pk}")
    assert "CDAS Exemple Nord" in apercu
    assert "CDAS Exemple Sud" not in apercu
    assert "1 personne confiée à CDAS Exemple Nord." in envoyer(
        navigateur, [personne], a=str(nord.pk)
    )
    assert relire(personne).equipe == nord


def test_l_apercu_dit_qu_une_equipe_ne_recoit_que_les_siennes(personas: Personas) -> None:
    for code in ("T1", "T1", "T6"):
        creer(dossier(), territoire=code)
    lue = connecter(personas.charge_reperage).get("/reperage/confier/?toutes=1").content.decode()
    assert "les autres ne changent pas" in lue
    assert "Voir les 3 personnes" in lue


def test_l_apercu_dit_ce_que_chacun_a_deja(personas: Personas) -> None:
    for rang in range(3):
        une(f"P{rang}", suivie_par=personas.ts_rennes)
    une("Tranquille", naissance=ne_le(65), suivie_par=personas.ts_rennes)
    personne = une("Camille")
    apercu = page(
        connecter(personas.encadrante_rennes), f"/reperage/confier/?personne={personne.pk}"
    )
    ada = apercu.split("Ada Essai")[1].split("</tr>")[0]
    assert re.findall(r">(\d+)</td>", ada) == ["4", "3"]


def test_une_liste_qui_a_change_depuis_l_apercu_se_relit(personas: Personas) -> None:
    personne, navigateur = une("Camille"), connecter(personas.encadrante_rennes)
    apercu = page(navigateur, f"/reperage/confier/?personne={personne.pk}")
    vues = re.search(r'name="vues" value="(\w+)"', apercu)
    assert vues
    confier(personas.encadrante_rennes, [personne], personas.ts_rennes_collegue)
    reponse = navigateur.post(
        "/reperage/confier/",
        {
            "geste": "confier",
            "a": [str(personas.ts_rennes.pk)],
            "personne": [str(personne.pk)],
            "vues": vues[1],
        },
    )
    assert "La liste a changé depuis cet aperçu" in reponse.content.decode()
    assert relire(personne).suivie_par == personas.ts_rennes_collegue.agent


def test_reprendre_ne_demande_pas_a_qui(personas: Personas) -> None:
    personne = une("Camille", suivie_par=personas.ts_rennes)
    texte = envoyer(connecter(personas.encadrante_rennes), [personne], geste="reprendre")
    assert "1 personne reprise." in texte
    assert relire(personne).suivie_par is None


def test_sans_choix_la_page_dit_quoi_faire(personas: Personas) -> None:
    personne, navigateur = une("Camille"), connecter(personas.encadrante_rennes)
    texte = envoyer(navigateur, [personne])
    assert "Choisissez à qui ces personnes sont confiées." in texte
    for suite in ("", "?personne=rien", "?personne=00000000-0000-0000-0000-000000000000"):
        reponse = navigateur.get(f"/reperage/confier/{suite}", follow=True)
        assert "Cochez d’abord une personne dans la liste." in reponse.content.decode()


def test_le_retour_ne_suit_que_des_filtres(personas: Personas) -> None:
    personne = une("Camille")
    navigateur = connecter(personas.encadrante_rennes)
    apercu = page(
        navigateur,
        f"/reperage/confier/?personne={personne.pk}&retour=urgence%3D1%26next%3D//ailleurs.test",
    )
    assert 'href="/reperage/?urgence=1"' in apercu
    assert "ailleurs.test" not in apercu
