from quizzler.game.leaderboard import Standings


def ranks(*players: tuple[str, int, float]) -> list[tuple[int, str]]:
    standings = Standings()
    for number, (_, score, seconds) in enumerate(players, start=1):
        standings.add()
        standings.scores[number], standings.seconds[number] = score, seconds
    return [(rank, players[number - 1][0]) for rank, number in standings.ranked()]


def test_more_points_rank_higher():
    assert ranks(("a", 1, 0), ("b", 3, 9), ("c", 2, 0)) == [(1, "b"), (2, "c"), (3, "a")]


def test_fewer_seconds_settle_a_tie():
    assert ranks(("a", 5, 2.5), ("b", 5, 2.4)) == [(1, "b"), (2, "a")]


def test_equals_share_a_rank_and_the_next_is_skipped():
    assert ranks(("a", 9, 1), ("b", 5, 2), ("c", 5, 2), ("d", 0, 0)) == [(1, "a"), (2, "b"), (2, "c"), (4, "d")]


def test_nobody_has_no_ranks():
    assert ranks() == []
