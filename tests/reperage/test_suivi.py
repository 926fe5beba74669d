"""Contacts with a person: facts of a list, the state that lists show, a note taken back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.journal.models import Evenement
from relais.regles.reperage import Consentement, EtatContact, Fait
from relais.reperage.actions import coordonnees, suivi
from relais.reperage.actions.acte import ConflitDeVersion
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage import personnes
from tests.reperage.pages import texte
from tests.reperage.personnes import DEPARTEMENT, dossier, relire


def suivie(personas: Personas) -> Personne:
    return personnes.creer(dossier(), suivie_par=personas.ts_rennes)


def noter(qui: Any, personne: Personne, *faits: Fait, il_y_a: int = 0) -> Personne:
    maintenant = horloge.maintenant()
    le = horloge.aujourd_hui() - timedelta(days=il_y_a)
    with contexte(qui):
        return suivi.noter(personne, faits, le=le, par=qui, maintenant=maintenant)


def adresse(personne: Personne, suite: str = "") -> str:
    return f"/reperage/personnes/{personne.pk}/{suite}"


def actes(personne: Personne, action: str) -> int:
    with vu_de(DEPARTEMENT):
        return Evenement.objects.filter(action=action, objet=str(personne.pk)).count()


def test_un_contact_se_note_et_l_etat_suit(personas: Personas) -> None:
    personne = suivie(personas)
    noter(personas.ts_rennes, personne, Fait.SANS_REPONSE, il_y_a=3)
    assert relire(personne).contact == EtatContact.TENTE
    noter(personas.ts_rennes, personne, Fait.JOINTE, Fait.INFORMEE_DE_SES_DROITS)
    relue = relire(personne)
    assert relue.contact == EtatContact.CONTACTEE
    notes = personnes.lire(personne).notes
    assert [note.fait for note in notes] == [
        *(Fait.SANS_REPONSE, Fait.JOINTE, Fait.INFORMEE_DE_SES_DROITS),
    ]
    assert {note.par for note in notes} == {"Ada Essai"}
    assert actes(personne, "personne_contactee") == 2


def test_la_meme_note_deux_fois_n_en_fait_qu_une(personas: Personas) -> None:
    personne = suivie(personas)
    noter(personas.ts_rennes, personne, Fait.JOINTE)
    noter(personas.ts_rennes, personne, Fait.JOINTE)
    assert len(personnes.lire(personne).notes) == 1
    assert actes(personne, "personne_contactee") == 1


def test_une_note_ecrite_par_erreur_se_retire_et_l_etat_revient(personas: Personas) -> None:
    personne = suivie(personas)
    noter(personas.ts_rennes, personne, Fait.JOINTE)
    cle = suivi.cle(personnes.lire(personne).notes[0])
    navigateur = connecter(personas.ts_rennes)
    reponse = navigateur.post(adresse(personne, "contacts/"), {"retirer": cle}, follow=True)
    assert "La note est retirée." in reponse.content.decode()
    assert personnes.lire(personne).notes == ()
    assert relire(personne).contact == EtatContact.A_CONTACTER
    encore = navigateur.post(adresse(personne, "contacts/"), {"retirer": cle}, follow=True)
    assert suivi.DEJA_RETIREE in encore.content.decode()


def test_la_note_d_un_collegue_ne_se_retire_que_par_l_encadrant(personas: Personas) -> None:
    personne = suivie(personas)
    noter(personas.encadrante_rennes, personne, Fait.JOINTE)
    noter(personas.ts_rennes, personne, Fait.RECUE)
    siennes = {note.par: suivi.cle(note) for note in personnes.lire(personne).notes}
    ts, encadrante = personas.ts_rennes, personas.encadrante_rennes
    with pytest.raises(PermissionDenied), contexte(ts):
        suivi.retirer_note(personne, siennes["Eve Essai"], par=ts, maintenant=horloge.maintenant())
    with contexte(encadrante):
        suivi.retirer_note(
            personne, siennes["Ada Essai"], par=encadrante, maintenant=horloge.maintenant()
        )
    assert [note.par for note in personnes.lire(personne).notes] == ["Eve Essai"]


@pytest.mark.parametrize(
    ("saisie", "dit"),
    [
        ({"le": "2026-11-02"}, suivi.RIEN),
        ({"faits": ["jointe"], "le": "2999-01-01"}, suivi.PAS_VENU),
        ({"faits": ["jointe"], "le": "2020-01-01"}, suivi.TROP_ANCIEN),
        ({"faits": ["jointe"], "le": ""}, "Indiquez le jour."),
        ({"faits": ["inventée"], "le": "2026-11-02"}, "Ce choix n’existe pas."),
    ],
)
def test_une_note_incomplete_dit_ce_qui_manque(
    personas: Personas, saisie: dict[str, Any], dit: str
) -> None:
    personne = suivie(personas)
    reponse = connecter(personas.ts_rennes).post(adresse(personne, "contacts/"), saisie)
    assert reponse.status_code == 422
    assert dit in texte(reponse)
    assert personnes.lire(personne).notes == ()


def test_qui_ne_suit_pas_ne_note_pas(personas: Personas) -> None:
    personne = suivie(personas)
    for nom in ("charge_reperage", "ts_rennes_collegue"):
        with pytest.raises(PermissionDenied):
            noter(getattr(personas, nom), personne, Fait.JOINTE)
    assert personnes.lire(personne).notes == ()


def test_ce_que_la_personne_declare_est_garde_avec_son_jour(personas: Personas) -> None:
    personne = suivie(personas)
    saisie = {
        "adresse": "2 rue Fictive",
        "code_postal": "35600",
        "commune": "Redon",
        "telephone": "02 61 91 35 88",
        "consentement": "R",
        "version": str(personne.version),
    }
    reponse = connecter(personas.ts_rennes).post(adresse(personne, "coordonnees/"), saisie)
    assert reponse.status_code == 302
    lu = personnes.lire(personne)
    assert lu.coordonnees.telephones == ("+33261913588",)
    assert lu.coordonnees.consentement == Consentement.REFUSE
    origine = lu.origine("coordonnees")
    assert origine is not None
    assert origine.source == f"déclaré le {horloge.aujourd_hui():%d/%m/%Y}"
    assert origine.le == horloge.aujourd_hui()
    assert actes(personne, "personne_corrigee") == 1


def test_le_code_de_la_commune_tombe_avec_la_commune(personas: Personas) -> None:
    connu = dossier()
    la = replace(connu.coordonnees, code_postal="35000", commune="Rennes", insee="35238")
    personne = personnes.creer(replace(connu, coordonnees=la), suivie_par=personas.ts_rennes)
    navigateur = connecter(personas.ts_rennes)
    memes = {"code_postal": "35000", "commune": "Rennes", "consentement": "I"}
    navigateur.post(adresse(personne, "coordonnees/"), memes | {"version": personne.version})
    assert personnes.lire(personne).coordonnees.insee == "35238"
    ailleurs = memes | {"code_postal": "35600", "commune": "Redon"}
    version = relire(personne).version
    navigateur.post(adresse(personne, "coordonnees/"), ailleurs | {"version": version})
    assert personnes.lire(personne).coordonnees.insee == ""


def test_deux_corrections_en_meme_temps_se_montrent_sans_s_ecraser(personas: Personas) -> None:
    personne = suivie(personas)
    ts = personas.ts_rennes
    with contexte(ts):
        autre = replace(dossier().coordonnees, commune="Redon")
        coordonnees.corriger(
            personne, autre, version=personne.version, par=ts, maintenant=horloge.maintenant()
        )
    saisie = {"commune": "Vitré", "consentement": "I", "version": str(personne.version)}
    navigateur = connecter(ts)
    reponse = navigateur.post(adresse(personne, "coordonnees/"), saisie)
    assert reponse.status_code == 409
    lue = reponse.content.decode()
    assert "Vitré" in lue
    assert "Redon" in lue
    assert personnes.lire(personne).coordonnees.commune == "Redon"
    version = relire(personne).version
    assert f'name="version" value="{version}"' in lue
    encore = navigateur.post(adresse(personne, "coordonnees/"), saisie | {"version": version})
    assert encore.status_code == 302
    assert personnes.lire(personne).coordonnees.commune == "Vitré"


def test_une_page_ancienne_ne_corrige_pas(personas: Personas) -> None:
    personne = suivie(personas)
    ts = personas.ts_rennes
    noter(ts, personne, Fait.JOINTE)
    with contexte(ts), pytest.raises(ConflitDeVersion):
        coordonnees.corriger(
            personne,
            replace(dossier().coordonnees, commune="Redon"),
            version=personne.version,
            par=ts,
            maintenant=horloge.maintenant(),
        )


def test_une_personne_effacee_entre_temps_se_dit(personas: Personas) -> None:
    personne = suivie(personas)
    ts = personas.ts_rennes
    with contexte(ts):
        Personne.objects.filter(pk=personne.pk).delete()
    with pytest.raises(PermissionDenied):
        noter(ts, personne, Fait.JOINTE)
