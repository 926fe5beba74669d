"""A small model of the circuit, written from the convention and not from the product's table.

One person, one fiche. It knows what each act does, who may do it, and what each side then reads;
tests/fiches/test_modele.py plays the same acts on the product and compares.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

VINGT_JOURS = timedelta(days=20)
SOIXANTE_JOURS = timedelta(days=60)
CHEZ_LA_CAISSE = {"transmise", "prise", "complement"}
TRAITEE = {"repondue", "hors"}
HORS_DE_SA_VUE = {"brouillon", "rappelee", "retiree"}
NEUTRE = "Traitée, la personne est informée directement"

DE_LA_CAISSE = ("ouvrir", "prendre", "etape", "complement", "repondre", "hors")
DE_L_AUTEUR = (
    *("envoyer", "reprendre", "completer", "abandonner", "rappeler", "retirer", "clore"),
    *("lire", "supprimer", "rouvrir"),
)


@dataclass
class Tour:
    """One request: whether box 1 was ticked, and whether the caisse may still see it."""

    case: bool
    transmise_le: datetime
    visible: bool = True
    attente: timedelta = timedelta()


@dataclass
class Message:
    """A message: its nature, its tour, and until when each side holds its copy."""

    nature: str
    tour: Tour
    departement: bool
    caisse_jusqu_au: datetime | None


@dataclass
class Ligne:
    """A line of the timeline; `caisse` None: the caisse does not read it."""

    departement: str | None
    caisse: str | None
    envoi_de: Tour | None = None
    reponse: Message | None = None


@dataclass
class Modele:
    """The state of the fiche, and all that its history left."""

    le: datetime
    etat: str = "brouillon"
    brouillon: str = "transmettre"
    lue: bool = False
    charge: str = ""
    complement_a_voir: bool = False
    attend_depuis: datetime | None = None
    rouverte: bool = False
    reponse_lue: bool = False
    traitee_le: datetime | None = None
    fin: str = ""
    tours: list[Tour] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    lignes: list[Ligne] = field(default_factory=list)

    # What may be done

    def permis(self, acte: str) -> bool:
        """Whether its own person may do it now, whatever they write."""
        return {
            "ouvrir": self.visible_a_la_caisse(),
            "prendre": self.etat == "transmise",
            "etape": self.etat in ("transmise", "prise"),
            "complement": self.etat in ("transmise", "prise"),
            "repondre": self.etat in CHEZ_LA_CAISSE,
            "hors": self.etat in CHEZ_LA_CAISSE,
            "envoyer": self.a_envoyer(),
            "reprendre": self.tient_la_demande() and self.se_reprend(),
            "completer": self.etat == "complement" and self.tient_la_demande(),
            "abandonner": bool(self.brouillon) and self.etat != "brouillon",
            "rappeler": self.etat == "transmise" and not self.lue,
            "retirer": self.etat in ("prise", "complement")
            or (self.etat == "transmise" and self.lue),
            "clore": self.etat in TRAITEE,
            "lire": True,
            "supprimer": self.etat in ("brouillon", "rappelee"),
            "rouvrir": self.etat == "close" and self.tient_la_demande(),
            "clore_d_office": self.etat in TRAITEE
            and not self.brouillon
            and self.le >= (self.traitee_le or self.le) + SOIXANTE_JOURS,
        }[acte]

    def se_reprend(self) -> bool:
        return self.etat in TRAITEE | {"rappelee", "complement"}

    def a_envoyer(self) -> bool:
        """A new request is written; a complement that came too late is not one."""
        if self.etat not in TRAITEE | {"brouillon", "close"}:
            return False
        return self.brouillon not in ("", "completer")

    def tient_la_demande(self) -> bool:
        return any(m.departement for m in self.messages if m.nature in ("demande", "complement"))

    def visible_a_la_caisse(self) -> bool:
        return self.etat not in HORS_DE_SA_VUE

    # What the acts do

    def envoyer(self, case: bool) -> None:
        dit = {"brouillon": "Fiche envoyée", "close": "Rouverte et renvoyée"}
        texte = dit.get(self.etat, "Demande renvoyée")
        tour = Tour(case, self.le)
        self.tours.append(tour)
        self._porter("demande", tour)
        self.lignes.append(Ligne(texte, texte, envoi_de=tour))
        self.etat, self.brouillon, self.fin = "transmise", "", ""
        self.lue = self.rouverte = self.reponse_lue = self.complement_a_voir = False
        self.traitee_le = None

    def ouvrir(self, qui: str) -> None:
        self.lue = True
        if qui == self.charge:
            self.complement_a_voir = False

    def prendre(self, qui: str) -> None:
        self.charge, self.lue, self.etat = qui, True, "prise"
        self._ligne("Prise en charge par la caisse")

    def etape(self, qui: str) -> None:
        self._premier_geste(qui)
        self._dire("etape", departement=self.case)
        self.lignes.append(Ligne("Réponse d’étape" if self.case else None, "Réponse d’étape"))

    def complement(self, qui: str) -> None:
        self._premier_geste(qui)
        self._dire("complement_demande", departement=True)
        self._ligne("Précision demandée par la caisse")
        self.etat, self.attend_depuis = "complement", self.le

    def repondre(self, qui: str, *, nature: str = "repondue", clore: bool = False) -> None:
        self._premier_geste(qui)
        self._fin_de_l_attente()
        repondue = nature == "repondue"
        texte = "Réponse de la caisse" if repondue else "Orientée vers la voie ordinaire"
        dit = self._dire("reponse" if repondue else "hors_perimetre", departement=self.case)
        self.lignes.append(Ligne(texte, texte, reponse=dit))
        self.etat, self.traitee_le = nature, self.le
        if clore:
            self._ligne("Terminée par la caisse avec sa réponse")
            self.etat, self.fin = "close", "close par la caisse avec sa réponse"

    def reprendre(self) -> None:
        if self.etat == "rappelee":
            self.lignes.append(Ligne("Reprise pour correction", None))
            self.etat, self.brouillon = "brouillon", "transmettre"
        elif self.etat == "complement":
            self.brouillon = self.brouillon or "completer"
        else:
            self.brouillon = "redemander"

    def completer(self) -> None:
        self._fin_de_l_attente()
        self._porter("complement", self.tours[-1])
        self._ligne("Fiche complétée et renvoyée")
        self.etat, self.brouillon, self.complement_a_voir = "prise", "", True

    def abandonner(self) -> None:
        self.brouillon, self.rouverte = "", False

    def rappeler(self) -> None:
        self._reprendre_a_la_caisse("rappelee", "Rappelée avant lecture")

    def retirer(self, motif: str) -> None:
        self._fin_de_l_attente()
        self.brouillon = ""
        self._reprendre_a_la_caisse("retiree", f"Retirée : {motif}")

    def clore(self, issue: str) -> None:
        self._ligne("Terminée")
        self.etat, self.fin, self.brouillon, self.reponse_lue = "close", issue, "", True

    def clore_d_office(self) -> None:
        self._ligne("Terminée sans suite signalée")
        self.etat, self.fin = "close", "close sans suite signalée au bout de 60 jours"

    def lire(self) -> None:
        self.reponse_lue = self.reponse_lue or self.traitee_le is not None

    def rouvrir(self) -> None:
        self.rouverte, self.brouillon = True, "rouvrir"

    def purger(self, organisation: str) -> None:
        """What the retention takes: the caisse's after 20 days, the Département's one day."""
        for message in self.messages:
            if organisation == "departement":
                message.departement = False
            elif message.caisse_jusqu_au and message.caisse_jusqu_au <= self.le:
                message.caisse_jusqu_au = None

    # What each side reads

    def libelle_du_departement(self) -> str:
        """The beginning of the label of wording.md §7."""
        if self.etat in TRAITEE and not self.case:
            return NEUTRE
        if self.etat == "transmise" and self.lue:
            return "Envoyée, ouverte par la caisse"
        return {
            "brouillon": "Brouillon",
            "transmise": "Envoyée, pas encore ouverte",
            "prise": "En cours à la caisse depuis le ",
            "complement": "Précision demandée",
            "repondue": "Réponse reçue",
            "hors": "À traiter par la voie ordinaire",
            "rappelee": "Rappelée avant lecture",
            "retiree": "Retirée le ",
            "close": f"Terminée : {self.fin}",
        }[self.etat]

    def libelle_de_la_caisse(self) -> str:
        if self.etat == "repondue" and not self.case:
            return "Réponse donnée à la personne"
        return {
            "transmise": "Nouvelle",
            "prise": "En cours : ",
            "complement": "En attente du Département",
            "repondue": "Réponse envoyée",
            "hors": "Réorientée",
            "close": "Terminée",
        }[self.etat]

    def feuille(self) -> str:
        if self.etat in TRAITEE and not self.case:
            return "La caisse vous répond directement"
        return {
            "transmise": "Votre demande est envoyée",
            "prise": "La caisse s’en occupe",
            "complement": "Il manque une précision",
            "repondue": "La caisse a répondu",
            "hors": "Une autre démarche est à faire",
            "close": "Votre demande est terminée",
        }.get(self.etat, "Votre demande est retirée")

    def deroule_du_departement(self) -> list[str]:
        dits = [
            "Traitée par la caisse"
            if ligne.reponse and not ligne.reponse.departement
            else ligne.departement
            for ligne in self.lignes
            if ligne.departement
        ]
        suite = ["Rouverte : une nouvelle demande se prépare"] if self.rouverte else []
        return dits + suite

    def deroule_de_la_caisse(self) -> list[str]:
        return [
            ligne.caisse
            for ligne in self.lignes
            if ligne.caisse and (ligne.envoi_de is None or ligne.envoi_de.visible)
        ]

    def dits_au_departement(self) -> list[str]:
        """The natures of what the caisse said, as far as the Département holds it."""
        return [m.nature for m in self.messages if m.departement and not _demande(m)]

    def dits_par_la_caisse(self) -> list[str]:
        return [m.nature for m in self.messages if m.caisse_jusqu_au and not _demande(m)]

    def copies(self) -> tuple[int, int]:
        """How many the Département holds, and the caisse."""
        return (
            sum(m.departement for m in self.messages),
            sum(m.caisse_jusqu_au is not None for m in self.messages),
        )

    def en_cours(self) -> bool:
        if self.etat == "close":
            return self.rouverte or not self.reponse_lue
        return self.etat != "retiree"

    def reponse_a_lire(self) -> bool:
        return self.etat in TRAITEE | {"close"} and not self.reponse_lue

    @property
    def case(self) -> bool:
        return self.tours[-1].case

    def _premier_geste(self, qui: str) -> None:
        if self.etat == "transmise":
            self.prendre(qui)
        self.complement_a_voir = False

    def _fin_de_l_attente(self) -> None:
        if self.attend_depuis is not None:
            self.tours[-1].attente += self.le - self.attend_depuis
            self.attend_depuis = None

    def _porter(self, nature: str, tour: Tour) -> None:
        self.messages.append(Message(nature, tour, True, self.le + VINGT_JOURS))

    def _dire(self, nature: str, *, departement: bool) -> Message:
        dit = Message(nature, self.tours[-1], departement, self.le + VINGT_JOURS)
        self.messages.append(dit)
        return dit

    def _ligne(self, texte: str) -> None:
        self.lignes.append(Ligne(texte, texte))

    def _reprendre_a_la_caisse(self, etat: str, texte: str) -> None:
        self.lignes.append(Ligne(texte, None))
        self.etat, self.tours[-1].visible = etat, False
        for message in self.messages:
            message.caisse_jusqu_au = None


def _demande(message: Message) -> bool:
    return message.nature in ("demande", "complement")
