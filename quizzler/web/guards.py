"""Headers that tell browsers what may not be done with an answer."""

GUARDS = {
    "Server": "Quizzler",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Other sites may read the API where CORS_ORIGINS lets them: this is about what they embed without asking.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# RFC 6797. Browsers use https alone for that long; a host's other names are not ours to decide for.
OVER_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


def guards(scheme: str) -> dict[str, str]:
    """What every answer carries over ``http`` or ``https``."""
    return {**GUARDS, **OVER_HTTPS} if scheme == "https" else GUARDS


def content_security_policy(host: str) -> str:
    """For a page of that host."""
    # Browsers differ on whether 'self' covers WebSockets, so this host's are named.
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self' ws://{host} wss://{host}; manifest-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
