"""What a phone asks for stays little: the storm of a hall depends on it."""

from tests.load.storm_pages import Server


async def test_phone_in_the_lobby_has_asked_six_times_and_a_crowd_of_them_is_answered(server_process):
    server = Server(server_process())
    await server.get_ready()
    paths = [request.path for request in server.requests()]
    assert len(paths) <= 6, paths
    assert len({request.connection for request in server.requests()}) <= 3
    assert sum(request.received for request in server.requests()) < 100_000
    storm = await server.storm(phones=50, within=0.5, typing=0.2)
    assert (storm.refused, len(storm.waits)) == (0, 100)
