"""Python's garbage collector, told what kind of program this is."""

import gc

# New objects until the youngest are looked at; how often until the middle ones are; how often those until all are.
# Requests and handshakes leave some dozen objects each that only the collector can free: with 10,000 of them it held
# the loop for up to 17 ms, with 2,000 for 3.
YOUNG, MIDDLE, OLD = 2_000, 50, 500


def settle() -> None:
    """To be called once the server is complete. What is there by then stays to the end, so it is never gone through
    again; and with ten thousands of connections a look at everything must be rare: it holds the loop."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


class Tidying:
    """A look at everything, now and then. By the thresholds alone it would come once in a day's work, and until then
    whatever is tied up in itself (requests, handshakes, rooms) stays."""

    MOST_PUT_OFF = 5

    def __init__(self) -> None:
        self._put_off = 0

    def tidy(self, *, busy: bool) -> bool:
        """Whether it was done. While people are ``busy`` answering it is put off, ``MOST_PUT_OFF`` times: with ten
        thousands of connections it holds the loop for some 20 ms."""
        if busy and self._put_off < self.MOST_PUT_OFF:
            self._put_off += 1
            return False
        self._put_off = 0
        gc.collect()
        return True
