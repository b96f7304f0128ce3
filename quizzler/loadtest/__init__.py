"""``quizzler loadtest``: plays whole games on a server through its real sockets, and checks all that it says.

``run`` asks the server, starts processes and leads them through the evening. Each is a ``worker`` with its ``phone``s
and ``host``s, who write down what they say and hear in a ``diary``. When all is over ``checks`` and ``scores`` read
the diaries, ``figures`` adds them up, ``verdict`` says yes or no, ``report`` and ``picture`` show it. Nothing here
shares code with the game: the wire contract alone says what is right.
"""
