"""A test that hangs says where and ends its process; the others go on in a new one. What fails is said at once.

pytest-timeout and pytest's own faulthandler look away as soon as a test has failed, and then its fixtures may hang.
"""

import asyncio
import faulthandler
import gc
import os
import sys
import threading
from collections.abc import Iterator

import pytest

# For a test with its fixtures; the longest takes a minute.
SECONDS = 300.0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    watch = threading.Timer(SECONDS, _end, (item,))
    watch.daemon = True
    watch.start()
    try:
        return (yield)
    finally:
        watch.cancel()


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A run that is stopped from outside never comes to its summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid} failed ({report.when}):\n{report.longreprtext}", flush=True)


def _end(item: pytest.Item) -> None:
    with item.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{item.nodeid} has not ended after {SECONDS:g} s", file=sys.stderr)
        for loop in [each for each in gc.get_objects() if isinstance(each, asyncio.BaseEventLoop)]:
            for task in asyncio.all_tasks(loop):
                task.print_stack(file=sys.stderr)
        faulthandler.dump_traceback(file=sys.stderr)
        os._exit(1)
