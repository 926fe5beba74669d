"""The month's page: every figure against a recount by hand of a story drawn at random.

The recount knows only what the story tells: it reads neither the counters nor the fiches.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation, Convention, Equipe, Organisation, Territoire
from relais.fiches import chiffres
from relais.fiches.actions import envois
from relais.fiches.chiffres import Chiffres, Tableau
from relais.fiches.models import Compteur, Fiche
from relais.regles import indicateurs
from relais.regles.retrait import MotifRetrait
from relais.socle.horloge import PARIS
from tests.fiches import gestes
from tests.fiches.gestes import AILLEURS, DEMANDE, DEPARTEMENT, DISCRETE, ETAPE, PAIEMENT, PRECISION
from tests.fiches.saisie import adresse, lisible
from tests.personas import Personas, connecter

__all__ = ["adresse"]  # fixtures

MAINTENANT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
NOVEMBRE, OCTOBRE = date(2026, 11, 1), date(2026, 10, 1)
EQUIPE_DE = {"ts_rennes": "CDAS Exemple Nord", "ts_redon": "CDAS Exemple Sud"}
SANS_REDUIRE = (Phase.explicit, Phase.reuse, Phase.generate)  # a story takes its second
SUITES = ("rien", "prise", "repondue", "hors_perimetre", "rappelee", "retiree", "redemandee")


@dataclass(frozen=True)
class Recit:
    """One fiche: sent so many hours ago, an étape and its end so many hours later."""

    auteur: str
    informe: bool
    age: int
    suite: str
    apres: int
    etape: int | None

    @property
    def parti_le(self) -> datetime:
        return MAINTENANT - timedelta(hours=self.age)

    def a(self, heures: int) -> datetime:
        return min(self.parti_le + timedelta(hours=heures), MAINTENANT)

    @property
    def conclue_le(self) -> datetime:
        return self.a(max(self.apres, self.etape or 0))


RECITS = st.builds(
    Recit,
    auteur=st.sampled_from(sorted(EQUIPE_DE)),
    informe=st.booleans(),
    age=st.integers(1, 60 * 24),
    suite=st.sampled_from(SUITES),
    apres=st.integers(1, 120),
    etape=st.none() | st.integers(1, 110),
)


def raconter(recit: Recit, personas: Personas) -> Fiche:
    par, caisse = getattr(personas, recit.auteur), personas.agent_caisse
    fiche = gestes.transmettre(par, DEMANDE if recit.informe else DISCRETE, le=recit.parti_le)
    if recit.suite == "rappelee":
        with contexte(par):
            envois.rappeler(fiche, par=par, maintenant=recit.conclue_le)
        return fiche
    if recit.etape is not None:
        gestes.repondre(caisse, fiche, ETAPE, le=recit.a(recit.etape))
    elif recit.suite in ("prise", "retiree"):
        gestes.prendre(caisse, fiche, le=recit.a(1))
    if recit.suite in ("repondue", "hors_perimetre", "redemandee"):
        dite = AILLEURS if recit.suite == "hors_perimetre" else PAIEMENT
        gestes.repondre(caisse, fiche, dite, le=recit.conclue_le)
    if recit.suite == "retiree":
        with contexte(par):
            fiche = Fiche.objects.get(pk=fiche.pk)
            envois.retirer(fiche, MotifRetrait.ERREUR, par=par, maintenant=recit.conclue_le)
    if recit.suite == "redemandee":
        gestes.reprendre(par, fiche, le=recit.conclue_le)
        gestes.envoyer(par, fiche, le=recit.conclue_le)
    return fiche


def le_mois(instant: datetime) -> date:
    return instant.astimezone(PARIS).date().replace(day=1)


def recompter(recits: list[Recit], *, caisse: bool) -> dict[tuple[date, str], Counter[str]]:
    """(month, équipe) → each figure, from the story alone."""
    tout: dict[tuple[date, str], Counter[str]] = {}
    for recit in recits:
        lieu = EQUIPE_DE[recit.auteur]
        c = tout.setdefault((le_mois(recit.parti_le), lieu), Counter())
        due = recit.parti_le + timedelta(hours=72)
        c["demandes"] += 1
        lisible = caisse or recit.informe
        etape_a_temps = (
            recit.etape is not None
            and recit.suite != "rappelee"
            and recit.a(recit.etape) <= due
            and lisible
        )
        if recit.suite in ("rappelee", "retiree"):
            c["reprises"] += 1
        elif recit.suite in ("repondue", "hors_perimetre", "redemandee"):
            a_temps = recit.conclue_le <= due
            c["a_temps" if a_temps else "en_retard"] += 1
            c["retards_avec_etape"] += etape_a_temps and not a_temps
            c["hors_perimetre"] += recit.suite == "hors_perimetre" and lisible
        else:
            c["en_attente"] += 1
            c["attente_en_retard"] += due < MAINTENANT
            c["retards_avec_etape"] += etape_a_temps and due < MAINTENANT
        if recit.suite == "redemandee":
            autre = tout.setdefault((le_mois(recit.conclue_le), lieu), Counter())
            autre["redemandes"] += 1
            autre["en_attente"] += 1
            autre["attente_en_retard"] += recit.conclue_le + timedelta(hours=72) < MAINTENANT
    return tout


def lire(qui: Affectation, mois: date = NOVEMBRE) -> Tableau:
    with contexte(qui):
        return chiffres.du_mois(mois, pour=qui, maintenant=MAINTENANT)


def par_equipe(tableau: Tableau) -> dict[str, Chiffres]:
    return {e.nom: c for ligne in tableau.lignes for e, c in ligne.equipes if c != Chiffres()}


def attendus(comptes: dict[tuple[date, str], Counter[str]], mois: date) -> dict[str, Chiffres]:
    return {lieu: Chiffres(**c) for (m, lieu), c in comptes.items() if m == mois and +c}


@settings(
    max_examples=15,
    phases=SANS_REDUIRE,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(recits=st.lists(RECITS, min_size=1, max_size=6))
def test_chaque_chiffre_est_celui_d_un_recomptage_a_la_main(
    recits: list[Recit], personas: Personas
) -> None:
    avant = transaction.savepoint()
    for recit in recits:
        raconter(recit, personas)
    for qui, caisse in ((personas.referent_caisse, True), (personas.referent_departement, False)):
        comptes = recompter(recits, caisse=caisse)
        for mois in (NOVEMBRE, OCTOBRE, date(2026, 9, 1)):
            tableau = lire(qui, mois)
            assert par_equipe(tableau) == attendus(comptes, mois)
            assert tableau.total == sum(par_equipe(tableau).values(), Chiffres())
            bilan = tableau.total
            assert bilan.demandes + bilan.redemandes == (
                bilan.reprises + bilan.a_temps + bilan.en_retard + bilan.en_attente
            )
    transaction.savepoint_rollback(avant)


@pytest.fixture
def histoire(personas: Personas) -> list[Fiche]:
    """One of each suite, in October and in November, in two TIS."""
    return [
        raconter(Recit(auteur, informe, age, suite, 80, 5), personas)
        for auteur, informe in (("ts_rennes", True), ("ts_redon", False))
        for age in (200, 900)
        for suite in SUITES
    ]


def test_une_purge_ne_change_aucun_chiffre_passe(histoire: list[Fiche], personas: Personas) -> None:
    """Every answered, recalled and withdrawn fiche goes, by the bluntest means there are."""
    qui = personas.referent_departement
    avant = lire(qui, OCTOBRE), lire(qui, NOVEMBRE)
    with gestes.vu_de(gestes.CAISSE):
        for modele in ("exemplaire", "transition", "envoi", "tour", "brouillon", "avis"):
            with connection.cursor() as curseur:
                curseur.execute(f"DELETE FROM fiches_{modele}")
    with gestes.vu_de(DEPARTEMENT), connection.cursor() as curseur:
        for modele in ("exemplaire", "transition", "envoi", "tour", "brouillon"):
            curseur.execute(f"DELETE FROM fiches_{modele}")
        curseur.execute(
            "DELETE FROM fiches_fiche"
            " WHERE statut NOT IN ('transmise', 'prise_en_charge', 'complement_demande')"
        )
        assert curseur.rowcount == 16
    apres = lire(qui, OCTOBRE), lire(qui, NOVEMBRE)
    for un, autre in zip(avant, apres, strict=True):
        assert un.annee == autre.annee
        for nom in ("demandes", "redemandes", "reprises", "a_temps", "en_retard", "en_attente"):
            assert getattr(un.total, nom) == getattr(autre.total, nom), nom


def test_chaque_territoire_est_la_meme_a_zero(histoire: list[Fiche], personas: Personas) -> None:
    tableau = lire(personas.responsable_caisse)
    assert [ligne.territoire.code for ligne in tableau.lignes] == [f"T{n}" for n in range(1, 7)]
    assert tableau.lignes[1].chiffres == Chiffres()
    assert tableau.lignes[1].equipes == []
    assert tableau.lignes[0].chiffres.demandes == 7


def test_l_encadrante_voit_son_territoire_et_lui_seul(
    histoire: list[Fiche], personas: Personas
) -> None:
    sien = lire(personas.encadrante_rennes)
    assert [ligne.territoire.code for ligne in sien.lignes] == ["T1"]
    assert sien.total == lire(personas.referent_departement).lignes[0].chiffres
    assert sum(un.envois for un in sien.annee) < sum(
        un.envois for un in lire(personas.referent_departement).annee
    )


def test_une_autre_convention_n_est_jamais_comptee(
    histoire: list[Fiche], personas: Personas
) -> None:
    avant = lire(personas.referent_departement), lire(personas.referent_caisse)
    ailleurs = Organisation.objects.create(code="cd00", nature="departement", nom="Ailleurs")
    autre = Convention.objects.create(
        code="ailleurs",
        nom="Ailleurs",
        empreinte="0" * 64,
        departement=ailleurs,
        caisse_id="autre-caisse",
        enregistree_le=MAINTENANT,
    )
    tis = Territoire.objects.create(organisation=ailleurs, code="T1", nom="Ailleurs", couleur="")
    equipe = Equipe.objects.create(organisation=ailleurs, territoire=tis, nom="Ailleurs")
    for code in ("demandes", "repondues_a_temps", "delai:h4"):
        Compteur.objects.create(
            convention=autre, mois=NOVEMBRE, territoire=tis, equipe=equipe, code=code, nombre=9
        )
    assert (lire(personas.referent_departement), lire(personas.referent_caisse)) == avant
    assert lire(personas.agent_autre_caisse).total.demandes == 9


def page(qui: Affectation, adresse: str = "/suivi/") -> str:
    reponse = connecter(qui).get(adresse)
    assert reponse.status_code == 200
    texte: str = reponse.content.decode()
    return texte


def test_sans_la_case_le_departement_ne_compte_ni_etape_ni_hors_perimetre(
    personas: Personas,
) -> None:
    """The same page, byte for byte, whatever the caisse answered to the only fiche there is."""
    vues: dict[str, set[str]] = {"departement": set(), "caisse": set()}
    for hors in (False, True):
        avant = transaction.savepoint()
        fiche = gestes.transmettre(personas.ts_rennes, DISCRETE, le=MAINTENANT - timedelta(days=9))
        if hors:
            gestes.repondre(personas.agent_caisse, fiche, ETAPE, le=MAINTENANT - timedelta(days=8))
        else:
            gestes.prendre(personas.agent_caisse, fiche, le=MAINTENANT - timedelta(days=8))
        suite = AILLEURS if hors else PAIEMENT
        gestes.repondre(personas.agent_caisse, fiche, suite, le=MAINTENANT - timedelta(days=2))
        for qui in ("referent_departement", "encadrante_rennes"):
            vues["departement"].add(repr(lire(getattr(personas, qui)).total))
        vues["caisse"].add(repr(lire(personas.referent_caisse).total))
        transaction.savepoint_rollback(avant)
    assert len(vues["departement"]) == 1
    assert len(vues["caisse"]) == 2


@pytest.mark.parametrize("qui", ["encadrante_rennes", "responsable_caisse", "referent_caisse"])
def test_la_page_ne_montre_ni_situation_ni_nom(
    qui: str, histoire: list[Fiche], personas: Personas
) -> None:
    vue = page(getattr(personas, qui))
    for mot in ("AAH", "Invalidité", "Camille", "FICTIF", "1 85 05", histoire[0].reference):
        assert mot not in vue


@pytest.mark.parametrize(
    "mois", ["", "2026-13", "demain", "9999-01", "2026-11-03", "%00", "0000-00"]
)
def test_un_mois_qui_n_existe_pas_montre_celui_ci(mois: str, personas: Personas) -> None:
    assert "Suivi d" in page(personas.referent_caisse, f"/suivi/?mois={mois}")


def test_le_mois_precedent_s_offre_s_il_a_compte_quelque_chose(
    histoire: list[Fiche], personas: Personas
) -> None:
    tableau = lire(personas.referent_caisse, OCTOBRE)
    assert (tableau.precedent, tableau.suivant) == (None, NOVEMBRE)
    assert lire(personas.referent_caisse).precedent == OCTOBRE
    assert lire(personas.referent_caisse).suivant is None


def test_le_premier_instant_du_mois_est_celui_de_paris(personas: Personas) -> None:
    """23:30 UTC on 31 October is already November in Paris; 22:30 is not (winter time)."""
    for heure in (22, 23):
        gestes.transmettre(personas.ts_rennes, le=datetime(2026, 10, 31, heure, 30, tzinfo=UTC))
    assert lire(personas.referent_caisse).total.demandes == 1
    assert lire(personas.referent_caisse).total.en_attente == 1
    assert lire(personas.referent_caisse, OCTOBRE).total.en_attente == 1


@pytest.mark.parametrize(
    ("heures", "code"),
    [
        (0, "h4"),
        (4, "h4"),
        (4.01, "h8"),
        (72, "h72"),
        (72.01, "j5"),
        (480, "j20"),
        (999, "au_dela"),
    ],
)
def test_un_delai_se_garde_par_tranches(heures: float, code: str) -> None:
    assert indicateurs.tranche(timedelta(hours=heures)).code == code


@given(st.lists(st.integers(0, 900), min_size=1))
def test_la_mediane_est_la_tranche_du_delai_median(heures: list[int]) -> None:
    codes = Counter(indicateurs.tranche(timedelta(hours=h)).code for h in heures)
    trouvee = indicateurs.repartition(codes)
    mediane = sorted(heures)[(len(heures) - 1) // 2]
    assert trouvee.mediane == indicateurs.tranche(timedelta(hours=mediane))
    assert trouvee.pire == indicateurs.tranche(timedelta(hours=max(heures)))
    assert trouvee.nombre == len(heures)
    assert indicateurs.repartition({}) == indicateurs.Repartition(0, None, None)


def test_le_delai_et_la_prise_en_charge_se_lisent_dans_les_compteurs(
    histoire: list[Fiche], personas: Personas
) -> None:
    tableau = lire(personas.referent_caisse)
    assert tableau.reponse.pire == indicateurs.tranche(timedelta(hours=80))
    assert tableau.prise.mediane == indicateurs.tranche(timedelta(hours=5))


def test_le_temps_d_attente_d_une_precision_se_lit_a_part(personas: Personas) -> None:
    parti = MAINTENANT - timedelta(hours=50)
    fiche = gestes.transmettre(personas.ts_rennes, le=parti)
    gestes.repondre(personas.agent_caisse, fiche, PRECISION, le=parti + timedelta(hours=2))
    assert lire(personas.referent_departement).total.precision_attendue == 1
    gestes.completer(personas.ts_rennes, fiche, le=parti + timedelta(hours=32))
    gestes.repondre(personas.agent_caisse, fiche, PAIEMENT, le=parti + timedelta(hours=40))
    tableau = lire(personas.referent_departement)
    assert (tableau.complements, tableau.attente.nombre) == (1, 1)
    assert tableau.attente.mediane == indicateurs.tranche(timedelta(hours=30))
    assert tableau.reponse.mediane == indicateurs.tranche(timedelta(hours=40))


def test_la_page_coute_autant_de_requetes_pleine_que_vide(personas: Personas) -> None:
    navigateur = connecter(personas.referent_caisse)

    def requetes() -> list[str]:
        navigateur.get("/suivi/")
        with CaptureQueriesContext(connection) as capture:
            assert navigateur.get("/suivi/").status_code == 200
        return [une["sql"] for une in capture.captured_queries if "fiches_" in une["sql"]]

    vide = requetes()
    for age in (10, 200):
        raconter(Recit("ts_rennes", True, age, "repondue", 80, 5), personas)
    pleine = requetes()
    assert len(pleine) == len(vide) <= 10, pleine


def test_l_encadrante_voit_qui_a_quoi_en_main(personas: Personas) -> None:
    """Counts by owner, in one query: late, unread, closing within the week."""
    par, caisse = personas.ts_rennes, personas.agent_caisse
    gestes.transmettre(par, le=MAINTENANT - timedelta(days=5))
    vieille, lue = (gestes.transmettre(par, le=MAINTENANT - timedelta(days=60)) for _ in range(2))
    for fiche in (vieille, lue):
        gestes.repondre(caisse, fiche, ETAPE, le=MAINTENANT - timedelta(days=59, hours=12))
        gestes.repondre(caisse, fiche, PAIEMENT, le=MAINTENANT - timedelta(days=59))
    with contexte(par):
        lue = Fiche.objects.get(pk=lue.pk)
        envois.lire_reponse(lue, par=par, maintenant=MAINTENANT - timedelta(days=58))
    with contexte(personas.encadrante_rennes):
        charges = Fiche.objects.de_l_equipe(par.equipe).charges(
            MAINTENANT, MAINTENANT + timedelta(days=7)
        )
    assert charges == {
        par.agent_id: {"envoyees": 3, "brouillons": 0, "en_retard": 1, "a_lire": 1, "a_clore": 2}
    }
    vue = lisible(connecter(personas.encadrante_rennes).get("/equipe/"))
    assert "Bientôt closes" in vue
    assert "Bientôt closes" not in lisible(connecter(personas.ts_rennes).get("/equipe/"))
