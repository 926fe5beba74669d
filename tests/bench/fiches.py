"""The fiches of both sizes: what is open, with keys and real documents, and the closed mass."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import UUID

from relais.annuaire.conventions import regles_de
from relais.coffre.actions import Genre, Index, creer_cles, sceller
from relais.fiches import demonstration
from relais.fiches.contenu import Contenu, ContenuReponse
from relais.fiches.demonstration import demandes, personnes
from relais.fiches.demonstration.recit import Recit
from relais.fiches.exemplaires import SIGNATURE, Piece
from tests.bench.decor import Decor
from tests.bench.lignes import (
    CAISSE,
    DEPARTEMENT,
    MOTIFS,
    Carnet,
    Copie,
    Moment,
    Raconteur,
    Vie,
    moment,
)

TRANSMISES, PRISES, REPONDUES, BROUILLONS = 1_300, 700, 300, 100
OUVERTES = TRANSMISES + PRISES
EN_COURS = OUVERTES + REPONDUES + BROUILLONS
DEPUIS = datetime(2025, 7, 10, 8, 0, tzinfo=UTC)
MOMENTS = 3_000
PAR_CARNET = 20_000
TRAIT = Path(demonstration.__file__).parent / "signatures" / "1.png"


class Scellee(NamedTuple):
    demande: tuple[Copie, ...]
    reponse: tuple[Copie, ...]


def en_cours(decor: Decor, maintenant: datetime) -> tuple[Carnet, int]:
    """What is not finished, its documents sealed for their two holders; the last tour's number."""
    tirage = Random(35)
    convention = regles_de(decor.convention.code)
    statuts = ["transmise"] * TRANSMISES + ["prise_en_charge"] * PRISES + ["repondue"] * REPONDUES
    scellees = _sceller(tirage, statuts, maintenant)
    raconteur = Raconteur(decor.convention.code, tirage, tour=0)
    for rang, (statut, scellee) in enumerate(zip(statuts, scellees, strict=True)):
        age = timedelta(minutes=tirage.randint(60, 85 * 60))  # some are late: 72 hours have passed
        raconteur.raconter(
            Vie(
                rang=rang + 1,
                pk=raconteur.hexa(),
                place=decor.places[rang % len(decor.places)],
                traitant=decor.caisse[rang % len(decor.caisse)].agent_id,
                statut=statut,
                tours=(moment(maintenant - age, age / 3, convention=convention),),
                motifs=tirage.choice(MOTIFS),
                informe=True,
                demande=scellee.demande,
                reponse=scellee.reponse,
            )
        )
    return raconteur.vider(), raconteur.tour


def a_envoyer(decor: Decor, maintenant: datetime) -> None:
    """Signed drafts of the one who sends, by the product's own acts."""
    for rang in range(BROUILLONS):
        recit = Recit(
            convention=decor.convention,
            auteur=decor.terrain[1],
            traitant=decor.caisse[0],
            rang=OUVERTES + REPONDUES + rang,
            tirage=Random(rang),
            maintenant=maintenant,
            a=maintenant,
        )
        recit.ecrire()


def closes(
    decor: Decor, combien: int, maintenant: datetime, *, premier_tour: int
) -> Iterator[Carnet]:
    """`combien` finished fiches, the oldest first, 20 000 a carnet.

    The caisse's copies went after twenty days; the Département keeps its own, unreadable here.
    Drawings of signatures are left out: they are stored out of line, no list ever reads them.
    """
    tirage = Random(combien)
    raconteur = Raconteur(decor.convention.code, tirage, premier_tour)
    moments, blobs = _moments(decor, tirage, maintenant), _blobs()
    places = decor.places
    traitants = [une.agent_id for une in decor.caisse]
    for rang in range(combien):
        indice = rang * MOMENTS // combien
        sort = tirage.random()
        retiree = sort < 0.03
        deux = 0.05 < sort < 0.13
        raconteur.raconter(
            Vie(
                rang=EN_COURS + rang + 1,
                pk=raconteur.hexa(),
                place=places[int(sort * 997) % len(places)],
                traitant=traitants[int(sort * 99_991) % len(traitants)],
                statut="retiree" if retiree else "close",
                tours=((moments[max(0, indice - 40)],) if deux else ()) + (moments[indice],),
                motifs=MOTIFS[int(sort * 9_973) % len(MOTIFS)],
                informe=sort > 0.3,
                demande=(Copie(raconteur.hexa(), DEPARTEMENT, tirage.choice(blobs)),),
                reponse=(Copie(raconteur.hexa(), DEPARTEMENT, tirage.choice(blobs)[:900]),)
                if sort > 0.3
                else (),
                etape=0.5 < sort < 0.65,
            )
        )
        if (rang + 1) % PAR_CARNET == 0:
            yield raconteur.vider()
    yield raconteur.vider()


def _moments(decor: Decor, tirage: Random, maintenant: datetime) -> list[Moment]:
    """Instants from the convention's first days up to forty days ago, in order."""
    convention = regles_de(decor.convention.code)
    fin = maintenant - timedelta(days=40)
    duree = fin - DEPUIS
    return [
        moment(
            fin - duree * (1 - rang / MOMENTS),
            timedelta(minutes=tirage.randint(20, 60 * 60)),
            convention=convention,
        )
        for rang in range(MOMENTS)
    ]


def _blobs() -> list[str]:
    """Ciphertexts that no key opens: 0.9 to 1.5 kB, as sealed requests are."""
    return [os.urandom(900 + rang * 600 // 400).hex() for rang in range(400)]


def _sceller(tirage: Random, statuts: list[str], maintenant: datetime) -> Iterator[Scellee]:
    """Both copies of each request, and of each answer, under keys of their own."""
    jour, trait = maintenant.date(), TRAIT.read_bytes()
    reponse = Piece(
        ContenuReponse(nature="paiement_debloque", versement_le=jour).en_octets(), None, Index()
    )
    vierge = Contenu(cree_le=jour, territoire="T1", territoire_nom="Pays de Rennes")
    pieces = [
        Piece.de(demandes.demande(vierge, personnes.personne(tirage, rang), tirage, informe=True))
        for rang in range(len(statuts))
    ]
    cles = {qui: _creer_cles(tirage, pieces, qui) for qui in (DEPARTEMENT, CAISSE)}
    for rang, (piece, statut) in enumerate(zip(pieces, statuts, strict=True)):
        pks = [(qui, *cles[qui][rang]) for qui in cles]
        yield Scellee(
            tuple(_copie(pk, qui, piece.document, trait) for qui, pk, _ in pks),
            tuple(_copie(pk, qui, reponse.document) for qui, _, pk in pks)
            if statut == "repondue"
            else (),
        )


def _creer_cles(tirage: Random, pieces: list[Piece], organisation: str) -> list[tuple[UUID, UUID]]:
    """The numbers of a request and of an answer for each piece, their keys made at once."""
    paires = [
        (UUID(int=tirage.getrandbits(128)), UUID(int=tirage.getrandbits(128))) for _ in pieces
    ]
    demandees = [(une, piece.index) for (une, _), piece in zip(paires, pieces, strict=True)]
    sans_index = [(autre, Index()) for _, autre in paires]
    creer_cles(Genre.EXEMPLAIRE, [*demandees, *sans_index], organisation=organisation)
    return paires


def _copie(pk: UUID, organisation: str, document: bytes, trait: bytes | None = None) -> Copie:
    def scelle(clair: bytes, partie: str) -> str:
        return sceller(Genre.EXEMPLAIRE, pk, clair, organisation=organisation, partie=partie).hex()

    if trait is None:
        return Copie(pk.hex, organisation, scelle(document, "document"))
    return Copie(pk.hex, organisation, scelle(document, "document"), scelle(trait, SIGNATURE))
