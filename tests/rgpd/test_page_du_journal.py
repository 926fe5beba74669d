"""The DPO's page of the journal: who did what, on which reference; never what a fiche says."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.journal.mur import pour
from relais.rgpd.libelles import ACTES, ACTES_CHERCHES
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.fiches.test_archives import archiver, terminee
from tests.personas import PERSONAS, Personas, connecter
from tests.reperage import gestes as imports
from tests.reperage import personnes as reperees
from tests.rgpd.pages import SECRETS, page, rangees

AGENTS = "|".join(f"{prenom} {nom}" for prenom, nom, *_ in PERSONAS.values())


def test_qui_a_lu_quoi_et_quand(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.lire(personas.agent_caisse, fiche)
    connecter(personas.agent_caisse).get(f"/fiches/{fiche.reference}/")
    (lecture,) = [
        r for r in rangees(page(personas.dpo_caisse)) if "Fiche lue" in r and "Kim Fictif" in r
    ]
    assert lecture.endswith(fiche.reference)
    envois = [r for r in rangees(page(personas.dpo_departement)) if "Fiche envoyée" in r]
    assert len(envois) == 1
    assert "Ada Essai" in envois[0]


def test_chacun_lit_sa_chaine_et_ne_nomme_que_les_siens(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    for qui, etrangers in (
        (personas.dpo_departement, ("Kim", "Réponse envoyée")),
        (personas.dpo_caisse, ("Ada", "Fiche envoyée")),
    ):
        lues = " ".join(rangees(page(qui)))
        assert fiche.reference in lues
        assert not any(mot in lues for mot in etrangers)


def test_rien_de_ce_que_dit_une_fiche_n_y_est(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    caisse = connecter(personas.agent_caisse)
    caisse.post(f"/fiches/{fiche.reference}/numero/", {"motif": "verification"})
    caisse.post("/recherche/", {"terme": "Fictif"})
    for qui in (personas.dpo_departement, personas.dpo_caisse):
        lues = re.sub(AGENTS, "", " ".join(rangees(page(qui))))
        assert [secret for secret in SECRETS if secret in lues] == []


def test_on_cherche_par_reference_agent_acte_et_periode(personas: Personas) -> None:
    une, autre = (gestes.transmettre(personas.ts_rennes) for _ in range(2))
    gestes.ecrire(personas.ts_redon)
    qui, ada = personas.dpo_departement, personas.ts_rennes.agent.pseudonyme
    lues = rangees(page(qui, f"/journal/?reference={une.reference.lower()}"))
    assert lues
    assert all(une.reference in r for r in lues)
    assert autre.reference not in " ".join(lues)
    par_agent = rangees(page(qui, f"/journal/?agent={ada}"))
    assert par_agent
    assert all("Ada Essai" in r for r in par_agent)
    connecter(personas.ts_rennes).get(f"/fiches/{une.reference}/")
    assert all("Fiche lue" in r for r in rangees(page(qui, "/journal/?acte=lecture")))
    assert rangees(page(qui, "/journal/?fin=2020-01-01")) == []
    assert "Aucun acte ne correspond" in page(qui, "/journal/?debut=2190-01-01")
    assert rangees(page(qui, "/journal/?debut=2020-01-01&fin=2199-12-31"))


@pytest.mark.parametrize(
    ("demande", "phrase"),
    [
        ("reference=K7", "Une référence a huit lettres et chiffres"),
        ("reference=K7QF-3MW%00", "caractère invisible"),
        ("agent=personne", "Ce compte n’est pas de votre organisation."),
        ("acte=tout", "Cet acte n’existe pas."),
        ("debut=hier", "Cette date n’existe pas."),
        ("debut=0001-01-01", "Cette année n’est pas possible."),
        ("fin=9999-12-31", "Cette année n’est pas possible."),
        ("debut=2026-11-02&fin=2026-11-01", "Cette date vient avant la première"),
    ],
)
def test_ce_qui_se_lit_mal_se_dit_a_cote(demande: str, phrase: str, personas: Personas) -> None:
    texte = page(personas.dpo_departement, f"/journal/?{demande}", attendu=422)
    assert phrase in texte
    assert rangees(texte) == []


def test_un_nom_tape_par_erreur_n_arrive_dans_aucune_adresse(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.dpo_departement)
    refusee = navigateur.post("/journal/", {"reference": "Camille Fictif"})
    assert refusee.status_code == 422
    assert "Une référence a huit lettres et chiffres" in refusee.content.decode()
    assert 'method="get"' not in refusee.content.decode()
    demande = {
        "reference": fiche.reference.lower(),
        "agent": str(personas.ts_rennes.agent.pseudonyme),
        "acte": "lecture",
        "debut": "01/11/2026",
        "fin": "",
    }
    assert navigateur.post("/journal/", demande).headers["Location"] == (
        f"/journal/?reference={fiche.reference}&agent={demande['agent']}"
        "&acte=lecture&debut=2026-11-01"
    )
    assert navigateur.post("/journal/", {}).headers["Location"] == "/journal/?"


def test_le_compte_de_l_autre_partie_reste_un_identifiant(personas: Personas) -> None:
    ada = personas.ts_rennes.agent.pseudonyme
    with pour(CAISSE):
        consigner(Action.ROLE_DONNE, organisation=CAISSE, agent=ada, objet=str(ada))
    (lue,) = rangees(page(personas.dpo_caisse, "/journal/?acte=role_donne"))
    assert lue.count(f"Compte {str(ada)[:8]}") == 2
    assert "Ada" not in lue


def test_une_personne_reperee_n_est_ni_une_fiche_ni_un_compte(personas: Personas) -> None:
    suivie = reperees.creer(reperees.dossier(prenoms="Camille"), suivie_par=personas.ts_rennes)
    connecter(personas.ts_rennes).get(f"/reperage/personnes/{suivie.pk}/")
    (lue,) = rangees(page(personas.dpo_departement, "/journal/?acte=lecture"))
    assert "Personne repérée lue" in lue
    assert lue.endswith(f"personne repérée {str(suivie.pk)[:8]}")


def test_un_fichier_du_reperage_n_est_ni_le_journal_ni_un_compte(personas: Personas) -> None:
    charge = connecter(personas.charge_reperage)
    depot = imports.lire(imports.deposer(charge, imports.UN_FLUX))
    charge.get(f"/reperage/imports/{depot.pk}/")
    charge.get(f"/reperage/imports/{depot.pk}/erreurs.csv")
    dits = rangees(page(personas.dpo_departement))
    for acte in (
        "Fichier du repérage donné",
        "Fichier du repérage relu",
        "Liste des erreurs d’un fichier téléchargée",
    ):
        (ligne,) = [un for un in dits if acte in un]
        assert f"fichier du repérage {str(depot.pk)[:8]}" in ligne
    assert f"Compte {str(depot.pk)[:8]}" not in " ".join(dits)
    assert "Journal lu" not in " ".join(dits)


def test_les_filtres_replies_disent_ce_qui_est_cherche(personas: Personas) -> None:
    texte = page(personas.dpo_departement, "/journal/?acte=lecture&debut=2026-11-01")
    assert "Filtres&nbsp;: 2 actifs" in texte
    assert "Acte\xa0: Fiche ou personne repérée lue\u202f; Du\xa0: 1er\xa0novembre 2026" in texte


def test_un_agent_de_l_autre_partie_ne_se_cherche_pas(personas: Personas) -> None:
    kim = personas.agent_caisse.agent.pseudonyme
    page(personas.dpo_departement, f"/journal/?agent={kim}", attendu=422)


def test_le_dpo_est_note_lui_aussi(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    page(personas.dpo_departement)
    page(personas.dpo_departement, f"/journal/?reference={fiche.reference}")
    lues = rangees(page(personas.dpo_departement, f"/journal/?reference={fiche.reference}"))
    assert "Hal Essai" in lues[0]
    assert "Hal Essai" in " ".join(rangees(page(personas.dpo_departement)))


def test_la_raison_d_un_numero_montre_se_lit(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    connecter(personas.agent_caisse_collegue).post(
        f"/fiches/{fiche.reference}/numero/", {"motif": "verification"}
    )
    (montre,) = rangees(page(personas.dpo_caisse, "/journal/?acte=copie_nir"))
    assert "Lou Fictif" in montre
    assert montre.endswith("je vérifie le numéro avec la personne")


def test_la_raison_d_une_archive_ouverte_se_lit(personas: Personas) -> None:
    archivee = archiver(personas, terminee(personas)).reference
    ouverte = connecter(personas.ts_rennes).post(
        f"/fiches/{archivee}/archive/", {"motif": "recours"}
    )
    assert ouverte.status_code == 200
    lues = rangees(page(personas.dpo_departement, f"/journal/?reference={archivee}&acte=lecture"))
    assert lues[0].endswith("un recours ou une réclamation porte sur cette demande")


def test_chaque_acte_du_journal_a_ses_mots() -> None:
    assert set(ACTES) == {un.value for un in Action}
    assert set(ACTES_CHERCHES) <= set(ACTES)


def test_vingt_cinq_lignes_coutent_autant_qu_une(personas: Personas) -> None:
    qui = personas.dpo_departement
    navigateur = connecter(qui)

    def requetes(noms: list[str]) -> int:
        with pour(DEPARTEMENT):
            for rang, nom in enumerate(noms):
                agent = getattr(personas, nom).agent.pseudonyme
                consigner(
                    Action.COMPTE_MODIFIE,
                    organisation=DEPARTEMENT,
                    agent=agent,
                    objet=str(agent) if rang % 2 else f"K7QF-3MW{rang % 8 + 2}",
                )
        for _ in range(2):  # a session writes once whose its pages are (ADR 0018)
            navigateur.get("/journal/")
        with CaptureQueriesContext(connection) as capture:
            texte = navigateur.get("/journal/").content.decode()
        comptages = [
            une for une in capture.captured_queries if 'COUNT(*) AS "__count"' in une["sql"]
        ]
        assert [une for une in comptages if "journal_" in une["sql"]] == []
        assert rangees(texte)
        return len(capture.captured_queries)

    un = requetes(["ts_rennes"])
    assert requetes([nom for nom in PERSONAS if PERSONAS[nom][2] == DEPARTEMENT] * 4) == un


def test_la_page_suivante_garde_les_filtres(personas: Personas) -> None:
    qui = personas.dpo_caisse
    with pour(CAISSE):
        for _ in range(26):
            consigner(Action.LECTURE, organisation=CAISSE, agent=qui.agent.pseudonyme)
    texte = page(qui, "/journal/?acte=lecture")
    assert len(rangees(texte)) == 25
    assert "acte=lecture&amp;page=2" in texte
    assert len(rangees(page(qui, "/journal/?acte=lecture&page=2"))) == 1
