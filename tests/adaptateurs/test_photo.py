"""A photo without what it tells: its points are the same, to the octet."""

import io

import pytest
from PIL import Image

from relais.adaptateurs.photo import (
    PhotoIllisible,
    jpeg2000_sans_metadonnees,
    jpeg_sans_metadonnees,
)


def _jpeg(**options: object) -> bytes:
    sortie = io.BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGB").save(sortie, "JPEG", **options)
    return sortie.getvalue()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 1}])
def test_un_jpeg_deja_nu_ne_change_pas(options: dict[str, object]) -> None:
    nue = _jpeg(**options)
    assert jpeg_sans_metadonnees(nue) == nue


def test_ce_qui_suit_la_fin_d_une_photo_s_en_va() -> None:
    nue = _jpeg()
    assert jpeg_sans_metadonnees(nue + _jpeg(comment=b"MarqueFictive")) == nue


def test_un_segment_glisse_entre_deux_passages_s_en_va() -> None:
    nue = _jpeg(progressive=True)
    entre = nue.rindex(b"\xff\xda")
    dit = b"MarqueFictive"
    cachee = nue[:entre] + b"\xff\xe1" + (2 + len(dit)).to_bytes(2, "big") + dit + nue[entre:]
    assert jpeg_sans_metadonnees(cachee) == nue


def test_ce_qui_n_est_pas_une_photo_est_refuse() -> None:
    for lire in (jpeg_sans_metadonnees, jpeg2000_sans_metadonnees):
        with pytest.raises(PhotoIllisible):
            lire(b"pas une photo")
