"""What a file without titles leaves in clear: nothing, whichever way it is refused."""

from datetime import timedelta

import psycopg
import pytest

from relais.rgpd.actions import purge
from relais.socle import horloge
from tests.banc import Base
from tests.personas import Personas, connecter
from tests.reperage.gestes import LE, ORGANISATION, deposer, dernier, lire
from tests.reperage.test_purge_du_reperage import colonnes

CANARIS = ("zyxwvutronc", "canaripont", "238 001 45", "12/03/60", "12 34 56", "impasse temoin")
QUI = "Zyxwvutronc;Canaripont;{};1 60 03 35 238 001 45;06 12 34 56 78;77 impasse Temoin\n"
DEUX = QUI.format("12/03/60") + "MARTIN;Anne;01/02/59;2 59 02 35 238 001 12;06 98 76 54 32;Port\n"
SANS_TITRES = {
    "des dates": DEUX,
    "un âge": QUI.format("age 66") + "MARTIN;Anne;63;2;6;Port\n",
    "des lettres seules": "Zyxwvutronc;Canaripont;impasse Temoin\nMARTIN;Anne;Port\n",
    "un âge et des lettres": "Zyxwvutronc;age ans;Canaripont\nMARTIN;63;Anne\n",
    "une naissance en titre": "Date de naissance;Zyxwvutronc;Canaripont\n01/02/59;MARTIN;Anne\n",
    "un seul titre": "Zyxwvutronc Canaripont 12/03/60\nMARTIN\n",
}


def en_clair(base: Base) -> list[tuple[str, str]]:
    """Each canary that a table shows to a superuser."""
    return [
        (table, canari)
        for table, texte in colonnes(base)
        for canari in CANARIS
        if canari in texte.casefold() or canari.encode().hex() in texte
    ]


@pytest.mark.parametrize("octets", SANS_TITRES.values(), ids=SANS_TITRES)
def test_un_fichier_sans_titres_ne_laisse_rien_en_clair(
    octets: str, personnel: Personas, base: Base
) -> None:
    charge = connecter(personnel.charge_reperage)
    depot = lire(deposer(charge, octets.encode()))
    assert depot.etat in ("refuse", "pret")
    assert en_clair(base) == []
    champs = ("nom", "prénom", "naissance", "numéro de sécurité sociale", "téléphone", "adresse")
    saisie = {f"colonne_{rang}": champ for rang, champ in enumerate(champs)}
    jour = horloge.aujourd_hui().isoformat()
    charge.post(f"/reperage/imports/{depot.pk}/relire/", {"au": jour, **saisie})
    assert en_clair(base) == []
    charge.post(f"/reperage/imports/{depot.pk}/annuler/")
    purge.purger(ORGANISATION, maintenant=LE + timedelta(days=2))
    assert en_clair(base) == []
    # The search itself sees what it is looking for.
    with psycopg.connect(base.url("postgres")) as sql:
        sql.execute("UPDATE reperage_import SET phrase = 'Titres lus : ZYXWVUTRONC'")
    assert en_clair(base) == [("reperage_import", CANARIS[0])]


def test_la_raison_d_un_refus_s_efface_avec_le_delai_du_fichier(personas: Personas) -> None:
    charge = connecter(personas.charge_reperage)
    depot = lire(deposer(charge, DEUX.encode()))
    assert "ne porte pas de titres" in depot.phrase
    purge.purger(ORGANISATION, maintenant=depot.a_purger_le - timedelta(seconds=1))
    assert dernier().phrase
    purge.purger(ORGANISATION, maintenant=depot.a_purger_le)
    assert (dernier().etat, dernier().phrase) == ("refuse", "")
    page = charge.get(f"/reperage/imports/{depot.pk}/").content.decode()
    assert "La raison a été effacée" in page
