"""The papers of a fiche: the request, the answer, the sheet that the person keeps, the whole file.

Words and order are those of annex 1, read from the convention in force when the fiche was made.
Nothing personal goes in the title, the metadata or the name of a file.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from relais.adaptateurs import pdf
from relais.adaptateurs.image import Page
from relais.fiches import annexe1
from relais.fiches.contenu import Contenu, ContenuReponse
from relais.fiches.deroule import Jalon
from relais.fiches.dossier import PieceDuDossier, conservation_dite
from relais.fiches.modes_operatoires import mots_de
from relais.fiches.phrases import phrase_neutre, phrases_de
from relais.regles.convention import Convention
from relais.regles.fiche import ModeSignature, NatureReponse
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import (
    ESPACE,
    date_longue,
    date_moyenne,
    heure_paris,
    telephone,
    typographie,
)

GABARITS = Path(__file__).parent / "gabarits"
DEMANDE, REPONSE, FEUILLE, AILLEURS, DOSSIER = (
    GABARITS / f"{nom}.typ" for nom in ("demande", "reponse", "feuille", "ailleurs", "dossier")
)
NaturePdf = Literal["demande", "reponse", "feuille", "page-signee", "dossier"]

PAR_NATURE = {
    NatureReponse.ETAPE: "Réponse d’étape de",
    NatureReponse.COMPLEMENT_DEMANDE: "Précision demandée par",
}


def demande(
    contenu: Contenu,
    *,
    reference: str,
    convention: Convention,
    page: Page | None = None,
    masque: bool = False,
) -> bytes:
    """The request as PDF: one page, two with a long comment, one more for a photographed page.

    `page`: what was signed, as `contenu.signature` says: the drawing, or the signed page. A signed
    page that is itself a PDF is not copied in: it is joined beside. `masque`: neither the whole
    NIR, nor the signed page that bears it.
    """
    bloc = _bloc_demande(contenu, convention, page, masque=masque)
    donnees = {**bloc, "pied": _pied(reference)}
    titre = f"{convention.fiche.titre.exigee(contenu.cree_le)} – {reference}"
    images = _images(contenu, page, masque=masque)
    return pdf.composer(DEMANDE, donnees, titre=titre, le=contenu.cree_le, images=images)


def reponse(
    contenu: Contenu,
    reponse: ContenuReponse | None,
    *,
    reference: str,
    convention: Convention,
    traitee_le: date,
    pour_la_caisse: bool = False,
    masque: bool = False,
) -> bytes:
    """The answer as PDF, under the same data as the request (annex 1, circuit 2).

    Box 1 unticked: the neutral sentence and nothing else, except on the caisse's own copy.
    `masque`: without the whole NIR.
    """
    lisible = contenu.informe or pour_la_caisse
    bloc = _bloc_reponse(reponse if lisible else None, convention, traitee_le)
    donnees = {
        **annexe1.blocs(contenu, convention, masque=masque),
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
    jour = jour_de(transmise_le)
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


def ailleurs(convention: Convention, *, jour: date) -> bytes:
    """« À qui s'adresser »: what is not for the caisse, one page to give, without any article."""
    donnees = {
        "entete": "À qui s’adresser pour sa retraite",
        "introduction": f"La fiche de liaison avec {convention.caisse.nom_dans_phrase.exigee(jour)}"
        " sert aux situations urgentes, bloquées ou complexes. Pour le reste :",
        "lignes": [
            {cle: ligne[cle] for cle in ("situation", "organisme", "demarche")}
            for ligne in lignes_d_ailleurs(convention, jour)
        ],
        "pied": convention.departement.nom.exigee(jour),
    }
    return pdf.composer(AILLEURS, donnees, titre="À qui s’adresser pour sa retraite", le=jour)


def lignes_d_ailleurs(convention: Convention, jour: date) -> list[dict[str, str]]:
    """situation, organisme, demarche, article of each line, with the caisse's own contacts."""
    mots = mots_de(convention, jour)
    return [
        {
            "situation": ligne.situation,
            "organisme": ligne.organisme,
            "demarche": ligne.demarche.format(**mots),
            "article": ligne.article,
        }
        for ligne in convention.ailleurs.exigee(jour)
    ]


def dossier(
    pieces: Sequence[PieceDuDossier],
    deroule: Sequence[Jalon],
    *,
    reference: str,
    convention: Convention,
    etat: str,
    suivie_par: str,
    imprime_le: datetime,
) -> bytes:
    """The whole file as one PDF: its timeline, then each message in full, oldest first.

    `pieces`: a request at least. They and `deroule` come as the Département reads them, box 1
    already honoured.
    """
    jour = jour_de(imprime_le)
    demandes = [piece.demande for piece in pieces if piece.demande is not None]
    donnees = {
        "entete": "Dossier de la fiche de liaison retraite",
        "reperes": [
            {"libelle": f"Personne{ESPACE}:", "valeur": demandes[-1].personne.prenom_nom},
            {"libelle": f"Référence{ESPACE}:", "valeur": reference},
            {"libelle": f"État{ESPACE}:", "valeur": etat},
            {"libelle": f"Suivie par{ESPACE}:", "valeur": suivie_par},
            {"libelle": f"Imprimé{ESPACE}:", "valeur": heure_paris(imprime_le)},
        ],
        "deroule": [{"quand": heure_paris(un.le), "texte": un.texte} for un in deroule],
        "pieces": [_bloc_piece(piece, convention) for piece in pieces],
        "conservation": typographie(conservation_dite(convention, jour)),
        "pied": _pied(reference),
    }
    images = {
        f"{nom}-{rang}": page
        for rang, piece in enumerate(pieces)
        if piece.demande is not None
        for nom, page in _images(piece.demande, piece.page).items()
    }
    titre = f"Dossier – {reference}"
    return pdf.composer(DOSSIER, donnees, titre=titre, le=jour, images=images)


def est_une_page(contenu: Contenu) -> bool:
    """Whether what was signed is the whole page on paper, and not a drawing on the screen."""
    return contenu.signature is not None and contenu.signature.mode == ModeSignature.PAGE


def nom_de_fichier(reference: str, nature: NaturePdf) -> str:
    """Name of a downloaded PDF: its nature and the reference, which means nothing."""
    return f"fiche-de-liaison-{reference}-{nature}.pdf"


def prechauffer() -> None:
    """Load fonts and templates, so that the first document is as quick as the others."""
    pdf.prechauffer((DEMANDE, REPONSE, FEUILLE, AILLEURS, DOSSIER))


def _pied(reference: str) -> str:
    return f"Référence {reference}"


def _bloc_demande(
    contenu: Contenu, convention: Convention, page: Page | None, *, masque: bool = False
) -> dict[str, object]:
    return {
        **annexe1.blocs(contenu, convention, masque=masque),
        **annexe1.accords(contenu, convention),
        "precisions": annexe1.precisions(contenu, convention),
        "signature": annexe1.signature(contenu, a_part=_a_part(contenu, page, masque=masque)),
    }


def _bloc_piece(piece: PieceDuDossier, convention: Convention) -> dict[str, object]:
    """One message of the whole file: either a request, or what the caisse said."""
    demande = reponse = None
    if piece.demande is not None:
        demande = _bloc_demande(piece.demande, convention, piece.page)
    else:
        le = jour_de(piece.le)
        reponse = _bloc_reponse(piece.reponse, convention, le)
    titre = f"{piece.titre}, le {heure_paris(piece.le)}"
    return {"titre": titre, "demande": demande, "reponse": reponse}


def _images(contenu: Contenu, page: Page | None, *, masque: bool = False) -> dict[str, Page]:
    """What was signed, under its place in the request."""
    if page is None or _a_part(contenu, page, masque=masque):
        return {}
    return {_emplacement(contenu): page}


def _a_part(contenu: Contenu, page: Page | None, *, masque: bool) -> bool:
    """A signed PDF stays a file of its own; so does any signed page where the NIR is masked."""
    if page is None:
        return False
    return page.type_mime == "application/pdf" or (masque and est_une_page(contenu))


def _emplacement(contenu: Contenu) -> str:
    return "page" if est_une_page(contenu) else "trait"


def _bloc_reponse(
    reponse: ContenuReponse | None, convention: Convention, traitee_le: date
) -> dict[str, object]:
    caisse = convention.caisse.nom_dans_phrase.exigee(traitee_le)
    if reponse is None or not reponse.nature:
        phrases = [phrase_neutre(traitee_le)]
        return {"titre": f"Réponse de {caisse}", "quand": "", "phrases": phrases, "agent": ""}
    debut = PAR_NATURE.get(NatureReponse(reponse.nature), "Réponse de")
    return {
        "titre": f"{debut} {caisse}",
        "quand": f"Le {date_moyenne(traitee_le)}",
        "phrases": phrases_de(reponse, convention, jour=traitee_le),
        "agent": f"Votre contact à la caisse{ESPACE}: {reponse.contact}" if reponse.contact else "",
    }
