"""The composer: two norms at once, inert data, nothing about anybody in the metadata."""

import io
import threading
from datetime import date

import page
import pikepdf
import pytest

from relais.adaptateurs import pdf
from relais.adaptateurs.imprimable import imprimable
from relais.adaptateurs.pdf import DocumentImpossible, composer

GABARIT = """#let d = json(bytes(sys.inputs.donnees))
#set document(title: d.titre)
#set text(lang: "fr", font: "Source Sans Pro")
= Essai
#d.texte
"""


@pytest.fixture
def gabarit(tmp_path):
    chemin = tmp_path / "essai.typ"
    chemin.write_text(GABARIT)
    return chemin


def _composer(gabarit, texte, titre="Essai"):
    return composer(gabarit, {"texte": texte}, titre=titre, le=date(2026, 11, 23))


def _fautes(octets):
    rapports = [page.validate_pdf_bytes(octets, profile=norme) for norme in ("2a", "ua1")]
    return [faute.message for rapport in rapports for faute in rapport.failures]


HOSTILES = {
    "emoji": "🙂 👩‍👩‍👧 🇫🇷",
    "hebreu": "שלום עולם",
    "arabe": "مرحبا بالعالم ١٢٣",
    "arabe_rare": "\u08a0 \u06ff \ufdfd",
    "voyelle_arabe_sur_latin": "o\u0301\u0651 Ș\u064f",
    "chinois": "漢字かな",
    "nul": "a\x00b\x1f\x7f",
    "sens_force": "abc\u202e\u2066cba\u2069",
    "fins_de_ligne": "a\r\nb\rc\vd\u2028e",
    "usage_prive": "\ue000\U000f0000",
    "non_caractere": "\ufffe\uffff\ufeff\U0001ffff",
    "accents_empiles": "Z" + "\u0301\u0327\u0336" * 200,
    "accent_seul": "\u0301",
    "typst": '#panic("x") $x$ *gras* @ref <l> #read("/etc/passwd") \\u{0} // /*',
    "json": '"}], {"a": "\\',
    "mot_sans_fin": "M" * 5000,
    "espaces": "\u00a0\u202f\u2009\u3000\u200b",
    "mathematiques": "𝐙𝐨é ＺＯＥ ﬁ",
    "vide": "",
}


@pytest.mark.parametrize("texte", HOSTILES.values(), ids=HOSTILES)
def test_un_texte_hostile_reste_un_texte(gabarit, texte):
    assert _fautes(_composer(gabarit, texte)) == []


def test_les_deux_normes_sont_declarees_ensemble(gabarit):
    with pikepdf.open(io.BytesIO(_composer(gabarit, "Bonjour"))) as lu:
        assert lu.Root.Lang == "fr"
        assert lu.Root.MarkInfo.Marked
        with lu.open_metadata() as xmp:
            assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("2", "A")
            assert xmp["pdfuaid:part"] == "1"
            assert xmp["dc:title"] == "Essai"


def test_les_metadonnees_ne_disent_que_le_titre_et_le_jour(gabarit):
    with pikepdf.open(io.BytesIO(_composer(gabarit, "Camille Fictif"))) as lu:
        dits = {cle: str(valeur) for cle, valeur in lu.docinfo.items()}
        xmp = lu.Root.Metadata.read_bytes()
    assert dits.keys() == {"/Title", "/Creator", "/CreationDate", "/ModDate"}
    assert dits["/CreationDate"] == dits["/ModDate"] == "D:20261123000000Z"
    assert b"Fictif" not in xmp


def test_les_memes_donnees_donnent_les_memes_octets(gabarit):
    assert _composer(gabarit, "Bonjour") == _composer(gabarit, "Bonjour")


def test_un_flux_qui_finit_par_un_retour_chariot_reste_conforme(gabarit):
    faits = [_composer(gabarit, f"Texte numéro {i}") for i in range(250)]
    touches = [octets for octets in faits if b"\r\rendstream" in octets]
    assert touches
    assert not [octets for octets in faits if b"\r\nendstream" in octets]
    for octets in touches:
        assert _fautes(octets) == []
        with pikepdf.open(io.BytesIO(octets)) as lu:
            assert lu.check_pdf_syntax() == []


def test_une_faute_du_gabarit_ne_cite_pas_le_texte(tmp_path):
    chemin = tmp_path / "faux.typ"
    chemin.write_text(GABARIT + "\n#panic(d.texte)\n")
    with pytest.raises(DocumentImpossible) as faute:
        _composer(chemin, "Camille Fictif")
    assert "Fictif" not in repr(faute.value)
    assert faute.value.__cause__ is None


def test_un_avertissement_de_typst_est_une_faute(tmp_path):
    chemin = tmp_path / "faux.typ"
    chemin.write_text(GABARIT.replace("Source Sans Pro", "Police Absente"))
    with pytest.raises(DocumentImpossible):
        _composer(chemin, "Bonjour")


def test_deux_fils_composent_en_meme_temps(gabarit):
    faits: list[bytes] = []

    def composer_vingt():
        faits.extend(_composer(gabarit, f"Texte {i}") for i in range(20))

    fils = [threading.Thread(target=composer_vingt) for _ in range(4)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert len(faits) == 80
    assert len(set(faits)) == 20


def test_prechauffer_garde_le_compilateur(gabarit):
    pdf.prechauffer([gabarit])
    assert pdf._compilateur(gabarit) is pdf._compilateur(gabarit)


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("e\u0301te\u0301", "été"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb", "a b"),
        ("\x00\u202e\u200d\ufeff", ""),
        ("🙂", "□"),
        ("\ue000", "□"),
        ("« Œuvre – l’été… 12 € »", "« Œuvre – l’été… 12 € »"),
        ("Łukasz Ğül Ștefan Ηρώ Иван", "Łukasz Ğül Ștefan Ηρώ Иван"),
    ],
)
def test_ce_qui_ne_s_imprime_pas_est_retire_ou_remplace(ecrit, lu):
    assert imprimable(ecrit) == lu


def test_un_mot_tres_long_peut_etre_coupe_et_les_autres_non():
    assert "\u200b" in imprimable("x" * 60)
    assert "\u200b" not in imprimable("prenom.nom-compose@direction.exemple-departement.test")
