"""Why somebody is screened, in French sentences made from the reasons and the convention's words.

For the agent the articles are shown; for what the person reads or keeps they are not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from relais.regles.calendrier import MOIS, decaler
from relais.regles.convention import Convention
from relais.regles.foyer import Examen
from relais.regles.subsidiarite import CODES_AAH, Code, Motif, atteint_le
from relais.regles.textes import Paragraphe, Phrase, TextesReperage

# Without a base scheme there is no retirement to speak of: the Aspa alone.
_SANS_REGIME = {
    Code.INAPTITUDE: "saspa_inaptitude",
    Code.INAPTITUDE_SIGNALEE: "saspa_signalee",
    Code.AAH_50_79: "saspa_aah_50_79",
}
# An AAH that may be of 80 %: the Aspa is not to claim first (CSS L.821-1).
AAH_A_VERIFIER = (Code.AAH_80, Code.AAH_INCONNU)
_INVALIDITES = (Code.INVALIDITE, Code.INVALIDITE_TRAVAIL)
_DE_L_AAH = frozenset(CODES_AAH.values())


@dataclass(frozen=True, slots=True)
class Raison:
    """A paragraph of the explanation; `titre` is empty where it has none."""

    titre: str
    texte: str


@dataclass(frozen=True, slots=True)
class Explication:
    """What is read about one person. `premier_contact` is said to the person at once (CRPA).

    `naissance` is empty when the birth date is incomplete: a reason says which one is used.
    """

    naissance: str
    raisons: tuple[Raison, ...]
    origine: str
    premier_contact: str


def expliquer(
    examen: Examen,
    *,
    source: str,
    au: date,
    convention: Convention,
    articles: bool = True,
    signale_le: date | None = None,
) -> Explication:
    """The explanation of an examination made on `au`; `source` follows « à partir de ».

    `articles`: with the articles, for an agent; without them for what the person reads or keeps.
    `signale_le`: when a file told of the situation, if not on `au`.
    ValeurInconnue when the words did not exist yet on `au`.
    """
    textes = convention.reperage.textes.exigee(au)
    dites = valeurs(examen, au=au, convention=convention, source=source, signale_le=signale_le)

    def ecrire(paragraphe: Paragraphe) -> str:
        return en_mots(paragraphe, dites, articles=articles)

    return Explication(
        naissance="" if _porte(examen, Code.NAISSANCE_INCERTAINE) else ecrire(textes.naissance),
        raisons=tuple(Raison(p.titre, ecrire(p)) for p in _paragraphes(examen, au, textes)),
        origine=ecrire(textes.origine),
        premier_contact=ecrire(textes.premier_contact),
    )


def _paragraphes(examen: Examen, au: date, textes: TextesReperage) -> Iterator[Paragraphe]:
    sans_regime = examen.echeances.retraite_due_le is None
    for motif in examen.motifs:
        if motif.code == Code.SASPA:
            yield _saspa(examen, textes)
        elif sans_regime and motif.code in (*_INVALIDITES, *AAH_A_VERIFIER):
            continue  # told with the Saspa
        elif sans_regime and motif.code in _SANS_REGIME:
            yield getattr(textes, _SANS_REGIME[motif.code])
        elif motif.code in (Code.TAUX_PLEIN, Code.INAPTITUDE):
            yield _ensemble(getattr(textes, motif.code), *_suite(motif, examen, au, textes))
        elif motif.code in _DE_L_AAH:
            yield _ensemble(textes.aah, getattr(textes, motif.code))
        else:
            yield getattr(textes, motif.code)


def _saspa(examen: Examen, textes: TextesReperage) -> Paragraphe:
    """No base scheme is known, and what of the Aspa; a pension contradicts it."""
    pension = _porte(examen, Code.PENSION_VERSEE)
    verifiees = [code for code in AAH_A_VERIFIER if _porte(examen, code)]
    if verifiees:
        aspa = getattr(textes, f"saspa_{verifiees[0]}")
    else:
        aspa = textes.saspa_pension if pension else textes.saspa_mairie
    if any(_porte(examen, code) for code in _INVALIDITES):
        return _ensemble(textes.saspa_invalidite, aspa)
    fin = () if pension else (textes.saspa_sans_fiche,)
    return _ensemble(textes.saspa, aspa, *fin)


def _suite(motif: Motif, examen: Examen, au: date, textes: TextesReperage) -> Iterator[Paragraphe]:
    """What to do. Nothing is due from who already draws a pension, nor with an AAH, whose pension
    comes without a claim: it is to be verified first.
    """
    if any(_porte(examen, code) for code in (Code.PENSION_VERSEE, *_DE_L_AAH)):
        return
    atteinte = motif.le is not None and motif.le <= au
    yield textes.date_atteinte if atteinte else textes.depot
    yield textes.demarches
    if motif.code == Code.TAUX_PLEIN and not atteinte:
        yield textes.choix


def aspa_a_verifier(examen: Examen) -> bool:
    """No base scheme, and an AAH that may be of 80 %: no Aspa to claim first (CSS L.821-1)."""
    sans_regime = examen.echeances.retraite_due_le is None
    return sans_regime and any(_porte(examen, code) for code in AAH_A_VERIFIER)


def _porte(examen: Examen, code: Code) -> bool:
    return any(motif.code == code for motif in examen.motifs)


def _ensemble(*paragraphes: Paragraphe) -> Paragraphe:
    phrases = tuple(phrase for p in paragraphes for phrase in p.phrases)
    return Paragraphe(phrases, paragraphes[0].titre)


def en_mots(paragraphe: Paragraphe, dites: dict[str, str], *, articles: bool) -> str:
    """The sentences of a paragraph, one after the other; `dites`: as `valeurs` gives them."""
    return " ".join(_phrase(une, dites, articles) for une in paragraphe.phrases)


def _phrase(phrase: Phrase, dites: dict[str, str], articles: bool) -> str:
    article = f" ({phrase.article})" if articles else ""
    return phrase.texte.format(article=article, **dites)


def valeurs(
    examen: Examen,
    *,
    au: date,
    convention: Convention,
    source: str = "",
    signale_le: date | None = None,
) -> dict[str, str]:
    """What stands between braces in the words of the screening, for that person on that day."""
    signale, caisse = signale_le or au, convention.caisse
    dates, droit, naissance = examen.echeances, convention.droit, examen.naissance
    inaptitude_le = atteint_le(naissance, droit.age_inaptitude)
    a_preparer = droit.a_preparer_mois.exigee(au)
    depot_le = depot(examen, au=au, convention=convention)
    return {
        "naissance": _jour(naissance),
        "age_taux_plein": _age(naissance, dates.taux_plein_le),
        "taux_plein_le": _jour(dates.taux_plein_le),
        "age_legal_le": _jour(dates.age_legal_le),
        "depot_le": _jour(depot_le),
        "age_inaptitude": _age(naissance, inaptitude_le),
        "inaptitude_le": _jour(inaptitude_le),
        "age_aspa": _age(naissance, dates.aspa_due_le),
        "aspa_le": _jour(dates.aspa_due_le),
        "devoir_depuis": _jour(droit.devoir_depuis.lignes[-1].valeur),
        "mois": f"{MOIS[signale.month - 1]} {signale.year}",
        "a_voir_mois": str(droit.a_voir_mois.exigee(au)),
        "a_preparer_mois": str(a_preparer),
        "source": source,
        "au": _jour(au),
        "caisse": caisse.nom_dans_phrase.exigee(au),
        "numero_caisse": caisse.telephone.exigee(au),
        "site_caisse": caisse.site.exigee(au),
    }


def depot(examen: Examen, *, au: date, convention: Convention) -> date:
    """The first day on which the claim may be filed (circulaire Cnav 2020-27)."""
    due_le = examen.echeances.retraite_due_le or examen.echeances.aspa_due_le
    return decaler(due_le, mois=-convention.droit.a_preparer_mois.exigee(au))


def _jour(jour: date) -> str:
    numero = "1er" if jour.day == 1 else str(jour.day)
    return f"{numero} {MOIS[jour.month - 1]} {jour.year}"


def _age(naissance: date, le: date) -> str:
    """« 65 ans et 4 mois »: what separates a birthday from the birth."""
    annees, mois = divmod((le.year - naissance.year) * 12 + le.month - naissance.month, 12)
    return f"{annees} ans et {mois} mois" if mois else f"{annees} ans"
