"""Acts of the circuit for the tests, each behind the wall of its agent, at a given time.

The people of a fiche are `exemples.COMPLETE` with a NIR whose key is right.
"""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

from django.db import connections
from django.test import Client
from PIL import Image, ImageDraw

from relais.adaptateurs.image import Page
from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.models import Affectation, Convention
from relais.coffre.actions import Genre, detruire
from relais.fiches import effacement
from relais.fiches.actions import brouillons, classement, envois, notes, reponses, reprises
from relais.fiches.contenu import Contenu, ContenuReponse, Signature
from relais.fiches.exemplaires import derniere_demande
from relais.fiches.models import Brouillon, Compteur, Envoi, Exemplaire, Fiche, NoteAppel, Tour
from relais.fiches.notes import Appel
from relais.journal.models import Evenement
from relais.regles.effacement import Cause
from relais.regles.issues import Issue
from relais.regles.retrait import MotifRetrait
from relais.socle.horloge import jour_de, maintenant
from tests.fiches.exemples import COMPLETE, MANQUE


def trait() -> bytes:
    """A drawn signature, as the adapter gives it back: PNG."""
    image = Image.new("RGBA", (600, 200), (255, 255, 255, 0))
    ImageDraw.Draw(image).line([(40, 150), (200, 40), (330, 160), (560, 60)], fill="black", width=6)
    tampon = io.BytesIO()
    image.save(tampon, "PNG")
    return tampon.getvalue()


LUNDI = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
JOUR = LUNDI.date()
CAISSE, DEPARTEMENT = "carsat-bretagne", "cd35"
TRAIT = Page("image/png", trait())
SIGNEE = Signature(mode="ecran", par="personne", signee_le=JOUR)
PERSONNE = replace(COMPLETE.personne, nir_cle="91")
DEMANDE = replace(COMPLETE, personne=PERSONNE, signature=None, notice_version="")
DISCRETE = replace(DEMANDE, informe=False)

PAIEMENT = ContenuReponse(
    nature="paiement_debloque", versement_le=date(2026, 12, 1), agent_nom="Kim Fictif"
)
ETAPE = ContenuReponse(nature="etape", prochain_point_le=date(2026, 12, 4))
PRECISION = ContenuReponse(
    nature="complement_demande",
    objet_complement="dossier",
    texte="À quelle date la demande a-t-elle été déposée ?",
    agent_nom="Kim Fictif",
)
IDENTITE = ContenuReponse(nature="complement_demande", objet_complement="identite")
AILLEURS = ContenuReponse(nature="hors_perimetre", voie="le guichet de Vitré")
APPEL = Appel(moyen="telephone", joint="personne", texte="Rappelle demain matin.")
REPONSES = {
    "paiement_debloque": PAIEMENT,
    "piece_manquante": replace(MANQUE, contactee_le=JOUR),
    "droit_accorde": ContenuReponse(
        nature="droit_accorde",
        droit="aspa",
        droit_effet_le=date(2026, 12, 1),
        versement_le=date(2026, 12, 9),
        montant="1043.59",
    ),
    "autre_organisme": ContenuReponse(
        nature="autre_organisme",
        organisme="MSA",
        organisme_contact="02 61 91 39 99",
        transmis=False,
    ),
    "autre": ContenuReponse(
        nature="autre",
        texte="Le dossier repart en étude.",
        suite_par="la caisse",
        suite_avant_le=date(2026, 12, 20),
    ),
}


def apres(**duree: float) -> datetime:
    return LUNDI + timedelta(**duree)


def ecrire(
    par: Affectation, contenu: Contenu = DEMANDE, *, signer: bool = True, le: datetime = LUNDI
) -> Fiche:
    """A draft with that content, signed unless said."""
    with contexte(par):
        convention = Convention.objects.get(departement=par.organisation_id)
        fiche = brouillons.commencer(convention, par=par, maintenant=le)
        brouillon = brouillons.enregistrer(fiche, contenu, version=1, par=par, maintenant=le)
        if signer:
            brouillons.signer(
                fiche,
                TRAIT,
                replace(SIGNEE, signee_le=le.date()),
                version=brouillon.version,
                par=par,
                maintenant=le,
            )
    return fiche


def version(fiche: Fiche) -> int:
    return Brouillon.objects.get(fiche=fiche).version


def envoyer(par: Affectation, fiche: Fiche, *, le: datetime = LUNDI) -> Tour:
    with contexte(par):
        return envois.transmettre(fiche, version=version(fiche), par=par, maintenant=le)


def transmettre(par: Affectation, contenu: Contenu = DEMANDE, *, le: datetime = LUNDI) -> Fiche:
    fiche = ecrire(par, contenu, le=le)
    envoyer(par, fiche, le=le)
    return relire(fiche, DEPARTEMENT)


def reprendre(par: Affectation, fiche: Fiche, *, le: datetime) -> None:
    """Take a fiche up again as a draft, with both boxes ticked and a signature."""
    with contexte(par):
        reprises.reprendre(Fiche.objects.get(pk=fiche.pk), par=par, maintenant=le)
    resigner(par, fiche, le=le)


def rouvrir(par: Affectation, fiche: Fiche, *, le: datetime) -> None:
    with contexte(par):
        reprises.rouvrir(Fiche.objects.get(pk=fiche.pk), par=par, maintenant=le)


def resigner(par: Affectation, fiche: Fiche, *, le: datetime) -> None:
    """Tick both boxes as they were last sent, and sign: version 3 of a draft just made."""
    with contexte(par):
        demande = derniere_demande(fiche, DEPARTEMENT)
        assert demande
        b = Brouillon.objects.get(fiche=fiche)
        voulu = replace(brouillons.lire(b), informe=demande[1].informe, non_opposition=True)
        b = brouillons.enregistrer(fiche, voulu, version=b.version, par=par, maintenant=le)
        posee = replace(SIGNEE, signee_le=le.date())
        brouillons.signer(fiche, TRAIT, posee, version=b.version, par=par, maintenant=le)


def lire(par: Affectation, fiche: Fiche, *, le: datetime | None = None) -> None:
    """The caisse opens it."""
    with contexte(par):
        reponses.ouvrir(Fiche.objects.get(pk=fiche.pk), par=par, maintenant=le or apres(hours=1))


def prendre(par: Affectation, fiche: Fiche, *, le: datetime | None = None) -> None:
    with contexte(par):
        reponses.prendre_en_charge(fiche, par=par, maintenant=le or apres(hours=2))


def repondre(
    par: Affectation,
    fiche: Fiche,
    reponse: ContenuReponse = PAIEMENT,
    *,
    le: datetime | None = None,
) -> Envoi:
    with contexte(par):
        return reponses.envoyer(fiche, reponse, par=par, maintenant=le or apres(hours=3))


def lire_la_reponse(par: Affectation, fiche: Fiche, *, le: datetime | None = None) -> None:
    """Its owner opens what the caisse has sent."""
    with contexte(par):
        relue = Fiche.objects.get(pk=fiche.pk)
        envois.lire_reponse(relue, par=par, maintenant=le or apres(hours=4))


def preparer(
    par: Affectation, fiche: Fiche, complement: str, *, le: datetime, **identite: str
) -> Brouillon:
    """Write the answer to a complement, correct who the person is; nothing leaves."""
    with contexte(par):
        brouillon = reprises.reprendre(Fiche.objects.get(pk=fiche.pk), par=par, maintenant=le)
        contenu = brouillons.lire(brouillon)
        voulu = replace(
            contenu, complement=complement, personne=replace(contenu.personne, **identite)
        )
        return brouillons.enregistrer(
            fiche, voulu, version=brouillon.version, par=par, maintenant=le
        )


def completer(
    par: Affectation,
    fiche: Fiche,
    complement: str = "Déposée le 12 mars 2026.",
    *,
    le: datetime,
    **identite: str,
) -> Envoi:
    """The same, and send the whole again."""
    brouillon = preparer(par, fiche, complement, le=le, **identite)
    with contexte(par):
        return envois.completer(fiche, version=brouillon.version, par=par, maintenant=le)


def noter(
    par: Affectation, fiche: Fiche, appel: Appel = APPEL, *, le: datetime | None = None
) -> NoteAppel:
    """The caisse writes a contact down, today unless said."""
    quand = le or maintenant()
    with contexte(par):
        vraie = Fiche.objects.get(pk=fiche.pk)
        return notes.noter(
            vraie, replace(appel, le=appel.le or jour_de(quand)), par=par, maintenant=quand
        )


def classer(par: Affectation, fiche: Fiche, *, le: datetime) -> None:
    """The caisse says that it has filed its copy."""
    with contexte(par):
        vraie = Fiche.objects.get(pk=fiche.pk)
        classement.classer(vraie, vue=vraie.copie_caisse_du, par=par, maintenant=le)


def retirer(
    par: Affectation,
    fiche: Fiche,
    motif: MotifRetrait = MotifRetrait.DECES,
    *,
    le: datetime | None = None,
) -> None:
    with contexte(par):
        envois.retirer(fiche, motif, par=par, maintenant=le or apres(hours=4))


def clore(par: Affectation, fiche: Fiche, issue: Issue | None = Issue.DEMANDE_ENGAGEE) -> None:
    with contexte(par):
        envois.clore(fiche, issue, par=par, maintenant=apres(hours=4))


def relire(fiche: Fiche, organisation: str) -> Fiche:
    with vu_de(organisation):
        return Fiche.objects.get(pk=fiche.pk)


@contextmanager
def vu_de(organisation: str) -> Any:
    """Rows as one organisation's wall lets them through, whoever asks."""
    with contexte_systeme(organisation):
        yield


def a_une_cle(genre: str, objet: UUID) -> bool:
    """Whether the key store still holds a key for that object."""
    with connections["coffre"].cursor() as curseur:
        curseur.execute(
            "SELECT count(*) FROM coffre_cle WHERE genre = %s AND objet_id = %s",
            [genre, objet.hex],
        )
        return bool(curseur.fetchone()[0])


def copies(fiche: Fiche, organisation: str) -> list[UUID]:
    with vu_de(organisation):
        return list(Exemplaire.objects.filter(envoi__fiche=fiche).values_list("pk", flat=True))


def ensemble(travaux: list[Callable[[], Any]]) -> list[Any]:
    """Each in its own thread at the same instant; what it gives, or the error it raised."""
    depart = Barrier(len(travaux))

    def faire(travail: Callable[[], Any]) -> Any:
        try:
            depart.wait(20)
            return travail()
        except Exception as erreur:
            return erreur
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(travaux)) as fils:
        return [r.result(60) for r in [fils.submit(faire, t) for t in travaux]]


def dans_la_liste(navigateur: Client, adresse: str, fiche: Fiche) -> bool:
    """Whether the table of that page has it: the fiches seen last stand beside."""
    _, _, tableau = navigateur.get(adresse).content.decode().partition("<tbody>")
    return fiche.reference in tableau.partition("</tbody>")[0]


def evenements(fiche: Fiche, organisation: str) -> list[str]:
    """The acts that one chain tells about this fiche, in order."""
    with vu_de(organisation):
        return list(
            Evenement.objects.filter(objet=fiche.reference, issue="fait")
            .order_by("pk")
            .values_list("action", flat=True)
        )


def transitions(fiche: Fiche, organisation: str) -> list[tuple[str, str, str]]:
    with vu_de(organisation):
        return list(fiche.transitions.order_by("pk").values_list("geste", "de", "vers"))


def compteurs() -> dict[str, int]:
    """Each code with its sum, all months and teams together."""
    sommes: dict[str, int] = {}
    for code, nombre in Compteur.objects.values_list("code", "nombre"):
        sommes[code] = sommes.get(code, 0) + nombre
    return sommes


def engager(objets: list[UUID], organisation: str, *, le: datetime) -> None:
    """Decide the end of these copies, as the purge does when their day has come."""
    effacement.engager(
        Genre.EXEMPLAIRE,
        dict.fromkeys(objets, le),
        organisation=organisation,
        regle=Cause.EXEMPLAIRE_CAISSE,
        le=le,
    )


def coffre_detruire(objets: list[UUID]) -> None:
    """Their keys and index rows gone, as the purge leaves them."""
    detruire(Genre.EXEMPLAIRE, objets)
