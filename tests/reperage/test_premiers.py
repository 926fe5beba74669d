"""Where each thing of a file was first met, in little memory."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from relais.reperage.premiers import Premiers

ENTIERS = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.tuples(ENTIERS | st.integers(-3, 3), st.integers(0, 10**6)), max_size=60))
def test_le_premier_rang_est_garde(notes: list[tuple[int, int]]) -> None:
    attendus: dict[int, int] = {}
    premiers = Premiers()
    for empreinte, rang in notes:
        assert premiers.de(empreinte) == attendus.get(empreinte)
        assert premiers.noter(empreinte, rang) == attendus.setdefault(empreinte, rang)


def test_rien_ne_se_perd_quand_il_y_en_a_beaucoup() -> None:
    premiers = Premiers()
    tous = [hash((n, "une ligne")) for n in range(20_000)]
    for rang, empreinte in enumerate(tous):
        assert premiers.noter(empreinte, rang) == rang
    assert [premiers.de(empreinte) for empreinte in tous] == list(range(20_000))
    assert premiers.de(hash("une autre")) is None


def test_cent_mille_tiennent_en_quelques_megaoctets() -> None:
    """A dict of them takes more than ten."""
    tracemalloc.start()
    try:
        premiers = Premiers()
        for rang in range(100_000):
            premiers.noter(hash((rang, "une ligne")), rang)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
