"""`relais convention verifier FICHIER`: one line when the file is right, one sentence when not."""

from pathlib import Path

from relais.regles import communes
from relais.regles.convention import FauteConvention
from relais.regles.lecture import assembler, charger


def controler(chemin: str) -> tuple[str, bool]:
    """The line to print, and whether the file is right."""
    try:
        textes = assembler(Path(chemin))
        if not textes.partiel:
            communes.charger(charger(chemin), Path(chemin).parent)
    except FauteConvention as faute:
        return faute.phrase, False
    genre = "textes à hériter valables" if textes.partiel else "convention valable"
    return (
        f"{chemin} : {genre}, {textes.nombre_de_valeurs} valeurs datées,"
        f" empreinte {textes.empreinte}.",
        True,
    )
