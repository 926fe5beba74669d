"""What the product asks of the store, and what it must never get."""

import uuid
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connections, transaction
from django.test.utils import CaptureQueriesContext

from relais.coffre import actions, magasin
from relais.coffre.actions import Genre, Index
from relais.coffre.erreurs import CleRefusee, CoffreCorrompu, Illisible, RacineRefusee
from relais.coffre.models import Cle, CleRecherche, IndexRecherche, Kek
from tests.coffre.conftest import Coffre

NIR = "1550735238042"
CLAIR = "Zoé Exemple, 12 rue Fictive".encode()
EX = Genre.EXEMPLAIRE


def scelle(objet: UUID, organisation: str = "cd35", **autres: str) -> bytes:
    return actions.sceller_neuf(EX, objet, CLAIR, organisation=organisation, **autres)


def ouvre(objet: UUID, chiffre: bytes, organisation: str = "cd35", **autres: str) -> bytes:
    return actions.ouvrir(EX, objet, chiffre, organisation=organisation, **autres)


def refuse(objet: UUID, chiffre: bytes, **autres: str) -> None:
    with pytest.raises(Illisible) as refus:
        ouvre(objet, chiffre, **autres)
    assert str(refus.value) == Illisible.phrase
    assert refus.value.args == (Illisible.phrase,)


def test_ce_qui_est_scelle_se_relit(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    chiffre = scelle(objet)
    assert CLAIR not in chiffre
    assert ouvre(objet, chiffre) == CLAIR
    assert ouvre(objet, memoryview(chiffre)) == CLAIR  # as psycopg and SQLite give it


def test_rien_ne_s_ouvre_ailleurs_que_la_ou_c_etait(coffre: Coffre) -> None:
    un, autre = uuid.uuid4(), uuid.uuid4()
    chiffre, de_l_autre = scelle(un), scelle(autre)
    page = scelle(un, partie="signature")
    refuse(un, de_l_autre)
    refuse(autre, chiffre)
    refuse(un, chiffre, organisation="carsat-bretagne")
    refuse(un, chiffre, partie="signature")
    refuse(un, page)
    refuse(uuid.uuid4(), chiffre)
    refuse(un, b"")
    with pytest.raises(Illisible):
        actions.ouvrir(Genre.BROUILLON, un, chiffre, organisation="cd35")
    assert ouvre(un, page, partie="signature") == CLAIR


def test_chaque_octet_change_est_refuse_de_la_meme_facon(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    bon = scelle(objet)
    for rang in range(len(bon)):
        refuse(objet, bon[:rang] + bytes([bon[rang] ^ 1]) + bon[rang + 1 :])


def test_des_lignes_du_coffre_echangees_ne_s_ouvrent_pas(coffre: Coffre) -> None:
    un, autre = uuid.uuid4(), uuid.uuid4()
    chiffre = scelle(un)
    scelle(autre, organisation="carsat-bretagne")
    depart = list(Cle.objects.order_by("pk"))

    def avec(**champs: object) -> None:
        Cle.objects.filter(pk=depart[0].pk).update(**champs)
        if (champs.get("objet_id", un), champs.get("genre", EX)) == (un, EX):
            refuse(un, chiffre, organisation=str(champs.get("organisation", "cd35")))
        else:
            with pytest.raises(Illisible):
                actions.ouvrir(
                    Genre(str(champs.get("genre", EX))),
                    UUID(str(champs.get("objet_id", un))),
                    chiffre,
                    organisation="cd35",
                )
        Cle.objects.filter(pk=depart[0].pk).update(
            **{nom: getattr(depart[0], nom) for nom in champs}
        )

    avec(enveloppe=depart[1].enveloppe)
    avec(organisation="carsat-bretagne")
    avec(objet_id=uuid.uuid4())
    avec(genre=Genre.BROUILLON)
    assert ouvre(un, chiffre) == CLAIR


def test_chaque_octet_d_une_cle_du_coffre_compte(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    chiffre = scelle(objet)
    bonne = bytes(Cle.objects.get().enveloppe)
    for rang in range(len(bonne)):
        fausse = bonne[:rang] + bytes([bonne[rang] ^ 1]) + bonne[rang + 1 :]
        Cle.objects.update(enveloppe=fausse)
        refuse(objet, chiffre)
    with pytest.raises(CoffreCorrompu):
        scelle(objet)


def test_chaque_octet_de_la_kek_compte(coffre: Coffre) -> None:
    """A root key that is not kept here is said to the operator; the rest is one same error."""
    objet = uuid.uuid4()
    chiffre = scelle(objet)
    bonne = bytes(Kek.objects.get().enveloppe)
    for rang in range(len(bonne)):
        fausse = bonne[:rang] + bytes([bonne[rang] ^ 1]) + bonne[rang + 1 :]
        Kek.objects.update(enveloppe=fausse)
        if 3 <= rang < 11:
            with pytest.raises(RacineRefusee):
                ouvre(objet, chiffre)
        else:
            refuse(objet, chiffre)
    Kek.objects.update(enveloppe=bonne)
    assert ouvre(objet, chiffre) == CLAIR


def test_chaque_octet_d_une_cle_de_recherche_compte(coffre: Coffre) -> None:
    """A search that cannot be made is an outage: it never answers that nobody is known."""
    actions.creer_cle(EX, uuid.uuid4(), organisation="cd35", index=Index(nir=NIR))
    bonne = bytes(CleRecherche.objects.get().enveloppe)
    for rang in range(len(bonne)):
        fausse = bonne[:rang] + bytes([bonne[rang] ^ 1]) + bonne[rang + 1 :]
        CleRecherche.objects.update(enveloppe=fausse)
        with pytest.raises(CoffreCorrompu):
            actions.chercher_nir("cd35", NIR)
        with pytest.raises(CoffreCorrompu):
            actions.creer_cle(EX, uuid.uuid4(), organisation="cd35", index=Index(nir=NIR))


def test_les_cles_de_recherche_de_deux_organisations_ne_s_echangent_pas(coffre: Coffre) -> None:
    for qui in ("cd35", "carsat-bretagne"):
        actions.creer_cle(EX, uuid.uuid4(), organisation=qui, index=Index(nir=NIR))
    coffre.sql(
        "UPDATE coffre_clerecherche SET enveloppe ="
        " (SELECT enveloppe FROM coffre_clerecherche WHERE organisation = 'carsat-bretagne')"
        " WHERE organisation = 'cd35'"
    )
    with pytest.raises(CoffreCorrompu):
        actions.chercher_nir("cd35", NIR)


@pytest.mark.parametrize("colonne", ["objet_id", "organisation", "genre", "enveloppe", "id"])
def test_deux_lignes_du_coffre_echangent_une_colonne(coffre: Coffre, colonne: str) -> None:
    """Both objects are refused, with the one same error, whatever they exchange."""
    lieux = [(EX, uuid.uuid4(), "cd35"), (Genre.NOTE, uuid.uuid4(), "carsat-bretagne")]
    chiffres = [actions.sceller_neuf(g, o, CLAIR, organisation=qui) for g, o, qui in lieux]
    (un, a), (autre, b) = coffre.sql(f"SELECT id, {colonne} FROM coffre_cle ORDER BY id")
    coffre.sql(f"UPDATE coffre_cle SET {colonne} = ? WHERE id = ?", _passage(colonne), un)
    coffre.sql(f"UPDATE coffre_cle SET {colonne} = ? WHERE id = ?", a, autre)
    la_ou_est_la_premiere = _passage(colonne) if colonne == "id" else un
    coffre.sql(f"UPDATE coffre_cle SET {colonne} = ? WHERE id = ?", b, la_ou_est_la_premiere)
    for (genre, objet, qui), chiffre in zip(lieux, chiffres, strict=True):
        with pytest.raises(Illisible) as refus:
            actions.ouvrir(genre, objet, chiffre, organisation=qui)
        assert str(refus.value) == Illisible.phrase


def _passage(colonne: str) -> Any:
    """A value that no row has, while two rows exchange theirs."""
    if colonne == "enveloppe":
        return bytes(71)
    return {"objet_id": uuid.uuid4().hex, "organisation": "x", "genre": "personne", "id": 99}[
        colonne
    ]


def test_un_chiffre_d_une_version_ou_d_une_cle_d_avant_est_refuse(coffre: Coffre) -> None:
    """Version, algorithm, usage and key number lowered one by one in the header."""
    uuid_d_avant, objet = uuid.uuid4(), uuid.uuid4()
    scelle(uuid_d_avant)
    chiffre = scelle(objet)
    for rang in (0, 1, 2, 10):
        assert chiffre[rang] > 0
        for plus_bas in range(chiffre[rang]):
            refuse(objet, chiffre[:rang] + bytes([plus_bas]) + chiffre[rang + 1 :])


def test_une_kek_d_une_autre_generation_ne_s_ouvre_pas(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    chiffre = scelle(objet)
    coffre.sql("INSERT INTO coffre_kek SELECT 2, enveloppe, creee_le FROM coffre_kek")
    coffre.sql("UPDATE coffre_cle SET kek_id = 2")
    refuse(objet, chiffre)


def test_une_autre_cle_racine_est_dite_clairement(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    chiffre = scelle(objet)
    coffre.racine.write_bytes(uuid.uuid4().bytes * 2)
    with pytest.raises(RacineRefusee, match="pas celle de ce coffre"):
        ouvre(objet, chiffre)


def test_une_cle_appartient_a_une_seule_organisation(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    scelle(objet)
    with pytest.raises(CleRefusee):
        scelle(objet, organisation="carsat-bretagne")
    with pytest.raises(CleRefusee):
        actions.creer_cle(EX, objet, organisation="carsat-bretagne")


def test_une_cle_detruite_ne_rend_plus_rien_meme_recreee(coffre: Coffre) -> None:
    objet, autre = uuid.uuid4(), uuid.uuid4()
    chiffre, voisin = scelle(objet), scelle(autre)
    assert actions.detruire(EX, [objet, objet, uuid.uuid4()]) == 1
    refuse(objet, chiffre)
    scelle(objet)
    refuse(objet, chiffre)
    assert ouvre(autre, voisin) == CLAIR


def test_detruire_deux_fois_ne_compte_qu_une(coffre: Coffre) -> None:
    objets = [uuid.uuid4() for _ in range(1200)]
    assert actions.creer_cles(EX, [(o, None) for o in objets], organisation="cd35") == 1200
    assert actions.generation() == 0
    assert actions.detruire(EX, objets) == 1200
    assert actions.detruire(EX, objets) == 0
    assert actions.detruire(EX, []) == 0
    assert actions.generation() == 1


def test_la_meme_cle_se_demande_deux_fois_sans_changer(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    actions.creer_cle(EX, objet, organisation="cd35", index=Index(nir=NIR))
    chiffre = scelle(objet)
    actions.creer_cle(EX, objet, organisation="cd35")
    assert actions.creer_cles(EX, [(objet, None)], organisation="cd35") == 0
    assert ouvre(objet, chiffre) == CLAIR
    assert actions.chercher_nir("cd35", NIR) == [(EX, objet)]


def test_une_page_de_25_lignes_se_lit_en_une_requete(coffre: Coffre) -> None:
    objets = [uuid.uuid4() for _ in range(25)]
    actions.creer_cles(EX, [(o, None) for o in objets], organisation="cd35")
    chiffres = [(o, actions.sceller_neuf(EX, o, o.bytes, organisation="cd35")) for o in objets]
    chiffres[3] = (chiffres[3][0], chiffres[4][1])
    with CaptureQueriesContext(connections["coffre"]) as requetes:
        lus = actions.ouvrir_plusieurs(EX, chiffres, organisation="cd35")
    assert len(requetes) == 1
    assert lus.pop(objets[3]) is None
    assert lus == {o: o.bytes for o in objets if o != objets[3]}


def test_on_retrouve_par_le_numero_et_par_les_noms(coffre: Coffre) -> None:
    un, autre = uuid.uuid4(), uuid.uuid4()
    index = Index(nir=NIR, noms=("Le Goff-Fictif", "Éxemple", "exemple", " "))
    actions.creer_cle(EX, un, organisation="cd35", index=index)
    actions.creer_cle(Genre.PERSONNE, autre, organisation="cd35", index=Index(nir=NIR))
    assert actions.chercher_nir("cd35", NIR) == [(Genre.PERSONNE, autre), (EX, un)]
    assert actions.chercher_nom("cd35", "LEGOFF  FICTIF") == [(EX, un)]
    assert actions.chercher_nom("cd35", "exemple") == [(EX, un)]
    assert actions.chercher_nom("cd35", "exempl") == []
    assert actions.chercher_nom("cd35", " - ") == []
    assert actions.chercher_nir("cd35", "1550735238043") == []
    assert IndexRecherche.objects.filter(cle__objet_id=un).count() == 3


def test_une_organisation_ne_trouve_rien_chez_l_autre(coffre: Coffre) -> None:
    index = Index(nir=NIR, noms=("Exemple",))
    actions.creer_cle(EX, uuid.uuid4(), organisation="cd35", index=index)
    assert actions.chercher_nir("carsat-bretagne", NIR) == []
    assert not CleRecherche.objects.filter(organisation="carsat-bretagne").exists()
    actions.creer_cle(EX, uuid.uuid4(), organisation="carsat-bretagne", index=index)
    etiquettes = {bytes(i.etiquette) for i in IndexRecherche.objects.all()}
    assert len(etiquettes) == IndexRecherche.objects.count() == 4


def test_un_nom_n_est_jamais_trouve_comme_numero(coffre: Coffre) -> None:
    actions.creer_cle(EX, uuid.uuid4(), organisation="cd35", index=Index(noms=(NIR,)))
    assert actions.chercher_nir("cd35", NIR) == []


def test_un_index_renouvele_remplace_l_ancien(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    for noms in (("Exemple",), ("Fictif",)):
        actions.creer_cle(EX, objet, organisation="cd35", index=Index(noms=noms))
    assert actions.chercher_nom("cd35", "Exemple") == []
    assert actions.chercher_nom("cd35", "Fictif") == [(EX, objet)]


def test_l_index_meurt_avec_la_cle(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    actions.creer_cle(EX, objet, organisation="cd35", index=Index(nir=NIR, noms=("Exemple",)))
    actions.detruire(EX, [objet])
    assert actions.chercher_nir("cd35", NIR) == []
    assert not IndexRecherche.objects.exists()


@pytest.mark.parametrize(
    "nir", ["155073523804", "155073523804255", "1550735 38042", "155073523804é"]
)
def test_un_numero_mal_forme_n_est_pas_indexe(coffre: Coffre, nir: str) -> None:
    with pytest.raises(ValueError, match="13 caractères") as faute:
        actions.creer_cle(EX, uuid.uuid4(), organisation="cd35", index=Index(nir=nir))
    assert nir not in str(faute.value)
    assert not Cle.objects.exists()


def test_un_index_n_ecrit_pas_ce_qu_il_porte() -> None:
    assert "Exemple" not in repr(Index(nir=NIR, noms=("Exemple",)))
    assert NIR not in repr(Index(nir=NIR))


def test_une_cle_est_sur_le_disque_avant_que_l_appelant_continue(coffre: Coffre) -> None:
    objet = uuid.uuid4()
    actions.creer_cle(EX, objet, organisation="cd35")
    assert coffre.sql("SELECT objet_id FROM coffre_cle") == [(objet.hex,)]


def test_une_cle_ne_se_cree_pas_dans_la_transaction_d_un_autre(coffre: Coffre) -> None:
    with (
        pytest.raises(RuntimeError, match="durable"),
        transaction.atomic(using="coffre"),
    ):
        actions.creer_cle(EX, uuid.uuid4(), organisation="cd35")


@pytest.mark.parametrize(
    ("requete", "contrainte"),
    [
        ("UPDATE coffre_cle SET genre = 'autre'", "coffre_cle_genre"),
        ("UPDATE coffre_cle SET organisation = ''", "coffre_cle_de_qui"),
        ("UPDATE coffre_cle SET enveloppe = x'00'", "coffre_cle_enveloppe"),
        ("UPDATE coffre_kek SET enveloppe = x'00'", "coffre_kek_enveloppe"),
        ("UPDATE coffre_clerecherche SET enveloppe = x'00'", "coffre_recherche_enveloppe"),
        ("UPDATE coffre_clerecherche SET organisation = ''", "coffre_recherche_de_qui"),
        ("UPDATE coffre_indexrecherche SET nature = 'age'", "coffre_index_nature"),
        ("UPDATE coffre_indexrecherche SET etiquette = x'00'", "coffre_index_etiquette"),
        ("UPDATE coffre_magasin SET id = 2", "coffre_magasin_unique"),
        ("UPDATE coffre_cle SET kek_id = 9", "FOREIGN KEY"),
        ("UPDATE coffre_indexrecherche SET cle_id = 9", "FOREIGN KEY"),
        ("DELETE FROM coffre_cle", "FOREIGN KEY"),
        ("DELETE FROM coffre_kek", "FOREIGN KEY"),
        (
            "INSERT INTO coffre_cle SELECT 99, genre, objet_id, organisation, enveloppe,"
            " creee_le, kek_id FROM coffre_cle",
            "UNIQUE",
        ),
    ],
)
def test_la_base_refuse_elle_meme(coffre: Coffre, requete: str, contrainte: str) -> None:
    actions.creer_cle(EX, uuid.uuid4(), organisation="cd35", index=Index(nir=NIR))
    with (
        pytest.raises(IntegrityError, match=contrainte),
        transaction.atomic(using="coffre"),
        connections["coffre"].cursor() as curseur,
    ):
        curseur.execute(requete)


def test_le_coffre_ne_sait_pas_ecrire_dans_la_base_d_a_cote() -> None:
    from relais.coffre.routage import Routage
    from relais.socle.models import Alerte

    routage = Routage()
    assert routage.db_for_write(Cle) == routage.db_for_read(Cle) == "coffre"
    assert routage.db_for_write(Alerte) is None
    assert routage.allow_relation(Cle(), Alerte()) is False
    assert routage.allow_relation(Cle(), CleRecherche()) is True
    assert routage.allow_relation(Alerte(), Alerte()) is None
    assert routage.allow_migrate("coffre", "coffre") is True
    assert routage.allow_migrate("default", "coffre") is False
    assert routage.allow_migrate("coffre", "socle") is False
    assert magasin.ALIAS == "coffre"
