"""Erasure as its DPO follows it: the purge, what falls due, certificates, retentions."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from relais.annuaire.models import Organisation
from relais.coffre.borne import Borne, borne
from relais.journal.certificats import est_authentique
from relais.journal.cles import publiques
from relais.journal.models import Certificat
from relais.regles import durees
from relais.regles.convention import Convention
from relais.regles.durees import LIBELLES_CAUSE, EnVigueur, Qui
from relais.rgpd import bases_de_cote, surveillance
from relais.rgpd.bases_de_cote import BaseDeCote
from relais.rgpd.echeances import Echeance
from relais.rgpd.models import Passage


@dataclass(frozen=True, slots=True)
class Purge:
    """The last passage, whether it is late, and until when what it erased may still be read.

    `bases_de_cote`: what a restore left, where it still is.
    """

    passage: Passage | None
    en_retard: bool
    dernier: Certificat | None
    borne: Borne | None
    bases_de_cote: list[BaseDeCote]


@dataclass(frozen=True, slots=True)
class CertificatLu:
    """A certificate in words; `juste`: signed by a key of that organisation, as it reads now."""

    certificat: Certificat
    quoi: str
    juste: bool


def purge(organisation: str, *, maintenant: datetime) -> Purge:
    """Called inside the wall of `organisation`."""
    dernier = Certificat.objects.dernier(organisation)
    return Purge(
        passage=Passage.objects.dernier(organisation),
        en_retard=organisation in surveillance.en_retard(maintenant=maintenant),
        dernier=dernier,
        borne=borne(dernier.detruite_le, maintenant=maintenant) if dernier else None,
        bases_de_cote=bases_de_cote.trouver(maintenant=maintenant),
    )


def par_regle(echues: list[Echeance]) -> list[tuple[str, int]]:
    """How many of each rule, in words, the most first."""
    comptes = Counter(une.libelle for une in echues)
    return comptes.most_common()


def lus(certificats: list[Certificat], *, organisation: str) -> list[CertificatLu]:
    """Those of a page, each verified."""
    cles = publiques(organisation)
    return [
        CertificatLu(un, LIBELLES_CAUSE[un.regle], est_authentique(un, cles)) for un in certificats
    ]


def durees_de(organisation: Organisation, *, convention: Convention, jour: date) -> list[EnVigueur]:
    """The retentions of that party, and those that are everybody's."""
    nature = Qui.CAISSE if organisation.nature == Organisation.Nature.CAISSE else Qui.DEPARTEMENT
    toutes = durees.en_vigueur(convention, jour=jour)
    return [une for une in toutes if une.regle.qui in (nature, Qui.CHACUN)]
