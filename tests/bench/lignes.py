"""The rows of a fiche and of all that hangs from it, as COPY reads them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from relais.fiches.reference import ALPHABET
from relais.regles import conservation, delais
from relais.regles.convention import Convention
from tests.bench.decor import Place

NUL = r"\N"
DEPARTEMENT, CAISSE = "cd35", "carsat-bretagne"
MOTIFS = ("{depart_passe}", "{rupture}", "{autre}", "{rupture,autre}", "{depart_passe,rupture}")
EMPREINTE = "0" * 64

COLONNES = {
    "fiches_fiche": (
        "id, reference, convention_id, departement_id, caisse_id, territoire_id, equipe_id,"
        " auteur_id, proprietaire_id, statut, creee_le, reponse_au_professionnel, motifs,"
        " notice_version, notice_empreinte, canal, transmise_le, reponse_due_le,"
        " derniere_heure_utile, prochain_point_le, premier_geste_le, repondue_le, chargee_a_id,"
        " ouverte_caisse_le, reponse_lue_le, classee_le, versee_au_dossier_le,"
        " accompagnement_fini_le, rsa_clos_le, close_le, issue, retiree_le, motif_retrait,"
        " cloture_office_le, dernier_evenement_le, revue_le"
    ),
    "fiches_tour": (
        "id, fiche_id, departement_id, caisse_id, rang, transmise_le, reponse_due_le,"
        " derniere_heure_utile, prochain_point_le, premier_geste_le, repondue_le, etapes,"
        " rappelee_le, attente"
    ),
    "fiches_envoi": (
        "id, fiche_id, tour_id, emetteur_id, destinataire_id, nature, sens, canal, reserve,"
        " par_id, envoye_le, recu_le, lu_le, lu_par_id, preuve"
    ),
    "fiches_exemplaire": (
        "id, envoi_id, organisation_id, document, signature, signature_type, cree_le,"
        " a_purger_le, destruction_engagee_le"
    ),
    "fiches_transition": (
        "fiche_id, departement_id, caisse_id, geste, de, vers, par_id, organisation_id, le,"
        " reserve_caisse"
    ),
    "fiches_avis": (
        "id, convention_id, organisation_id, envoi_id, agent_id, objet, reference,"
        " reference_liee, reponse_due_le, etat, essais, cree_le, prochain_essai_le, envoye_le"
    ),
}
Carnet = dict[str, list[str]]
"""Table → its lines, in the order of `COLONNES`."""


class Moment(NamedTuple):
    """The dates of one tour, already written as PostgreSQL reads them."""

    transmise: str
    due: str
    utile: str
    geste: str
    repondue: str
    lue: str
    close: str
    a_purger: str
    office: str
    revue: str


class Copie(NamedTuple):
    """A sealed document for one holder, in hexadecimal; its exemplaire's number is its key's."""

    pk: str
    organisation: str
    document: str
    signature: str = NUL


@dataclass(frozen=True)
class Vie:
    """What happened to one fiche. `tours` oldest first; the copies are those of the last one."""

    rang: int
    pk: str
    place: Place
    traitant: int
    statut: str
    tours: tuple[Moment, ...]
    motifs: str
    informe: bool = True
    demande: tuple[Copie, ...] = ()
    reponse: tuple[Copie, ...] = ()
    etape: bool = False

    @property
    def prise(self) -> bool:
        return self.statut != "transmise"

    @property
    def repondue(self) -> bool:
        return self.statut in ("repondue", "close")

    @property
    def reference(self) -> str:
        return reference(self.rang)


@dataclass
class Raconteur:
    """Writes lives down in a carnet; numbers the tours."""

    convention: str
    tirage: Random
    tour: int
    carnet: Carnet = field(default_factory=lambda: {table: [] for table in COLONNES})

    def raconter(self, vie: Vie) -> None:
        self._fiche(vie)
        for rang, moment in enumerate(vie.tours, 1):
            self._tour(vie, rang, moment, dernier=rang == len(vie.tours))

    def vider(self) -> Carnet:
        plein, self.carnet = self.carnet, {table: [] for table in COLONNES}
        return plein

    def hexa(self) -> str:
        return f"{self.tirage.getrandbits(128):032x}"

    def _fiche(self, vie: Vie) -> None:
        m, place = vie.tours[-1], vie.place
        repondue = m.repondue if vie.repondue else NUL
        finie = vie.statut in ("close", "retiree")
        self.carnet["fiches_fiche"].append(
            f"{vie.pk}\t{vie.reference}\t{self.convention}\t{DEPARTEMENT}\t{CAISSE}"
            f"\t{place.territoire}\t{place.equipe}\t{place.agent}\t{place.agent}\t{vie.statut}"
            f"\t{vie.tours[0].transmise}\t{'t' if vie.informe else 'f'}\t{vie.motifs}"
            f"\t2025-07\t{EMPREINTE}\tintegre\t{m.transmise}\t{m.due}\t{m.utile}\t{NUL}"
            f"\t{m.geste if vie.prise else NUL}\t{repondue}"
            f"\t{vie.traitant if vie.prise else NUL}\t{m.geste if vie.prise else NUL}"
            f"\t{m.lue if finie and vie.repondue else NUL}\t{NUL}\t{NUL}\t{NUL}\t{NUL}"
            f"\t{m.close if vie.statut == 'close' else NUL}"
            f"\t{'ressources_retablies' if vie.statut == 'close' else ''}"
            f"\t{m.close if vie.statut == 'retiree' else NUL}"
            f"\t{'autre_demarche' if vie.statut == 'retiree' else ''}"
            f"\t{m.office if vie.statut == 'repondue' else NUL}\t{m.geste}\t{m.revue}\n"
        )

    def _tour(self, vie: Vie, rang: int, m: Moment, *, dernier: bool) -> None:
        self.tour += 1
        repondu = vie.repondue or not dernier
        self.carnet["fiches_tour"].append(
            f"{self.tour}\t{vie.pk}\t{DEPARTEMENT}\t{CAISSE}\t{rang}\t{m.transmise}\t{m.due}"
            f"\t{m.utile}\t{NUL}\t{m.geste if vie.prise or repondu else NUL}"
            f"\t{m.repondue if repondu else NUL}\t{int(vie.etape)}"
            f"\t{m.close if vie.statut == 'retiree' and dernier else NUL}\t0\n"
        )
        lue = m.geste if vie.prise or repondu else NUL
        envoi = self._envoi(vie, "demande", m.transmise, lue)
        self._copies(envoi, vie.demande if dernier else (), m)
        premier = rang == 1
        self._transition(
            vie,
            "transmettre" if premier else "redemander",
            "brouillon" if premier else "repondue",
            "transmise",
            m.transmise,
        )
        if vie.prise or repondu:
            self._transition(vie, "prendre_en_charge", "transmise", "prise_en_charge", m.geste)
        if vie.etape:
            self._envoi(vie, "etape", m.geste, m.geste)
        if repondu:
            envoi = self._envoi(vie, "reponse", m.repondue, m.lue if vie.statut == "close" else NUL)
            self._copies(envoi, vie.reponse if dernier else (), m)
            self._transition(vie, "repondre", "prise_en_charge", "repondue", m.repondue)
        if dernier and vie.statut == "close":
            self._transition(vie, "clore", "repondue", "close", m.close)
        if dernier and vie.statut == "retiree":
            self._transition(vie, "retirer", "prise_en_charge", "retiree", m.close)

    def _envoi(self, vie: Vie, nature: str, le: str, lu: str) -> str:
        """The message and its mail, gone long ago; its number."""
        pk, aller = self.hexa(), nature == "demande"
        de, vers = (DEPARTEMENT, CAISSE) if aller else (CAISSE, DEPARTEMENT)
        auteur, lecteur = vie.place.agent, vie.traitant
        if not aller:
            auteur, lecteur = lecteur, auteur
        self.carnet["fiches_envoi"].append(
            f"{pk}\t{vie.pk}\t{self.tour}\t{de}\t{vers}\t{nature}"
            f"\t{'vers_caisse' if aller else 'vers_departement'}\tintegre\tf\t{auteur}\t{le}\t{le}"
            f"\t{lu}\t{NUL if lu == NUL else lecteur}\t\n"
        )
        objet = "demande_urgente" if aller else "reponse_a_demande_urgente"
        self.carnet["fiches_avis"].append(
            f"{self.hexa()}\t{self.convention}\t{vers}\t{pk}\t{NUL if aller else lecteur}\t{objet}"
            f"\t{vie.reference}\t\t{NUL}\tenvoye\t0\t{le}\t{le}\t{le}\n"
        )
        return pk

    def _copies(self, envoi: str, copies: tuple[Copie, ...], m: Moment) -> None:
        for copie in copies:
            type_mime = "" if copie.signature == NUL else "image/png"
            purge = m.a_purger if copie.organisation == CAISSE else NUL
            self.carnet["fiches_exemplaire"].append(
                f"{copie.pk}\t{envoi}\t{copie.organisation}\t\\\\x{copie.document}"
                f"\t{copie.signature if copie.signature == NUL else chr(92) * 2 + 'x'}"
                f"{'' if copie.signature == NUL else copie.signature}"
                f"\t{type_mime}\t{m.transmise}\t{purge}\t{NUL}\n"
            )

    def _transition(self, vie: Vie, geste: str, de: str, vers: str, le: str) -> None:
        caisse = geste in ("prendre_en_charge", "repondre")
        par, qui = (vie.traitant, CAISSE) if caisse else (vie.place.agent, DEPARTEMENT)
        self.carnet["fiches_transition"].append(
            f"{vie.pk}\t{DEPARTEMENT}\t{CAISSE}\t{geste}\t{de}\t{vers}\t{par}\t{qui}\t{le}\tf\n"
        )


def moment(transmise: datetime, attente: timedelta, *, convention: Convention) -> Moment:
    """The dates of a tour sent then and first looked at after `attente`, by the real rules."""
    due = delais.echeance_reponse(transmise, convention=convention)
    utile = delais.derniere_heure_utile(due, depart=transmise, convention=convention)
    geste = transmise + attente
    dates = (
        *(transmise, due, utile, geste, geste + timedelta(hours=9)),
        *(geste + timedelta(hours=30), geste + timedelta(days=12)),
        conservation.exemplaire_caisse(transmise, convention=convention),
        delais.cloture_d_office(geste + timedelta(hours=9), convention=convention),
        conservation.revue(geste.date(), convention=convention),
    )
    return Moment(*(un.isoformat() for un in dates))


def reference(rang: int) -> str:
    """A reference of its own for each rank, scattered as random ones are."""
    base = len(ALPHABET)
    nombre = rang * 514_229_001_937 % base**8
    lettres = ""
    for _ in range(8):
        nombre, reste = divmod(nombre, base)
        lettres += ALPHABET[reste]
    return f"{lettres[:4]}-{lettres[4:]}"
