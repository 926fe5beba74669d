"""A malfunction from its report to its closing: who does what, who is told, what is never said."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation, Organisation
from relais.fiches import avis, signalements
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.chiffres import mois_lu
from relais.fiches.models import Avis, Dysfonctionnement, FaitDysfonctionnement
from relais.journal.models import Evenement
from relais.regles.convention import Role
from relais.regles.signalement import Etat, Geste, Reponse, Suite, apres
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, LUNDI
from tests.fiches.gestes import apres as plus_tard
from tests.fiches.saisie import erreur_de, lisible
from tests.personas import PERSONAS, Personas, connecter

SUIVI = "/suivi/dysfonctionnements/"


def signaler(qui: Affectation, *, le: Any = LUNDI, nature: str = "technique") -> Dysfonctionnement:
    with contexte(qui):
        return signalements.signaler(nature, "K7QF-3MWP", par=qui, maintenant=le)


def faire(geste: str, signale: Dysfonctionnement, qui: Affectation, *, le: Any, **dit: Any) -> None:
    with contexte(qui):
        getattr(signalements, geste)(signale, par=qui, maintenant=le, **dit)


def relire(signale: Dysfonctionnement) -> Dysfonctionnement:
    with gestes.vu_de(DEPARTEMENT):
        return Dysfonctionnement.objects.get(pk=signale.pk)


DIT: dict[str, Any] = {"reponse": Reponse.RELANCE, "suite": Suite.CAISSE}


def test_de_son_signalement_a_sa_cloture(personas: Personas) -> None:
    signale = signaler(personas.ts_rennes)
    assert signale.reponse_due_le == LUNDI + timedelta(days=10)
    faire("prendre", signale, personas.referent_departement, le=plus_tard(hours=2))
    faire("repondre", signale, personas.referent_caisse, le=plus_tard(days=1), **DIT)
    faire("clore", signale, personas.referent_departement, le=plus_tard(days=2))
    lu = relire(signale)
    assert (lu.etat, lu.reponse, lu.suite) == ("clos", "relance", "caisse")
    assert [lu.pris_le, lu.repondu_le, lu.clos_le] == [
        plus_tard(hours=2),
        plus_tard(days=1),
        plus_tard(days=2),
    ]
    with gestes.vu_de(CAISSE):
        faits = list(FaitDysfonctionnement.objects.values_list("etat", "organisation", "reponse"))
    assert faits == [
        ("pris", DEPARTEMENT, ""),
        ("repondu", CAISSE, "relance"),
        ("clos", DEPARTEMENT, ""),
    ]
    for organisation, nombre in ((DEPARTEMENT, 2), (CAISSE, 1)):
        with gestes.vu_de(organisation):
            traites = Evenement.objects.filter(action="dysfonctionnement_traite")
            assert [e.objet for e in traites] == ["K7QF-3MWP"] * nombre


@pytest.mark.parametrize("tapee", ["K7QF-3MWP", "k7qf 3mwp", "K7QF – 3MWP", "  k7qf.3mwp"])
def test_la_reference_signalee_se_lit_comme_au_guichet(personas: Personas, tapee: str) -> None:
    navigateur = connecter(personas.ts_rennes)
    envoi = {"nature": "technique", "reference": tapee}
    assert navigateur.post("/signaler/", envoi).status_code == 302
    with gestes.vu_de(DEPARTEMENT):
        assert Dysfonctionnement.objects.get().reference == "K7QF-3MWP"


@pytest.mark.parametrize("tapee", ["K7QF-3MW", "K7QF-3MW1", "K7QF-3MWP et la suivante"])
def test_une_reference_mal_signalee_dit_comment_elle_s_ecrit(
    personas: Personas, tapee: str
) -> None:
    envoi = {"nature": "technique", "reference": tapee}
    reponse = connecter(personas.ts_rennes).post("/signaler/", envoi)
    assert reponse.status_code == 422
    assert "référence" in erreur_de(lisible(reponse), "reference")
    with gestes.vu_de(DEPARTEMENT):
        assert not Dysfonctionnement.objects.exists()


def test_les_deux_referents_sont_prevenus_puis_qui_a_signale(personas: Personas) -> None:
    signale = signaler(personas.agent_caisse)
    vers = Avis.objects.filter(objet="dysfonctionnement").values_list("agent__email", flat=True)
    assert set(vers) == {
        personas.referent_departement.agent.email,
        personas.referent_caisse.agent.email,
    }
    faire("repondre", signale, personas.referent_departement, le=plus_tard(days=1), **DIT)
    (parti,) = Avis.objects.filter(objet="suite_dysfonctionnement")
    assert parti.agent == personas.agent_caisse.agent
    assert parti.get_objet_display() == "Du nouveau sur un dysfonctionnement que vous avez signalé"
    texte = avis.corps(parti)
    assert "/signaler/mes-signalements/" in texte
    for mot in ("K7QF", "relanc", "technique", "Kim"):
        assert mot not in texte


def test_un_referent_qui_se_repond_ne_s_ecrit_pas(personas: Personas) -> None:
    signale = signaler(personas.referent_caisse)
    faire("repondre", signale, personas.referent_caisse, le=plus_tard(days=1), **DIT)
    assert not Avis.objects.filter(objet="suite_dysfonctionnement").exists()


def test_qui_a_signale_lit_la_reponse_et_nul_autre(personas: Personas) -> None:
    signale = signaler(personas.ts_rennes)
    mienne = "/signaler/mes-signalements/"
    assert "Attendue avant le" in lisible(connecter(personas.ts_rennes).get(mienne))
    faire("repondre", signale, personas.referent_caisse, le=plus_tard(days=1), **DIT)
    lu = lisible(connecter(personas.ts_rennes).get(mienne))
    assert "La réponse attendue a été relancée" in lu
    assert "Qui agit maintenant : La caisse" in lu
    for autre in ("ts_rennes_collegue", "encadrante_rennes", "agent_caisse"):
        assert "relancée" not in lisible(connecter(getattr(personas, autre)).get(mienne))


@pytest.mark.parametrize("etat", Etat)
@pytest.mark.parametrize("geste", Geste)
def test_la_table_decide_de_chaque_geste(geste: Geste, etat: Etat, personas: Personas) -> None:
    signale = signaler(personas.ts_rennes)
    avant = {
        Etat.SIGNALE: [],
        Etat.PRIS: ["prendre"],
        Etat.REPONDU: ["repondre"],
        Etat.CLOS: ["repondre", "clore"],
    }[etat]
    for un in avant:
        dit = DIT if un == "repondre" else {}
        faire(un, signale, personas.referent_caisse, le=plus_tard(hours=1), **dit)
    dit = DIT if geste == Geste.REPONDRE else {}
    if apres(etat, geste) is None:
        with pytest.raises(ActeRefuse):
            faire(geste, signale, personas.referent_departement, le=plus_tard(hours=2), **dit)
        assert relire(signale).etat == etat
    else:
        faire(geste, signale, personas.referent_departement, le=plus_tard(hours=2), **dit)
        assert relire(signale).etat == apres(etat, geste)


def test_une_reponse_completee_garde_la_date_de_la_premiere(personas: Personas) -> None:
    signale = signaler(personas.ts_rennes)
    for jours in (1, 5):
        faire("repondre", signale, personas.referent_caisse, le=plus_tard(days=jours), **DIT)
    assert relire(signale).repondu_le == plus_tard(days=1)
    with gestes.vu_de(CAISSE):
        assert FaitDysfonctionnement.objects.count() == 2


@pytest.mark.parametrize("qui", sorted(set(PERSONAS) - {"referent_departement", "referent_caisse"}))
def test_seuls_les_referents_repondent(qui: str, personas: Personas) -> None:
    signale = signaler(personas.ts_rennes)
    for geste, dit in (("prendre", {}), ("repondre", DIT), ("clore", {})):
        with pytest.raises(PermissionDenied):
            faire(geste, signale, getattr(personas, qui), le=plus_tard(hours=1), **dit)


def test_le_referent_d_une_autre_caisse_ne_voit_rien(personas: Personas) -> None:
    """The wall first: outside of its two parties, the row does not exist."""
    signale = signaler(personas.ts_rennes)
    autre = personas.agent_autre_caisse
    Affectation.objects.filter(pk=autre.pk).update(role=Role.REFERENT)
    navigateur = connecter(autre)
    assert navigateur.get(f"{SUIVI}{signale.pk}/").status_code == 404
    assert "Rien à suivre" in lisible(navigateur.get(SUIVI))
    autre.role = Role.REFERENT
    with pytest.raises(PermissionDenied):
        faire("prendre", signale, autre, le=plus_tard(hours=1))
    with gestes.vu_de("autre-caisse"):
        assert Dysfonctionnement.objects.count() == FaitDysfonctionnement.objects.count() == 0


def test_deux_referents_a_la_fois_un_seul_prend(personas: Personas) -> None:
    signale = signaler(personas.ts_rennes)
    premiere, seconde = (
        connecter(getattr(personas, qui)) for qui in ("referent_departement", "referent_caisse")
    )
    assert premiere.post(f"{SUIVI}{signale.pk}/prendre/").status_code == 302
    suite = seconde.post(f"{SUIVI}{signale.pk}/prendre/", follow=True)
    assert "Un autre référent vient d’avancer" in lisible(suite)


@pytest.mark.parametrize(
    ("envoi", "champ"),
    [
        ({}, "reponse"),
        ({"reponse": "ailleurs", "suite": "caisse"}, "reponse"),
        ({"reponse": "corrige"}, "suite"),
        ({"reponse": "corrige", "suite": "Camille Fictif"}, "suite"),
    ],
)
def test_une_reponse_hors_des_codes_est_refusee(
    envoi: dict[str, str], champ: str, personas: Personas
) -> None:
    """No free text reaches the base, whatever a program posts."""
    signale = signaler(personas.ts_rennes)
    reponse = connecter(personas.referent_caisse).post(f"{SUIVI}{signale.pk}/", envoi)
    assert reponse.status_code == 422
    assert erreur_de(lisible(reponse), champ)
    assert relire(signale).etat == "signale"


def test_le_fil_se_lit_des_deux_cotes_et_la_page_offre_le_geste_suivant(
    personas: Personas,
) -> None:
    signale = signaler(personas.ts_rennes)
    caisse = connecter(personas.referent_caisse)
    assert "Je m’en occupe" in lisible(caisse.get(f"{SUIVI}{signale.pk}/"))
    caisse.post(f"{SUIVI}{signale.pk}/", {"reponse": "dpo", "suite": "personne"})
    lu = lisible(connecter(personas.referent_departement).get(f"{SUIVI}{signale.pk}/"))
    assert "Transmis aux délégués à la protection des données" in lu
    assert "Noé Fictif" in lu
    assert "Je m’en occupe" not in lu
    assert ">Clore<" in lu
    assert "Ada Essai" not in lu  # who reported is not named


def test_les_filtres_et_le_retard(personas: Personas) -> None:
    ancien, recent = signaler(personas.ts_rennes, le=plus_tard(days=-30)), None
    recent = signaler(personas.agent_caisse, le=plus_tard(days=0), nature="hors_cadre")
    faire("repondre", recent, personas.referent_caisse, le=plus_tard(hours=1), **DIT)
    navigateur = connecter(personas.referent_caisse)

    def vus(vue: str) -> set[int]:
        page = navigateur.get(f"{SUIVI}?vue={vue}").content.decode()
        return {un.pk for un in (ancien, recent) if f"{SUIVI}{un.pk}/" in page}

    assert vus("") == {ancien.pk, recent.pk}
    assert vus("sans_reponse") == vus("retard") == {ancien.pk}
    assert vus("clos") == set()
    assert vus("tous") == {ancien.pk, recent.pk}
    assert "En retard de" in lisible(navigateur.get(SUIVI))


def test_le_bilan_du_mois_compte_par_nature_et_par_territoire(personas: Personas) -> None:
    mois = mois_lu("", maintenant=plus_tard(days=3))
    for qui in (personas.ts_rennes, personas.ts_redon, personas.agent_caisse):
        signale = signaler(qui)
    signaler(personas.ts_rennes, le=plus_tard(days=-60))
    faire("repondre", signale, personas.referent_caisse, le=plus_tard(days=1), **DIT)

    def bilan(qui: Affectation) -> signalements.Bilan:
        with contexte(qui):
            return signalements.du_mois(mois, pour=qui, maintenant=plus_tard(days=11))

    tous = bilan(personas.referent_departement)
    assert (tous.nombre, tous.repondus, tous.en_retard) == (3, 1, 2)
    assert {n.libelle: n.nombre for n in tous.natures}["Problème technique"] == 3
    assert len(tous.natures) == len(Dysfonctionnement.Nature)
    assert tous.delai.mediane is not None
    assert tous.delai.mediane.code == "h24"
    assert bilan(personas.encadrante_rennes).nombre == 1
    assert bilan(personas.responsable_caisse) == tous
    lu = lisible(connecter(personas.referent_departement).get("/suivi/"))
    assert "Suivre les dysfonctionnements" in lu
    assert "Suivre les dysfonctionnements" not in lisible(
        connecter(personas.responsable_caisse).get("/suivi/")
    )


def test_une_autre_convention_n_est_pas_melee(personas: Personas) -> None:
    signale = signaler(personas.ts_rennes)
    ailleurs = Organisation.objects.create(code="cd00", nature="departement", nom="Ailleurs")
    with gestes.vu_de("cd00"):
        for champ in ("departement", "organisation"):
            setattr(signale, champ, ailleurs)
        signale.pk, signale.caisse_id = None, "autre-caisse"
        signale.save()
    with contexte(personas.referent_caisse):
        assert Dysfonctionnement.objects.count() == 1


def test_la_base_refuse_un_repondu_sans_reponse_et_un_clos_sans_date(personas: Personas) -> None:
    signale = signaler(personas.ts_rennes)
    for champs in ({"etat": "repondu"}, {"etat": "clos", "repondu_le": LUNDI, "reponse": "rien"}):
        with (
            gestes.vu_de(DEPARTEMENT),
            pytest.raises(IntegrityError),
            transaction.atomic(),
        ):
            Dysfonctionnement.objects.filter(pk=signale.pk).update(**champs)
