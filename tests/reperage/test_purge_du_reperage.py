"""The end of people and of files: at their date, by their key, wherever the octets may lie."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from relais import reperage
from relais.annuaire.contexte import contexte, contexte_systeme
from relais.coffre import actions as coffre
from relais.coffre import copies, detruites, magasin, oppositions
from relais.coffre.actions import Genre
from relais.coffre.models import Opposition
from relais.fiches import effacement
from relais.fiches.actions.exports import Forme
from relais.journal.models import Certificat
from relais.regles.effacement import Cause
from relais.regles.reperage import Difference, EtatImport
from relais.reperage.actions import actualisation, exports
from relais.reperage.actions.oppositions import recevoir
from relais.reperage.imports.rapprochement import valeurs
from relais.reperage.models import Export, Import, Lot, Morceau, Personne
from relais.rgpd import echeances
from relais.rgpd.actions import orphelines, purge, rejeu
from relais.socle import horloge
from tests.banc import Base
from tests.personas import Personas, connecter
from tests.reperage.personnes import (
    DECEMBRE,
    DEPARTEMENT,
    NIR_ODE,
    NOE,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    enregistrer,
    gardees,
    le_jour,
    nommee,
    seule,
)
from tests.rgpd.test_rejeu import base_d_avant, remettre_le_coffre

CANARIS = ("Zyxwvutronc", "Canaripont", NIR_ODE[:13], "77 impasse Témoin", "0611223344")
TEMOIN = replace(
    nommee(ODE, nom_naissance=CANARIS[0], prenoms=CANARIS[1]),
    coordonnees=replace(ODE.coordonnees, adresse=CANARIS[3], telephones=(CANARIS[4],)),
)
ECHUE = datetime(2027, 11, 1, 23, 0, tzinfo=UTC)  # midnight of 2 November in Paris


def deposer(personas: Personas, le: datetime, etat: str = EtatImport.LECTURE) -> Import:
    """A file given, with a part and a lot, as the import writes them."""
    pk_de = personas.charge_reperage
    with contexte_systeme(DEPARTEMENT):
        depot = Import.objects.create(
            organisation_id=DEPARTEMENT,
            par=pk_de.agent,
            etat=etat,
            empreinte="0" * 64,
            octets=10,
            cree_le=le,
            a_purger_le=le + timedelta(hours=24),
        )
        clair = " ".join(CANARIS).encode()

        def scelle(partie: str) -> bytes:
            return coffre.sceller_neuf(
                Genre.DEPOT, depot.pk, clair, organisation=DEPARTEMENT, partie=partie
            )

        Morceau.objects.create(
            depot=depot, organisation_id=DEPARTEMENT, rang=1, chiffre=scelle("morceau")
        )
        Lot.objects.create(
            depot=depot, organisation_id=DEPARTEMENT, rang=1, nombre=1, chiffre=scelle("lot")
        )
        depot.constats = scelle("constats")
        depot.save()
    return depot


def lister(personas: Personas, le: datetime) -> Export:
    """A list taken away, which waits for its author."""
    qui = personas.charge_reperage
    with contexte(qui):
        return exports.exporter(Personne.objects.all(), Forme.CSV, par=qui, maintenant=le)


def certificat(objet: UUID) -> tuple[str, str]:
    with contexte_systeme(DEPARTEMENT):
        un = Certificat.objects.get(objet_id=objet)
    return un.genre, un.regle


@pytest.mark.usefixtures("personas")
def test_une_personne_est_purgee_a_sa_date_et_pas_avant() -> None:
    enregistrer(TEMOIN, au=NOVEMBRE)
    personne, _ = seule()
    purge.purger(DEPARTEMENT, maintenant=ECHUE - timedelta(seconds=1))
    assert len(gardees()) == 1
    assert purge.purger(DEPARTEMENT, maintenant=ECHUE) == 1
    assert gardees() == []
    assert coffre.presentes(Genre.PERSONNE, [personne.pk]) == set()
    assert coffre.chercher_nir(DEPARTEMENT, NIR_ODE[:13]) == []
    assert certificat(personne.pk) == (Genre.PERSONNE, Cause.PERSONNE_REPEREE)
    assert purge.purger(DEPARTEMENT, maintenant=ECHUE) == 0


@pytest.mark.usefixtures("personas")
def test_un_nouveau_fichier_prolonge_une_personne() -> None:
    enregistrer(TEMOIN, au=NOVEMBRE)
    enregistrer(TEMOIN, au=DECEMBRE)
    purge.purger(DEPARTEMENT, maintenant=ECHUE)
    assert len(gardees()) == 1


@pytest.mark.parametrize("etat", [EtatImport.LECTURE, EtatImport.PRET, EtatImport.EN_COURS])
def test_un_fichier_est_purge_au_bout_de_vingt_quatre_heures(etat: str, personas: Personas) -> None:
    depot = deposer(personas, le_jour(NOVEMBRE), etat)
    purge.purger(DEPARTEMENT, maintenant=le_jour(NOVEMBRE) + timedelta(hours=23, minutes=59))
    with contexte_systeme(DEPARTEMENT):
        assert Morceau.objects.count() == Lot.objects.count() == 1
    purge.purger(DEPARTEMENT, maintenant=le_jour(NOVEMBRE) + timedelta(hours=24))
    with contexte_systeme(DEPARTEMENT):
        assert Morceau.objects.count() == Lot.objects.count() == 0
        vide = Import.objects.get(pk=depot.pk)
    assert (vide.etat, vide.constats) == (EtatImport.ANNULE, None)
    assert vide.vide_le is not None
    assert coffre.presentes(Genre.DEPOT, [depot.pk]) == set()
    assert certificat(depot.pk) == (Genre.DEPOT, Cause.DEPOT)


def test_ce_qui_part_est_d_abord_a_l_echeancier(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dry run and the DPO's page name what the purge then erases, and nothing else."""
    enregistrer(ODE, au=NOVEMBRE)
    personne, _ = seule()
    export = lister(personas, ECHUE - timedelta(days=2))
    depot = deposer(personas, ECHUE - timedelta(days=1))
    prevues = {str(un.pk) for un in (personne, export, depot)}
    assert echeances.de(DEPARTEMENT, maintenant=ECHUE - timedelta(days=3)) == []
    assert {une.reference for une in echeances.de(DEPARTEMENT, maintenant=ECHUE)} == prevues
    monkeypatch.setattr(horloge, "maintenant", lambda: ECHUE)
    lue = connecter(personas.dpo_departement).get("/effacements/").content.decode()
    assert all(reference in lue for reference in prevues)
    assert "Retenir<" not in lue  # a hold is a fiche's
    purge.purger(DEPARTEMENT, maintenant=ECHUE)
    with contexte(personas.dpo_departement):
        assert set(map(str, Certificat.objects.values_list("objet_id", flat=True))) == prevues
    assert echeances.de(DEPARTEMENT, maintenant=ECHUE) == []


def colonnes(base: Base) -> Iterator[tuple[str, str]]:
    """Each table of the product with all that it holds, as a superuser reads it."""
    with psycopg.connect(base.url("postgres")) as sql:
        tables = sql.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            lignes = sql.execute(f'SELECT t::text FROM "{table}" t').fetchall()
            yield table, "\n".join(ligne for (ligne,) in lignes)


def en_clair(base: Base) -> dict[str, list[str]]:
    """The tables in which a canary reads, whatever the case, in letters or in hexadecimal."""
    trouves = {}
    for table, texte in colonnes(base):
        lus = texte.casefold()
        vus = [c for c in CANARIS if c.casefold() in lus or c.encode().hex() in lus]
        if vus:
            trouves[table] = vus
    return trouves


def test_aucune_donnee_personnelle_n_est_en_clair_dans_les_tables(
    personnel: Personas, base: Base
) -> None:
    enregistrer(TEMOIN, au=NOVEMBRE)
    deposer(personnel, le_jour(NOVEMBRE))
    lister(personnel, le_jour(NOVEMBRE))
    assert en_clair(base) == {}
    # The search itself sees what it is looking for.
    with psycopg.connect(base.url("postgres")) as sql:
        sql.execute("UPDATE reperage_personne SET document = %s", [CANARIS[0].encode()])
    assert en_clair(base) == {"reperage_personne": [CANARIS[0]]}
    octets = magasin.chemin().read_bytes()
    assert not [c for c in CANARIS if c.encode() in octets]


def chiffres(base: Base) -> list[tuple[Genre, str, UUID, bytes]]:
    """Every ciphertext of the caseload, as somebody who keeps them has them."""
    with psycopg.connect(base.url("postgres")) as sql:
        voles: list[tuple[Genre, str, UUID, bytes]] = [
            (Genre.PERSONNE, "document", pk, bytes(octets))
            for pk, octets in sql.execute("SELECT id, document FROM reperage_personne")
        ]
        for partie, requete in (
            ("morceau", "SELECT depot_id, chiffre FROM reperage_morceau"),
            ("lot", "SELECT depot_id, chiffre FROM reperage_lot"),
            ("constats", "SELECT id, constats FROM reperage_import WHERE constats IS NOT NULL"),
        ):
            voles += [
                (Genre.DEPOT, partie, pk, bytes(octets)) for pk, octets in sql.execute(requete)
            ]
        voles += [
            (Genre.EXPORT, "document", pk, bytes(octets))
            for pk, octets in sql.execute(
                "SELECT id, contenu FROM reperage_export WHERE contenu IS NOT NULL"
            )
        ]
    return voles


def lisibles(voles: list[tuple[Genre, str, UUID, bytes]]) -> int:
    return sum(
        clair is not None and CANARIS[1].encode() in clair  # the name in use is another
        for genre, partie, pk, octets in voles
        for clair in coffre.ouvrir_plusieurs(
            genre, [(pk, octets)], organisation=DEPARTEMENT, partie=partie
        ).values()
    )


def test_apres_la_purge_rien_de_ce_qui_fut_vole_ne_se_lit(personnel: Personas, base: Base) -> None:
    enregistrer(TEMOIN, au=NOVEMBRE)
    deposer(personnel, le_jour(NOVEMBRE))
    lister(personnel, le_jour(NOVEMBRE))
    voles = chiffres(base)
    assert lisibles(voles) == len(voles) == 5
    purge.purger(DEPARTEMENT, maintenant=ECHUE)
    assert lisibles(voles) == 0
    assert chiffres(base) == []


def opposer(personnel: Personas) -> UUID:
    personne = next(une for une, lu in gardees() if lu.identite.prenoms == CANARIS[1])
    qui = personnel.charge_reperage
    with contexte(qui):
        recevoir(personne, par=qui, maintenant=le_jour(DECEMBRE))
    return personne.pk


def test_apres_une_opposition_rien_ne_se_lit_meme_dans_ce_qui_fut_vole(
    personnel: Personas, base: Base
) -> None:
    enregistrer(TEMOIN, au=NOVEMBRE)
    voles = chiffres(base)
    assert lisibles(voles) == 1
    opposer(personnel)
    assert lisibles(voles) == 0
    assert chiffres(base) == []


def test_un_coffre_plus_ancien_ne_ramene_pas_qui_s_est_oppose(
    personnel: Personas, base: Base
) -> None:
    """The copy has the key, and knows no opposition: list and certificates say both again."""
    enregistrer(TEMOIN, NOE, au=OCTOBRE)
    copie = copies.copier().chemin
    opposee = opposer(personnel)
    listes = {un: un.read_bytes() for un in (detruites.chemin(), oppositions.chemin())}
    remettre_le_coffre(copie)
    for chemin, octets in listes.items():
        chemin.write_bytes(octets)
    assert not Opposition.objects.exists()
    assert coffre.presentes(Genre.PERSONNE, [opposee]) == {opposee}
    rejeu.rejouer_apres_restauration(maintenant=le_jour(DECEMBRE))
    assert coffre.presentes(Genre.PERSONNE, [opposee]) == set()
    assert enregistrer(TEMOIN, au=DECEMBRE) == [{Difference.OPPOSEE}]


def test_une_base_plus_ancienne_ne_ramene_pas_qui_s_est_oppose(
    personnel: Personas, base: Base
) -> None:
    enregistrer(TEMOIN, NOE, au=OCTOBRE)
    with base_d_avant(base):
        opposee = opposer(personnel)
    with contexte_systeme(DEPARTEMENT):
        assert Personne.objects.count() == 2
    rejeu.rejouer_apres_restauration(maintenant=le_jour(DECEMBRE))
    with contexte_systeme(DEPARTEMENT):
        assert [une.pk == opposee for une in Personne.objects.all()] == [False]
    assert certificat(opposee) == (Genre.PERSONNE, Cause.RESTAURATION)
    assert oppositions.connues(DEPARTEMENT, valeurs(TEMOIN.identite)) != set()


def test_un_coffre_plus_ancien_ne_rend_pas_un_export_deja_pris(
    personnel: Personas, base: Base
) -> None:
    enregistrer(TEMOIN, au=NOVEMBRE)
    export = lister(personnel, le_jour(NOVEMBRE))
    voles = [un for un in chiffres(base) if un[0] == Genre.EXPORT]
    copie = copies.copier().chemin
    qui = personnel.charge_reperage
    with contexte(qui):
        exports.prendre(export, par=qui, maintenant=le_jour(NOVEMBRE))
    effacement.achever(DEPARTEMENT)
    remettre_le_coffre(copie)
    assert lisibles(voles) == 1
    rejeu.rejouer_apres_restauration(maintenant=le_jour(NOVEMBRE))
    assert lisibles(voles) == 0


def test_une_base_plus_ancienne_ne_ramene_pas_un_export_deja_pris(
    personnel: Personas, base: Base
) -> None:
    """Its row is back, and its key is not: the list is nobody's to fetch."""
    enregistrer(TEMOIN, au=NOVEMBRE)
    export = lister(personnel, le_jour(NOVEMBRE))
    qui = personnel.charge_reperage
    with base_d_avant(base), contexte(qui):
        exports.prendre(export, par=qui, maintenant=le_jour(NOVEMBRE))
    with contexte_systeme(DEPARTEMENT):
        assert Export.objects.avec_contenu().count() == 1
    rejeu.rejouer_apres_restauration(maintenant=le_jour(NOVEMBRE))
    with contexte_systeme(DEPARTEMENT):
        assert not Export.objects.exists()
    assert certificat(export.pk) == (Genre.EXPORT, Cause.RESTAURATION)


def test_une_cle_de_personne_ou_de_fichier_sans_ligne_est_balayee(personnel: Personas) -> None:
    enregistrer(TEMOIN, au=NOVEMBRE)
    gardee, _ = seule()
    depot = deposer(personnel, le_jour(NOVEMBRE))
    liste = lister(personnel, le_jour(NOVEMBRE))
    seules = [UUID(int=1), UUID(int=2), UUID(int=3)]
    coffre.creer_cle(Genre.PERSONNE, seules[0], organisation=DEPARTEMENT)
    coffre.creer_cle(Genre.DEPOT, seules[1], organisation=DEPARTEMENT)
    coffre.creer_cle(Genre.EXPORT, seules[2], organisation=DEPARTEMENT)
    orphelines.balayer_tout(maintenant=datetime.now(UTC) + timedelta(days=2))
    assert coffre.presentes(Genre.PERSONNE, [seules[0], gardee.pk]) == {gardee.pk}
    assert coffre.presentes(Genre.DEPOT, [seules[1], depot.pk]) == {depot.pk}
    assert coffre.presentes(Genre.EXPORT, [seules[2], liste.pk]) == {liste.pk}


@pytest.mark.usefixtures("personas")
def test_le_niveau_et_les_publics_suivent_les_jours() -> None:
    jeune = nommee(NOE, naissance=date(1960, 6, 15), nir="")
    enregistrer(jeune, au=NOVEMBRE)
    assert seule()[0].urgence == 4
    # 4 months before 15 June 2027, not a day earlier.
    assert actualisation.reexaminer(DEPARTEMENT, maintenant=le_jour(date(2027, 2, 14))) == 1
    assert seule()[0].urgence == 3
    actualisation.reexaminer(DEPARTEMENT, maintenant=le_jour(date(2027, 2, 15)))
    personne, _ = seule()
    assert (personne.urgence, personne.examinee_le) == (2, date(2027, 2, 15))
    assert personne.version == 1
    assert actualisation.reexaminer(DEPARTEMENT, maintenant=le_jour(date(2027, 2, 15))) == 0
    # The same file again does not take her back in time.
    assert enregistrer(jeune, au=NOVEMBRE) == [{Difference.INCHANGEE}]
    assert seule()[0].urgence == 2


@pytest.mark.usefixtures("personas")
def test_l_anniversaire_fait_entrer_dans_un_public_sans_nouveau_fichier() -> None:
    suspendue = replace(
        nommee(NOE, naissance=date(1964, 5, 2), nir=""),
        situation=replace(NOE.situation, suspendu=True),
    )
    enregistrer(suspendue, au=NOVEMBRE)
    assert coffre.chercher_public(DEPARTEMENT, "63+") == []
    actualisation.reexaminer(DEPARTEMENT, maintenant=le_jour(date(2027, 5, 1)))
    assert coffre.chercher_public(DEPARTEMENT, "63+") == []
    actualisation.reexaminer(DEPARTEMENT, maintenant=le_jour(date(2027, 5, 2)))
    assert coffre.chercher_public(DEPARTEMENT, "63+") == [(Genre.PERSONNE, seule()[0].pk)]


def test_la_mise_a_jour_finit_les_exports_d_avant(personnel: Personas, base: Base) -> None:
    """They were sealed under another kind of key, which their new one would leave behind."""
    enregistrer(TEMOIN, au=NOVEMBRE)
    export = lister(personnel, le_jour(NOVEMBRE))
    coffre.creer_cle(Genre.DEPOT, export.pk, organisation=DEPARTEMENT)
    with psycopg.connect(base.url("proprietaire")) as sql:
        sql.execute((Path(reperage.__file__).parent / "sql" / "exports_d_avant.sql").read_text())
    with contexte_systeme(DEPARTEMENT):
        assert not Export.objects.exists()
    assert effacement.achever(DEPARTEMENT) == 1
    assert coffre.presentes(Genre.DEPOT, [export.pk]) == set()
    assert certificat(export.pk) == (Genre.DEPOT, Cause.DEPOT_FINI)
    with psycopg.connect(base.url("postgres")) as sql:
        force = sql.execute(
            "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'reperage_export'"
        ).fetchone()
    assert force == (True,)
