"""Who must be reached, and in what order."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from relais.annuaire.models import Affectation
from relais.fiches.pagination import page_de
from relais.regles.convention import Role
from relais.regles.reperage import LIBELLES_CONTACT, EtatContact
from relais.regles.urgence import LIBELLES_URGENCE
from relais.reperage import chiffres
from relais.reperage.chiffres import CONSERVES, Groupe
from relais.reperage.droits import QUI_CONFIE, peut_exporter, peut_importer
from relais.reperage.forms.listes import PUBLICS, FiltresReperage
from relais.reperage.models import Personne, PersonneQuerySet
from relais.reperage.views.portes import a_qui_repere, lignes_de, retenir_la_liste


@a_qui_repere
@require_GET
def liste(requete: HttpRequest) -> HttpResponse:
    """The caseload that the agent may open, most urgent first; figures on the first page, for
    whoever shares it out.
    """
    qui = requete.affectation
    filtres = FiltresReperage(requete.GET, qui=qui)
    reduites = filtres.reduire(Personne.objects.visibles_par(qui))
    groupes = chiffres.groupes(reduites)
    niveaux = chiffres.chiffrer(un for un in groupes if filtres.retient(un)).niveaux
    niveau = filtres.valeur("urgence")
    lignes = filtres.choisir(reduites).pour_liste().dans_l_ordre()
    total = niveaux[int(niveau)] if niveau else sum(niveaux.values())
    page = page_de(lignes, requete.GET.get("page"), passe=False, total=total)
    repartit = qui.role in QUI_CONFIE
    retenir_la_liste(requete)
    return render(
        requete,
        "reperage/liste.html",
        {
            "filtres": filtres,
            "actifs": filtres.actifs(),
            "page": page,
            "total": total,
            "lignes": lignes_de(requete, list(page.object_list)),
            "urgence": niveau,
            "niveaux": [("", "Toutes", sum(niveaux.values()))]
            + [(str(int(n)), LIBELLES_URGENCE[n], niveaux[n]) for n in CONSERVES],
            "rien_du_tout": not groupes and not filtres.actifs(),
            "suit": qui.role == Role.TRAVAILLEUR_SOCIAL,
            "de_partout": qui.role == Role.CHARGE_REPERAGE,
            "importe": peut_importer(qui),
            "repartit": repartit,
            "exporte": peut_exporter(qui),
            **(_tableau(groupes, reduites, qui) if repartit and page.number == 1 else {}),
        },
    )


def _tableau(
    groupes: list[Groupe], personnes: PersonneQuerySet, qui: Affectation
) -> dict[str, Any]:
    """The figures by TIS, with the titles of their columns."""
    return {
        "tableau": chiffres.tableau(groupes, personnes, qui),
        "titres_niveaux": [LIBELLES_URGENCE[niveau] for niveau in CONSERVES],
        "titres_contacts": [LIBELLES_CONTACT[etat] for etat in EtatContact],
        "titres_publics": [libelle for _, libelle in PUBLICS],
    }
