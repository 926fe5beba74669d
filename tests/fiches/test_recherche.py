"""Search: by reference, NIR or whole name, among one's own fiches, and no trace of the term."""

import logging
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte
from relais.coffre.actions import chercher_nom
from relais.fiches import recherche
from relais.fiches.actions import brouillons, envois
from relais.fiches.contenu import Contenu
from relais.fiches.models import Brouillon, Fiche
from relais.fiches.recherche import TermeIllisible, lire
from relais.journal.models import Evenement
from relais.regles.issues import Issue
from relais.regles.retrait import MotifRetrait
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, DISCRETE, LUNDI, apres
from tests.fiches.plans import plan_avec_le_seul
from tests.personas import Personas, connecter

ADRESSE = "/recherche/"
NIR = "1850578006084"


def nommee(nom: str, **champs: Any) -> Contenu:
    return replace(DEMANDE, personne=replace(DEMANDE.personne, nom_naissance=nom, **champs))


def chercher(navigateur: Client, terme: str, **autres: str) -> Any:
    return navigateur.post(ADRESSE, {"terme": terme, **autres})


def trouvees(reponse: Any) -> list[str]:
    """The references of the lines."""
    assert reponse.status_code == 200
    return re.findall(r'class="reference" href="/fiches/([^/]+)/"', reponse.content.decode())


def notes(organisation: str = DEPARTEMENT) -> list[tuple[str, str, str]]:
    with gestes.vu_de(organisation):
        vues = Evenement.objects.filter(action="recherche").order_by("pk")
        return list(vues.values_list("action", "objet", "issue"))


TERMES = (
    *("Fictif", "fictif", " FICTIF ", "Inventée", "INVENTEE", "Camille FICTIF"),
    *("Fictif Camille", NIR, f"{NIR}91", "1 85 05 78 006 084 91"),
)


@pytest.mark.parametrize("qui", ["ts_rennes", "encadrante_rennes", "agent_caisse"])
def test_une_fiche_se_retrouve_par_le_nom_ou_le_numero(qui: str, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    autre = nommee("Autre", nom_marital="", nir=None, sans_nir="ne_connait_pas")
    gestes.transmettre(personas.ts_rennes, autre)
    navigateur = connecter(getattr(personas, qui))
    for terme in TERMES:
        reponse = chercher(navigateur, terme)
        assert trouvees(reponse) == [fiche.reference], terme
        assert "Camille FICTIF" in reponse.content.decode()


def test_une_fiche_se_retrouve_par_sa_reference(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.ts_rennes)
    for terme in (fiche.reference, fiche.reference.replace("-", ""), fiche.reference.lower()):
        assert trouvees(chercher(navigateur, terme)) == [fiche.reference]


@pytest.mark.parametrize("terme", ["le goff", "LE-GOFF", "Legoff", "Hélène d'Hervé Le Goff"])
def test_accents_majuscules_traits_d_union_et_particules_ne_comptent_pas(
    terme: str, personas: Personas
) -> None:
    nom = "d'Hervé Le Goff" if "Hervé" in terme else "Le Goff"
    fiche = gestes.transmettre(personas.ts_rennes, nommee(nom))
    assert trouvees(chercher(connecter(personas.ts_rennes), terme)) == [fiche.reference]


def test_les_fiches_terminees_et_retirees_se_retrouvent_aussi(personas: Personas) -> None:
    par = personas.ts_rennes
    close, retiree = gestes.transmettre(par), gestes.transmettre(par, le=apres(minutes=1))
    gestes.repondre(personas.agent_caisse, close)
    gestes.clore(par, close)
    gestes.lire(personas.agent_caisse, retiree)
    with contexte(par):
        envois.retirer(
            gestes.relire(retiree, DEPARTEMENT),
            MotifRetrait.ERREUR,
            par=par,
            maintenant=apres(hours=5),
        )
    assert trouvees(chercher(connecter(par), "Fictif")) == [retiree.reference, close.reference]
    assert trouvees(chercher(connecter(personas.agent_caisse), "Fictif")) == [close.reference]


def test_ses_brouillons_se_retrouvent_par_le_nom_qu_ils_ont_maintenant(
    personas: Personas,
) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par, nommee("Premier"))
    navigateur = connecter(par)
    assert trouvees(chercher(navigateur, "Premier")) == [fiche.reference]
    with contexte(par):
        b = Brouillon.objects.get(fiche=fiche)
        brouillons.enregistrer(
            fiche, nommee("Second"), version=b.version, par=par, maintenant=LUNDI
        )
    assert trouvees(chercher(navigateur, "Second")) == [fiche.reference]
    assert trouvees(chercher(navigateur, "Premier")) == []


def test_le_brouillon_d_un_autre_ne_se_retrouve_pas(personas: Personas) -> None:
    gestes.ecrire(personas.ts_rennes)
    for qui in (
        *(personas.ts_rennes_collegue, personas.encadrante_rennes),
        *(personas.agent_caisse, personas.charge_accueil_rennes),
    ):
        assert trouvees(chercher(connecter(qui), "Fictif")) == []


def test_enregistrer_sans_changer_le_nom_n_ecrit_rien_au_coffre(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.ecrire(par, signer=False)
    suite = replace(DEMANDE, commentaire="Une précision.")
    with contexte(par), CaptureQueriesContext(gestes.connections["coffre"]) as capture:
        brouillons.enregistrer(fiche, suite, version=2, par=par, maintenant=LUNDI)
    assert [une["sql"] for une in capture if "INSERT" in une["sql"]] == []


def test_le_brouillon_supprime_ne_laisse_pas_d_index(personnel: Personas) -> None:
    par = personnel.ts_rennes
    fiche = gestes.ecrire(par)
    assert chercher_nom(DEPARTEMENT, "Fictif")
    with contexte(par):
        brouillons.supprimer(fiche, par=par, maintenant=LUNDI)
    assert chercher_nom(DEPARTEMENT, "Fictif") == []


@pytest.mark.parametrize("terme", ["Fictif", NIR, "reference"])
def test_la_fiche_d_un_autre_ne_se_trouve_pas(terme: str, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    for qui in (personas.ts_redon, personas.agent_autre_caisse):
        reponse = chercher(connecter(qui), terme.replace("reference", fiche.reference))
        assert trouvees(reponse) == []
        assert "Aucune fiche trouvée" in reponse.content.decode()
        assert "Camille" not in reponse.content.decode()


def test_un_collegue_de_l_equipe_lit_l_etat_par_la_reference_et_rien_par_le_nom(
    personas: Personas,
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.ts_rennes_collegue)
    par_reference = chercher(navigateur, fiche.reference)
    assert trouvees(par_reference) == []
    assert "Envoyée, pas encore ouverte" in par_reference.content.decode()
    assert "Ada Essai" in par_reference.content.decode()
    assert "Camille" not in par_reference.content.decode()
    par_nom = chercher(navigateur, "Fictif").content.decode()
    assert "Aucune fiche trouvée parmi les vôtres" in par_nom
    assert "Ada Essai" not in par_nom


def test_sans_la_case_informe_la_liste_dit_seulement_traitee(personas: Personas) -> None:
    vues = []
    for reponse in (gestes.PAIEMENT, gestes.AILLEURS):
        fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
        gestes.repondre(personas.agent_caisse, fiche, reponse)
        page = chercher(connecter(personas.ts_rennes), fiche.reference).content.decode()
        assert "Traitée, la personne est informée directement" in page
        vues.append("voie ordinaire" in page or "Réponse reçue" in page)
    assert vues == [False, False]


def test_l_exemplaire_efface_de_la_caisse_ne_se_retrouve_que_par_la_reference(
    personnel: Personas,
) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes)
    gestes.coffre_detruire(gestes.copies(fiche, CAISSE))
    navigateur = connecter(personnel.agent_caisse)
    assert trouvees(chercher(navigateur, "Fictif")) == []
    par_reference = chercher(navigateur, fiche.reference)
    assert trouvees(par_reference) == [fiche.reference]
    assert "Exemplaire effacé" in par_reference.content.decode()


@pytest.mark.parametrize(
    ("terme", "dit"),
    [
        (f"{NIR}92", "La clé ne va pas avec le numéro."),
        ("1 85 05 78 006", "Il en faut 15"),
        ("K7QF-3", "Écrivez une référence (comme K7QF-3MWP)"),
        ("...", "Écrivez une référence"),
        ("", "Écrivez une référence"),
        ("x" * 121, "Ce texte est trop long."),
        ("Fic\x00tif", "caractère invisible"),
    ],
)
def test_une_saisie_illisible_revient_a_cote_de_son_champ(
    terme: str, dit: str, personas: Personas
) -> None:
    reponse = chercher(connecter(personas.ts_rennes), terme)
    assert reponse.status_code == 422
    page = reponse.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert dit in page
    assert notes() == []


def test_un_mot_de_huit_lettres_est_cherche_comme_nom_et_comme_reference(
    personas: Personas,
) -> None:
    assert lire("Marchand").natures == "reference-nom"
    fiche = gestes.transmettre(personas.ts_rennes, nommee("Marchand"))
    assert trouvees(chercher(connecter(personas.ts_rennes), "marchand")) == [fiche.reference]
    assert notes() == [("recherche", "reference-nom", "fait")]


def test_un_terme_ne_se_montre_pas_dans_une_trace() -> None:
    assert "Fictif" not in repr(lire("Fictif"))
    assert NIR not in repr(lire(NIR))
    with pytest.raises(TermeIllisible) as refus:
        lire(f"{NIR}92")
    assert NIR not in refus.value.phrase


def test_rien_du_terme_ne_reste_nulle_part(
    personas: Personas, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither journal, nor log, nor address, nor session, nor cache, nor statement."""
    canaris = ("Zyxcanari", "2850578006080", "zyxcanari")
    gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.ts_rennes)
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as capture:
        for canari in ("Zyxcanari", "2850578006080", "285057800608099"):
            reponse = chercher(navigateur, canari)
            assert canari not in reponse.request["PATH_INFO"] + reponse.request["QUERY_STRING"]
    sql = "\n".join(une["sql"] for une in capture)
    with gestes.vu_de(DEPARTEMENT), connection.cursor() as curseur:
        curseur.execute("SELECT string_agg(e::text, ' ') FROM journal_evenement e")
        journal = curseur.fetchone()[0]
        curseur.execute("SELECT string_agg(c::text, ' ') FROM socle_cache c")
        antememoire = curseur.fetchone()[0] or ""
    sessions = "".join(str(s.get_decoded()) for s in Session.objects.all())
    for ou in (sql, journal, antememoire, sessions, caplog.text):
        assert [c for c in canaris if c in ou] == []
    assert "recherche" in journal


def test_qui_cherche_trop_souvent_attend(personas: Personas, settings: Any) -> None:
    settings.LIMITES = settings.LIMITES | {"recherche": (2, timedelta(hours=10))}
    navigateur = connecter(personas.agent_caisse)
    assert [chercher(navigateur, "Fictif").status_code for _ in range(2)] == [200, 200]
    refusee = chercher(navigateur, "Fictif")
    assert refusee.status_code == 429
    assert 'value="Fictif"' in refusee.content.decode()
    assert notes(CAISSE)[-1] == ("recherche", "", "refuse")
    assert chercher(connecter(personas.responsable_caisse), "Fictif").status_code == 200
    cache.clear()


def test_les_noms_lus_sont_au_journal_en_un_evenement(personas: Personas) -> None:
    for minute in range(3):
        gestes.transmettre(personas.ts_rennes, le=apres(minutes=minute))
    chercher(connecter(personas.ts_rennes), "Fictif")
    with gestes.vu_de(DEPARTEMENT):
        lus = Evenement.objects.filter(action="lecture_liste").values_list("nombre", flat=True)
        assert list(lus) == [3]
    assert notes() == [("recherche", "nom", "fait")]


def test_chercher_dans_une_adresse_ne_cherche_rien(personas: Personas) -> None:
    gestes.transmettre(personas.ts_rennes)
    page = connecter(personas.ts_rennes).get(ADRESSE, {"terme": "Fictif"}).content.decode()
    assert "Camille" not in page
    assert notes() == []


def test_vingt_cinq_resultats_coutent_autant_qu_un_et_la_suite_se_poste(
    personas: Personas,
) -> None:
    def requetes() -> int:
        with CaptureQueriesContext(connection) as capture:
            chercher(navigateur, "Fictif")
        return len(capture)

    navigateur = connecter(personas.ts_rennes)
    gestes.transmettre(personas.ts_rennes)
    for _ in range(2):  # a session writes once whose its pages are (ADR 0018)
        chercher(navigateur, "Fictif")
    pour_une = requetes()
    for minute in range(1, 26):
        gestes.transmettre(personas.ts_rennes, le=apres(minutes=minute))
    assert requetes() == pour_une
    premiere = chercher(navigateur, "Fictif")
    assert len(trouvees(premiere)) == 25
    assert '<button class="bouton bouton-secondaire" type="submit" name="page" value="2">' in (
        premiere.content.decode()
    )
    assert len(trouvees(chercher(navigateur, "Fictif", page="2"))) == 1


def test_le_mur_seul_separe_les_deux_organisations(personas: Personas) -> None:
    """Ids of the other party's copies open nothing, whatever asked for them."""
    fiche = gestes.transmettre(personas.ts_rennes)
    leurs = gestes.copies(fiche, DEPARTEMENT)
    with contexte(personas.agent_autre_caisse):
        assert not Fiche.objects.retrouvees(fiche.reference, leurs, []).exists()
    with contexte(personas.agent_caisse):
        assert not Fiche.objects.retrouvees("", leurs, []).exists()
        assert list(recherche.chercher_nom("autre-caisse", "Fictif")) == []


@pytest.mark.parametrize("qui", ["ts_rennes", "encadrante_rennes", "agent_caisse"])
def test_une_recherche_ne_parcourt_pas_les_fiches(personas: Personas, qui: str) -> None:
    """What the key store found leads to the fiches by their number, however many there are."""
    par = getattr(personas, qui)
    with contexte(par):
        trouvees = Fiche.objects.visibles_par(par).retrouvees("K7QF3MWP", [uuid4()], [uuid4()])
        plan = plan_avec_le_seul("fiches_fiche_pkey", trouvees, par.organisation_id)
    assert re.search(
        r"using fiches_fiche_pkey on fiches_fiche +\(.*\)\n +Index Cond: \(id = ", plan
    )


def test_la_recherche_est_sur_chaque_liste(personas: Personas) -> None:
    for qui, liste in (
        (personas.ts_rennes, "/fiches/"),
        (personas.charge_accueil_rennes, "/fiches/"),
        (personas.agent_caisse, "/corbeille/"),
    ):
        assert f'action="{ADRESSE}"' in connecter(qui).get(liste).content.decode()


def recentes(page: str) -> list[str]:
    """The references of the strip « Récemment, hors de cette liste », in its order."""
    _, _, suite = page.partition('<nav class="recentes"')
    return re.findall(r'href="/fiches/([^/]+)/"', suite.partition("</nav>")[0])


def test_les_personnes_recentes_sont_les_dernieres_touchees_hors_de_la_liste(
    personas: Personas,
) -> None:
    """A fiche closed this morning is one click away, whoever it was opened for."""
    par = personas.ts_rennes
    premiere, seconde = (gestes.transmettre(par, le=apres(minutes=m)) for m in (0, 1))
    for fiche, heure in ((premiere, 6), (seconde, 5)):
        gestes.repondre(personas.agent_caisse, fiche, le=apres(hours=3))
        with contexte(par):
            envois.lire_reponse(fiche, par=par, maintenant=apres(hours=4))
            envois.clore(fiche, Issue.DEMANDE_ENGAGEE, par=par, maintenant=apres(hours=heure))
    en_cours = gestes.transmettre(par, le=apres(hours=7))
    navigateur = connecter(par)
    page = navigateur.get("/fiches/").content.decode()
    assert recentes(page) == [premiere.reference, seconde.reference]
    assert en_cours.reference in page
    assert recentes(navigateur.get("/fiches/?vue=toutes").content.decode()) == []
    assert recentes(connecter(personas.encadrante_rennes).get("/fiches/").content.decode()) == []
    assert recentes(connecter(personas.ts_rennes_collegue).get("/fiches/").content.decode()) == []


def test_les_noms_recents_sont_dans_le_meme_evenement_que_la_liste(personas: Personas) -> None:
    par = personas.ts_rennes
    close = gestes.transmettre(par)
    gestes.repondre(personas.agent_caisse, close)
    with contexte(par):
        envois.lire_reponse(close, par=par, maintenant=apres(hours=4))
    gestes.clore(par, close)
    gestes.transmettre(par, le=apres(hours=5))
    connecter(par).get("/fiches/")
    with gestes.vu_de(DEPARTEMENT):
        lus = Evenement.objects.filter(action="lecture_liste").values_list("nombre", flat=True)
        assert list(lus) == [2]


def test_une_etape_reservee_ne_change_pas_l_ordre_des_recentes(personas: Personas) -> None:
    par = personas.ts_rennes
    discrete = gestes.transmettre(par, DISCRETE)
    autre = gestes.transmettre(par, le=apres(hours=1))
    gestes.repondre(personas.agent_caisse, discrete, gestes.ETAPE, le=apres(hours=2))
    with contexte(par):
        ordre = list(Fiche.objects.suivies_par(par).touchees_recemment())
    assert [une.pk for une in ordre] == [autre.pk, discrete.pk]
