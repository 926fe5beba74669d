"""A fiche told act after act: each one by its agent, behind the wall, at its own time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from relais.adaptateurs.image import Page
from relais.annuaire.contexte import contexte
from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation, Convention
from relais.fiches.actions import (
    attribution,
    brouillons,
    classement,
    conservation,
    envois,
    notes,
    reponses,
    reprises,
)
from relais.fiches.contenu import Contenu
from relais.fiches.demonstration import demandes
from relais.fiches.demonstration.personnes import personne
from relais.fiches.demonstration.reponses import reponse
from relais.fiches.models import Brouillon, Fiche
from relais.fiches.notes import Appel
from relais.regles import delais
from relais.regles.convention import Role
from relais.regles.fiche import Interlocuteur, MoyenContact, NatureReponse
from relais.regles.issues import Issue
from relais.regles.retrait import MotifRetrait
from relais.socle.horloge import PARIS, jour_de

REDACTION = timedelta(minutes=20)
SIGNATURES = Path(__file__).parent / "signatures"


@dataclass
class Recit:
    """One person, one fiche, one clock that only goes forward and never past `maintenant`."""

    convention: Convention
    auteur: Affectation
    traitant: Affectation
    rang: int
    tirage: Random
    maintenant: datetime
    a: datetime
    informe: bool = True
    envoyee_le: datetime | None = None
    _fiche: Fiche | None = None

    @property
    def fiche(self) -> Fiche:
        """The fiche as it was first read: each act reads it again under its own lock."""
        assert self._fiche is not None
        return self._fiche

    def debuter(self, de: float, a: float) -> None:
        """Put the clock back: the sending is between `de` and `a` hours old, at a likely hour."""
        essais = [self.maintenant - timedelta(hours=self.tirage.uniform(de, a)) for _ in range(40)]
        self.a = min(essais, key=_invraisemblance)

    def avancer(self, heures: float, *, a_temps: bool = False) -> None:
        """Go forward to a moment when people work, never past `maintenant`.

        `a_temps`: before the deadline of the answer whenever the caisse is open before it.
        """
        voulu = self.a + timedelta(hours=heures)
        regles = regles_de(self.convention.code)
        ouverte = delais.prochaine_ouverture(voulu, convention=regles)
        if ouverte != voulu:
            ouverte += timedelta(minutes=self.tirage.randint(5, 170))
        limite = self.maintenant
        if a_temps and self.envoyee_le:
            limite = min(limite, delais.echeance_reponse(self.envoyee_le, convention=regles))
        if ouverte > limite:
            ouverte = delais.derniere_heure_utile(limite, depart=self.a, convention=regles)
        self.a = max(self.a, ouverte)

    def ecrire(self, *, genre: str = "complete", signer: bool = True) -> None:
        """Fill a draft in, signed or not. `genre`: complete, commencee, trois_non."""
        quand = self.a - REDACTION
        qui = personne(self.tirage, self.rang)
        with contexte(self.auteur):
            fiche = brouillons.commencer(self.convention, par=self.auteur, maintenant=quand)
            self._fiche = fiche
            brouillon = Brouillon.objects.get(fiche=fiche)
            contenu = self._contenu(brouillons.lire(brouillon), qui, genre)
            brouillon = brouillons.enregistrer(
                fiche, contenu, version=brouillon.version, par=self.auteur, maintenant=quand
            )
            if signer:
                self._signer(brouillon, quand)

    def transmettre(self) -> None:
        """Fill in, have it signed, send: one transaction, as many acts."""
        with contexte(self.auteur):
            self.ecrire()
            self.envoyer()

    def envoyer(self) -> None:
        with contexte(self.auteur):
            self.envoyee_le = self.a
            version = Brouillon.objects.get(fiche=self.fiche).version
            envois.transmettre(self.fiche, version=version, par=self.auteur, maintenant=self.a)

    def ouvrir(self) -> None:
        with contexte(self.traitant):
            reponses.ouvrir(self.fiche, par=self.traitant, maintenant=self.a)

    def prendre(self) -> None:
        with contexte(self.traitant):
            reponses.prendre_en_charge(self.fiche, par=self.traitant, maintenant=self.a)

    def repondre(self, nature: NatureReponse) -> None:
        jour = jour_de(self.a)
        contenu = reponse(nature, par=self.traitant, jour=jour, tirage=self.tirage)
        with contexte(self.traitant):
            reponses.envoyer(self.fiche, contenu, par=self.traitant, maintenant=self.a)

    def attribuer(self) -> None:
        """The responsable of the caisse gives it to its agent, who has not taken it yet."""
        caisse = self.convention.caisse_id
        traitants = Affectation.objects.de_la_caisse(caisse)
        responsable = next(un for un in traitants if un.role == Role.RESPONSABLE_CAISSE)
        with contexte(responsable):
            attribution.attribuer(
                self.fiche, a=self.traitant, vue=None, par=responsable, maintenant=self.a
            )

    def noter(self, joint: Interlocuteur, texte: str) -> None:
        appel = Appel(
            le=jour_de(self.a),
            moyen=MoyenContact.TELEPHONE,
            joint=joint,
            texte=texte,
        )
        with contexte(self.traitant):
            notes.noter(self.fiche, appel, par=self.traitant, maintenant=self.a)

    def classer(self) -> None:
        """Filed in the business application by its agent."""
        with contexte(self.traitant):
            self.fiche.refresh_from_db()
            classement.classer(
                self.fiche,
                vue=self.fiche.copie_caisse_du,
                par=self.traitant,
                maintenant=self.a,
            )

    def lire(self) -> None:
        with contexte(self.auteur):
            self.fiche.refresh_from_db()
            envois.lire_reponse(self.fiche, par=self.auteur, maintenant=self.a)

    def rappeler(self) -> None:
        with contexte(self.auteur):
            envois.rappeler(self.fiche, par=self.auteur, maintenant=self.a)

    def retirer(self, motif: MotifRetrait) -> None:
        with contexte(self.auteur):
            envois.retirer(self.fiche, motif, par=self.auteur, maintenant=self.a)

    def clore(self, issue: Issue | None) -> None:
        with contexte(self.auteur):
            envois.clore(self.fiche, issue, par=self.auteur, maintenant=self.a)

    def archiver(self) -> None:
        """The support of the person ends that day."""
        with contexte(self.auteur):
            conservation.finir_accompagnement(
                self.fiche, le=jour_de(self.a), par=self.auteur, maintenant=self.a
            )

    def recommencer(self, precision: str, *, envoyer: bool = True) -> None:
        """Correct a recalled fiche, or ask again after an answer: signed anew, then sent."""
        with contexte(self.auteur):
            brouillon = reprises.reprendre(self.fiche, par=self.auteur, maintenant=self.a)
            repris = brouillons.lire(brouillon)
            brouillon = brouillons.enregistrer(
                self.fiche,
                demandes.reprise(repris, precision, informe=self.informe),
                version=brouillon.version,
                par=self.auteur,
                maintenant=self.a,
            )
            if envoyer:
                self._signer(brouillon, self.a)
        if envoyer:
            self.envoyer()

    def _contenu(self, vierge: Contenu, qui: demandes.Personne, genre: str) -> Contenu:
        if genre == "commencee":
            return demandes.commencee(vierge, qui, self.tirage)
        if genre == "trois_non":
            return demandes.trois_non(vierge, qui, self.tirage)
        return demandes.demande(vierge, qui, self.tirage, informe=self.informe)

    def _signer(self, brouillon: Brouillon, quand: datetime) -> None:
        jour = jour_de(quand)
        brouillons.signer(
            self.fiche,
            Page("image/png", _trait(self.tirage.randint(1, 3))),
            demandes.signature(jour, self.tirage),
            version=brouillon.version,
            par=self.auteur,
            maintenant=quand,
        )


def _invraisemblance(instant: datetime) -> tuple[bool, bool]:
    """Nobody sends at night, few on a Saturday."""
    local = instant.astimezone(PARIS)
    return not 8 <= local.hour < 18, local.weekday() >= 5


@cache
def _trait(numero: int) -> bytes:
    return (SIGNATURES / f"{numero}.png").read_bytes()
