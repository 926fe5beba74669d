"""Who leaves is nowhere any more: in no list to fetch, no file under review, no dispute."""

from collections.abc import Callable
from typing import Any

import pytest

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.coffre.actions import Genre, presentes
from relais.fiches import effacement
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.exports import Forme
from relais.journal.models import Certificat
from relais.regles.reperage import EtatImport, MotifSortie
from relais.reperage.actions import conflits, exports, lectures, oppositions, sorties
from relais.reperage.imports import constats, lots
from relais.reperage.models import Export, Import, Lot, Personne
from relais.socle import horloge
from tests.banc import Base
from tests.personas import Personas, connecter
from tests.reperage.flux import flux, foyer, personne
from tests.reperage.gestes import deposer, dernier, importer, lire
from tests.reperage.personnes import (
    DEPARTEMENT,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    enregistrer,
    gardees,
    nir,
    nommee,
)
from tests.reperage.test_annuler_en_lecture import autrement

Depart = Callable[[Personne, Any], object]


def opposer(une: Personne, qui: Any) -> None:
    oppositions.recevoir(une, par=qui, maintenant=horloge.maintenant())


def mourir(une: Personne, qui: Any) -> None:
    sorties.sortir(une, MotifSortie.DECES, par=qui, maintenant=horloge.maintenant())


def n_etre_plus_concernee(une: Personne, qui: Any) -> None:
    sorties.sortir(une, MotifSortie.SANS_RSA, par=qui, maintenant=horloge.maintenant())


DEPARTS = pytest.mark.parametrize("partir", [opposer, mourir, n_etre_plus_concernee])


def fait(partir: Depart, une: Personne, personas: Personas) -> None:
    qui = personas.charge_reperage
    with contexte(qui):
        partir(une, qui)
    effacement.achever(DEPARTEMENT)


def nommees(prenoms: str) -> Personne:
    return next(une for une, lu in gardees() if lu.identite.prenoms == prenoms)


@DEPARTS
def test_une_liste_pas_encore_prise_est_detruite_et_la_page_le_dit(
    partir: Depart, personas: Personas
) -> None:
    enregistrer(ODE, au=OCTOBRE)
    qui = personas.charge_reperage
    with contexte(qui):
        faits = [
            exports.exporter(
                Personne.objects.all(), Forme.CSV, par=qui, maintenant=horloge.maintenant()
            )
            for _ in range(2)
        ]
        exports.prendre(faits[0], par=qui, maintenant=horloge.maintenant())
    fait(partir, nommees("Ode"), personas)
    pris, retire = faits
    assert presentes(Genre.EXPORT, [retire.pk]) == set()
    with contexte(qui):
        assert Export.objects.get(pk=pris.pk).retire_le is None
        assert Export.objects.get(pk=retire.pk).contenu is None
        with pytest.raises(ActeRefuse, match="n’est plus suivie"):
            exports.prendre(retire, par=qui, maintenant=horloge.maintenant())
    with contexte_systeme(DEPARTEMENT):
        assert Certificat.objects.filter(objet_id=retire.pk).count() == 1
    page = connecter(qui).get("/reperage/exporter/").content.decode()
    assert "a été détruit" in page
    assert "Vos fichiers prêts" not in page


QUI = {"NOM": "FICTIF", "PRENOM": "Ode"}


def un_foyer(motif: str = "") -> str:
    return foyer(personne("1959-11-01", qui=QUI), motif=motif, demande="1")


def a_relire(personas: Personas) -> Import:
    """Under review: it tells of a change of hers, and of somebody new."""
    charge = connecter(personas.charge_reperage)
    importer(charge, flux(un_foyer()))
    autre = personne("1958-02-03", qui={"NOM": "AUTRE", "PRENOM": "Jean"})
    return lire(deposer(charge, flux(un_foyer(motif="35"), foyer(autre, demande="2"))))


def nommes(depot: Import) -> tuple[bool, list[str]]:
    """Whether the findings name her, and whom the lots hold."""
    with contexte_systeme(DEPARTEMENT):
        gens = [
            recue.dossier.identite.nom
            for lot in Lot.objects.d_un_depot(depot.pk)
            for recue in lots.ouvrir_un(lot).recues
        ]
    return "FICTIF" in str(constats.lire(depot)), gens


@pytest.mark.parametrize("partir", [opposer, mourir])
def test_un_fichier_a_relire_ne_la_nomme_plus(partir: Depart, personas: Personas) -> None:
    depot = a_relire(personas)
    assert nommes(depot) == (True, ["FICTIF", "AUTRE"])
    fait(partir, nommees("Ode"), personas)
    depot = dernier()
    assert (depot.etat, nommes(depot)) == (EtatImport.A_LIRE, (False, []))
    depot = lire(depot)
    assert (depot.etat, nommes(depot)) == (EtatImport.PRET, (False, ["AUTRE"]))
    assert depot.comptes["opposee"] == 1


def test_la_lecture_qui_court_s_arrete_et_reprend_sans_elle(
    personnel: Personas, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Her lot was compared before she opposed: nothing of that reading is kept."""
    a_relire(personnel)
    depot = dernier()
    charge = connecter(personnel.charge_reperage)
    charge.post(f"/reperage/imports/{depot.pk}/relire/", {"au": horloge.aujourd_hui().isoformat()})
    finir = lectures._Relecture._finir

    def pendant(relecture: lectures._Relecture) -> None:
        autrement(lambda: fait(opposer, nommees("Ode"), personnel))
        finir(relecture)

    monkeypatch.setattr(lectures._Relecture, "_finir", pendant)
    depot = lire(depot)
    assert (depot.etat, nommes(depot)) == (EtatImport.A_LIRE, (False, []))
    monkeypatch.undo()
    assert nommes(lire(depot)) == (False, ["AUTRE"])


AUTRE_NIR = nir("2600135288017")


@DEPARTS
def test_le_desaccord_d_une_autre_ne_garde_ni_ses_prenoms_ni_son_numero(
    partir: Depart, personas: Personas
) -> None:
    enregistrer(ODE, au=OCTOBRE)
    zoe = nommee(ODE, prenoms="Zoé")
    enregistrer(zoe, au=NOVEMBRE)
    assert [[un.valeur for un in lu.conflits] for _, lu in gardees()] == [["Zoé"], ["Ode"]]
    fait(partir, nommees("Zoé"), personas)
    ((reste, lu),) = gardees()
    assert (lu.identite.prenoms, lu.conflits, reste.a_decider) == ("Ode", (), False)


@DEPARTS
def test_un_desaccord_decide_ne_garde_pas_le_numero_de_qui_part(
    partir: Depart, personas: Personas
) -> None:
    """Two people of one name and birth date: the page of one knew the number of the other."""
    enregistrer(ODE, au=OCTOBRE)
    autre = nommee(ODE, nir=AUTRE_NIR)
    enregistrer(autre, au=NOVEMBRE)
    ((ode, lu),) = gardees()
    ((cle, pose),) = conflits.a_decider(lu).items()
    assert pose.valeur == AUTRE_NIR
    qui = personas.charge_reperage
    with contexte(qui):
        deux = conflits.Decision.DEUX_PERSONNES
        conflits.decider(ode, cle, deux, par=qui, maintenant=horloge.maintenant())
    enregistrer(autre, au=NOVEMBRE)
    partie = next(une for une, lu in gardees() if lu.identite.nir == AUTRE_NIR)
    fait(partir, partie, personas)
    ((reste, lu),) = gardees()
    assert reste.pk == ode.pk
    assert AUTRE_NIR[:13] not in lu.en_octets().decode()


def test_le_desaccord_sur_quelqu_un_d_autre_reste(personas: Personas) -> None:
    enregistrer(ODE, au=OCTOBRE)
    enregistrer(nommee(ODE, prenoms="Zoé"), au=NOVEMBRE)
    enregistrer(nommee(ODE, prenoms="Anne"), au=NOVEMBRE)
    fait(opposer, nommees("Zoé"), personas)
    restants = {lu.identite.prenoms: {un.valeur for un in lu.conflits} for _, lu in gardees()}
    assert restants == {"Ode": {"Anne"}, "Anne": {"Ode"}}
