"""Fictitious monthly flows of the CNAF, with the traps that true ones hold."""

from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from relais.socle import horloge

TETE = '<?xml version="1.0" encoding="{codage}"?>\n'


def dans(mois: int, *, au: date) -> date:
    """The 1st of the month that comes so many months after that day; before it, when negative."""
    annee, rang = divmod(au.year * 12 + au.month - 1 + mois, 12)
    return date(annee, rang + 1, 1)


# Of the files that are given: the product refuses one of more than twelve months ago. The same for
# all of a session, whatever midnight it sees.
CE_MOIS = dans(0, au=horloge.aujourd_hui())
MOIS_D_AVANT, MOIS_SUIVANT = dans(-1, au=CE_MOIS), dans(1, au=CE_MOIS)


def champs(**valeurs: str | date) -> str:
    return "".join(f"<{nom}>{escape(str(valeur))}</{nom}>" for nom, valeur in valeurs.items())


def personne(
    naissance: str | date = "1959-11-01",
    role: str = "DEM",
    *,
    type_naissance: str = "N",
    nir: str = "",
    sexe: str = "",
    qui: dict[str, str] | None = None,
    pfa_avant: str = "",
    dans_identite: str = "",
    suite: str = "",
) -> str:
    """Somebody past 67, unless her birth date is said."""
    noms = {"QUAL": "MME", "NOM": "CORMORAN", "PRENOM": "Maëlle"} if qui is None else qui
    identite = champs(**noms, DTNAI=naissance)
    identite += champs(TYPEDTNAI=type_naissance) if type_naissance else ""
    identite += champs(NIR=nir) if nir else ""
    identite += champs(SEXE=sexe) if sexe else ""
    pfa = f"<Prestations>{champs(NATPREST='PFA', ROLEPERS=pfa_avant)}</Prestations>"
    rsa = f"<Prestations>{champs(NATPREST='RSA', ROLEPERS=role)}</Prestations>" if role else ""
    return (
        f"<Personne><Identification>{identite}{dans_identite}</Identification>"
        f"{pfa if pfa_avant else ''}{rsa}{suite}</Personne>"
    )


def activite(code: str, fin: str = "") -> str:
    return f"<Activite>{champs(ACT=code)}{champs(DFACT=fin) if fin else ''}</Activite>"


def ressource(nature: str, montant: str = "412.50") -> str:
    mois = champs(MOISRESS="2026-09-01", NATRESS=nature, MTNATRESSMEN=montant)
    return f"<Ressources><RessourcesMensuelles>{mois}</RessourcesMensuelles></Ressources>"


def adresse(rang: str = "01", **lignes: str) -> str:
    return f"<Adresse>{champs(RGADR=rang) if rang else ''}{champs(**lignes)}</Adresse>"


def administratif(*adresses: str, situation: str = "CEL", suite: str = "") -> str:
    famille = f"<SituationFamille>{champs(SITFAM=situation)}</SituationFamille>"
    blocs = "".join(adresses)
    return f"<DonneesAdministratives>{famille}{blocs}{suite}</DonneesAdministratives>"


def foyer(
    *personnes: str,
    etat: str = "2",
    motif: str = "",
    demande: str = "",
    matricule: str = "",
    fonds: str = "CAF",
    suite: str = "",
) -> str:
    organisme = champs(FONORG=fonds, NUMORG="351", MATRICULE=matricule)
    suspension = f"<SuspensionVersement>{champs(MOTISUSVERSRSA=motif)}</SuspensionVersement>"
    return (
        "<InfosFoyerRSA><IdentificationRSA>"
        f"<Organisme>{organisme}</Organisme>"
        f"<DemandeRSA>{champs(NUMDEMRSA=demande)}</DemandeRSA></IdentificationRSA>"
        f"{''.join(personnes)}"
        f"<PrestationRSA><SituationDossierRSA>{champs(ETATDOSRSA=etat) if etat else ''}"
        f"{suspension if motif else ''}</SituationDossierRSA></PrestationRSA>{suite}"
        "</InfosFoyerRSA>\n"
    )


def flux(
    *foyers: str,
    du: str | date = CE_MOIS,
    annonces: int | None = None,
    codage: str = "windows-1252",
) -> bytes:
    """`du`: the day of reference that it says."""
    total = len(foyers) if annonces is None else annonces
    texte = (
        f"{TETE.format(codage=codage)}<Racine>"
        f"<IdentificationFlux>{champs(TYPEFLUX='M', DTREF=du)}</IdentificationFlux>\n"
        f"{''.join(foyers)}"
        f"<TransmissionFlux>{champs(NBTOTDOSRSATRANSM=str(total))}</TransmissionFlux></Racine>\n"
    )
    return texte.encode(codage)


def long_flux(chemin: Path, octets: int, *, du: str | date) -> int:
    """A flow of at least that size, in households as bulky as true ones. Returns how many."""
    adresses = "".join(
        "<Adresse>"
        + champs(
            RGADR=f"0{rang}", DTEMM="2019-05-01", TYPEADR="D", NUMVOIE="12", LIBTYPEVOIE="RUE",
            NOMVOIE="DES MOUETTES", COMPLIADR="ESCALIER B", NUMCOM="35238", CODEPOS="35000",
            NOMCOM="RENNES",
        )
        + "</Adresse>"
        for rang in (1, 2, 3)
    )  # fmt: skip
    droits = "".join(
        "<DetailsCalculDroitsRSA>"
        + champs(NATPF="RSD", SOUSNATPF="RSDN1", DDNATDRORSA="2024-05-01", MTRSAVERS="607.75")
        + "</DetailsCalculDroitsRSA>"
        for _ in range(12)
    )
    suite = (
        f"<DonneesAdministratives><SituationFamille>{champs(SITFAM='CEL')}</SituationFamille>"
        f"{adresses}{droits}</DonneesAdministratives>"
    )
    modeles = [
        foyer(
            personne(f"19{an}-0{1 + an % 9}-17", suite=activite("CHO") + ressource("001")),
            personne(f"20{an % 20:02d}-05-11", "ENF"),
            demande="@NUMERO@",
            matricule="@NUMERO@0000",
            suite=suite,
        ).encode("cp1252")
        for an in range(56, 99)
    ]
    tete, fin = flux(du=du, annonces=0).split(b"<TransmissionFlux>")
    foyers = 0
    with chemin.open("wb") as sortie:
        sortie.write(tete)
        while sortie.tell() < octets:
            foyers += 1
            modele = modeles[foyers % len(modeles)]
            sortie.write(modele.replace(b"@NUMERO@", b"%011d" % foyers))
        sortie.write(b"<TransmissionFlux>" + fin.replace(b">0<", f">{foyers}<".encode()))
    return foyers
