"""Every HTTP request, once it is answered: counted, and a line in the log."""

import logging

from tornado.web import RequestHandler

from quizzler.errors import LimitReached

log = logging.getLogger(__name__)


def answered(handler: RequestHandler) -> None:
    """Tornado's ``log_function``. The path alone is noted: a query may hold a token."""
    request, status = handler.request, handler.get_status()
    seconds = request.request_time()
    counts = handler.application.services.registry.counts
    counts.requests[route_of(handler), status] += 1
    if status != 101:
        counts.answered.add(seconds)
    level = level_of(status)
    if log.isEnabledFor(level):
        who = {"address": request.remote_ip} if status == LimitReached.status else {}
        particulars = {"status": status, "method": request.method, "path": request.path, "ms": round(1000 * seconds, 1)}
        log.log(level, "Request answered", extra={**particulars, "request": handler.request_id, **who})


def level_of(status: int) -> int:
    """503 is no fault of this program's, and whoever watches the database asks again and again."""
    if status < 400:
        return logging.DEBUG
    return logging.INFO if status < 500 else logging.WARNING if status == 503 else logging.ERROR


def route_of(handler: RequestHandler) -> str:
    """``quizzes.Quizzes``: bounded by this program, whatever is asked for."""
    kind = type(handler)
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"
