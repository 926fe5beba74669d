"""The insert about retirement, for the Département's own contract: half a page to cut and attach.

It bears neither NIR, nor birth date, nor reason: nothing that tells of the person's health.
"""

from datetime import date

from relais.adaptateurs import pdf
from relais.annuaire.models import Agent
from relais.fiches.documents import GABARITS
from relais.regles.convention import Convention
from relais.regles.reperage import LIBELLES_CHARGE, LIBELLES_OBJECTIF, libelle_de
from relais.reperage.dossier import Dossier, Etape, Objectif
from relais.reperage.lignes import nom_affiche
from relais.socle.templatetags.relais_affichage import (
    ESPACE,
    date_moyenne,
    majuscule,
    telephone,
    typographie,
)

ENCART = GABARITS / "encart.typ"
TITRE = "Objectif retraite du contrat d’engagement (CER)"


def encart(
    dossier: Dossier, *, professionnel: Agent, convention: Convention, jour: date, mairie: bool
) -> bytes:
    """The objective as PDF, to sign and to attach. `dossier` has one; `mairie`: as in the form."""
    objectif = dossier.objectif
    assert objectif is not None
    donnees = {
        "titre_lu": "Objectif : mes droits à la retraite",
        "cadre": "contrat d’engagement (CER)",
        "reperes": _reperes(dossier, objectif, professionnel),
        "texte": typographie(objectif.texte),
        "etapes": [_etape(une, mairie=mairie) for une in objectif.etapes],
        "droits": typographie(
            "Vous pouvez demander à voir ces informations, à les corriger, ou demander qu’on ne"
            f" s’en serve plus : {convention.departement.dpo_mail.exigee(jour)}."
        ),
        "pied": f"{convention.departement.nom.exigee(jour)} – {date_moyenne(jour)}",
    }
    return pdf.composer(ENCART, donnees, titre=TITRE, le=jour)


def _reperes(dossier: Dossier, objectif: Objectif, professionnel: Agent) -> list[dict[str, str]]:
    appel = telephone(professionnel.telephone)
    duree = " ".join(
        f"{mot} {date_moyenne(le)}"
        for mot, le in (("du", objectif.debut), ("au", objectif.fin))
        if le
    )
    contrat = ", ".join(mot for mot in (objectif.contrat, duree) if mot)
    candidats = (
        ("Pour", nom_affiche(dossier.identite)),
        ("Avec", f"{professionnel.nom_complet}{f', {appel}' if appel else ''}"),
        ("Contrat", contrat),
        ("État", LIBELLES_OBJECTIF[objectif.etat]),
    )
    return [{"libelle": f"{mot}{ESPACE}:", "valeur": dit} for mot, dit in candidats if dit]


def _etape(etape: Etape, *, mairie: bool) -> dict[str, str]:
    return {
        "libelle": libelle_de(etape.demarche, mairie=mairie),
        "par": majuscule(LIBELLES_CHARGE[etape.par]),
        "prevue": f"{etape.prevue_le:%d/%m/%Y}" if etape.prevue_le else "",
        "faite": f"{etape.faite_le:%d/%m/%Y}" if etape.faite_le else "",
    }
