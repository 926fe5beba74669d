"""What no case file says of the retentions: other settings, and bounds that always hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from relais.regles import conservation, lecture
from relais.regles.convention import Datee, Ligne, Support

CONVENTIONS = Path(__file__).parents[2] / "conventions"
CD35 = lecture.charger(CONVENTIONS / "cd35-carsat-bretagne.toml")
PREMIER = date(2025, 7, 7)
JOURS = st.dates(PREMIER, date(2040, 1, 1))
INSTANTS = st.datetimes(datetime(2025, 7, 8), datetime(2040, 1, 1), timezones=st.just(UTC))


def test_sans_dossier_papier_une_fiche_imprimee_garde_ses_cinq_ans() -> None:
    electronique = Datee((Ligne(PREMIER, Support.ELECTRONIQUE, "essai", "essai"),))
    convention = replace(CD35, conservation=replace(CD35.conservation, support_long=electronique))
    duree = conservation.exemplaire_departement(
        dernier_evenement_le=date(2026, 5, 10),
        accompagnement_fini_le=date(2026, 5, 10),
        rsa_clos_le=date(2026, 4, 1),
        versee_au_dossier_le=date(2026, 5, 2),
        convention=convention,
    )
    assert duree.regle is conservation.Regle.APRES_RSA
    assert duree.dernier_jour == date(2031, 4, 1)


@given(INSTANTS)
def test_un_exemplaire_de_la_caisse_vit_exactement_480_heures(envoye: datetime) -> None:
    fin = conservation.exemplaire_caisse(envoye, convention=CD35)
    assert fin - envoye == timedelta(hours=480)


@given(JOURS, *[st.none() | JOURS] * 4)
def test_aucune_fiche_n_est_sans_horloge(
    evenement: date,
    fini: date | None,
    clos: date | None,
    rouvert: date | None,
    versee: date | None,
) -> None:
    duree = conservation.exemplaire_departement(
        dernier_evenement_le=evenement,
        accompagnement_fini_le=fini,
        rsa_clos_le=clos,
        rsa_rouvert_le=rouvert,
        versee_au_dossier_le=versee,
        convention=CD35,
    )
    assert evenement < duree.revue_le <= evenement + timedelta(days=366)
    assert duree.archivee_le == fini
    if duree.dernier_jour is None:
        assert duree.regle in (
            conservation.Regle.ACCOMPAGNEMENT,
            conservation.Regle.RSA_ROUVERT,
        )
    else:
        # Never purged while the support lasts.
        assert fini is not None
        assert duree.dernier_jour >= fini
        assert duree.a_purger_le == duree.dernier_jour + timedelta(days=1)
