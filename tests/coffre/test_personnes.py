"""What the store does for the caseload: audiences, names with a birth date, lots, oppositions."""

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, connections, transaction
from django.test.utils import CaptureQueriesContext

from relais.coffre import actions, lignes, oppositions
from relais.coffre.actions import Genre, Index, etat_civil, numero
from relais.coffre.erreurs import CleRefusee, CoffreCorrompu
from relais.coffre.models import CleOpposition, Opposition
from tests.coffre.conftest import Coffre

NIR = "1550735238042"
NEE = date(1960, 1, 15)
P = Genre.PERSONNE
FIN = date(2028, 11, 1)


def indexee(**champs: object) -> uuid.UUID:
    pk = uuid.uuid4()
    actions.creer_cle(P, pk, organisation="cd35", index=Index(**champs))  # type: ignore[arg-type]
    return pk


def valeur(nom: str, naissance: date = NEE) -> actions.Valeur:
    lue = etat_civil(nom, naissance)
    assert lue
    return lue


def test_un_public_se_cherche_chez_soi_et_change(coffre: Coffre) -> None:
    un, autre = indexee(publics=("63+",)), indexee(publics=("63+", "61+invalidite"))
    assert actions.chercher_public("cd35", "63+") == [(P, autre), (P, un)]
    assert actions.chercher_public("cd35", "61+invalidite") == [(P, autre)]
    assert actions.chercher_public("carsat-bretagne", "63+") == []
    actions.creer_cle(P, autre, organisation="cd35", index=Index())
    assert actions.chercher_public("cd35", "63+") == [(P, un)]


def test_un_public_n_est_pas_un_nom(coffre: Coffre) -> None:
    indexee(publics=("63+",))
    assert actions.chercher_nom("cd35", "63+") == []


def test_un_lot_se_retrouve_en_trois_requetes(coffre: Coffre) -> None:
    pks = [indexee(nir=NIR, etats_civils=((f"Fictif{n}", NEE),)) for n in range(20)]
    voulues = [valeur(f"Fictif{n}") for n in range(20)]
    with CaptureQueriesContext(connections["coffre"]) as requetes:
        trouves = actions.retrouver("cd35", [*voulues, numero(NIR), valeur("Personne")])
    assert len(requetes) <= 3
    assert [trouves[une] for une in voulues] == [[(P, pk)] for pk in pks]
    assert trouves[numero(NIR)] == [(P, pk) for pk in reversed(pks)]
    assert trouves[valeur("Personne")] == []
    assert actions.retrouver("cd35", []) == {}
    assert not any(actions.retrouver("carsat-bretagne", voulues).values())


def test_un_nom_avec_une_autre_naissance_n_est_pas_retrouve(coffre: Coffre) -> None:
    pk = indexee(etats_civils=(("d’Hervé Le-Goff", NEE),))
    voulues = [valeur("LEGOFF D HERVE"), valeur("Hervé Le Goff"), valeur("Hervé Le Goff", FIN)]
    trouves = actions.retrouver("cd35", voulues)
    assert [trouves[une] for une in voulues] == [[], [(P, pk)], []]


def test_un_lot_se_scelle_en_une_requete(coffre: Coffre) -> None:
    pks = [indexee() for _ in range(5)]
    with CaptureQueriesContext(connections["coffre"]) as requetes:
        scelles = actions.sceller_plusieurs(P, [(pk, pk.bytes) for pk in pks], organisation="cd35")
    assert len(requetes) == 1
    assert actions.ouvrir_plusieurs(P, list(scelles.items()), organisation="cd35") == {
        pk: pk.bytes for pk in pks
    }
    with pytest.raises(CleRefusee):
        actions.sceller_plusieurs(P, [(pks[0], b"x")], organisation="carsat-bretagne")
    with pytest.raises(actions.CleAbsente):
        actions.sceller_plusieurs(P, [(uuid.uuid4(), b"x")], organisation="cd35")


def test_une_opposition_est_connue_jusqu_a_son_dernier_jour(coffre: Coffre) -> None:
    siennes = [valeur("Fictif"), numero(NIR)]
    oppositions.retenir("cd35", siennes, jusqu_au=FIN)
    assert oppositions.connues("cd35", [*siennes, valeur("Autre")]) == set(siennes)
    assert oppositions.connues("carsat-bretagne", siennes) == set()
    assert oppositions.oublier("cd35", jour=FIN) == 0
    assert oppositions.oublier("cd35", jour=date(2028, 11, 2)) == 2
    assert oppositions.connues("cd35", siennes) == set()
    assert oppositions.chemin().read_text().split() == []


def test_une_seconde_opposition_garde_la_date_la_plus_lointaine(coffre: Coffre) -> None:
    for fin in (FIN, date(2027, 1, 1)):
        oppositions.retenir("cd35", [numero(NIR)], jusqu_au=fin)
    assert [un.fin_le for un in Opposition.objects.all()] == [FIN]


def test_la_liste_rend_les_oppositions_a_un_coffre_qui_les_ignore(coffre: Coffre) -> None:
    oppositions.retenir("cd35", [numero(NIR)], jusqu_au=FIN)
    Opposition.objects.all().delete()
    assert oppositions.connues("cd35", [numero(NIR)]) == set()
    assert oppositions.rejouer() == 1
    assert oppositions.connues("cd35", [numero(NIR)]) == {numero(NIR)}
    assert oppositions.rejouer() == 1
    assert Opposition.objects.count() == 1


def test_la_liste_ne_dit_ni_nom_ni_numero(coffre: Coffre) -> None:
    oppositions.retenir("cd35", [valeur("Fictif"), numero(NIR)], jusqu_au=FIN)
    dite = oppositions.chemin().read_text()
    assert NIR not in dite
    assert "fictif" not in dite.casefold()
    assert oppositions.chemin().stat().st_mode & 0o777 == 0o600


def test_une_cle_d_opposition_abimee_ne_ramene_personne(coffre: Coffre) -> None:
    oppositions.retenir("cd35", [numero(NIR)], jusqu_au=FIN)
    bonne = bytes(CleOpposition.objects.get().enveloppe)
    CleOpposition.objects.update(enveloppe=bonne[:-1] + bytes([bonne[-1] ^ 1]))
    with pytest.raises(CoffreCorrompu):
        oppositions.connues("cd35", [numero(NIR)])


def test_une_etiquette_d_opposition_n_est_pas_celle_de_la_recherche(coffre: Coffre) -> None:
    indexee(nir=NIR)
    oppositions.retenir("cd35", [numero(NIR)], jusqu_au=FIN)
    etiquette = bytes(Opposition.objects.get().etiquette)
    assert lignes.trouver_plusieurs("cd35", [etiquette]) == []


@pytest.mark.parametrize(
    ("requete", "contrainte"),
    [
        ("UPDATE coffre_cleopposition SET enveloppe = x'00'", "coffre_cle_opposition_enveloppe"),
        ("UPDATE coffre_cleopposition SET organisation = ''", "coffre_cle_opposition_de_qui"),
        ("UPDATE coffre_opposition SET etiquette = x'00'", "coffre_opposition_etiquette"),
        ("UPDATE coffre_cleopposition SET kek_id = 9", "FOREIGN KEY"),
        (
            "INSERT INTO coffre_opposition SELECT 99, organisation, etiquette, fin_le"
            " FROM coffre_opposition",
            "UNIQUE",
        ),
    ],
)
def test_la_base_refuse_elle_meme(coffre: Coffre, requete: str, contrainte: str) -> None:
    oppositions.retenir("cd35", [numero(NIR)], jusqu_au=FIN)
    with (
        pytest.raises(IntegrityError, match=contrainte),
        transaction.atomic(using="coffre"),
        connections["coffre"].cursor() as curseur,
    ):
        curseur.execute(requete)
