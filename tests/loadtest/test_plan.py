"""Who plays where: everybody once, in equal parts, and every room with one host."""

import pytest

from quizzler.errors import Invalid
from quizzler.loadtest.diary import HostDiary, PlayerDiary
from quizzler.loadtest.plan import Plan, shares, usual_join_seconds, usual_processes
from quizzler.loadtest.pulse import Strain
from quizzler.loadtest.run import check_files, evenings
from quizzler.loadtest.worker import Finished


def plan(rooms: int, players: int, processes: int, join_seconds: float = 10.0) -> Plan:
    return Plan("http://127.0.0.1:8000", rooms, players, 5, "spread", 5.0, 20, join_seconds, processes)


@pytest.mark.parametrize(
    ("rooms", "players", "processes"), [(1, 1, 1), (1, 300, 4), (6, 50, 2), (3, 7, 4), (100, 1, 3)]
)
def test_everybody_has_a_place(rooms, players, processes):
    parts = shares(plan(rooms, players, processes))
    seats = [(seat.room, seat.number) for part in parts for seat in part.seats]
    assert sorted(seats) == [(room, number) for room in range(rooms) for number in range(1, players + 1)]
    assert sorted(room for part in parts for room in part.rooms) == list(range(rooms))
    sizes = [len(part.seats) for part in parts]
    assert len(parts) == processes and max(sizes) - min(sizes) <= 1


def test_rooms_fill_side_by_side():
    [part] = shares(plan(2, 3, 1, join_seconds=6.0))
    assert [(seat.number, seat.room, seat.arrives) for seat in part.seats] == [
        (1, 0, 0.0),
        (1, 1, 1.0),
        (2, 0, 2.0),
        (2, 1, 3.0),
        (3, 0, 4.0),
        (3, 1, 5.0),
    ]


def test_few_come_at_once_and_many_as_people_do():
    assert (usual_join_seconds(100), usual_join_seconds(101)) == (0, 10)
    assert usual_processes(100) == 1 and 1 <= usual_processes(5000) <= 4


def test_diaries_of_several_processes_make_one_evening():
    strain = Strain(0.1, 0.0)
    finished = [
        Finished([HostDiary(1)], [PlayerDiary(1, name="Ann"), PlayerDiary(0, name="Bob")], strain),
        Finished([HostDiary(0)], [PlayerDiary(1, name="Eve")], strain),
    ]
    together = [(evening.host.room, [player.name for player in evening.players]) for evening in evenings(finished)]
    assert together == [(0, ["Bob"]), (1, ["Ann", "Eve"])]


def test_more_than_a_process_may_have_open_is_refused_before_it_begins():
    with pytest.raises(Invalid, match="would need 2,000,001: take more with --processes, or raise ulimit -n"):
        check_files(shares(plan(1, 2_000_000, 1)))
