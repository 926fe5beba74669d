"""Two sources disagree: what is kept, what is replaced, and who decides."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.coffre.actions import chercher_nir
from relais.fiches.actions.acte import ActeRefuse
from relais.journal.models import Evenement
from relais.regles.reperage import EtatContact, Fait
from relais.regles.urgence import Urgence
from relais.reperage.actions import conflits
from relais.reperage.actions.actualisation import reexaminer
from relais.reperage.actions.conflits import Decision
from relais.reperage.dossier import Conflit, Note
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage import personnes
from tests.reperage.pages import ouvrir, texte
from tests.reperage.personnes import DEPARTEMENT, dossier, relire

CONNU, AUTRE = "259117800608453", "159117800608505"
SOURCE = "fichier du 02/11/2026"
NUMERO = Conflit("nir", AUTRE, SOURCE, date(2026, 11, 2))
PRENOMS = Conflit("prenoms", "Camilla", SOURCE, date(2026, 11, 3))


def partagee(personas: Personas, *poses: Conflit) -> Personne:
    contenu = dossier(nir=CONNU, naissance=date(1959, 11, 1))
    return personnes.creer(
        replace(contenu, conflits=poses or (NUMERO,)), suivie_par=personas.ts_rennes
    )


def decider(qui: Any, personne: Personne, pose: Conflit, decision: Decision) -> Personne:
    with contexte(qui):
        return conflits.decider(
            personne, nom_de(pose), decision, par=qui, maintenant=horloge.maintenant()
        )


def nom_de(pose: Conflit) -> str:
    return f"{pose.nature}:{pose.le.isoformat()}:1"


def test_la_page_montre_les_deux_sources_et_un_numero_masque(personas: Personas) -> None:
    personne = partagee(personas, NUMERO, PRENOMS)
    assert personne.a_decider
    lue = texte(ouvrir(personas.ts_rennes, personne))
    assert "C’est 2 •• •• •• ••• ••• 53, déjà connu ici" in lue
    assert "C’est 1 •• •• •• ••• ••• 05, d’après « fichier du 02/11/2026 »" in lue
    assert "C’est Camilla, d’après" in lue
    assert AUTRE[:13] not in lue


@pytest.mark.parametrize(
    ("decision", "numero"),
    [
        (Decision.GARDER, CONNU),
        (Decision.REMPLACER, AUTRE),
        (Decision.DEUX_PERSONNES, CONNU),
    ],
)
def test_une_decision_regle_le_desaccord(
    personas: Personas, decision: Decision, numero: str
) -> None:
    personne = partagee(personas)
    decider(personas.ts_rennes, personne, NUMERO, decision)
    lu = personnes.lire(personne)
    assert lu.identite.nir == numero
    assert [un.decision for un in lu.conflits] == [decision.value]
    assert not relire(personne).a_decider
    assert len(lu.passages) == 1
    assert [objet for _, objet in chercher_nir(DEPARTEMENT, numero[:13])] == [personne.pk]
    autre = AUTRE if numero == CONNU else CONNU
    assert chercher_nir(DEPARTEMENT, autre[:13]) == []
    with vu_de(DEPARTEMENT):
        actes = Evenement.objects.filter(action="conflit_decide").values_list("objet", flat=True)
        assert list(actes) == [str(personne.pk)]


def test_un_numero_remplace_est_declare(personas: Personas) -> None:
    personne = partagee(personas)
    decider(personas.ts_rennes, personne, NUMERO, Decision.REMPLACER)
    origine = personnes.lire(personne).origine("identite")
    assert origine is not None
    assert origine.source.startswith("déclaré le")


def test_un_desaccord_regle_laisse_l_autre(personas: Personas) -> None:
    personne = partagee(personas, NUMERO, PRENOMS)
    decider(personas.charge_reperage, personne, PRENOMS, Decision.REMPLACER)
    lu = personnes.lire(personne)
    assert lu.identite.prenoms == "Camilla"
    assert list(conflits.a_decider(lu).values()) == [NUMERO]
    assert relire(personne).a_decider


def test_un_desaccord_ne_se_regle_pas_deux_fois(personas: Personas) -> None:
    personne = partagee(personas)
    decider(personas.ts_rennes, personne, NUMERO, Decision.REMPLACER)
    with pytest.raises(ActeRefuse):
        decider(personas.encadrante_rennes, personne, NUMERO, Decision.GARDER)
    assert personnes.lire(personne).identite.nir == AUTRE


def test_qui_n_ouvre_pas_la_personne_ne_decide_pas(personas: Personas) -> None:
    personne = partagee(personas)
    for nom in ("ts_redon", "referent_departement", "agent_caisse"):
        with pytest.raises(PermissionDenied):
            decider(getattr(personas, nom), personne, NUMERO, Decision.REMPLACER)
    assert personnes.lire(personne).identite.nir == CONNU


def test_sans_choix_la_page_le_dit_et_rien_ne_change(personas: Personas) -> None:
    personne = partagee(personas)
    adresse = f"/reperage/personnes/{personne.pk}/desaccord/"
    navigateur = connecter(personas.ts_rennes)
    reponse = navigateur.post(adresse, {"conflit": nom_de(NUMERO)})
    assert reponse.status_code == 422
    assert "Choisissez ce qui est juste." in texte(reponse)
    assert personnes.lire(personne).conflits == (NUMERO,)
    choix = {"conflit": nom_de(NUMERO), "decision": "remplacer"}
    assert "Le désaccord est réglé." in texte(navigateur.post(adresse, choix, follow=True))
    assert conflits.DEJA_DECIDE in texte(navigateur.post(adresse, choix, follow=True))


def test_une_autre_date_de_naissance_verifiee_remplace(personas: Personas) -> None:
    autre = Conflit("naissance", "1962-03-04", SOURCE, date(2026, 11, 2))
    personne = partagee(personas, autre)
    lue = texte(ouvrir(personas.ts_rennes, personne))
    assert "C’est le 4 mars 1962, d’après « fichier du 02/11/2026 »" in lue
    assert relire(personne).urgence == Urgence.EN_PREMIER
    decider(personas.ts_rennes, personne, autre, Decision.REMPLACER)
    assert personnes.lire(personne).identite.naissance == date(1962, 3, 4)
    assert relire(personne).urgence == Urgence.A_INFORMER


def test_une_naissance_verifiee_n_efface_personne_la_nuit(personas: Personas) -> None:
    """She is concerned no more: the next file tells so, or whoever follows her."""
    autre = Conflit("naissance", "1980-03-04", SOURCE, date(2026, 11, 2))
    personne = partagee(personas, autre)
    decider(personas.ts_rennes, personne, autre, Decision.REMPLACER)
    reexaminer(DEPARTEMENT, maintenant=horloge.maintenant() + timedelta(days=1))
    assert "Pas concernée pour le moment" in texte(ouvrir(personas.ts_rennes, personne))


def doubles(personas: Personas, *, a_qui: Any) -> tuple[Personne, Personne]:
    note = Note(date(2026, 11, 3), Fait.JOINTE, "Ada Essai")
    dit = dossier(veuf=True).declaree("veuf", le=date(2026, 11, 4))
    autre = personnes.creer(replace(dit, notes=(note,)), suivie_par=a_qui)
    pose = Conflit("doublon", str(autre.pk), SOURCE, date(2026, 11, 2))
    return partagee(personas, pose), autre


def test_deux_pages_d_une_personne_se_reunissent(personas: Personas) -> None:
    une, autre = doubles(personas, a_qui=personas.ts_rennes)
    pose = personnes.lire(une).conflits[0]
    reponse = ouvrir(personas.ts_rennes, une)
    assert f'href="/reperage/personnes/{autre.pk}/"' in reponse.content.decode()
    decider(personas.ts_rennes, une, pose, Decision.GARDER)
    reunie = personnes.lire(une)
    assert [note.fait for note in reunie.notes] == [Fait.JOINTE]
    assert reunie.situation.veuf
    assert reunie.origine("veuf") is not None
    with vu_de(DEPARTEMENT):
        assert not Personne.objects.filter(pk=autre.pk).exists()
    assert relire(une).contact == EtatContact.CONTACTEE


def test_deux_pages_de_deux_personnes_restent_deux(personas: Personas) -> None:
    une, autre = doubles(personas, a_qui=personas.ts_rennes)
    decider(personas.ts_rennes, une, personnes.lire(une).conflits[0], Decision.DEUX_PERSONNES)
    assert not relire(une).a_decider
    assert relire(autre).pk == autre.pk


def test_une_page_qu_on_n_ouvre_pas_ne_se_reunit_pas(personas: Personas) -> None:
    une, autre = doubles(personas, a_qui=personas.ts_redon)
    pose = personnes.lire(une).conflits[0]
    assert f"/{autre.pk}/" not in ouvrir(personas.ts_rennes, une).content.decode()
    with pytest.raises(ActeRefuse) as refus:
        decider(personas.ts_rennes, une, pose, Decision.GARDER)
    assert refus.value.phrase == conflits.FERMEE
    assert relire(autre).pk == autre.pk
    decider(personas.charge_reperage, une, pose, Decision.GARDER)
    with vu_de(DEPARTEMENT):
        assert not Personne.objects.filter(pk=autre.pk).exists()
