"""« Same person » (import-formats.md): who is one, who are two, what a person has to decide."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relais.annuaire.contexte import contexte_systeme
from relais.coffre.actions import Genre, chercher_nir
from relais.regles.reperage import Difference
from relais.reperage import dossiers
from relais.reperage.dossier import Dossier
from relais.reperage.imports import rapprochement
from relais.reperage.models import Personne
from tests.reperage import personnes
from tests.reperage.personnes import (
    DECEMBRE,
    DEPARTEMENT,
    FLUX,
    NIR_NOE,
    NIR_ODE,
    NOE,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    REDON,
    RENNES,
    TABLEAU,
    Recue,
    dite,
    enregistrer,
    gardees,
    nommee,
    seule,
)

pytestmark = pytest.mark.usefixtures("personas")
NEE = ODE.identite.naissance


@pytest.mark.parametrize(
    ("uns", "autres", "accordes"),
    [
        ("Marie", "MARIE", True),
        ("Marie", "Marie Claude Anne", True),
        ("Jean-Paul", "JEAN PAUL", True),
        ("Jeanpaul", "Jean-Paul", True),
        ("Zoé", "ZOE", True),
        ("", "Marie", True),
        ("Marie", "Jean", False),
        ("Claude", "Marie Claude", False),
        ("Marie", "Maria", False),
    ],
)
def test_des_prenoms_s_accordent_ou_non(uns: str, autres: str, accordes: bool) -> None:
    assert rapprochement.prenoms_accordes(uns, autres) is accordes
    assert rapprochement.prenoms_accordes(autres, uns) is accordes


def test_un_meme_numero_et_une_meme_naissance_sont_une_personne() -> None:
    enregistrer(ODE, au=OCTOBRE)
    remariee = nommee(ODE, nom_naissance="Fictif", nom_usage="Autre", prenoms="Ode Anne")
    assert enregistrer(remariee, au=NOVEMBRE) == [{Difference.IDENTITE}]
    _, dossier = seule()
    assert (dossier.identite.nom_usage, dossier.identite.prenoms) == ("Autre", "Ode Anne")
    assert len(chercher_nir(DEPARTEMENT, NIR_ODE[:13])) == 1


def test_un_nom_et_une_naissance_suffisent_sans_numero() -> None:
    enregistrer(ODE, au=OCTOBRE)
    sans = nommee(ODE, nir="", nom_naissance="", nom_usage="FICTIF")
    enregistrer(sans, au=NOVEMBRE)
    _, dossier = seule()
    assert dossier.identite.nir == NIR_ODE


def test_un_numero_inconnu_est_complete_et_se_cherche() -> None:
    enregistrer(nommee(ODE, nir=""), au=OCTOBRE)
    assert enregistrer(ODE, au=NOVEMBRE) == [{Difference.IDENTITE}]
    personne, _ = seule()
    assert chercher_nir(DEPARTEMENT, NIR_ODE[:13]) == [(Genre.PERSONNE, personne.pk)]


def test_un_autre_numero_n_ecrase_jamais_le_premier() -> None:
    enregistrer(ODE, au=OCTOBRE)
    assert enregistrer(nommee(ODE, nir=NIR_NOE), au=NOVEMBRE) == [{Difference.CONFLIT}]
    personne, dossier = seule()
    assert dossier.identite.nir == NIR_ODE
    assert personne.a_decider
    ((nature, valeur),) = [(un.nature, un.valeur) for un in dossier.conflits]
    assert (nature, valeur) == ("nir", NIR_NOE)
    # The next file says it again: it is not asked twice.
    assert enregistrer(nommee(ODE, nir=NIR_NOE), au=DECEMBRE) == [{Difference.INCHANGEE}]


def test_un_conflit_decide_n_est_pas_redemande() -> None:
    enregistrer(ODE, au=OCTOBRE)
    enregistrer(nommee(ODE, nir=NIR_NOE), au=NOVEMBRE)
    _decider("garder")
    assert enregistrer(nommee(ODE, nir=NIR_NOE), au=DECEMBRE) == [{Difference.INCHANGEE}]
    personne, _ = seule()
    assert not personne.a_decider


def test_deux_personnes_decidees_sont_gardees_toutes_deux() -> None:
    enregistrer(ODE, au=OCTOBRE)
    enregistrer(nommee(ODE, nir=NIR_NOE), au=NOVEMBRE)
    _decider("deux_personnes")
    assert enregistrer(nommee(ODE, nir=NIR_NOE), au=DECEMBRE) == [{Difference.NOUVELLE}]
    assert {lu.identite.nir for _, lu in gardees()} == {NIR_ODE, NIR_NOE}


def test_un_couple_sous_un_numero_et_une_naissance_est_deux_personnes_a_decider() -> None:
    elle = nommee(ODE, prenoms="Ode", nom_usage="Inventé")
    lui = nommee(NOE, naissance=NEE, nir=NIR_ODE)
    couple = [Recue(elle, 1), Recue(lui, 1)]
    constats = enregistrer(*couple, au=NOVEMBRE)
    assert constats == [
        {Difference.NOUVELLE},
        {Difference.NOUVELLE, Difference.CONFLIT},
    ]
    assert [(lu.identite.prenoms, une.a_decider) for une, lu in gardees()] == [
        ("Noé", True),
        ("Ode", True),
    ]
    assert enregistrer(*couple, au=NOVEMBRE) == [{Difference.INCHANGEE}] * 2
    assert enregistrer(*reversed(couple), au=DECEMBRE) == [{Difference.INCHANGEE}] * 2


def test_un_couple_de_memes_prenoms_est_deux_personnes() -> None:
    elle = nommee(ODE, prenoms="Dominique", nir="")
    lui = nommee(NOE, prenoms="Dominique", naissance=NEE, nir="")
    couple = [Recue(elle, 1), Recue(lui, 1)]
    enregistrer(*couple, au=NOVEMBRE)
    assert len(gardees()) == 2
    assert enregistrer(*reversed(couple), au=DECEMBRE) == [{Difference.INCHANGEE}] * 2


def test_des_jumeaux_de_deux_numeros_ne_se_contredisent_pas() -> None:
    jumeau = nommee(ODE, prenoms="Ulysse", nir=NIR_NOE)
    assert enregistrer(ODE, jumeau, au=NOVEMBRE) == [{Difference.NOUVELLE}] * 2
    assert not any(une.a_decider for une, _ in gardees())


def test_deux_lignes_qu_un_numero_reunit_sont_a_decider() -> None:
    enregistrer(nommee(ODE, nom_usage="", nom_naissance="Marital", nir=""), au=OCTOBRE)
    enregistrer(nommee(ODE, nom_usage="", nom_naissance="Fictif"), au=OCTOBRE)
    les_deux = nommee(ODE, nom_usage="Marital", nom_naissance="Fictif")
    assert enregistrer(les_deux, au=NOVEMBRE) == [{Difference.IDENTITE, Difference.CONFLIT}]
    assert len(gardees()) == 2
    assert all(une.a_decider for une, _ in gardees())
    assert {un.nature for _, lu in gardees() for un in lu.conflits} == {"doublon"}


def test_une_autre_naissance_sous_le_meme_numero_est_a_decider() -> None:
    enregistrer(ODE, au=OCTOBRE)
    corrigee = nommee(ODE, naissance=date(1960, 2, 15))
    assert enregistrer(corrigee, au=NOVEMBRE) == [{Difference.CONFLIT}]
    personne, dossier = seule()
    assert (dossier.identite.naissance, personne.vue_le) == (NEE, NOVEMBRE)
    assert [un.nature for un in dossier.conflits] == ["naissance"]


def test_une_ligne_en_double_dans_un_fichier_ne_change_rien() -> None:
    autre_adresse = replace(ODE, coordonnees=REDON)
    for _ in range(2):
        enregistrer(ODE, autre_adresse, au=NOVEMBRE)
        _, dossier = seule()
        assert dossier.coordonnees == RENNES
    assert seule()[0].version == 1


def test_une_ligne_en_double_donne_le_numero_que_la_premiere_n_avait_pas() -> None:
    enregistrer(nommee(ODE, nir=""), ODE, au=NOVEMBRE)
    assert seule()[1].identite.nir == NIR_ODE


MOIS = {
    "octobre": (OCTOBRE, FLUX, [Recue(nommee(ODE, nir=""), 1), Recue(dite(NOE, veuf=True), 1)]),
    "novembre": (NOVEMBRE, TABLEAU, [Recue(replace(ODE, coordonnees=REDON))]),
    "decembre": (DECEMBRE, FLUX, [Recue(dite(ODE, suspendu=True), 4), Recue(NOE, 4)]),
}


@pytest.mark.parametrize("ordre", list(permutations(MOIS)), ids=" ".join)
def test_dans_tout_ordre_les_memes_mois_donnent_les_memes_personnes(
    ordre: tuple[str, ...],
) -> None:
    for mois in ordre:
        au, source, recues = MOIS[mois]
        enregistrer(*recues, au=au, source=source, le=personnes.le_jour(DECEMBRE))
    (noe_ligne, noe), (ode_ligne, ode) = gardees()
    assert [lu.identite.prenoms for lu in (noe, ode)] == ["Noé", "Ode"]
    assert ode.identite.nir == NIR_ODE
    assert ode.coordonnees == RENNES  # December's
    assert ode.situation.suspendu
    assert noe.situation.suspendu
    assert not noe.situation.veuf
    assert {ode_ligne.vue_le, noe_ligne.vue_le} == {DECEMBRE}
    assert {ode_ligne.urgence, noe_ligne.urgence} == {1}
    assert ode.foyer.conjoint == str(noe_ligne.pk)


NOMS = ("Fictif", "Inventé", "Le Modèle")
PRENOMS = ("Ode", "Noé", "Zoé")
UNE_PERSONNE = st.tuples(st.sampled_from(NOMS), st.sampled_from(PRENOMS), st.booleans())
UN_FICHIER = st.tuples(
    st.sampled_from([OCTOBRE, NOVEMBRE, DECEMBRE]),
    st.sampled_from([FLUX, TABLEAU]),
    st.lists(st.tuples(UNE_PERSONNE, st.booleans()), min_size=1, max_size=4),
)


def _personne(nom: str, prenom: str, numero: bool, suspendu: bool) -> Dossier:
    """One person for each name and first name, with or without her number."""
    rang = NOMS.index(nom) * len(PRENOMS) + PRENOMS.index(prenom)
    identite = {
        "nom_naissance": nom,
        "nom_usage": "",
        "prenoms": prenom,
        "naissance": date(1961, 1 + rang, 10),
        "nir": personnes.nir(f"261{1 + rang:02}35238{100 + rang}") if numero else "",
    }
    return dite(nommee(ODE, **identite), suspendu=suspendu)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(fichiers=st.lists(UN_FICHIER, min_size=1, max_size=4), melange=st.randoms())
def test_l_ordre_des_fichiers_ne_double_personne_et_le_plus_recent_l_emporte(
    fichiers: list[Any], melange: Any
) -> None:
    autres = list(fichiers)
    melange.shuffle(autres)
    vues = [_essayer(fichiers), _essayer(autres)]
    attendues = {un for _, _, lignes in fichiers for (un, _) in lignes}
    assert {un[:2] for un in attendues} == {(nom, prenom) for nom, prenom, _, _ in vues[0]}
    assert len(vues[0]) == len({un[:2] for un in attendues})
    for nom, prenom, nir, _ in vues[0]:
        assert bool(nir) == ((nom, prenom, True) in attendues)
    assert [un[:3] for un in vues[0]] == [un[:3] for un in vues[1]]
    assert [un[3] for un in vues[0]] == [un[3] for un in vues[1]]


def _essayer(fichiers: list[Any]) -> list[tuple[str, str, str, date]]:
    """What is kept after these files, undone: number and the day of the last file.

    Tags stay in the store and find no row: they must not matter.
    """
    with transaction.atomic():
        for au, source, lignes in fichiers:
            recues = [Recue(_personne(*qui, suspendu)) for qui, suspendu in lignes]
            enregistrer(*recues, au=au, source=source, le=personnes.le_jour(DECEMBRE))
        vues = [
            (lu.identite.nom_naissance, lu.identite.prenoms, lu.identite.nir, une.vue_le)
            for une, lu in gardees()
        ]
        transaction.set_rollback(True)
    return sorted(vues)


def _decider(decision: str) -> None:
    """What a person decides of every conflict, as the page of the person does it."""
    with contexte_systeme(DEPARTEMENT):
        for une in Personne.objects.all():
            lu = dossiers.lire(une)
            decides = tuple(replace(un, decision=decision) for un in lu.conflits)
            dossiers.ecrire(
                une,
                replace(lu, conflits=decides),
                convention=personnes.convention(),
                au=une.vue_le,
            )
