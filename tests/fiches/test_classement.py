"""« Versée dans l'applicatif métier »: which copy is filed, until when, one by one and in lots."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation
from relais.fiches import affichage, classements, effacement
from relais.fiches.actions import classement, envois
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Exemplaire, Fiche
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, DISCRETE, LUNDI, apres
from tests.personas import Personas, connecter

ADRESSE = "/corbeille/classer/"
ANNULER = "/corbeille/classer/annuler/"


def classer(par: Affectation, fiche: Fiche, *, le: datetime | None = None) -> Fiche:
    with contexte(par):
        vraie = Fiche.objects.get(pk=fiche.pk)
        return classement.classer(
            vraie, vue=vraie.copie_caisse_du, par=par, maintenant=le or apres(hours=5)
        )


def traitee(personas: Personas, *, le: datetime = LUNDI) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes, le=le)
    gestes.repondre(personas.agent_caisse, fiche, le=le + timedelta(hours=3))
    return fiche


def poste(fiche: Fiche) -> dict[str, str]:
    vue = gestes.relire(fiche, CAISSE).copie_caisse_du
    assert vue
    return {"fiche": fiche.reference, f"vue-{fiche.reference}": vue.isoformat()}


def test_la_fiche_sait_jusqu_a_quand_la_caisse_en_a_l_exemplaire(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    relue = gestes.relire(fiche, CAISSE)
    with gestes.vu_de(CAISSE):
        copie = Exemplaire.objects.get(organisation=CAISSE)
    assert relue.copie_caisse_du == LUNDI
    assert relue.copie_caisse_jusqu_au == copie.a_purger_le == LUNDI + timedelta(days=20)


def test_versee_elle_quitte_la_liste_et_l_acte_est_note(personas: Personas) -> None:
    fiche = traitee(personas, le=horloge.maintenant() - timedelta(hours=4))
    navigateur = connecter(personas.agent_caisse_collegue)
    assert fiche.reference in navigateur.get("/corbeille/?vue=a_classer").content.decode()
    reponse = navigateur.post(ADRESSE, poste(fiche) | {"retour": fiche.reference})
    assert reponse.headers["Location"] == f"/fiches/{fiche.reference}/"
    page = navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    assert "1 fiche versée dans l’applicatif métier." in page
    assert "Versée dans l’applicatif métier le" in page
    assert fiche.reference not in navigateur.get("/corbeille/?vue=a_classer").content.decode()
    assert "classement" in gestes.evenements(fiche, CAISSE)


def test_un_nouvel_envoi_est_a_classer_de_nouveau(personas: Personas) -> None:
    """The whole request travels again: it is that copy which must be filed."""
    fiche = traitee(personas)
    classer(personas.agent_caisse, fiche)
    assert gestes.relire(fiche, CAISSE).classee
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=1))
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=1))
    relue = gestes.relire(fiche, CAISSE)
    assert relue.copie_caisse_du == apres(days=1)
    assert relue.classee_le == apres(hours=5)  # the first copy was filed that day: still true
    assert not relue.classee
    gestes.repondre(personas.agent_caisse, fiche, le=apres(days=2))
    with contexte(personas.agent_caisse):
        a_classer = Fiche.objects.a_classer(apres(days=3), timedelta(days=5))
        assert list(a_classer) == [fiche]


def test_renvoyee_pendant_qu_on_la_classait_elle_reste_a_classer(personas: Personas) -> None:
    fiche = traitee(personas)
    avant = gestes.relire(fiche, CAISSE)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=1))
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=1))
    gestes.lire(personas.agent_caisse, fiche, le=apres(days=1))
    with contexte(personas.agent_caisse), pytest.raises(ActeRefuse, match="vient de la renvoyer"):
        classement.classer(
            fiche,
            vue=avant.copie_caisse_du,
            par=personas.agent_caisse,
            maintenant=apres(days=1, hours=1),
        )


def test_une_fiche_jamais_ouverte_ne_se_classe_pas(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(ActeRefuse, match="pas encore été ouverte"):
        classer(personas.agent_caisse, fiche)
    with contexte(personas.ts_rennes):  # its author may still recall it
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(hours=6))


def test_une_fiche_ouverte_se_classe_avant_meme_la_reponse(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    assert classer(personas.agent_caisse, fiche).classee


def test_deux_fois_versee_ne_change_pas_la_date(personas: Personas) -> None:
    fiche = traitee(personas)
    classer(personas.agent_caisse, fiche, le=apres(hours=5))
    with pytest.raises(ActeRefuse, match="déjà versée"):
        classer(personas.agent_caisse_collegue, fiche, le=apres(hours=9))
    assert gestes.relire(fiche, CAISSE).classee_le == apres(hours=5)


def test_au_bout_de_vingt_jours_il_n_y_a_plus_rien_a_verser(personas: Personas) -> None:
    fiche = traitee(personas)
    fin = LUNDI + timedelta(days=20)
    classer(personas.agent_caisse, fiche, le=fin - timedelta(seconds=1))
    autre = traitee(personas)
    with pytest.raises(ActeRefuse, match="a été effacé"):
        classer(personas.agent_caisse, autre, le=fin)


def test_un_versement_s_annule_tant_que_l_exemplaire_est_la(personas: Personas) -> None:
    fiche = traitee(personas)
    qui = personas.agent_caisse_collegue
    classer(personas.agent_caisse, fiche)
    with contexte(qui):
        classement.annuler_classement(fiche, par=qui, maintenant=apres(days=2))
    assert gestes.relire(fiche, CAISSE).classee_le is None
    assert gestes.evenements(fiche, CAISSE)[-2:] == ["classement", "classement_annule"]
    with contexte(qui), pytest.raises(ActeRefuse, match="n’était pas versée"):
        classement.annuler_classement(fiche, par=qui, maintenant=apres(days=2))
    classer(personas.agent_caisse, fiche)
    with contexte(qui), pytest.raises(ActeRefuse, match="a été effacé"):
        classement.annuler_classement(fiche, par=qui, maintenant=apres(days=21))


def test_seule_la_caisse_de_la_fiche_classe(personas: Personas) -> None:
    fiche = traitee(personas)
    for qui in (personas.ts_rennes, personas.referent_caisse):
        with contexte(qui), pytest.raises(PermissionDenied):
            classement.classer(fiche, vue=fiche.copie_caisse_du, par=qui, maintenant=apres(hours=5))
    navigateur = connecter(personas.agent_autre_caisse)
    assert navigateur.post(ADRESSE, poste(fiche)).headers["Location"] == "/corbeille/"
    assert gestes.relire(fiche, CAISSE).classee_le is None


def test_en_lot_un_recapitulatif_ne_change_rien_et_un_refus_n_arrete_pas_les_autres(
    personas: Personas,
) -> None:
    recente = horloge.maintenant() - timedelta(hours=4)
    fiches = [traitee(personas, le=recente) for _ in range(3)]
    deja = fiches[2]
    classer(personas.agent_caisse, deja, le=horloge.maintenant())
    navigateur = connecter(personas.agent_caisse)
    references = [f.reference for f in fiches]
    page = navigateur.get(ADRESSE, {"fiche": references, "retour": "vue=a_classer"})
    assert all(r in page.content.decode() for r in references)
    assert "Camille FICTIF" in page.content.decode()
    assert gestes.relire(fiches[0], CAISSE).classee_le is None
    envoi: dict[str, object] = {"retour": "vue=a_classer"}
    for fiche in fiches:
        envoi |= poste(fiche)
    reponse = navigateur.post(ADRESSE, envoi | {"fiche": references})
    assert reponse.headers["Location"] == "/corbeille/?vue=a_classer"
    apres_coup = navigateur.get("/corbeille/?vue=a_classer").content.decode()
    apres_coup = apres_coup.replace("\u00a0", " ")
    assert "2 fiches versées dans l’applicatif métier." in apres_coup
    assert f"{deja.reference} : Elle était déjà versée." in apres_coup
    assert "Tout est classé" in apres_coup
    assert navigateur.post(ANNULER, {"fiche": references}).status_code == 302
    assert {gestes.relire(f, CAISSE).classee_le for f in fiches} == {None}


@pytest.mark.parametrize(
    ("age", "attendu"),
    [
        (timedelta(days=3), "À classer avant le"),
        (timedelta(days=15), "Contenu effacé dans 5 jours : à classer"),
        (timedelta(days=17, hours=20), "Contenu effacé dans 2 jours : à classer"),
        (timedelta(days=19, hours=1), "Contenu effacé dans 23 h : à classer"),
        (timedelta(days=20), "Effacée le 13 décembre 2026"),
    ],
)
def test_le_repere_dit_ce_qui_reste(personas: Personas, age: timedelta, attendu: str) -> None:
    fiche = gestes.relire(traitee(personas), CAISSE)
    convention = regles_de(fiche.convention_id)
    repere = classements.repere(fiche, maintenant=LUNDI + age, convention=convention)
    assert repere
    assert attendu in repere.texte.replace("\u00a0", " ")


def test_une_fiche_en_cours_n_est_a_classer_qu_a_l_approche_de_sa_fin(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    relue, alerte = gestes.relire(fiche, CAISSE), timedelta(days=5)
    convention = regles_de(relue.convention_id)
    for jours, dit in ((14, False), (15, True)):
        maintenant = LUNDI + timedelta(days=jours)
        repere = classements.repere(relue, maintenant=maintenant, convention=convention)
        assert (repere is not None) == dit
        with contexte(personas.agent_caisse):
            assert Fiche.objects.a_classer(maintenant, alerte).exists() == dit


def test_l_exemplaire_parti_la_page_le_dit_avec_sa_date(personas: Personas) -> None:
    fiche = traitee(personas)
    with gestes.vu_de(CAISSE):
        copies = list(Exemplaire.objects.filter(organisation=CAISSE).values_list("pk", flat=True))
        gestes.engager(copies, CAISSE, le=apres(days=20))
    while effacement.achever(CAISSE):
        pass
    page = connecter(personas.agent_caisse).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Votre exemplaire a été effacé le 13 décembre 2026." in page.replace("\u00a0", " ")
    assert "Versez la fiche dans l’applicatif métier" not in page
    liste = connecter(personas.agent_caisse).get("/corbeille/?vue=traitees").content.decode()
    assert "Exemplaire effacé" in liste


def test_la_date_dite_est_celle_qui_est_ecrite_pour_cet_exemplaire(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    fiche.copie_caisse_jusqu_au = apres(days=10)  # what an avenant would shorten it to
    assert "effacé le 3 décembre 2026." in affichage.copie_effacee(fiche).replace("\u00a0", " ")


def test_par_bluefiles_la_caisse_n_a_jamais_eu_d_exemplaire_ici(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    with contexte(personas.ts_rennes):
        Fiche.objects.filter(pk=fiche.pk).update(canal="bluefiles")
        fiche.refresh_from_db()
    gestes.envoyer(personas.ts_rennes, fiche)
    page = connecter(personas.agent_caisse).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "partie par BlueFiles" in page
    liste = connecter(personas.agent_caisse).get("/corbeille/").content.decode()
    for texte in (page, liste):
        assert "Contenu sur BlueFiles" in texte
        assert "Exemplaire effacé" not in texte
    assert "Votre exemplaire a été effacé" not in page


def test_le_departement_ne_voit_rien_du_classement(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
    gestes.repondre(personas.agent_caisse, fiche)
    avant = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    classer(personas.agent_caisse, fiche)
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    assert page.count("<li") == avant.count("<li")
    assert "applicatif" not in page
    assert "classement" not in gestes.evenements(fiche, DEPARTEMENT)
