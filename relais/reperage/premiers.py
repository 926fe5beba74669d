"""Where each thing of a file was first met: hundreds of thousands of them, in little memory."""

from array import array

_PLACES = 1 << 10  # a power of two, at first


class Premiers:
    """Digest → rank of what was first met with it. A digest: 64 bits with their sign, as `hash`.

    An open table of two arrays: 12 octets a place and three quarters of them taken at most, where
    a dict keeps a hundred octets.
    """

    def __init__(self) -> None:
        self._nombre = 0
        self._faire(_PLACES)

    def de(self, empreinte: int) -> int | None:
        """The rank noted for that digest, None when it was not met."""
        rang = self._rangs[self._place(empreinte)]
        return rang - 1 if rang else None

    def noter(self, empreinte: int, rang: int) -> int:
        """The rank at which that digest was first met: this one, if it is new."""
        place = self._place(empreinte)
        if self._rangs[place]:
            return self._rangs[place] - 1
        self._empreintes[place], self._rangs[place] = empreinte, rang + 1
        self._nombre += 1
        if 4 * self._nombre > 3 * len(self._rangs):
            self._agrandir()
        return rang

    def _faire(self, places: int) -> None:
        self._empreintes = array("q", (0,)) * places
        self._rangs = array("I", (0,)) * places  # 0: a free place

    def _agrandir(self) -> None:
        empreintes, rangs = self._empreintes, self._rangs
        self._faire(2 * len(rangs))
        for empreinte, rang in zip(empreintes, rangs, strict=True):
            if rang:
                place = self._place(empreinte)
                self._empreintes[place], self._rangs[place] = empreinte, rang

    def _place(self, empreinte: int) -> int:
        """Where that digest stands, else the free place that it would take."""
        masque = len(self._rangs) - 1
        place = empreinte & masque
        while self._rangs[place] and self._empreintes[place] != empreinte:
            place = (place + 1) & masque
        return place
