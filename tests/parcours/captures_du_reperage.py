"""The pictures of the caseload: people of the demonstration, then the file of the next month."""

from playwright.sync_api import Page

from relais.annuaire.contexte import contexte
from relais.reperage import demonstration
from relais.reperage.actions import attributions
from relais.reperage.models import Personne
from tests.parcours.captures import MAINTENANT, SCENES, Plateau, defiler, il_y_a, scene
from tests.personas import connecter
from tests.reperage import flux, gestes, personnes

__all__ = ["SCENES"]
# The pictures are of November; this one is what the CNAF sends for December.
DU_MOIS = (
    ("FICTIF", "CAMILLE", "1959-11-15", "35238", "35000", "RENNES", ""),
    ("POSTICHE", "MONA", "1962-03-02", "35236", "35600", "REDON", ""),
    ("EXEMPLE", "SACHA", "1962-02-15", "35288", "35400", "SAINT-MALO", ""),
    ("MAQUETTE", "ILAN", "1961-07-19", "35360", "35500", "VITRE", "35"),
    ("ESSAI", "SANS DATE", "", "35238", "35000", "RENNES", ""),
    ("LOINTAIN", "REMI", "1984-05-04", "35238", "35000", "RENNES", ""),
)


@scene("reperage-liste")
def liste(plateau: Plateau) -> Page:
    au = personnes.NOVEMBRE
    personnes.enregistrer(*demonstration.du_fichier(au), au=au, le=il_y_a(days=20))
    page = plateau.devant("charge_reperage", "/reperage/")
    defiler(page, ".tableau")
    return page


@scene("reperage-personne")
def personne(plateau: Plateau) -> Page:
    suivie = _nommee("Camille")
    par = plateau.personas.encadrante_rennes
    with contexte(par):
        attributions.confier([suivie], plateau.personas.ts_rennes, par=par, maintenant=MAINTENANT)
    page = plateau.devant("ts_rennes", f"/reperage/personnes/{suivie.pk}/")
    defiler(page, ".tete")
    return page


@scene("reperage-relire")
def relire(plateau: Plateau) -> Page:
    depot = gestes.deposer(connecter(plateau.personas.charge_reperage), _le_mois_suivant())
    gestes.lire(depot)
    page = plateau.devant("charge_reperage", f"/reperage/imports/{depot.pk}/")
    defiler(page, ".tete")
    return page


def _nommee(prenoms: str) -> Personne:
    return next(une for une, lu in personnes.gardees() if lu.identite.prenoms == prenoms)


def _le_mois_suivant() -> bytes:
    foyers = (
        flux.foyer(
            flux.personne(nee, qui={"QUAL": "MME", "NOM": nom, "PRENOM": prenom}),
            demande=f"9990000{rang:04d}",
            matricule=f"99{rang:05d}00000000",
            motif=motif,
            suite=flux.administratif(
                flux.adresse(
                    NUMVOIE="3", NOMVOIE="RUE EXEMPLE", NUMCOM=insee, CODEPOS=code, NOMCOM=commune
                )
            ),
        )
        for rang, (nom, prenom, nee, insee, code, commune, motif) in enumerate(DU_MOIS, 100)
    )
    return flux.flux(*foyers, du=personnes.DECEMBRE)
