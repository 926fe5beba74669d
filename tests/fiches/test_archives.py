"""Archived with restricted access (rules.md §3): every door of a fiche whose support is over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Absence
from relais.fiches import doublons
from relais.fiches.actions import archives, conservation
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Exemplaire, Fiche, Rappel
from relais.journal.models import Evenement
from relais.regles.archive import MotifOuverture
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, apres
from tests.fiches.lire_pdf import texte
from tests.fiches.plans import verifier_son_index
from tests.personas import Personas, connecter

NOM, NOM_ENTIER = "Camille", "Camille FICTIF"
QUI_L_OUVRE = ("ts_rennes", "encadrante_rennes")
A_D_AUTRES = ("ts_rennes_collegue", "ts_redon", "charge_accueil_rennes")


def terminee(personas: Personas, contenu: Any = gestes.DEMANDE) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes, contenu)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.lire_la_reponse(personas.ts_rennes, fiche)
    gestes.clore(personas.ts_rennes, fiche)
    return fiche


def archiver(personas: Personas, fiche: Fiche) -> Fiche:
    par = personas.ts_rennes
    with contexte(par):
        conservation.finir_accompagnement(
            fiche, le=horloge.aujourd_hui(), par=par, maintenant=horloge.maintenant()
        )
    return gestes.relire(fiche, DEPARTEMENT)


@pytest.fixture
def archivee(personas: Personas) -> Fiche:
    return archiver(personas, terminee(personas))


def suite(fiche: Fiche, fin: str = "") -> str:
    return f"/fiches/{fiche.reference}/{fin}"


def lus(fiche: Fiche) -> list[tuple[str, str]]:
    """The readings and printings that the Département's journal tells of this fiche."""
    with gestes.vu_de(DEPARTEMENT):
        notes = Evenement.objects.par_reference(fiche.reference).order_by("pk")
        gardes = notes.filter(action__in=("lecture", "document_imprime"), issue="fait")
        return list(gardes.values_list("action", "objet"))


# Each door that shows or takes a content while the fiche is in use: (method, end, what is posted).
PORTES_DU_CONTENU = [
    *(("GET", fin, {}) for fin in ("demande.pdf", "page-signee/", "reponse.pdf", "dossier.pdf")),
    *(("GET", fin, {}) for fin in ("feuille.pdf", "apercu.pdf", "numero/", "conjoint/", "ecrire/")),
    *(("GET", fin, {}) for fin in ("rouvrir/", "confier/", "clore/", "retirer/", "envoyer/")),
    ("POST", "numero/", {"motif": "verification"}),
    ("POST", "rouvrir/", {}),
    ("POST", "reprendre/", {}),
    ("POST", "abandonner/", {}),
    ("POST", "conjoint/", {"adresse": "on"}),
    ("POST", "verser/", {}),
]


@pytest.mark.parametrize("qui", QUI_L_OUVRE)
@pytest.mark.parametrize(("methode", "fin", "pose"), PORTES_DU_CONTENU)
def test_aucune_porte_de_ce_qui_est_en_usage_ne_l_ouvre(
    qui: str, methode: str, fin: str, pose: dict[str, str], personas: Personas, archivee: Fiche
) -> None:
    navigateur = connecter(getattr(personas, qui))
    avant = lus(archivee)
    appel = navigateur.get if methode == "GET" else navigateur.post
    reponse = appel(suite(archivee, fin), pose)
    assert reponse.status_code == 404
    page = reponse.content.decode()
    assert "Cette fiche est archivée" in page
    assert NOM not in page
    assert lus(archivee) == avant
    assert gestes.relire(archivee, DEPARTEMENT).archivee


@pytest.mark.parametrize("qui", A_D_AUTRES)
@pytest.mark.parametrize("fin", ["", "archive/", "demande.pdf", "conservation/rsa-clos/"])
def test_pour_les_autres_elle_n_existe_pas(
    qui: str, fin: str, personas: Personas, archivee: Fiche
) -> None:
    navigateur = connecter(getattr(personas, qui))
    vraie, fausse = (
        navigateur.get(f"/fiches/{r}/{fin}") for r in (archivee.reference, "ABCD-2345")
    )
    assert vraie.status_code == 404
    assert vraie.content == fausse.content


@pytest.mark.parametrize("qui", QUI_L_OUVRE)
@pytest.mark.parametrize("vue", ["", "terminees", "a_verser", "toutes"])
def test_elle_quitte_les_listes_et_les_recentes(qui: str, vue: str, personas: Personas) -> None:
    fiche = terminee(personas)
    navigateur = connecter(getattr(personas, qui))
    adresse = f"/fiches/?vue={vue}" + ("&qui_suit=equipe" if qui == "encadrante_rennes" else "")
    attendue = vue != "" or qui == "ts_rennes"  # among the recent ones of who follows it
    assert (fiche.reference in navigateur.get(adresse).content.decode()) == attendue
    archiver(personas, fiche)
    page = navigateur.get(adresse).content.decode()
    assert fiche.reference not in page
    assert NOM not in page


@pytest.mark.parametrize("terme", ["Fictif", "1 85 05 78 006 084 91"])
def test_elle_quitte_la_recherche(terme: str, personnel: Personas) -> None:
    fiche = terminee(personnel)
    navigateur = connecter(personnel.ts_rennes)
    trouvee = navigateur.post("/recherche/", {"terme": terme}).content.decode()
    assert suite(fiche) in trouvee
    archiver(personnel, fiche)
    page = navigateur.post("/recherche/", {"terme": terme}).content.decode()
    assert fiche.reference not in page
    assert NOM not in page


@pytest.mark.parametrize("adresse", ["/ou-en-est-on/", "/recherche/"])
@pytest.mark.parametrize(
    ("qui", "ouvre"),
    [("ts_rennes", True), ("encadrante_rennes", True), ("ts_rennes_collegue", False)],
)
def test_son_etat_se_dit_toujours_par_sa_reference(
    adresse: str, qui: str, ouvre: bool, personas: Personas, archivee: Fiche
) -> None:
    champ = "reference" if adresse == "/ou-en-est-on/" else "terme"
    page = connecter(getattr(personas, qui)).post(adresse, {champ: archivee.reference})
    dit = page.content.decode()
    assert "Terminée" in dit
    assert "Ada Essai" in dit  # who follows it
    assert NOM not in dit
    assert (suite(archivee, "archive/") in dit) == ouvre


@pytest.mark.parametrize("qui", QUI_L_OUVRE)
def test_sa_page_ne_dit_rien_de_la_personne(qui: str, personas: Personas, archivee: Fiche) -> None:
    navigateur = connecter(getattr(personas, qui))
    avant = lus(archivee)
    renvoi = navigateur.get(suite(archivee))
    assert renvoi.headers["Location"] == suite(archivee, "archive/")
    page = navigateur.get(renvoi.headers["Location"]).content.decode()
    assert "L’accompagnement a pris fin" in page
    assert NOM not in page
    assert "paiement" not in page.lower()
    assert lus(archivee) == avant


@pytest.mark.parametrize("qui", QUI_L_OUVRE)
@pytest.mark.parametrize("motif", list(MotifOuverture))
def test_une_raison_l_ouvre_une_fois_et_va_au_journal(
    qui: str, motif: str, personas: Personas, archivee: Fiche
) -> None:
    navigateur, avant = connecter(getattr(personas, qui)), lus(archivee)
    page = navigateur.post(suite(archivee, "archive/"), {"motif": motif}).content.decode()
    assert NOM_ENTIER in page
    assert "Le paiement est débloqué." in page
    assert "1850578006084" not in page.replace(" ", "").replace("\u202f", "")
    assert lus(archivee)[len(avant) :] == [("lecture", f"{archivee.reference}:{motif}")]
    assert NOM not in navigateur.get(suite(archivee, "archive/")).content.decode()


def test_le_dossier_s_imprime_avec_une_raison(personas: Personas, archivee: Fiche) -> None:
    navigateur, avant = connecter(personas.ts_rennes), lus(archivee)
    pose = {"motif": "dossier", "geste": "imprimer"}
    reponse = navigateur.post(suite(archivee, "archive/"), pose)
    assert reponse.headers["Content-Type"] == "application/pdf"
    assert NOM in texte(reponse.content)
    assert lus(archivee)[len(avant) :] == [("document_imprime", f"{archivee.reference}:dossier")]


@pytest.mark.parametrize("pose", [{}, {"motif": ""}, {"motif": "curiosite"}, {"geste": "imprimer"}])
def test_sans_raison_rien_ne_s_ouvre(
    pose: dict[str, str], personas: Personas, archivee: Fiche
) -> None:
    avant = lus(archivee)
    reponse = connecter(personas.ts_rennes).post(suite(archivee, "archive/"), pose)
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert NOM not in page
    assert ("Choisissez une raison" in page) or ("n’existe pas" in page)
    assert lus(archivee) == avant


@pytest.mark.parametrize(
    "qui", [*A_D_AUTRES, "agent_caisse", "dpo_departement", "referent_departement"]
)
def test_l_acte_refuse_les_autres(qui: str, personas: Personas, archivee: Fiche) -> None:
    par = getattr(personas, qui)
    with contexte(par), pytest.raises(PermissionDenied):
        archives.ouvrir(archivee, motif="recours", par=par)


def test_l_acte_refuse_sans_raison_et_une_fiche_en_usage(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = terminee(personas)
    with contexte(par), pytest.raises(PermissionDenied):
        archives.ouvrir(fiche, motif="recours", par=par)
    archivee = archiver(personas, fiche)
    with contexte(par), pytest.raises(ActeRefuse, match="Dites pourquoi"):
        archives.ouvrir(archivee, motif="parce que", par=par)


def test_une_fiche_en_usage_n_a_pas_de_page_d_archive(personas: Personas) -> None:
    fiche = terminee(personas)
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.get(suite(fiche, "archive/")).headers["Location"] == suite(fiche)
    pose = {"motif": "recours", "geste": "imprimer"}
    assert navigateur.post(suite(fiche, "archive/"), pose).status_code == 302


def test_l_accompagnement_repris_la_rend_a_l_usage(personas: Personas, archivee: Fiche) -> None:
    navigateur = connecter(personas.ts_rennes)
    repris = navigateur.post(suite(archivee, "conservation/accompagnement-repris/"))
    assert repris.headers["Location"] == suite(archivee)
    assert NOM_ENTIER in navigateur.get(suite(archivee)).content.decode()
    assert archivee.reference in navigateur.get("/fiches/?vue=terminees").content.decode()
    assert navigateur.get(suite(archivee, "demande.pdf")).status_code == 200


def test_qui_remplace_l_ouvre_comme_qui_est_absent(personas: Personas, archivee: Fiche) -> None:
    collegue, jour = personas.ts_rennes_collegue, horloge.aujourd_hui()
    with contexte(personas.encadrante_rennes):
        Absence.objects.create(
            agent=personas.ts_rennes.agent,
            organisation_id=DEPARTEMENT,
            equipe=collegue.equipe,
            remplacant=collegue.agent,
            declaree_par=personas.encadrante_rennes.agent,
            declaree_le=horloge.maintenant(),
            du=jour,
            au=jour + timedelta(days=3),
        )
    page = connecter(collegue).post(suite(archivee, "archive/"), {"motif": "retour"})
    assert NOM_ENTIER in page.content.decode()


def test_la_caisse_n_en_sait_rien(personas: Personas, archivee: Fiche) -> None:
    """Her copy has its own clock: twenty days, whatever the Département says."""
    navigateur = connecter(personas.agent_caisse)
    assert NOM_ENTIER in navigateur.get(suite(archivee)).content.decode()
    assert archivee.reference in navigateur.get("/corbeille/?vue=traitees").content.decode()
    assert navigateur.get(suite(archivee, "archive/")).status_code == 403


def test_les_metadonnees_restent_a_qui_compte(personas: Personas, archivee: Fiche) -> None:
    for qui in (personas.referent_departement, personas.referent_caisse):
        with contexte(qui):
            assert archivee in Fiche.objects.referencees_par(qui)
    with contexte(personas.dpo_departement):
        assert archivee in Fiche.objects.retenables_par(personas.dpo_departement)


def test_elle_n_est_plus_annoncee_comme_une_demande_en_cours(personnel: Personas) -> None:
    """By BlueFiles nothing closes here: the end of the support does."""
    fiche = gestes.transmettre(personnel.ts_rennes)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.filter(pk=fiche.pk).update(canal="bluefiles")
    autre = gestes.ecrire(personnel.ts_rennes_collegue)

    def annoncee() -> bool:
        with contexte(personnel.ts_rennes_collegue):
            trouve = doublons.ouverte_pour(
                gestes.PERSONNE.nir, DEPARTEMENT, pour=personnel.ts_rennes_collegue, sauf=autre
            )
        return trouve is not None

    assert annoncee()
    archiver(personnel, gestes.relire(fiche, DEPARTEMENT))
    assert not annoncee()


def test_elle_ne_compte_plus_dans_ce_que_chacun_a_en_main(personas: Personas) -> None:
    """Closed by the caisse with its answer, never opened: still to be read until the archive."""
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(personas.ts_rennes, fiche)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.filter(pk=fiche.pk).update(reponse_lue_le=None)

    def comptes() -> dict[int, dict[str, int]]:
        with contexte(personas.encadrante_rennes):
            equipe = Fiche.objects.de_l_equipe(personas.encadrante_rennes.equipe)
            return equipe.charges(apres(days=1), apres(days=2))

    def rappels() -> int:
        with gestes.vu_de(DEPARTEMENT):
            return Rappel.objects.filter(nature="lecture").encore_utiles(apres(days=4)).count()

    assert comptes()
    assert rappels() == 1
    archiver(personas, gestes.relire(fiche, DEPARTEMENT))
    assert comptes() == {}
    assert rappels() == 0


def liste(navigateur: Client) -> str:
    return navigateur.get("/archives/").content.decode()


def test_les_archives_se_listent_par_reference_sans_nom(
    personas: Personas, archivee: Fiche
) -> None:
    for qui in QUI_L_OUVRE:
        page = liste(connecter(getattr(personas, qui)))
        assert suite(archivee, "archive/") in page
        assert NOM not in page
    for qui in A_D_AUTRES:
        assert archivee.reference not in liste(connecter(getattr(personas, qui)))
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.engager([archivee.pk], horloge.maintenant())
    for qui in QUI_L_OUVRE:
        navigateur = connecter(getattr(personas, qui))
        assert archivee.reference not in liste(navigateur)
        assert navigateur.get(suite(archivee, "archive/")).status_code == 404


def test_les_archives_coutent_autant_pour_vingt_que_pour_une(personas: Personas) -> None:
    navigateur = connecter(personas.encadrante_rennes)
    archiver(personas, terminee(personas))
    couts = []
    for _ in range(2):
        for _ in range(2):  # a session writes once whose its pages are
            liste(navigateur)
        with CaptureQueriesContext(connection) as capture:
            liste(navigateur)
        couts.append(len(capture.captured_queries))
        for _ in range(3):
            archiver(personas, terminee(personas))
    assert couts[0] == couts[1]


@pytest.mark.parametrize(
    ("qui", "index"),
    [("ts_rennes", "fiche_archives_agent"), ("encadrante_rennes", "fiche_archives_equipe")],
)
def test_les_archives_ont_leur_index_derriere_le_mur(
    qui: str, index: str, personas: Personas
) -> None:
    par = getattr(personas, qui)
    with contexte(par):
        verifier_son_index(index, Fiche.objects.archives_de(par)[:25], par.organisation_id)


def test_effacee_elle_ne_s_ouvre_plus(personas: Personas, archivee: Fiche) -> None:
    with gestes.vu_de(DEPARTEMENT):
        Exemplaire.objects.filter(organisation=DEPARTEMENT).update(
            destruction_engagee_le=horloge.maintenant()
        )
    reponse = connecter(personas.ts_rennes).post(suite(archivee, "archive/"), {"motif": "retour"})
    assert "a été effacé à son échéance" in reponse.content.decode()
    assert NOM not in reponse.content.decode()


def test_sans_la_case_informe_l_archive_ne_dit_pas_la_reponse(personas: Personas) -> None:
    fiche = archiver(personas, terminee(personas, replace(gestes.DISCRETE)))
    page = connecter(personas.ts_rennes).post(suite(fiche, "archive/"), {"motif": "retour"})
    assert "Traitée par la caisse" in page.content.decode()
    assert "Le paiement est débloqué." not in page.content.decode()
    assert gestes.copies(fiche, CAISSE)
