"""What the server refuses, and what it tells the browser to refuse."""

from __future__ import annotations

from urllib.parse import unquote

from dash import Dash
from flask import Flask, Response, abort, request

from dashboards import pages


def is_tricky(raw_path: str) -> bool:
    """Whether an address tries to leave its folder or hide what it means, also when encoded twice."""
    seen = unquote(unquote(raw_path))
    return ".." in seen or "\\" in seen or "//" in seen or any(ord(letter) < 32 for letter in seen)


def register(app: Dash) -> None:
    """Refuse tricks, mark addresses that name nothing, and set the security headers of every answer.

    Scripts run from this server only, those inside the page by their hash; styles may stand inline, as the
    component libraries set them so.
    """
    policy = "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {' '.join(app.csp_hashes())}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )

    server: Flask = app.server

    @server.before_request
    def refuse() -> None:
        raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path
        if is_tricky(raw.split("?", 1)[0]) or is_tricky(request.path):
            abort(400)

    @server.after_request
    def protect(answer: Response) -> Response:
        if answer.mimetype == "text/html" and answer.status_code == 200 and not pages.is_page(request.path):
            answer.status_code = 404  # Dash answers every address; the page says in both languages what is wrong
        answer.headers["Content-Security-Policy"] = policy
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["X-Frame-Options"] = "DENY"
        answer.headers["Referrer-Policy"] = "same-origin"
        answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return answer
