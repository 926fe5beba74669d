"""A fiche told block by block as annex 1 does: what the documents print, ready to be laid out."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from relais.fiches.contenu import Contenu, Personne, Signature
from relais.regles import nir
from relais.regles.convention import Convention
from relais.regles.fiche import RAISONS_SANS_NIR, ModeSignature, SansNir, Signataire
from relais.regles.perimetre import Precision, Reponses, Ressources
from relais.regles.textes import Choix, Notice, TextesPerimetre
from relais.socle.templatetags.relais_affichage import (
    ESPACE,
    date_moyenne,
    majuscule,
    telephone,
    typographie,
)

Bloc = dict[str, object]


def blocs(contenu: Contenu, convention: Convention, *, masque: bool = False) -> Bloc:
    """Header, professional, identity and boxes: the data that both request and answer carry.

    `masque`: of the NIR, what a screen shows.
    """
    jour, fiche, personne = contenu.cree_le, convention.fiche, contenu.personne
    return {
        "libelles": {
            nom: typographie(mots) for nom, mots in asdict(fiche.libelles.exigee(jour)).items()
        },
        "fiche": {
            "titre": fiche.titre.exigee(jour),
            "contact_caisse": convention.caisse.contact_mail.au(jour) or "",
            "cree_le": f"{jour:%d/%m/%Y}",
            "territoire": " – ".join(m for m in (contenu.territoire, contenu.territoire_nom) if m),
        },
        "professionnel": {
            "nom_prenom": contenu.professionnel.nom_prenom,
            "telephone": telephone(contenu.professionnel.telephone),
        },
        "personne": {
            "nom_naissance": personne.nom_naissance,
            "nom_marital": personne.nom_marital,
            "prenom": personne.prenom,
            "nir": _nir(personne, masque=masque),
            "adresse": ", ".join(ligne.strip() for ligne in personne.adresse.splitlines() if ligne),
            "mail": personne.mail,
            "telephone": telephone(personne.telephone),
        },
        "situations": _cases(
            fiche.situations.exigee(jour), contenu.situations, contenu.situation_autre
        ),
        "dossiers": _cases(fiche.dossiers.exigee(jour), contenu.dossiers, contenu.dossier_autre),
        "motifs": _cases(fiche.motifs.exigee(jour), contenu.motifs, contenu.motif_autre),
    }


def accords(contenu: Contenu, convention: Convention) -> Bloc:
    """The comment, the two boxes and the notice of the caisse that was shown."""
    fiche, jour = convention.fiche, contenu.cree_le
    return {
        "commentaire": contenu.commentaire.strip(),
        "case_informe": _case(fiche.case_informe.exigee(jour), contenu.informe),
        "case_non_opposition": _case(
            fiche.case_non_opposition.exigee(jour), contenu.non_opposition
        ),
        "notice": notice_lue(contenu, convention).texte.strip(),
    }


def notice_lue(contenu: Contenu, convention: Convention) -> Notice:
    """The notice whose digest the fiche bears, else the one of the day it was made."""
    lignes = (ligne.valeur for ligne in convention.caisse.notice)
    connue = next((une for une in lignes if une.empreinte == contenu.notice_empreinte), None)
    return connue or convention.caisse.notice.exigee(contenu.cree_le)


def precisions(contenu: Contenu, convention: Convention) -> list[Bloc]:
    """What annex 1 has no block for, at the end of its comment."""
    textes = convention.perimetre.textes.exigee(contenu.cree_le)
    numero = convention.caisse.telephone.au(contenu.cree_le) or ""
    candidats = (
        ("Précisions sur l’urgence", _perimetre(contenu.perimetre, textes, numero)),
        ("Complément", _lignes(contenu.complement)),
        ("Demande précédente", _lignes(contenu.demande_anterieure)),
    )
    return [{"titre": titre, "lignes": lignes} for titre, lignes in candidats if lignes]


def signature(contenu: Contenu, *, a_part: bool) -> Bloc:
    """Who signed, how and when, in words; the picture is laid beside.

    `a_part`: the signed page is a file of its own.
    """
    signee = contenu.signature
    if signee is None or not signee.mode:
        lignes = ["À signer"]
        return {"lignes": lignes, "description": "Signature", "titre_page": "", "a_signer": True}
    quand = f" le {date_moyenne(signee.signee_le)}" if signee.signee_le else ""
    if signee.mode == ModeSignature.ECRAN:
        comment, jointe = f"Signée à l’écran{quand}", []
    else:
        comment = f"Page signée{quand}"
        jointe = ["jointe à part" if a_part else "jointe à la fiche"]
    lignes = [comment, _signataire(signee), *jointe]
    description = ", ".join(lignes)
    return {
        "lignes": lignes,
        "description": description,
        "titre_page": comment,
        "a_signer": False,
    }


def _signataire(signee: Signature) -> str:
    if signee.par != Signataire.REPRESENTANT:
        return "par la personne"
    nom, qualite = signee.representant_nom, signee.representant_qualite
    return f"par {nom}, {qualite}".rstrip(", ") if nom else "par son représentant"


def _nir(personne: Personne, *, masque: bool) -> str:
    if not personne.nir:
        raison = RAISONS_SANS_NIR.get(SansNir(personne.sans_nir)) if personne.sans_nir else None
        return f"non indiqué{ESPACE}: {raison}" if raison else ""
    entier = nir.espacer(personne.nir, personne.nir_cle or "")
    ecrit = (personne.numero_masque if masque else entier).replace(" ", ESPACE)
    mentions = [
        "clé non connue" if personne.nir_cle is None else "",
        "numéro provisoire" if personne.nir_provisoire else "",
    ]
    mention = ", ".join(m for m in mentions if m)
    return f"{ecrit} ({mention})" if mention else ecrit


def _case(libelle: str, coche: bool, precision: str = "") -> Bloc:
    return {"libelle": typographie(libelle), "coche": coche, "precision": precision.strip()}


def _cases(choix: Iterable[Choix], coches: tuple[str, ...], autre: str) -> list[Bloc]:
    """The boxes in the order of annex 1; a ticked code it does not hold any more comes last."""
    restants = list(coches)
    cases = []
    for un in choix:
        porte_le_texte = un.a_preciser or un.code == "autre"
        libelle = un.libelle
        if porte_le_texte and autre.strip() and not un.a_preciser:
            libelle = f"{libelle}{ESPACE}:"
        cases.append(_case(libelle, un.code in restants, autre if porte_le_texte else ""))
        restants = [code for code in restants if code != un.code]
    return cases + [_case(code, True) for code in restants]


def _perimetre(reponses: Reponses, textes: TextesPerimetre, numero: str) -> list[str]:
    lignes = []
    if reponses.ressources in (Ressources.COUPEES, Ressources.BIENTOT):
        lignes.append(f"{textes.ressources_question} {_coupure(reponses, textes)}")
    blocage = _blocage(reponses, textes, numero)
    if blocage:
        lignes.append(f"{textes.blocage_question} {' '.join(blocage)}")
    if reponses.complexe or reponses.complexite.strip():
        dits = (
            textes.complexite_question,
            textes.complexite_oui,
            majuscule(reponses.complexite.strip()),
        )
        lignes.append(" ".join(mot for mot in dits if mot))
    return [typographie(ligne) for ligne in lignes]


def _coupure(reponses: Reponses, textes: TextesPerimetre) -> str:
    deja = reponses.ressources == Ressources.COUPEES
    mots = textes.ressources_depuis if deja else textes.ressources_a_partir
    precisions = {
        Precision.DATE_PASSEE: textes.ressources_date_passee,
        Precision.SUSPENDUES: textes.ressources_suspendues,
        Precision.DATE_PROCHE: textes.ressources_date_proche,
    }
    precision = f" : {precisions[reponses.precision]}" if reponses.precision else ""
    return f"{mots} {_date(reponses.ressources_le)}{precision}."


def _blocage(reponses: Reponses, textes: TextesPerimetre, numero: str) -> list[str]:
    dits = []
    if reponses.sans_reponse:
        appel = textes.blocage_appel.format(numero_caisse=numero)
        demarches = (
            (textes.blocage_message, reponses.message_le),
            (appel, reponses.appel_le),
        )
        faites = " ; ".join(f"{mots} {_date(jour)}" for mots, jour in demarches if jour)
        dits.append(f"{textes.blocage_sans_reponse} {faites}.")
    if reponses.incomprise:
        dits.append(textes.blocage_incompris)
        if reponses.a_savoir.strip():
            dits.append(f"{textes.blocage_a_savoir} {reponses.a_savoir.strip()}")
    return dits


def _date(jour: date | None) -> str:
    return date_moyenne(jour) or "…"


def _lignes(texte: str) -> list[str]:
    return [ligne.strip() for ligne in texte.splitlines() if ligne.strip()]
