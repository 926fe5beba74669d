"""A situation declared on the page of a person, then files: what stays, what yields and is told."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from relais.annuaire.contexte import contexte
from relais.coffre.actions import Genre, chercher_public, presentes
from relais.regles.reperage import Difference
from relais.regles.subsidiarite import Aah
from relais.reperage.actions import situation
from relais.reperage.actions.actualisation import reexaminer
from relais.reperage.dossier import Dossier
from relais.reperage.imports import fusions
from tests.personas import Personas
from tests.reperage.personnes import (
    DECEMBRE,
    DEPARTEMENT,
    FLUX,
    NOE,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    TABLEAU,
    Recue,
    comparer,
    dite,
    enregistrer,
    gardees,
    le_jour,
    nommee,
    seule,
)

LE = date(2026, 11, 20)  # the day of the correction
VEILLE, LENDEMAIN = LE - timedelta(days=1), LE + timedelta(days=1)
JANVIER = date(2027, 1, 1)
# 60 years old: concerned by her invalidity pension alone.
INVALIDE = nommee(dite(NOE, invalidite=True), naissance=date(1966, 3, 20), nir="")


@pytest.fixture
def corriger(personas: Personas) -> Any:
    """What a professional writes of the only person kept, that day."""

    def ecrire(*, le: date = LE, **champs: Any) -> None:
        personne, connu = seule()
        par = personas.charge_reperage
        with contexte(par):
            situation.corriger(
                personne,
                replace(connu.situation, **champs),
                version=personne.version,
                par=par,
                maintenant=le_jour(le),
            )

    return ecrire


def dits(quoi: str) -> Any:
    return getattr(seule()[1].situation, quoi)


def origine(quoi: str) -> str:
    une = seule()[1].origine(quoi)
    return une.source if une else ""


def test_une_correction_change_le_niveau_le_mois_et_les_publics_aussitot(corriger: Any) -> None:
    enregistrer(nommee(dite(NOE, signale=True), naissance=date(1964, 12, 15)), au=NOVEMBRE)
    avant, _ = seule()
    assert (avant.urgence, chercher_public(DEPARTEMENT, "61+invalidite")) == (4, [])
    corriger(invalidite=True)
    apres, dossier = seule()
    assert (apres.urgence, apres.mois_echeance) == (2, date(2026, 12, 1))
    assert chercher_public(DEPARTEMENT, "61+invalidite") == [(Genre.PERSONNE, apres.pk)]
    assert apres.version == avant.version + 1
    assert origine("situation") == origine("invalidite") == "déclaré le 20/11/2026"
    assert dossier.passages[-1].quoi == "Situation corrigée avec la personne"


def test_seul_ce_qui_change_est_declare(corriger: Any) -> None:
    enregistrer(dite(ODE, invalidite=True), au=NOVEMBRE)
    corriger(aah=Aah.DE_80_OU_PLUS)
    _, dossier = seule()
    assert dossier.origine("aah") is not None
    assert dossier.origine("invalidite") is None
    # The invalidity was the file's to say: it is the file's to withdraw.
    enregistrer(ODE, au=DECEMBRE)
    assert (dits("invalidite"), dits("aah")) == (False, Aah.DE_80_OU_PLUS)


def test_corriger_sans_rien_changer_n_ecrit_rien(corriger: Any) -> None:
    enregistrer(ODE, au=NOVEMBRE)
    avant, _ = seule()
    corriger()
    apres, dossier = seule()
    assert apres.version == avant.version
    assert origine("situation") == "fichier de la CNAF du 01/11/2026"
    assert "Situation corrigée avec la personne" not in {un.quoi for un in dossier.passages}


def test_la_suspension_ne_se_declare_pas(corriger: Any) -> None:
    enregistrer(dite(ODE, suspendu=True), au=NOVEMBRE)
    corriger(suspendu=False, veuf=True)
    assert (dits("suspendu"), dits("veuf")) == (True, True)


SEULE_LA_PERSONNE_LE_DIT = [
    ("inapte", True),
    ("aah", Aah.DE_50_A_79),
    ("saspa", True),
    ("invalidite", True),
    ("pensionne", True),
    ("veuf", True),
    ("travaille", True),
]


@pytest.mark.parametrize("source", [FLUX, TABLEAU])
@pytest.mark.parametrize(("quoi", "valeur"), SEULE_LA_PERSONNE_LE_DIT)
def test_ce_qu_un_fichier_plus_recent_ne_dit_pas_reste_declare(
    corriger: Any, quoi: str, valeur: Any, source: str
) -> None:
    enregistrer(ODE, au=OCTOBRE, source=source)
    corriger(**{quoi: valeur})
    for au in (LENDEMAIN, DECEMBRE, JANVIER):
        enregistrer(ODE, au=au, source=source)
        assert dits(quoi) == valeur
    assert origine(quoi) == "déclaré le 20/11/2026"
    assert origine("situation") == f"{source} du 01/01/2027"


def test_apres_deux_fichiers_de_deux_familles_ce_qui_est_declare_reste(corriger: Any) -> None:
    """The flow renews its part; the spreadsheet of before the correction comes late."""
    enregistrer(ODE, au=OCTOBRE, source=FLUX)
    enregistrer(dite(ODE, aah=Aah.INCONNU), au=OCTOBRE, source=TABLEAU)
    corriger(aah=Aah.DE_80_OU_PLUS)
    enregistrer(ODE, au=DECEMBRE, source=FLUX)
    enregistrer(dite(ODE, aah=Aah.DE_50_A_79), au=VEILLE, source=TABLEAU)
    assert dits("aah") == Aah.DE_80_OU_PLUS
    enregistrer(dite(ODE, aah=Aah.INCONNU), au=DECEMBRE, source=TABLEAU)
    assert dits("aah") == Aah.DE_80_OU_PLUS
    assert origine("aah") == "déclaré le 20/11/2026"


@pytest.mark.parametrize(
    ("au", "valeur", "quoi"),
    [
        (VEILLE, Aah.DE_80_OU_PLUS, {Difference.INCHANGEE}),
        (LE, Aah.DE_80_OU_PLUS, {Difference.INCHANGEE}),
        (LENDEMAIN, Aah.DE_50_A_79, {Difference.SITUATION, Difference.CONTREDITE}),
    ],
    ids=["la veille", "le jour même", "le lendemain"],
)
def test_un_fichier_ne_contredit_que_s_il_est_plus_recent(
    corriger: Any, au: date, valeur: Aah, quoi: set[Difference]
) -> None:
    enregistrer(ODE, au=OCTOBRE, source=TABLEAU)
    corriger(aah=Aah.DE_80_OU_PLUS)
    contraire = dite(ODE, aah=Aah.DE_50_A_79)
    assert set(comparer(contraire, au=au, source=TABLEAU)[0].quoi) == quoi
    assert enregistrer(contraire, au=au, source=TABLEAU) == [quoi]
    assert dits("aah") == valeur
    declare = valeur == Aah.DE_80_OU_PLUS
    assert origine("aah") == ("déclaré le 20/11/2026" if declare else "")


def test_une_contradiction_se_lit_dans_l_histoire_une_seule_fois(corriger: Any) -> None:
    enregistrer(dite(ODE, invalidite=True), au=OCTOBRE)
    corriger(invalidite=False)
    enregistrer(dite(ODE, invalidite=True), au=DECEMBRE)
    assert dits("invalidite")
    _, dossier = seule()
    assert dossier.passages[-1].quoi == (
        "Pension d’invalidité signalée pour la première fois ; Contredit ce que la personne avait"
        " déclaré (fichier de la CNAF du 01/12/2026)"
    )
    assert enregistrer(dite(ODE, invalidite=True), au=JANVIER) == [{Difference.INCHANGEE}]


def test_ce_que_le_fichier_confirme_reste_declare(corriger: Any) -> None:
    enregistrer(ODE, au=OCTOBRE)
    corriger(invalidite=True)
    assert enregistrer(dite(ODE, invalidite=True), au=DECEMBRE) == [{Difference.INCHANGEE}]
    enregistrer(ODE, au=JANVIER)
    assert dits("invalidite")


def test_un_travail_declare_finit_quand_le_fichier_dit_l_invalidite_sans_travail(
    corriger: Any,
) -> None:
    """Kept by mistake it would put the date off by five years."""
    enregistrer(dite(ODE, invalidite=True), au=OCTOBRE)
    corriger(travaille=True)
    enregistrer(dite(ODE, invalidite=True), au=DECEMBRE)
    assert not dits("travaille")
    assert "Contredit ce que la personne avait déclaré" in seule()[1].passages[-1].quoi


def test_un_fichier_plus_ancien_dit_encore_ce_qui_n_est_pas_declare(corriger: Any) -> None:
    """The file of the month often comes after its day: the suspension that it tells of counts."""
    enregistrer(ODE, au=OCTOBRE)
    corriger(aah=Aah.DE_80_OU_PLUS)
    attendu = [{Difference.INVALIDITE, Difference.SUSPENSION}]
    assert enregistrer(dite(ODE, invalidite=True, suspendu=True), au=NOVEMBRE) == attendu
    assert (dits("invalidite"), dits("aah")) == (True, Aah.DE_80_OU_PLUS)
    assert origine("situation") == "déclaré le 20/11/2026"


def test_une_nouvelle_correction_date_de_son_jour(corriger: Any) -> None:
    enregistrer(ODE, au=OCTOBRE, source=TABLEAU)
    corriger(aah=Aah.INCONNU)
    corriger(aah=Aah.DE_80_OU_PLUS, le=date(2026, 12, 10))
    enregistrer(dite(ODE, aah=Aah.DE_50_A_79), au=DECEMBRE, source=TABLEAU)
    assert dits("aah") == Aah.DE_80_OU_PLUS


# --- no longer concerned by a correction


def nuit(jour: date) -> None:
    reexaminer(DEPARTEMENT, maintenant=le_jour(jour))


def test_qui_n_est_plus_concerne_par_une_correction_n_est_pas_efface_la_nuit(
    corriger: Any,
) -> None:
    enregistrer(INVALIDE, au=NOVEMBRE)
    corriger(invalidite=False)
    for jour in (LENDEMAIN, DECEMBRE, JANVIER):
        nuit(jour)
    personne, _ = seule()
    assert (personne.urgence, personne.examinee_le) == (4, JANVIER)


@pytest.mark.parametrize("au", [NOVEMBRE, VEILLE, LE], ids=["le même", "la veille", "le jour même"])
def test_un_fichier_d_avant_la_correction_ne_l_efface_pas(corriger: Any, au: date) -> None:
    enregistrer(INVALIDE, au=NOVEMBRE)
    corriger(invalidite=False)
    enregistrer(INVALIDE, au=au)
    nuit(LENDEMAIN)
    assert not dits("invalidite")


def test_le_prochain_fichier_qui_ne_dit_rien_d_autre_l_efface_et_le_dit(corriger: Any) -> None:
    enregistrer(INVALIDE, au=NOVEMBRE)
    corriger(invalidite=False)
    personne, _ = seule()
    silencieux = replace(INVALIDE, situation=NOE.situation)
    assert comparer(silencieux, au=LENDEMAIN)[0].quoi == {Difference.SANS_OBJET}
    assert enregistrer(silencieux, au=LENDEMAIN) == [{Difference.SANS_OBJET}]
    assert gardees() == []
    assert presentes(Genre.PERSONNE, [personne.pk]) == set()


def test_le_prochain_fichier_qui_la_dit_concernee_la_garde_et_le_dit(corriger: Any) -> None:
    enregistrer(INVALIDE, au=NOVEMBRE)
    corriger(invalidite=False)
    assert enregistrer(INVALIDE, au=LENDEMAIN) == [{Difference.INVALIDITE, Difference.CONTREDITE}]
    nuit(DECEMBRE)
    assert dits("invalidite")


def test_une_personne_corrigee_s_efface_comme_une_autre_apres_un_nouveau_fichier(
    corriger: Any,
) -> None:
    """Her correction says nothing of what ends since: the suspension of her household."""
    jeune = nommee(NOE, naissance=date(1980, 3, 20), nir="")
    enregistrer(Recue(dite(jeune, suspendu=True), 1), au=NOVEMBRE)
    corriger(veuf=True)
    assert enregistrer(Recue(jeune, 1), au=DECEMBRE) == [{Difference.SANS_OBJET}]


# --- two pages of one person


def test_ce_qui_est_declare_sur_l_autre_page_suit_la_reunion() -> None:
    def declaree(le: date, **champs: Any) -> Dossier:
        return dite(ODE, **champs).declaree(*champs, le=le)

    ici = declaree(LE, aah=Aah.INCONNU, saspa=True)
    autre = declaree(LENDEMAIN, aah=Aah.DE_80_OU_PLUS, inapte=True)
    reunie = fusions.reprendre(ici, autre)
    dite_la = reunie.situation
    assert (dite_la.aah, dite_la.inapte, dite_la.saspa) == (Aah.DE_80_OU_PLUS, True, True)
    assert {une.partie: une.le for une in reunie.origines} == {
        "saspa": LE,
        "aah": LENDEMAIN,
        "inapte": LENDEMAIN,
    }
    assert fusions.reprendre(autre, ici).situation == dite_la
