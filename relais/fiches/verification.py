"""What is missing before a fiche may leave: field → sentence, in the order of annex 1."""

from collections.abc import Iterator
from datetime import date

from relais.fiches.contenu import Contenu
from relais.regles import nir, perimetre
from relais.regles.convention import Convention
from relais.regles.fiche import Signataire
from relais.regles.textes import Choix

A_COCHER = "Cochez au moins une case."
SANS_CONTACT = (
    "La caisse ne pourra joindre personne. Demandez à la personne comment elle veut être contactée."
)


def manques(contenu: Contenu, *, convention: Convention, jour: date) -> dict[str, str]:
    """Everything that keeps the fiche from leaving; empty when it may be sent."""
    return {
        **dict(_identite(contenu)),
        **dict(_cases(contenu, convention, jour)),
        **_du_perimetre(contenu),
        **dict(_accords(contenu, convention, jour)),
        **dict(_signature(contenu, jour)),
    }


def resultat_du_perimetre(contenu: Contenu) -> perimetre.Resultat:
    return perimetre.examiner(contenu.perimetre, rsa="rsa" in contenu.situations)


def _identite(contenu: Contenu) -> Iterator[tuple[str, str]]:
    yield from contenu.saisies_refusees()
    if not contenu.professionnel.nom_prenom.strip():
        yield "professionnel_nom", "Indiquez vos nom et prénom : la caisse doit savoir qui joindre."
    if not contenu.professionnel.telephone:
        yield "professionnel_telephone", "Indiquez un téléphone où la caisse peut vous joindre."
    personne = contenu.personne
    if not personne.nom_naissance.strip():
        yield "nom_naissance", "Indiquez le nom de naissance."
    if not personne.prenom.strip():
        yield "prenom", "Indiquez le prénom."
    if not personne.nir and not personne.sans_nir:
        yield "nir", "Indiquez le numéro de sécurité sociale, ou dites pourquoi il manque."
    if personne.nir and not (personne.nir_cle or personne.cle_inconnue):
        yield "nir", nir.phrase(nir.NirInvalide(nir.MotifNir.CLE_ABSENTE))


def _cases(contenu: Contenu, convention: Convention, jour: date) -> Iterator[tuple[str, str]]:
    if not contenu.situations:
        yield "situations", A_COCHER
    if not contenu.dossiers:
        yield "dossiers", A_COCHER
    if not contenu.motifs:
        yield "motifs", A_COCHER
    a_preciser = {c.code for c in convention.fiche.motifs.exigee(jour) if c.a_preciser}
    if a_preciser & set(contenu.motifs) and not contenu.motif_autre.strip():
        yield "motif_autre", "Précisez le motif en quelques mots."
    longueur = convention.fiche.commentaire_longueur.exigee(jour)
    if len(contenu.commentaire) > longueur:
        trop = len(contenu.commentaire) - longueur
        yield "commentaire", f"Le commentaire dépasse de {trop} caractères : raccourcissez-le."


def _du_perimetre(contenu: Contenu) -> dict[str, str]:
    resultat = resultat_du_perimetre(contenu)
    constats = {f"perimetre_{champ}": dit for champ, dit in resultat.manques.items()}
    if not resultat.dans_le_perimetre:
        constats.setdefault("perimetre_ressources", "Cochez au moins une réponse.")
    return constats


def _accords(contenu: Contenu, convention: Convention, jour: date) -> Iterator[tuple[str, str]]:
    personne = contenu.personne
    if not contenu.informe and not (personne.telephone or personne.adresse.strip()):
        yield "telephone", SANS_CONTACT
    if not contenu.non_opposition:
        yield "non_opposition", sans_non_opposition(convention, jour)


def sans_non_opposition(convention: Convention, jour: date) -> str:
    """What box 2 unticked means (wording.md §2)."""
    caisse = convention.caisse
    return (
        "Sans cette case, la fiche ne peut pas partir. La personne peut contacter elle-même"
        f" {caisse.nom_dans_phrase.exigee(jour)} au {caisse.telephone.exigee(jour)},"
        " avec vous si elle le souhaite."
    )


def _signature(contenu: Contenu, jour: date) -> Iterator[tuple[str, str]]:
    signature = contenu.signature
    if signature is None or not signature.mode:
        yield "signature", "La fiche est à signer par la personne, ou par qui la représente."
        return
    if signature.par == Signataire.REPRESENTANT and not (
        signature.representant_nom.strip() and signature.representant_qualite.strip()
    ):
        yield "signature", "Indiquez le nom et la qualité de la personne qui a signé."
    if signature.signee_le is None or signature.signee_le > jour:
        yield "signature", "La date de la signature ne peut pas être dans l’avenir."


def libelles(choix: tuple[Choix, ...], codes: tuple[str, ...]) -> list[str]:
    """The words of annex 1 for those codes, in its order."""
    return [un.libelle for un in choix if un.code in codes]
