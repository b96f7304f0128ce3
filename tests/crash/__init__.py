"""Real games over real sockets, with something going wrong, and a ledger of what was promised meanwhile.

``python -m tests.crash --seeds 500``
"""
