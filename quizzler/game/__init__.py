"""The rules of a live game, and nothing else: no socket, no clock, no chance, no database.

Start reading at ``game.Game.apply``. What can happen is in ``events``, what comes out is in ``effects``,
when it may happen is in ``phases``.
"""
