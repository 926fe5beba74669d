"""The papers of a fiche: the request, the answer, and the sheet that the person keeps.

Words and order are those of annex 1, read from the convention in force when the fiche was made.
Nothing personal goes in the title, the metadata or the name of a file.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Literal

from relais.adaptateurs import pdf
from relais.adaptateurs.image import Page
from relais.fiches import annexe1
from relais.fiches.contenu import Contenu, ContenuReponse
from relais.fiches.phrases import phrase_neutre
from relais.regles.convention import Convention
from relais.regles.fiche import ModeSignature, NatureReponse
from relais.socle.horloge import PARIS
from relais.socle.templatetags.relais_affichage import (
    ESPACE,
    date_longue,
    date_moyenne,
    heure_paris,
    telephone,
)

GABARITS = Path(__file__).parent / "gabarits"
DEMANDE, REPONSE, FEUILLE = (GABARITS / f"{nom}.typ" for nom in ("demande", "reponse", "feuille"))

PAR_NATURE = {
    NatureReponse.ETAPE: "Réponse d’étape de",
    NatureReponse.COMPLEMENT_DEMANDE: "Précision demandée par",
}


def demande(
    contenu: Contenu, *, reference: str, convention: Convention, page: Page | None = None
) -> bytes:
    """The request as PDF: one page, two with a long comment, one more for a photographed page.

    `page`: what was signed, as `contenu.signature` says: the drawing, or the signed page. A signed
    page that is itself a PDF is not copied in: it is joined beside.
    """
    donnees = {
        **annexe1.blocs(contenu, convention),
        **annexe1.accords(contenu, convention),
        "precisions": annexe1.precisions(contenu, convention),
        "signature": annexe1.signature(contenu, page),
        "pied": _pied(reference),
    }
    titre = f"{convention.fiche.titre.exigee(contenu.cree_le)} – {reference}"
    images = {_emplacement(contenu): page} if page and page.type_mime != "application/pdf" else {}
    return pdf.composer(DEMANDE, donnees, titre=titre, le=contenu.cree_le, images=images)


def reponse(
    contenu: Contenu,
    reponse: ContenuReponse | None,
    *,
    reference: str,
    convention: Convention,
    traitee_le: date,
    pour_la_caisse: bool = False,
) -> bytes:
    """The answer as PDF, under the same data as the request (annex 1, circuit 2).

    Box 1 unticked: the neutral sentence and nothing else, except on the caisse's own copy.
    """
    lisible = contenu.informe or pour_la_caisse
    bloc = _bloc_reponse(reponse if lisible else None, convention, traitee_le)
    donnees = {
        **annexe1.blocs(contenu, convention),
        "reponse": bloc,
        "pied": _pied(reference),
    }
    titre = f"{convention.echanges.objet_reponse.exigee(traitee_le)} – {reference}"
    return pdf.composer(REPONSE, donnees, titre=titre, le=traitee_le)


def feuille(
    contenu: Contenu,
    *,
    reference: str,
    convention: Convention,
    transmise_le: datetime,
    reponse_due_le: datetime,
    entete: str = "Votre demande est envoyée",
) -> bytes:
    """The sheet the person leaves with: one page, large type, neither NIR nor motif nor name."""
    jour = transmise_le.astimezone(PARIS).date()
    professionnel = contenu.professionnel.nom_prenom or "votre professionnel"
    qui = f"{professionnel} ({telephone(contenu.professionnel.telephone)})".replace(" ()", "")
    caisse, departement = convention.caisse, convention.departement
    a_qui = "à vous et à votre professionnel" if contenu.informe else "à vous"
    donnees = {
        "entete": entete,
        "paragraphes": [
            f"Le {date_longue(jour)}, avec {qui}, vous avez demandé à"
            f" {caisse.nom_dans_phrase.exigee(jour)} de regarder votre dossier de retraite."
        ],
        "rappels": [
            {"libelle": f"Référence{ESPACE}:", "valeur": reference},
            {
                "libelle": "La caisse doit répondre avant le",
                "valeur": heure_paris(reponse_due_le),
            },
        ],
        "suite": [
            f"Elle répondra {a_qui}. Gardez vos courriers.",
            "Si vous n’avez plus de quoi vivre avant cette date, revenez nous voir.",
            f"Vous pouvez changer d’avis{ESPACE}: dites-le à {professionnel}.",
        ],
        "droits": f"Vos droits sur vos données{ESPACE}: {departement.dpo_mail.exigee(jour)}"
        f" et {caisse.dpo_mail.exigee(jour)}.",
        "pied": _pied(reference),
    }
    return pdf.composer(FEUILLE, donnees, titre=f"Votre demande – {reference}", le=jour)


def nom_de_fichier(
    reference: str, nature: Literal["demande", "reponse", "feuille", "page-signee"]
) -> str:
    """Name of a downloaded PDF: its nature and the reference, which means nothing."""
    return f"fiche-de-liaison-{reference}-{nature}.pdf"


def prechauffer() -> None:
    """Load fonts and templates, so that the first document is as quick as the others."""
    pdf.prechauffer((DEMANDE, REPONSE, FEUILLE))


def _pied(reference: str) -> str:
    return f"Référence {reference}"


def _emplacement(contenu: Contenu) -> str:
    est_une_page = contenu.signature is not None and contenu.signature.mode == ModeSignature.PAGE
    return "page" if est_une_page else "trait"


def _bloc_reponse(
    reponse: ContenuReponse | None, convention: Convention, traitee_le: date
) -> dict[str, object]:
    caisse = convention.caisse.nom_dans_phrase.exigee(traitee_le)
    if reponse is None or not reponse.nature:
        phrases = [phrase_neutre(traitee_le)]
        return {"titre": f"Réponse de {caisse}", "quand": "", "phrases": phrases, "agent": ""}
    agent = ", ".join(mot for mot in (reponse.agent_nom, telephone(reponse.agent_telephone)) if mot)
    debut = PAR_NATURE.get(NatureReponse(reponse.nature), "Réponse de")
    return {
        "titre": f"{debut} {caisse}",
        "quand": f"Le {date_moyenne(traitee_le)}",
        "phrases": reponse.phrases(convention, jour=traitee_le),
        "agent": f"Votre contact à la caisse{ESPACE}: {agent}" if agent else "",
    }
