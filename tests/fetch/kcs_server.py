"""A local HTTP server that answers as the KCS statistics interface does, faults included.

It knows one figure a month, country and code, so that a test can tell what each row must say. Faults are
queued: each is served once, in order, before the next normal answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NAMES = {"ID": "인도네시아", "CN": "중국"}
Fault = Callable[[BaseHTTPRequestHandler], None]


def answer_with(body: str, status: int = 200, **headers: str) -> Fault:
    """A fault that sends one body, whatever was asked."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        payload = body.encode("utf-8")
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    return send


def gateway_error(code: str, message: str, status: int = 200) -> Fault:
    return answer_with(
        "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>"
        f"<returnAuthMsg>{message}</returnAuthMsg><returnReasonCode>{code}</returnReasonCode>"
        "</cmmMsgHeader></OpenAPI_ServiceResponse>",
        status,
    )


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Promises more bytes than it sends, then closes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<response><header>")
    handler.close_connection = True


def stay_silent(handler: BaseHTTPRequestHandler) -> None:
    """Answers later than a client with a short time-out waits."""
    time.sleep(0.5)
    handler.close_connection = True


def envelope(items: str, code: str = "00", message: str = "정상서비스.", extra: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><response><header>'
        f"<resultCode>{code}</resultCode><resultMsg>{message}</resultMsg></header>"
        f"<body><items>{items}</items>{extra}</body></response>"
    )


def months_between(first: str, last: str) -> list[str]:
    start, end = (int(text[:4]) * 12 + int(text[4:]) - 1 for text in (first, last))
    return [f"{month // 12}.{month % 12 + 1:02d}" for month in range(start, end + 1)]


class KcsServer:
    """What the server was asked (`calls`), the faults it will serve, and the key it accepts."""

    def __init__(self, key: str) -> None:
        self.key, self.calls, self.faults = key, [], []
        self.rows_limit: int | None = None
        self.revision = 0
        self.base_url = ""

    def answer(self, path: str, query: dict[str, str]) -> str | Fault:
        if query.get("serviceKey") != self.key:
            return gateway_error("30", "SERVICE_KEY_IS_NOT_REGISTERED_ERROR")
        months = months_between(query["strtYymm"], query["endYymm"])
        if len(months) > 12:
            return envelope("", "99", "조회기간은 1년이내로 설정하십시오.")
        has_country = path.endswith("getNitemtradeList")
        countries = [query["cntyCd"]] if "cntyCd" in query else list(NAMES)
        rows = [
            self._item(month, country if has_country else None, query["hsSgn"])
            for month in months
            for country in (countries if has_country else ["CN"])
        ]
        kept = rows if self.rows_limit is None else rows[: self.rows_limit]
        total = "<item><year>총계</year><hsCd>-</hsCd><statCd>-</statCd><impDlr>999999</impDlr></item>"
        count = f"<totalCount>{len(rows) + 1}</totalCount>" if self.rows_limit is not None else ""
        return envelope(total + "".join(kept), extra=count)

    def _item(self, month: str, country: str | None, hs: str) -> str:
        mass = int(month.replace(".", "")) + self.revision
        place = (
            ""
            if country is None
            else (f"<statCd>{country}</statCd><statCdCntnKor1>{NAMES[country]}</statCdCntnKor1><hsCd>{hs}</hsCd>")
        )
        code = f"<hsCode>{hs}</hsCode>" if country is None else ""
        return (
            f"<item><balPayments>{-2 * mass}</balPayments><expDlr>0</expDlr><expWgt>0</expWgt>{code}"
            f"<impDlr>{2 * mass}</impDlr><impWgt>{mass}</impWgt>{place}<statKor>주석, 괴</statKor>"
            f"<year>{month}</year></item>"
        )


@contextmanager
def running(server: KcsServer) -> Iterator[KcsServer]:
    """The server on a free port of this machine, in a thread, for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            server.calls.append({"path": parts.path, "raw": parts.query, **query})
            fault = server.faults.pop(0) if server.faults else None
            answer = fault or server.answer(parts.path, query)
            (answer if callable(answer) else answer_with(answer))(self)

        def log_message(self, *_: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.base_url = f"http://127.0.0.1:{httpd.server_port}/"
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
