"""The two copies of a message: laid by its sender, read by its holder, each under its own key."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from relais.adaptateurs.image import Page
from relais.annuaire.conventions import regles_de
from relais.coffre.actions import Genre, Index, creer_cle, ouvrir, ouvrir_plusieurs, sceller
from relais.fiches.contenu import Contenu, ContenuReponse
from relais.fiches.models import DEMANDES, Brouillon, Envoi, Exemplaire, Fiche
from relais.regles import conservation
from relais.regles.convention import Convention
from relais.regles.effacement import Cause

SIGNATURE = "signature"
REPONSES = (Envoi.Nature.REPONSE, Envoi.Nature.HORS_PERIMETRE)


@dataclass(frozen=True, slots=True)
class Piece:
    """What a message carries: its document, the signature, and what it is found by."""

    document: bytes
    page: Page | None
    index: Index

    @classmethod
    def de(cls, contenu: Contenu, page: Page | None = None) -> "Piece":
        return cls(contenu.en_octets(), page, index_de(contenu))


def index_de(contenu: Contenu) -> Index:
    """What a request is found by: the NIR, the birth name and the used name."""
    personne = contenu.personne
    noms = tuple(nom for nom in (personne.nom_naissance, personne.nom_marital) if nom)
    return Index(nir=personne.nir, noms=noms)


def garder(envoi: Envoi, piece: Piece, *, maintenant: datetime) -> None:
    """Keep the sender's own copy."""
    Exemplaire.objects.create(
        envoi=envoi, **_ligne(envoi, envoi.emetteur_id, piece, maintenant=maintenant)
    )


def deposer(envoi: Envoi, piece: Piece, *, maintenant: datetime) -> None:
    """Lay the addressee's copy, through the only function that crosses the wall.

    The fiche remembers how long the caisse has the newest request: it files it before that.
    """
    ligne = _ligne(envoi, envoi.destinataire_id, piece, maintenant=maintenant)
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT deposer_exemplaire(%(id)s, %(envoi_id)s, %(organisation_id)s, %(document)s,"
            " %(signature)s, %(signature_type)s, %(cree_le)s, %(a_purger_le)s)",
            {"envoi_id": envoi.pk, **ligne},
        )
    if envoi.nature in DEMANDES:
        Fiche.objects.filter(pk=envoi.fiche_id).update(
            copie_caisse_du=envoi.envoye_le, copie_caisse_jusqu_au=ligne["a_purger_le"]
        )


def _ligne(
    envoi: Envoi, organisation: str, piece: Piece, *, maintenant: datetime
) -> dict[str, Any]:
    """The columns of a new copy. Its key first, so that no row ever waits for one."""
    pk = uuid.uuid4()
    creer_cle(Genre.EXEMPLAIRE, pk, organisation=organisation, index=piece.index)

    def scelle(clair: bytes, partie: str) -> bytes:
        return sceller(Genre.EXEMPLAIRE, pk, clair, organisation=organisation, partie=partie)

    return {
        "id": pk,
        "organisation_id": organisation,
        "document": scelle(piece.document, "document"),
        "signature": scelle(piece.page.octets, SIGNATURE) if piece.page else None,
        "signature_type": piece.page.type_mime if piece.page else "",
        "cree_le": maintenant,
        "a_purger_le": _a_purger_le(envoi, organisation),
    }


def _a_purger_le(envoi: Envoi, organisation: str) -> datetime | None:
    """The caisse's copies live 20 days; the Département's clock starts with later events."""
    fiche = envoi.fiche
    if organisation != fiche.caisse_id:
        return None
    convention: Convention = regles_de(fiche.convention_id)
    return conservation.exemplaire_caisse(envoi.envoye_le, convention=convention)


def derniere_demande(fiche: Fiche, organisation: str) -> tuple[Exemplaire, Contenu] | None:
    """The newest whole request in the copies of that party; None when they are all gone."""
    copie = Exemplaire.objects.de(fiche, organisation).des_natures(DEMANDES).le_dernier()
    return (copie, Contenu.depuis_octets(lire_document(copie))) if copie else None


def reponses(fiche: Fiche, organisation: str) -> list[tuple[Envoi, ContenuReponse]]:
    """What the caisse said, oldest first, as far as that party holds it."""
    copies = (
        Exemplaire.objects.de(fiche, organisation)
        .hors_natures(DEMANDES)
        .order_by("envoi__envoye_le")
    )
    return [(c.envoi, ContenuReponse.depuis_octets(lire_document(c))) for c in copies]


def objet_du_complement(fiche: Fiche, organisation: str) -> str:
    """What the last complement asked for bears on (regles.fiche.ObjetComplement), "" without."""
    demandes = [Envoi.Nature.COMPLEMENT_DEMANDE]
    copie = Exemplaire.objects.de(fiche, organisation).des_natures(demandes).le_dernier()
    return ContenuReponse.depuis_octets(lire_document(copie)).objet_complement if copie else ""


def reponses_recues(fiche: Fiche, organisation: str) -> set[datetime]:
    """When the answers that this party holds were sent; one query, nothing opened."""
    copies = Exemplaire.objects.de(fiche, organisation).des_natures(REPONSES)
    return set(copies.values_list("envoi__envoye_le", flat=True))


def lire_document(copie: Exemplaire) -> bytes:
    return ouvrir(
        Genre.EXEMPLAIRE, copie.pk, bytes(copie.document), organisation=copie.organisation_id
    )


def lire_page(copie: Exemplaire) -> Page | None:
    """The signature that travelled with a request."""
    return ouvrir_la_page(Genre.EXEMPLAIRE, copie)


def ouvrir_la_page(genre: Genre, porteur: Exemplaire | Brouillon) -> Page | None:
    """What was signed, sealed beside the document of that copy or draft; None without."""
    if porteur.signature is None:
        return None
    octets = ouvrir(
        genre,
        porteur.pk,
        bytes(porteur.signature),
        organisation=porteur.organisation_id,
        partie=SIGNATURE,
    )
    return Page(porteur.signature_type, octets)


def noms(fiches: list[Fiche], organisation: str) -> dict[uuid.UUID, str]:
    """The person's name for each fiche of a page of a list: one query, one reading of keys."""
    copies = list(
        Exemplaire.objects.dernieres_demandes([f.pk for f in fiches], organisation).values_list(
            "envoi__fiche", "pk", "document"
        )
    )
    clairs = ouvrir_plusieurs(
        Genre.EXEMPLAIRE,
        [(pk, bytes(document)) for _, pk, document in copies],
        organisation=organisation,
    )
    return {
        fiche: Contenu.depuis_octets(clair).personne.prenom_nom
        for fiche, pk, _ in copies
        if (clair := clairs[pk]) is not None
    }


def engager_retrait(fiche: Fiche, *, le: datetime) -> list[tuple[Genre, uuid.UUID]]:
    """Commit to ending all that the caisse holds of a fiche: recall, withdrawal. Its objects."""
    return _passer_le_mur("SELECT genre, objet FROM engager_retrait(%s, %s)", fiche, le)


def supprimer(
    fiche: Fiche, *, le: datetime, regle: Cause = Cause.SUPPRESSION, du_le: datetime | None = None
) -> list[tuple[Genre, uuid.UUID]]:
    """Delete a draft or a recalled fiche with what both parties hold of it. Its objects."""
    ordre = "SELECT genre, objet FROM supprimer_fiche(%s, %s, %s, %s)"
    return _passer_le_mur(ordre, fiche, le, regle, du_le or le)


def _passer_le_mur(ordre: str, fiche: Fiche, *valeurs: Any) -> list[tuple[Genre, uuid.UUID]]:
    with connection.cursor() as curseur:
        curseur.execute(ordre, [fiche.pk, *valeurs])
        return [(Genre(genre), objet) for genre, objet in curseur.fetchall()]
