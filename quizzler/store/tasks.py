"""Work in the background, and its end."""

import asyncio

AGAIN_SECONDS = 0.1


async def end(task: asyncio.Task) -> None:
    """Cancels ``task`` until it has ended; whatever it raises is passed over.

    Once is not enough: up to Python 3.11 ``asyncio.wait_for`` swallows a cancellation that comes in the very moment
    in which what it waits for is done. A query ends in one, so a loop around queries would go on for ever.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_SECONDS)
    await asyncio.gather(task, return_exceptions=True)
