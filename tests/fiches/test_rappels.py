"""Reminders: to whom, when, once; and nobody is reminded of what no longer waits."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation, Agent
from relais.fiches import avis, rappels
from relais.fiches.actions import brouillons, departs, envois, reponses
from relais.fiches.contenu import Contenu, ContenuReponse
from relais.fiches.departs import Heritage
from relais.fiches.models import Avis, Courriels, Fiche, Rappel
from relais.regles.convention import Canal
from relais.regles.retrait import MotifRetrait
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, DISCRETE, PAIEMENT
from tests.fiches.plans import verifier_son_index
from tests.personas import Personas

# Sent on Monday 16 November 2026 at 10 in Paris: reminders on Wednesday, référents on Thursday.
# In the past for good: who acted « a short while ago » is read in a journal with its own clock.
LUNDI = datetime(2026, 11, 16, 9, tzinfo=UTC)
A_48_H, A_68_H = LUNDI + timedelta(hours=48), datetime(2026, 11, 18, 15, tzinfo=UTC)
A_72_H = LUNDI + timedelta(hours=72)
# Announced for Friday 20: overdue on Monday at 8 in Paris.
ETAPE = replace(gestes.ETAPE, prochain_point_le=date(2026, 11, 20))
ETAPE_PASSEE = datetime(2026, 11, 23, 7, tzinfo=UTC)
BOITE = "(boîte de la caisse)"


def apres(**duree: float) -> datetime:
    return LUNDI + timedelta(**duree)


def transmettre(par: Affectation, contenu: Contenu = DEMANDE) -> Fiche:
    return gestes.transmettre(par, contenu, le=LUNDI)


def prendre(par: Affectation, fiche: Fiche) -> None:
    gestes.prendre(par, fiche, le=apres(hours=2))


def repondre(
    par: Affectation, fiche: Fiche, reponse: ContenuReponse = PAIEMENT, *, heures: float = 3
) -> None:
    gestes.repondre(par, fiche, reponse, le=apres(hours=heures))


def lire(par: Affectation, fiche: Fiche) -> None:
    gestes.lire_la_reponse(par, fiche, le=apres(hours=4))


def prevus(fiche: Fiche) -> list[tuple[str, str, datetime]]:
    """What the caisse's wall shows of the reminders of a fiche, the étapes among them.

    Those of its filing have their own tests (test_rappels_de_classement.py).
    """
    with gestes.vu_de(CAISSE):
        return list(
            Rappel.objects.filter(fiche=fiche)
            .exclude(nature="classement")
            .order_by("du_le", "organisation")
            .values_list("nature", "organisation", "du_le")
        )


def passer(le: datetime) -> list[tuple[str, str]]:
    """A passage of the minute job for everybody: the new mails, each with its addressee."""
    avant = set(Avis.objects.values_list("pk", flat=True))
    for organisation in (CAISSE, DEPARTEMENT, "autre-caisse"):
        rappels.faire(organisation, maintenant=le)
    nouveaux = Avis.objects.exclude(pk__in=avant).exclude(objet="rappel_classement")
    nouveaux = nouveaux.select_related("agent").order_by("agent__email")
    return [(un.objet, a_qui(un)) for un in nouveaux]


def a_qui(un: Avis) -> str:
    return un.agent.email.removesuffix("@exemple.test") if un.agent else BOITE


def suites(fiche: Fiche) -> dict[str, str]:
    with gestes.vu_de(CAISSE):
        faits = Rappel.objects.filter(fiche=fiche, fait_le__isnull=False)
        return {r.nature: r.suite for r in faits.exclude(nature="classement")}


def test_un_envoi_prevoit_ses_rappels_et_rien_d_autre(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    assert prevus(fiche) == [
        ("attente", CAISSE, A_48_H),
        ("echeance", CAISSE, A_68_H),
        ("retard", CAISSE, A_72_H),
        ("retard", DEPARTEMENT, A_72_H),
    ]
    assert passer(A_48_H - timedelta(seconds=1)) == []


def test_sans_agent_la_boite_de_la_caisse_est_rappelee_puis_les_deux_referents(
    personas: Personas,
) -> None:
    transmettre(personas.ts_rennes)
    assert passer(A_48_H) == [("rappel_reponse", BOITE)]
    assert passer(A_68_H) == [("rappel_reponse", BOITE)]
    assert passer(A_72_H) == [
        ("rappel_retard", "referent.caisse"),
        ("rappel_retard", "referent.departement"),
    ]
    assert passer(apres(days=10)) == []


def test_qui_a_pris_la_fiche_est_rappele_lui_seul(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    prendre(personas.agent_caisse, fiche)
    assert passer(A_48_H) == [("rappel_reponse", "agent.caisse")]


def test_un_agent_parti_ne_garde_pas_le_rappel_pour_lui(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    prendre(personas.agent_caisse, fiche)
    par, lou = personas.admin_caisse, personas.agent_caisse_collegue
    with contexte(par):
        departs.partir(
            personas.agent_caisse.agent, Heritage({None: lou}), par=par, maintenant=apres(hours=3)
        )
    assert passer(A_48_H) == [("rappel_reponse", "agent.caisse.collegue")]


def test_une_fiche_repondue_n_attend_plus_rien_de_la_caisse(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    repondre(personas.agent_caisse, fiche)
    lire(personas.ts_rennes, fiche)
    assert passer(apres(days=8)) == []
    assert suites(fiche) == {
        "attente": "sans_objet",
        "echeance": "sans_objet",
        "retard": "sans_objet",
        "lecture": "sans_objet",
    }


def test_une_fiche_rappelee_ou_retiree_n_attend_plus_rien(personas: Personas) -> None:
    ts = personas.ts_rennes
    rappelee, retiree = (transmettre(ts) for _ in range(2))
    gestes.lire(personas.agent_caisse, retiree, le=apres(hours=1))
    with contexte(ts):
        envois.rappeler(rappelee, par=ts, maintenant=apres(hours=2))
        envois.retirer(retiree, MotifRetrait.ERREUR, par=ts, maintenant=apres(hours=2))
    assert passer(apres(days=4)) == []


def test_une_fiche_supprimee_emporte_ses_rappels_et_leurs_courriels(personas: Personas) -> None:
    ts = personas.ts_rennes
    fiche = transmettre(ts)
    assert passer(A_48_H) != []
    with contexte(ts):
        envois.rappeler(fiche, par=ts, maintenant=apres(hours=50))
        brouillons.supprimer(fiche, par=ts, maintenant=apres(hours=51))
    for organisation in (CAISSE, DEPARTEMENT):
        with gestes.vu_de(organisation):
            assert not Rappel.objects.exists()
    assert not Avis.objects.exists()


def test_un_nouveau_tour_a_ses_rappels_et_l_ancien_n_en_a_plus(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    repondre(personas.agent_caisse, fiche)
    lire(personas.ts_rennes, fiche)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=1))
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=1))
    assert passer(A_48_H) == []
    assert passer(A_72_H) == [("rappel_reponse", "agent.caisse")]  # 48 h of the second one


def test_un_ouvrier_arrete_deux_jours_ne_rattrape_que_ce_qui_sert(personas: Personas) -> None:
    transmettre(personas.ts_rennes)
    assert passer(A_68_H) == [("rappel_reponse", BOITE)]  # the one of 48 h would say the same
    transmettre(personas.ts_rennes)
    assert {objet for objet, _ in passer(apres(days=5))} == {"rappel_retard"}


def test_par_bluefiles_les_72_heures_ne_s_observent_pas_ici(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes, le=LUNDI)
    with contexte(personas.ts_rennes):
        Fiche.objects.filter(pk=fiche.pk).update(canal=Canal.BLUEFILES)
        fiche.refresh_from_db()
    gestes.envoyer(personas.ts_rennes, fiche, le=LUNDI)
    assert prevus(fiche) == []
    assert passer(apres(days=4)) == []


# --- The news that the caisse has announced ---------------------------------------------------


DEUX_CASES = pytest.mark.parametrize(
    "contenu", [DEMANDE, DISCRETE], ids=["informe", "sans la case"]
)


@DEUX_CASES
def test_une_etape_sans_suite_rappelle_son_agent_et_jamais_le_departement(
    personas: Personas, contenu: Contenu
) -> None:
    fiche = transmettre(personas.ts_rennes, contenu)
    repondre(personas.agent_caisse, fiche, ETAPE)
    assert ("etape", CAISSE, ETAPE_PASSEE) in prevus(fiche)
    with gestes.vu_de(DEPARTEMENT):
        assert not Rappel.objects.filter(nature="etape").exists()
    avant = ETAPE_PASSEE - timedelta(seconds=1)
    assert {objet for objet, _ in passer(avant)} == {"rappel_retard"}
    assert passer(ETAPE_PASSEE) == [("rappel_etape", "agent.caisse")]


def test_les_referents_sont_prevenus_pareil_avec_ou_sans_etape(personas: Personas) -> None:
    """Or the silence would tell the Département that there was one."""
    fiche = transmettre(personas.ts_rennes, DISCRETE)
    repondre(personas.agent_caisse, fiche, ETAPE)
    assert passer(A_72_H) == [
        ("rappel_retard", "referent.caisse"),
        ("rappel_retard", "referent.departement"),
    ]


def test_apres_une_etape_seul_le_dernier_rappel_avant_l_echeance_part(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    repondre(personas.agent_caisse, fiche, ETAPE)
    assert passer(A_48_H) == []
    assert passer(A_68_H) == [("rappel_reponse", "agent.caisse")]


def test_un_nouveau_mot_efface_la_date_annoncee(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    repondre(personas.agent_caisse, fiche, ETAPE)
    suivante = replace(ETAPE, prochain_point_le=ETAPE.prochain_point_le + timedelta(days=7))
    repondre(personas.agent_caisse, fiche, suivante, heures=24)
    assert [n for n, _, _ in prevus(fiche)].count("etape") == 1
    assert "rappel_etape" not in [objet for objet, _ in passer(ETAPE_PASSEE)]
    repondre(personas.agent_caisse, fiche, heures=360)
    assert [n for n, _, _ in prevus(fiche)].count("etape") == 0


# --- The author's turn -------------------------------------------------------------------------


@DEUX_CASES
def test_une_reponse_non_lue_rappelle_l_auteur_au_bout_de_trois_jours(
    personas: Personas, contenu: Contenu
) -> None:
    fiche = transmettre(personas.ts_rennes, contenu)
    repondre(personas.agent_caisse, fiche)
    assert passer(apres(hours=3, days=3) - timedelta(seconds=1)) == []
    assert passer(apres(hours=3, days=3)) == [("rappel_lecture", "ts.rennes")]
    assert passer(apres(days=30)) == []


def test_une_reponse_lue_ne_rappelle_personne(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    repondre(personas.agent_caisse, fiche)
    lire(personas.ts_rennes, fiche)
    assert passer(apres(days=8)) == []


def test_close_avec_sa_reponse_elle_se_rappelle_tant_qu_elle_n_est_pas_lue(
    personas: Personas,
) -> None:
    fiche, caisse = transmettre(personas.ts_rennes), personas.agent_caisse
    with contexte(caisse):
        reponses.clore_avec_reponse(fiche, PAIEMENT, par=caisse, maintenant=apres(hours=3))
    assert passer(apres(hours=3, days=3)) == [("rappel_lecture", "ts.rennes")]


@DEUX_CASES
def test_une_precision_demandee_rappelle_l_auteur_au_bout_de_deux_jours(
    personas: Personas, contenu: Contenu
) -> None:
    """Its text is fixed, the same whatever was asked; the clock of the caisse goes on."""
    fiche = transmettre(personas.ts_rennes, contenu)
    repondre(personas.agent_caisse, fiche, gestes.IDENTITE)
    assert passer(A_48_H) == []  # the author has the turn
    assert passer(apres(hours=3, days=2) - timedelta(seconds=1)) == []
    assert passer(apres(hours=3, days=2)) == [("rappel_complement", "ts.rennes")]
    assert passer(A_68_H) == [("rappel_reponse", "agent.caisse")]
    assert len(passer(A_72_H)) == 2
    assert passer(apres(days=10)) == []


def test_une_precision_donnee_ou_redemandee_efface_la_premiere_attente(personas: Personas) -> None:
    donnee, redemandee = (transmettre(personas.ts_rennes) for _ in range(2))
    for fiche in (donnee, redemandee):
        repondre(personas.agent_caisse, fiche, gestes.PRECISION)
        gestes.completer(personas.ts_rennes, fiche, le=apres(hours=20))
    repondre(personas.agent_caisse, redemandee, gestes.PRECISION, heures=24)
    assert "rappel_complement" not in [objet for objet, _ in passer(apres(hours=71))]
    assert passer(apres(hours=72)) != []
    assert ("rappel_complement", "ts.rennes") not in passer(apres(days=10))


def test_qui_ecrit_la_precision_demandee_n_est_pas_rappele(personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes)
    repondre(personas.agent_caisse, fiche, gestes.PRECISION)
    a = apres(hours=3, days=2)
    gestes.preparer(personas.ts_rennes, fiche, "Déposée en mars.", le=a - timedelta(minutes=30))
    assert "rappel_complement" not in [objet for objet, _ in passer(a)]
    assert ("rappel_complement", "ts.rennes") in passer(a + timedelta(minutes=31))


# --- What each wants ---------------------------------------------------------------------------


def choisir(agent: Agent, choix: str) -> None:
    Courriels.objects.create(agent=agent, choix=choix)


@pytest.mark.parametrize("choix", ["point", "aucun"])
def test_qui_ne_veut_pas_chaque_courriel_ne_recoit_que_les_echeances(
    personas: Personas, choix: str
) -> None:
    for qui in ("ts_rennes", "agent_caisse", "referent_caisse", "referent_departement"):
        choisir(getattr(personas, qui).agent, choix)
    fiche = transmettre(personas.ts_rennes)
    prendre(personas.agent_caisse, fiche)
    assert passer(A_48_H) == [("rappel_reponse", "agent.caisse")]
    assert passer(A_68_H) == [("rappel_reponse", "agent.caisse")]
    assert len(passer(A_72_H)) == 2
    repondre(personas.agent_caisse, fiche, heures=73)
    assert not Avis.objects.filter(agent=personas.ts_rennes.agent).exists()
    assert passer(apres(days=8)) == []


# --- Somebody at work is left alone ------------------------------------------------------------


def envoyee_il_y_a_peu(personas: Personas, traitant: Affectation) -> Fiche:
    """Its last reminder is due, its deadline is not; taken this very minute."""
    maintenant = horloge.maintenant()
    il_y_a = timedelta(hours=69, minutes=30)
    fiche = gestes.transmettre(personas.ts_rennes, le=maintenant - il_y_a)
    gestes.prendre(traitant, fiche, le=maintenant)
    return fiche


def test_qui_vient_d_agir_sur_la_fiche_n_est_rappele_qu_ensuite(personas: Personas) -> None:
    """The journal, whose clock is the base's, says who did what a short while ago."""
    envoyee_il_y_a_peu(personas, personas.agent_caisse)
    maintenant = horloge.maintenant()
    assert passer(maintenant) == []
    assert passer(maintenant + timedelta(minutes=59)) == []
    assert passer(maintenant + timedelta(minutes=61)) == [("rappel_reponse", "agent.caisse")]


def test_l_acte_d_un_collegue_ne_compte_pas(personas: Personas) -> None:
    fiche = envoyee_il_y_a_peu(personas, personas.agent_caisse_collegue)
    with gestes.vu_de(CAISSE):
        Fiche.objects.filter(pk=fiche.pk).update(chargee_a=personas.agent_caisse.agent)
    assert passer(horloge.maintenant()) == [("rappel_reponse", "agent.caisse")]


# --- Words, index, wall ------------------------------------------------------------------------


def test_un_rappel_dit_une_reference_une_heure_et_rien_de_la_personne(personas: Personas) -> None:
    from tests.fiches.test_avis import SECRETS

    fiche = transmettre(personas.ts_rennes)
    passer(A_48_H)
    passer(A_72_H)
    repondre(personas.agent_caisse, fiche, heures=73)
    passer(apres(days=9))
    rappeles = Avis.objects.filter(rappel__isnull=False)
    assert {un.get_objet_display() for un in rappeles} == {"Rappel : une fiche attend"}
    assert all(" :" not in avis.corps(un) for un in rappeles)  # the line would break there
    textes = {un.objet: avis.corps(un).replace("\u00a0", " ") for un in rappeles}
    assert set(textes) == {"rappel_reponse", "rappel_retard", "rappel_lecture"}
    assert (
        "Une fiche attend une réponse avant le jeudi 19 novembre 2026 à 10 h. Dernière heure"
        " d’ouverture avant cette échéance : jeudi 19 novembre 2026 à 10 h."
    ) in textes["rappel_reponse"]
    for texte in textes.values():
        assert [mot for mot in SECRETS if mot in texte] == []
        assert fiche.reference in texte
        assert "Ce message ne dit rien de la personne concernée" in texte


def test_chercher_ce_qui_est_du_passe_par_son_index_derriere_le_mur(personas: Personas) -> None:
    with gestes.vu_de(CAISSE):
        verifier_son_index("rappel_du", Rappel.objects.dus(CAISSE, A_48_H), CAISSE)


def test_une_autre_organisation_ne_voit_aucun_rappel(personas: Personas) -> None:
    transmettre(personas.ts_rennes)
    with gestes.vu_de("autre-caisse"):
        assert not Rappel.objects.exists()
    assert not Rappel.objects.exists()


# --- Once, whatever happens --------------------------------------------------------------------


def test_deux_ouvriers_ensemble_ne_rappellent_qu_une_fois(personnel: Personas) -> None:
    for _ in range(5):
        transmettre(personnel.ts_rennes)
    travail = partial(rappels.faire, CAISSE, maintenant=A_48_H)
    assert gestes.ensemble([travail] * 6) == [None] * 6
    assert Avis.objects.filter(objet="rappel_reponse").count() == 5


def test_un_rappel_en_echec_ne_retient_pas_les_autres(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        transmettre(personas.ts_rennes)
    vrai, vus = avis.prevenir, []

    def tomber_une_fois(*args: Any, **options: Any) -> None:
        vus.append(args)
        if len(vus) == 2:
            raise RuntimeError("the database went away")
        vrai(*args, **options)

    monkeypatch.setattr(avis, "prevenir", tomber_une_fois)
    with pytest.raises(ExceptionGroup):
        rappels.faire(CAISSE, maintenant=A_48_H)
    assert Avis.objects.filter(objet="rappel_reponse").count() == 2
    rappels.faire(CAISSE, maintenant=A_48_H)
    assert Avis.objects.filter(objet="rappel_reponse").count() == 3
