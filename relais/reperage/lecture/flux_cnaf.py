"""The monthly flow of the CNAF (RSABEM, vrsb0801 and kin): households, one at a time.

Elements are matched by name within their place; the unknown ones are counted. `Rattachement` holds
the parents of a person: it is never opened.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from relais.adaptateurs import flux_xml
from relais.adaptateurs.fichier import Avancer, FichierRefuse, Source
from relais.regles.foyer import Adulte, Precision
from relais.reperage.lecture import dites, identites_du_flux, matricules, numeros
from relais.reperage.lecture.evenements import (
    SANS_IDENTITE,
    Decedee,
    Entete,
    Evenement,
    Lecture,
    Personne,
    Refus,
    Remarque,
)
from relais.reperage.lecture.identites_du_flux import DuFoyer
from relais.reperage.lecture.naissances import CaseRefusee, du_flux, un_jour
from relais.reperage.lecture.situations import situation
from relais.reperage.textes import accorde

_FOYER, _ENTETE, _FIN = "InfosFoyerRSA", "IdentificationFlux", "TransmissionFlux"
_ADULTES = {"DEM", "CJT"}
_OUVERTS, _FERMES = {"2", "3", "4"}, {"0", "1", "5", "6"}
_DEMANDE_DE_RETRAITE_ATTENDUE = "35"  # MOTISUSVERSRSA
_CONNUS = {
    _FOYER: {"IdentificationRSA", "Personne", "DonneesAdministratives", "PrestationRSA"},
    "Personne": {
        *("Identification", "Prestations", "Ressources", "MontantCalculDroitRSAPersonne"),
        *("Activite", "Rattachement"),
    },
    "Identification": {
        *("QUAL", "NOM", "NOMNAI", "PRENOM", "PRENOM2", "PRENOM3", "NOMCOMNAI", "DTNAI"),
        *("RGNAI", "TYPEDTNAI", "NIR", "TOPVALIEC", "SEXE", "DTDC"),
    },
    "Prestations": {"NATPREST", "ROLEPERS", "TOPCHAPERS"},
    "SituationDossierRSA": {"ETATDOSRSA", "SuspensionDroit", "SuspensionVersement", "FinDroit"},
}
_FOYERS_MONTRES = 20  # whose elements are told when nobody is recognised

Parties = dict[str, list[Any]]


def lire(
    source: Source, *, au: date, identites: bool = False, avancer: Avancer | None = None
) -> Lecture:
    """The adults of the open households (DEM and CJT of the RSA), as on that day.

    `identites`: with their dossiers, to be stored.
    """
    lecture = Lecture(iter(()))
    flux = _Flux(au, lecture.comptes, lecture.entete, identites)
    lecture.evenements = flux.evenements(source, avancer)
    return lecture


def date_de_reference(source: Source, *, au: date) -> date | None:
    """The day of which the flow is true (DTREF); only its beginning is read. `au`: today.

    None when it does not say, or not in a way that reads. Raises FichierRefuse for what is no XML
    of that kind.
    """
    for partie in flux_xml.parties(source, voulues=(_ENTETE, _FOYER)):
        return un_jour(_lus(partie).get("DTREF", ""), au=au) if partie.tag == _ENTETE else None
    return None


@dataclass(slots=True)
class _Flux:
    au: date
    comptes: Counter[str]
    entete: Entete
    identites: bool
    foyers: int = 0
    personnes: int = 0
    reconnus: int = 0
    vus: dict[int, int] = field(default_factory=dict)
    rencontres: dict[str, None] = field(default_factory=dict)

    def evenements(self, source: Source, avancer: Avancer | None) -> Iterator[Evenement]:
        voulues = (_FOYER, _ENTETE, _FIN)
        for partie in flux_xml.parties(source, voulues=voulues, avancer=avancer):
            if partie.tag == _FOYER:
                self.foyers += 1
                self.entete.lus = self.foyers
                if self.foyers <= _FOYERS_MONTRES:
                    self.rencontres |= dict.fromkeys(flux_xml.noms(partie))
                yield from self._foyer(partie)
            else:
                yield from self._totaux(partie)
        if not self.reconnus:
            raise FichierRefuse(flux_xml.inconnu(self.rencontres or [_ENTETE, _FIN]))
        self.comptes["Foyers lus"] = self.foyers

    def _foyer(self, foyer: Any) -> Iterator[Evenement]:
        parties = self._parties(foyer, _FOYER)
        numeros_lus: dict[str, str] = {}
        for bloc in parties.get("IdentificationRSA", ()):
            numeros_lus = _numeros(bloc)
            self.entete.organismes[numeros_lus.get("FONORG", "").upper()] += 1
            yield from self._deux_fois(numeros_lus)
        lus = [(*self._suivante(), *self._personne(p)) for p in parties.get("Personne", ())]
        adultes = [un for un in lus if un[-1] in _ADULTES]
        self.reconnus += len(adultes)
        self.comptes["Enfants et autres personnes du foyer"] += len(lus) - len(adultes)
        if not adultes:
            self.comptes["Foyers sans personne à repérer"] += 1
            return
        if "DEM" not in [un[-1] for un in adultes]:
            yield Remarque(f"foyer {self.foyers} : pas de demandeur (DEM), à vérifier.")
        etat, suspendu = self._dossier(parties.get("PrestationRSA", ()))
        if self.identites:
            yield from self._decedees(foyer, numeros_lus, adultes)
        if etat in _FERMES:
            self.comptes["Personnes d’un dossier sans RSA ouvert"] += len(adultes)
            return
        partage = identites_du_flux.du_foyer(foyer, numeros_lus) if self.identites else None
        for numero, ou, blocs, role in adultes:
            if etat in _OUVERTS:
                yield from self._adulte(numero, ou, blocs, suspendu, role, partage)
            else:
                yield Refus(ou, "l’état du dossier (ETATDOSRSA) manque ou n’est pas de 0 à 6.")

    def _suivante(self) -> tuple[int, str]:
        self.personnes += 1
        return self.personnes, f"personne {self.personnes} (foyer {self.foyers})"

    def _personne(self, personne: Any) -> tuple[Parties, str]:
        """The blocks of a person, and the role in the RSA: the block of the PFA may come first."""
        blocs = self._parties(personne, "Personne")
        for bloc in blocs.get("Prestations", ()):
            lus = self._textes(bloc, "Prestations")
            if lus.get("NATPREST") == "RSA":
                return blocs, lus.get("ROLEPERS", "")
        return blocs, ""

    def _adulte(
        self,
        numero: int,
        ou: str,
        blocs: Parties,
        suspendu: bool,
        role: str,
        partage: DuFoyer | None,
    ) -> Iterator[Evenement]:
        identite: dict[str, str] = {}
        for bloc in blocs.get("Identification", ()):
            identite = self._textes(bloc, "Identification")
        if _deces(blocs):
            self.comptes["Personnes décédées"] += 1
            return
        try:
            naissance, precision = self._naissance(identite)
        except CaseRefusee as refus:
            yield Refus(ou, refus.phrase)
            return
        dits, a_verifier = situation(
            [_lus(bloc) for bloc in blocs.get("Activite", ())],
            blocs.get("Ressources", ()),
            au=self.au,
        )
        adulte = Adulte(naissance, precision, suspendu=suspendu, **dits)
        if partage is None:
            yield Personne(numero, adulte)
        else:
            dossier = identites_du_flux.dossier(adulte, role, identite, partage)
            if not dossier.identite.reconnaissable:
                yield Refus(ou, SANS_IDENTITE)
                return
            dites_ici = dites.du_flux(identite.get("TYPEDTNAI", ""))
            yield Personne(numero, adulte, dossier, self.foyers, dites_ici)
        for dit in a_verifier:
            yield Remarque(f"{ou} : {dit}.")
        if identite.get("NIR"):
            yield from _discordances(ou, identite, naissance, illisible=self.identites)

    def _decedees(
        self, foyer: Any, numeros_lus: dict[str, str], adultes: Sequence[tuple[Any, ...]]
    ) -> Iterator[Decedee]:
        """Who has died, whatever the state of the household: a death may close it."""
        for _, _, blocs, role in adultes:
            for bloc in blocs.get("Identification", ()) if _deces(blocs) else ():
                identite = _lus(bloc)
                partage = identites_du_flux.du_foyer(foyer, numeros_lus)
                with suppress(CaseRefusee):
                    adulte = Adulte(*self._naissance(identite))
                    yield Decedee(identites_du_flux.dossier(adulte, role, identite, partage))

    def _naissance(self, identite: dict[str, str]) -> tuple[date, Precision]:
        return du_flux(identite.get("DTNAI", ""), identite.get("TYPEDTNAI", ""), au=self.au)

    def _dossier(self, blocs: Sequence[Any]) -> tuple[str, bool]:
        """The state of the file, and whether its payment is suspended for motive 35."""
        for bloc in blocs:
            for dossier in bloc:
                if dossier.tag == "SituationDossierRSA":
                    parties = self._parties(dossier, "SituationDossierRSA")
                    etat = "".join([_propre(e.text) for e in parties.get("ETATDOSRSA", ())])
                    suspensions = [_lus(s) for s in parties.get("SuspensionVersement", ())]
                    motifs = [lue.get("MOTISUSVERSRSA") for lue in suspensions]
                    return etat, _DEMANDE_DE_RETRAITE_ATTENDUE in motifs
        return "", False

    def _deux_fois(self, lus: dict[str, str]) -> Iterator[Remarque]:
        """A household met before: told, and screened again, for nothing says which one is true."""
        matricule = matricules.allocataire(lus.get("MATRICULE", ""))
        if matricule:
            matricule = f"{lus.get('FONORG')} {lus.get('NUMORG')} {matricule}"
        for nom, cle in (
            ("numéro de demande", lus.get("NUMDEMRSA", "")),
            ("numéro d’allocataire", matricule),
        ):
            premier = self.vus.setdefault(hash((nom, cle)), self.foyers) if cle else self.foyers
            if premier != self.foyers:
                yield Remarque(
                    f"foyer {self.foyers} : même {nom} que le foyer {premier}, à vérifier."
                )

    def _totaux(self, partie: Any) -> Iterator[Remarque]:
        lus = _lus(partie)
        annonces = lus.get("NBTOTDOSRSATRANSM", "")
        if annonces.isdecimal():
            self.entete.annonces = int(annonces[:18])
            if not self.entete.concordant:
                annonces = accorde(self.entete.annonces, "dossier", "dossiers")
                yield Remarque(
                    f"Le fichier annonce {annonces} et en contient {self.foyers} : à vérifier."
                )
        if partie.tag == _ENTETE:
            self.entete.dtref = un_jour(lus.get("DTREF", ""), au=self.au)
            yield from self._reference(self.entete.dtref)

    def _reference(self, lue: date | None) -> Iterator[Remarque]:
        au = f"{self.au:%d/%m/%Y}"
        if lue is None:
            yield Remarque(
                "La date du fichier (DTREF) manque ou ne se lit pas, et le repérage est fait au"
                f" {au} : vérifiez que c’est bien la sienne."
            )
        elif lue != self.au:
            yield Remarque(
                f"Le fichier est à la date du {lue:%d/%m/%Y}, et le repérage est fait au {au} :"
                " vérifiez la date choisie."
            )

    def _parties(self, element: Any, lieu: str) -> Parties:
        """The children of an element by name; the unknown ones are counted."""
        parties: Parties = {}
        for enfant in element:
            parties.setdefault(enfant.tag, []).append(enfant)
        if not parties.keys() <= _CONNUS[lieu]:
            self._compter_inconnus(lieu, parties)
        return parties

    def _textes(self, bloc: Any, lieu: str) -> dict[str, str]:
        """The texts of a block by name; the unknown ones are counted."""
        lus = _lus(bloc)
        if not lus.keys() <= _CONNUS[lieu]:
            self._compter_inconnus(lieu, lus)
        return lus

    def _compter_inconnus(self, lieu: str, noms: Iterable[str]) -> None:
        for nom in set(noms) - _CONNUS[lieu]:
            self.comptes[f"Élément inconnu {lieu}/{nom}"] += 1


def _deces(blocs: Parties) -> bool:
    """Whether a date of death stands in the identity or beside it."""
    dites = [*blocs.get("DTDC", ())]
    for bloc in blocs.get("Identification", ()):
        dites += bloc.findall("DTDC")
    return any(_propre(dite.text) for dite in dites)


def _lus(bloc: Any) -> dict[str, str]:
    return {enfant.tag: _propre(enfant.text) for enfant in bloc}


def _propre(texte: str | None) -> str:
    return "" if texte is None else texte.strip()


def _numeros(identification: Any) -> dict[str, str]:
    """The texts of the blocks that say whose file it is. A NIR may be among them (MSA)."""
    lus: dict[str, str] = {}
    for bloc in identification:
        lus |= _lus(bloc)
    return lus


def _discordances(
    ou: str, identite: dict[str, str], naissance: date, *, illisible: bool
) -> Iterator[Remarque]:
    nir = numeros.lire(identite["NIR"])
    if nir is None:
        if illisible:
            yield Remarque(f"{ou} : le numéro de sécurité sociale ne se lit pas, il est laissé.")
    else:
        feminin = identites_du_flux.sexe(identite)
        for dit in numeros.discordances(nir, naissance=naissance, feminin=feminin):
            yield Remarque(f"{ou} : {dit}.")
