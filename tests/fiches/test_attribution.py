"""Who at the caisse has a fiche: assigned, passed on, given back; of two at once one holds."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.actions import attribution, reponses
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Avis, Fiche
from relais.journal.chaine import verifier
from relais.journal.models import Evenement
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, apres, ensemble
from tests.personas import Personas, connecter

ADRESSE = "/corbeille/attribuer/"


def attribuer(
    par: Affectation,
    fiche: Fiche,
    a: Affectation | None,
    *,
    vue: int | None = None,
) -> Fiche:
    with contexte(par):
        vraie = Fiche.objects.get(pk=fiche.pk)
        return attribution.attribuer(vraie, a=a, vue=vue, par=par, maintenant=apres(hours=1))


def lisible(reponse: Any) -> str:
    """The page with plain spaces."""
    return str(reponse.content.decode()).replace("\u00a0", " ")


def test_une_fiche_attribuee_reste_nouvelle_et_prendre_la_suivante_la_saute(
    personas: Personas,
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    attribuer(personas.responsable_caisse, fiche, personas.agent_caisse)
    relue = gestes.relire(fiche, CAISSE)
    assert (relue.statut, relue.chargee_a) == ("transmise", personas.agent_caisse.agent)
    assert relue.premier_geste_le is None
    with contexte(personas.agent_caisse_collegue):
        assert (
            reponses.prendre_la_suivante(
                par=personas.agent_caisse_collegue, maintenant=apres(hours=2)
            )
            is None
        )
    assert gestes.evenements(fiche, CAISSE)[-1] == "attribution"


@pytest.mark.parametrize("geste", ["prendre", "repondre"])
def test_le_premier_geste_de_son_agent_la_prend_en_charge(personas: Personas, geste: str) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    attribuer(personas.responsable_caisse, fiche, personas.agent_caisse)
    getattr(gestes, geste)(personas.agent_caisse, fiche)
    relue = gestes.relire(fiche, CAISSE)
    assert relue.premier_geste_le is not None
    assert relue.chargee_a == personas.agent_caisse.agent
    assert ("prendre_en_charge", "transmise", "prise_en_charge") in gestes.transitions(
        fiche, CAISSE
    )


def test_le_departement_n_apprend_rien_d_une_attribution(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    avant = gestes.transitions(fiche, DEPARTEMENT)
    attribuer(personas.responsable_caisse, fiche, personas.agent_caisse)
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    assert personas.agent_caisse.agent.nom_complet not in page
    assert "Envoyée, pas encore ouverte" in page
    assert gestes.transitions(fiche, DEPARTEMENT) == avant
    assert gestes.evenements(fiche, DEPARTEMENT).count("attribution") == 0
    assert not Avis.objects.filter(agent=personas.agent_caisse.agent).exists()


def test_une_fiche_prise_se_passe_a_un_collegue_qui_la_copie_en_un_clic(
    personas: Personas,
) -> None:
    qui, collegue = personas.agent_caisse, personas.agent_caisse_collegue
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(qui, fiche)
    attribuer(qui, fiche, collegue, vue=qui.agent_id)
    relue = gestes.relire(fiche, CAISSE)
    assert (relue.statut, relue.chargee_a) == ("prise_en_charge", collegue.agent)
    assert "En cours\u00a0: Lou Fictif" in (
        connecter(collegue).get(f"/fiches/{fiche.reference}/").content.decode()
    )


def test_une_fiche_attribuee_se_rend_une_fiche_prise_ne_se_rend_pas(personas: Personas) -> None:
    qui = personas.agent_caisse
    fiche = gestes.transmettre(personas.ts_rennes)
    attribuer(personas.responsable_caisse, fiche, qui)
    attribuer(qui, fiche, None, vue=qui.agent_id)
    assert gestes.relire(fiche, CAISSE).chargee_a is None
    gestes.prendre(qui, fiche)
    with pytest.raises(ActeRefuse, match="passez-la à un collègue"):
        attribuer(qui, fiche, None, vue=qui.agent_id)


def test_un_agent_n_attribue_pas_ce_qu_il_n_a_pas(personas: Personas) -> None:
    libre = gestes.transmettre(personas.ts_rennes)
    du_collegue = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse_collegue, du_collegue)
    autre = personas.agent_caisse_collegue.agent_id
    for fiche, vue in ((libre, None), (du_collegue, autre)):
        with pytest.raises(PermissionDenied):
            attribuer(personas.agent_caisse, fiche, personas.agent_caisse, vue=vue)


@pytest.mark.parametrize("qui", ["agent_autre_caisse", "ts_rennes", "referent_caisse"])
def test_on_n_attribue_qu_a_un_agent_de_la_caisse_de_la_fiche(personas: Personas, qui: str) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(PermissionDenied):
        attribuer(personas.responsable_caisse, fiche, getattr(personas, qui))
    assert gestes.relire(fiche, CAISSE).chargee_a is None


def test_on_n_attribue_pas_a_un_compte_ferme(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    parti = personas.agent_caisse
    parti.agent.is_active = False
    parti.agent.save(update_fields=["is_active"])
    with pytest.raises(PermissionDenied):
        attribuer(personas.responsable_caisse, fiche, parti)
    page = connecter(personas.responsable_caisse).get(ADRESSE, {"fiche": fiche.reference})
    assert "Kim Fictif" not in page.content.decode()


def test_une_fiche_traitee_ne_s_attribue_plus(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    with pytest.raises(ActeRefuse, match="déjà traitée"):
        attribuer(
            personas.responsable_caisse,
            fiche,
            personas.agent_caisse_collegue,
            vue=personas.agent_caisse.agent_id,
        )


def test_deux_attributions_au_meme_instant_une_seule_tient(personnel: Personas) -> None:
    """The second hears who has the fiche: it decided on a page where nobody had it."""
    agents = (personnel.agent_caisse, personnel.agent_caisse_collegue)
    for _ in range(6):
        fiche = gestes.transmettre(personnel.ts_rennes)
        issues = ensemble(
            [lambda a=a, f=fiche: attribuer(personnel.responsable_caisse, f, a) for a in agents]
        )
        (refus,) = [i for i in issues if isinstance(i, ActeRefuse)]
        relue = gestes.relire(fiche, CAISSE)
        assert refus.phrase == f"{relue.chargee_a} vient de la recevoir."
        assert gestes.evenements(fiche, CAISSE).count("attribution") == 1
    assert verifier(CAISSE).intacte


def test_prendre_et_attribuer_au_meme_instant_ne_se_bloquent_pas(personnel: Personas) -> None:
    for _ in range(6):
        fiche = gestes.transmettre(personnel.ts_rennes)
        travaux: list[Callable[[], Any]] = [
            lambda f=fiche: gestes.prendre(personnel.agent_caisse, f),
            lambda f=fiche: attribuer(
                personnel.responsable_caisse, f, personnel.agent_caisse_collegue
            ),
        ]
        issues = ensemble(travaux)
        assert all(i is None or isinstance(i, Fiche | ActeRefuse) for i in issues), issues
        relue = gestes.relire(fiche, CAISSE)
        assert (relue.statut, relue.chargee_a) == ("prise_en_charge", personnel.agent_caisse.agent)


def test_deux_lots_croises_ne_s_attendent_pas_en_rond(personnel: Personas) -> None:
    fiches = [gestes.transmettre(personnel.ts_rennes) for _ in range(6)]
    navigateurs = [connecter(personnel.responsable_caisse) for _ in range(2)]
    agents = (personnel.agent_caisse, personnel.agent_caisse_collegue)

    def poster(rang: int) -> int:
        ordre = fiches if rang else fiches[::-1]
        envoi = {"fiche": [f.reference for f in ordre], "a": str(agents[rang].pk)}
        return navigateurs[rang].post(ADRESSE, envoi).status_code

    assert ensemble([lambda: poster(0), lambda: poster(1)]) == [302, 302]
    with gestes.vu_de(CAISSE):
        assert not Fiche.objects.filter(chargee_a=None).exists()
        assert Evenement.objects.filter(action="attribution").count() == len(fiches)


def test_le_recapitulatif_montre_la_charge_de_chacun_en_une_requete(personas: Personas) -> None:
    maintenant = horloge.maintenant()
    for age in (timedelta(hours=1), timedelta(days=4)):
        prise = gestes.transmettre(personas.ts_rennes, le=maintenant - age)
        gestes.prendre(personas.agent_caisse, prise, le=maintenant)
    fiche = gestes.transmettre(personas.ts_rennes, le=maintenant)
    navigateur = connecter(personas.responsable_caisse)
    navigateur.get(ADRESSE, {"fiche": fiche.reference})
    with CaptureQueriesContext(connection) as capture:
        page = navigateur.get(ADRESSE, {"fiche": fiche.reference}).content.decode()
    assert sum("du_jour" in une["sql"] for une in capture) == 1
    ligne = page.split("Kim Fictif</label>")[1].split("</tr>")[0]
    assert re.findall(r'class="chiffres" data-titre="[^"]+">(\d+)', ligne)[:2] == ["2", "1"]
    collegue = page.split("Lou Fictif</label>")[1].split("</tr>")[0]
    assert re.findall(r'class="chiffres" data-titre="[^"]+">(\d+)', collegue) == ["0", "0", "0"]


def test_attribuer_plusieurs_fiches_de_la_liste(personas: Personas) -> None:
    fiches = [gestes.transmettre(personas.ts_rennes) for _ in range(3)]
    gestes.prendre(personas.agent_caisse_collegue, fiches[2])
    navigateur = connecter(personas.responsable_caisse)
    envoi = {
        "fiche": [f.reference for f in fiches],
        "a": str(personas.agent_caisse.pk),
        "retour": "vue=nouvelles&nom=Fictif",
    }
    reponse = navigateur.post(ADRESSE, envoi)
    assert reponse.headers["Location"] == "/corbeille/?vue=nouvelles"
    page = lisible(navigateur.get("/corbeille/"))
    assert "2 fiches attribuées à Kim Fictif." in page
    assert f"{fiches[2].reference} : Lou Fictif vient de la recevoir." in page
    assert [gestes.relire(f, CAISSE).chargee_a.prenom for f in fiches] == ["Kim", "Kim", "Lou"]


def test_attribuer_sans_choisir_le_dit_a_cote_et_garde_les_fiches(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.responsable_caisse)
    reponse = navigateur.post(ADRESSE, {"fiche": fiche.reference})
    assert reponse.status_code == 422
    page = reponse.content.decode()
    assert "Choisissez à qui." in page
    assert f'value="{fiche.reference}"' in page


@pytest.mark.parametrize("references", [[], ["ABCD-2345"], ["'; --"], ["\x00"], ["é"] * 90])
def test_sans_fiche_choisie_on_revient_a_la_liste(personas: Personas, references: list) -> None:
    navigateur = connecter(personas.responsable_caisse)
    for envoyer in (navigateur.get, navigateur.post):
        reponse = envoyer(ADRESSE, {"fiche": references, "retour": "//ailleurs.test/"})
        assert reponse.headers["Location"] == "/corbeille/"


def test_une_autre_caisse_n_atteint_pas_la_fiche(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.agent_autre_caisse)
    envoi = {"fiche": fiche.reference, "a": str(personas.agent_autre_caisse.pk)}
    assert navigateur.post(ADRESSE, envoi).status_code == 302
    assert gestes.relire(fiche, CAISSE).chargee_a is None


@pytest.mark.parametrize(
    ("filtres", "attendues"),
    [
        ("", {"libre", "attribuée", "prise"}),
        ("vue=nouvelles", {"libre", "attribuée"}),
        ("vue=nouvelles&agent=personne", {"libre"}),
        ("agent=quelqu_un", {"attribuée", "prise"}),
        ("agent=moi", {"attribuée"}),
        ("vue=en_cours", {"prise"}),
        ("vue=attente", set()),
        ("vue=retard", set()),
        ("vue=inconnue&agent=999999", {"libre", "attribuée", "prise"}),
    ],
)
def test_les_filtres_de_la_liste(personas: Personas, filtres: str, attendues: set[str]) -> None:
    maintenant = horloge.maintenant()
    fiches = {
        nom: gestes.transmettre(personas.ts_rennes, le=maintenant)
        for nom in ("libre", "attribuée", "prise")
    }
    attribuer(personas.responsable_caisse, fiches["attribuée"], personas.agent_caisse)
    gestes.prendre(personas.agent_caisse_collegue, fiches["prise"], le=maintenant)
    page = connecter(personas.agent_caisse).get(f"/corbeille/?{filtres}").content.decode()
    assert {nom for nom, f in fiches.items() if f.reference in page} == attendues


def test_le_responsable_filtre_par_agent_et_les_listes_disent_combien(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, le=horloge.maintenant())
    gestes.transmettre(personas.ts_rennes, le=horloge.maintenant())
    attribuer(personas.responsable_caisse, fiche, personas.agent_caisse)
    numero = personas.agent_caisse.agent_id
    navigateur = connecter(personas.responsable_caisse)
    page = navigateur.get(f"/corbeille/?agent={numero}&vue=nouvelles").content.decode()
    assert page.count('class="reference"') == 1
    assert 'href="?agent=' in page  # the other lists keep the filter
    onglet = page.split("Nouvelles")[1].split("</a>")[0]
    assert '<span class="nombre">1</span>' in onglet
