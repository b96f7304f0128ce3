"""Live rooms: the games of ``quizzler.game`` joined to sockets, a clock, chance and the journal.

``registry`` knows the rooms by their codes, a ``room`` drives one game, the ``journal`` makes what happens
durable before anyone hears of it, the ``outbox`` turns effects into frames. ``protocol`` is the border where
JSON becomes types.
"""
