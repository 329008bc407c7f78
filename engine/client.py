"""The connection to the engine: kept alive, quick to serialise, and with our own errors."""

from __future__ import annotations

import json
import threading
from typing import Any

import opensearchpy
import orjson
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import ConnectionTimeout, SerializationError, TransportError
from opensearchpy.serializer import JSONSerializer

from core.settings import Settings
from engine.errors import LOST_ON_THE_WAY, EngineRefused, EngineUnavailable, is_not_now
from engine.hosts import AWAY, PROBE_S, Host, Hosts
from engine.quotes import without_quotes

# So many requests may wait for the engine at once, each on a connection of its own. An API process answers from 40
# threads: when the engine hangs, half of them are left to take people in, which needs no engine. (Without this bound
# 60 people searching a hanging engine kept a POST waiting for 30 to 70 s.)
PLACES = 20
# A healthy engine frees a place every few milliseconds; whoever waits longer than this waits for one that is not.
PLACE_WAIT_S = 0.25

# A kept-alive connection whose server restarted fails on first use though the server is up again, so a request that
# found *no connection* is sent once more for each node there is. That cannot hide a lost write: every write of ours may
# run twice (external versions, fixed ids), and one that fails each time is raised. A write that was not answered in
# time, or refused, is never repeated here: the outbox repeats it, where the attempts are counted and seen.
#
# Reads have nobody behind them but a person who waits. Where there is another node they are asked of it, once, when
# the first did not answer in time or said that it is away; both together may take as long as one request may.
READS = frozenset({"_search", "_msearch", "_count", "_mget"})

JSON = {"content-type": "application/json"}
NEWLINE_JSON = {"content-type": "application/x-ndjson"}


class OrjsonSerializer(JSONSerializer):
    """The client's JSON, done by orjson; bytes pass as they are because bulk bodies arrive ready-made."""

    def dumps(self, data: Any) -> Any:
        """The bytes to send."""
        return data if isinstance(data, bytes | str) else orjson.dumps(data)

    def loads(self, s: str) -> Any:
        """The parsed answer."""
        try:
            return orjson.loads(s)
        except orjson.JSONDecodeError as error:
            raise SerializationError(s, error) from error


class Engine:
    """One engine, safe to share between threads. Make it after a fork, never before: sockets do not fork."""

    def __init__(self, hosts: list[str], timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._client = opensearchpy.OpenSearch(
            hosts=hosts,
            timeout=timeout_s,
            connection_class=Host,
            connection_pool_class=Hosts,
            pool_maxsize=PLACES,
            max_retries=len(hosts),
            retry_on_timeout=False,
            retry_on_status=(),
            serializer=OrjsonSerializer(),
        )
        self._several = len(hosts) > 1
        self._places = threading.BoundedSemaphore(PLACES)

    def call(self, method: str, path: str, body: object = None, **params: object) -> Any:
        """Send one request and give its parsed answer. `body` may be bytes (newline-delimited JSON) or a value.

        Raises EngineUnavailable when it may work later, EngineRefused when it will not.
        """
        if not self._places.acquire(timeout=PLACE_WAIT_S):
            raise EngineUnavailable("The search engine is busy or hangs: too many requests wait for it already.")
        try:
            return self._send(method, path, body, params)
        finally:
            self._places.release()

    def _send(self, method: str, path: str, body: object, params: dict[str, object]) -> Any:
        try:
            if self._several and path.rpartition("/")[2] in READS:
                return self._ask_two(method, path, body, {"request_timeout": self.timeout_s / 2, **params})
            return self._ask(method, path, body, params)
        except (ConnectionTimeout, NoConnection) as error:
            raise EngineUnavailable(f"The search engine did not answer: {_sentence(error)}") from error
        except (SerializationError, AttributeError) as error:
            # AttributeError: the client trips over an error body that is JSON but no object, as proxies send it.
            raise EngineUnavailable("What answered in place of the search engine is not one.") from error
        except TransportError as error:
            raise _meaning(error) from error

    def _ask_two(self, method: str, path: str, body: object, params: dict[str, object]) -> Any:
        """Ask a node, and another where it is the node that failed: it is left alone now (engine.hosts)."""
        try:
            return self._ask(method, path, body, params)
        except TransportError as error:
            if isinstance(error, ConnectionTimeout) or error.status_code in AWAY or _lost_on_the_way(error):
                return self._ask(method, path, body, params)
            raise

    def _ask(self, method: str, path: str, body: object, params: dict[str, object]) -> Any:
        return self._client.transport.perform_request(
            method,
            path,
            params={name: _text(value) for name, value in params.items()},
            body=body,
            headers=NEWLINE_JSON if isinstance(body, bytes) else JSON,
        )

    def alive(self) -> bool:
        """Whether the engine answers at all; for readiness, so it never raises."""
        try:
            self.call("GET", "/_cluster/health", request_timeout=PROBE_S)
        except (EngineUnavailable, EngineRefused):
            return False
        return True

    def close(self) -> None:
        """Give the sockets back."""
        self._client.close()


def connect(settings: Settings) -> Engine:
    """The engine of these settings; nothing is sent yet."""
    return Engine(settings.opensearch_hosts, settings.engine_timeout_s)


def ndjson(lines: list[bytes]) -> bytes:
    """Lines of a bulk or multi-search body; the last line must end too."""
    return b"\n".join(lines) + b"\n"


def refusal(status: int, error: object) -> EngineRefused | EngineUnavailable:
    """The meaning of an `error` object as the engine writes it, in an answer or in one item of a batch."""
    kind, reason = innermost(error)
    if is_not_now(status, kind):
        return EngineUnavailable(f"The search engine cannot answer now ({kind}): {reason}")
    return EngineRefused(status, kind, reason)


def _lost_on_the_way(error: TransportError) -> bool:
    info = error.info
    return isinstance(info, dict) and any(f'"{kind}"' in orjson.dumps(info).decode() for kind in LOST_ON_THE_WAY)


def _meaning(error: TransportError) -> EngineRefused | EngineUnavailable:
    status = error.status_code if isinstance(error.status_code, int) else 503
    info = error.info
    if isinstance(info, str):
        try:
            info = json.loads(info)
        except ValueError:
            info = {"error": info}
    return refusal(status, info.get("error", info) if isinstance(info, dict) else str(info))


def innermost(error: object) -> tuple[str, str]:
    """The kind and sentence of the root cause, without what it quotes: the outer one only says "all shards failed"."""
    if not isinstance(error, dict):
        return "unknown", without_quotes(str(error))
    causes = error.get("root_cause") or [error]
    deepest = error
    while isinstance(deepest.get("caused_by"), dict):
        deepest = deepest["caused_by"]
    reason, below = (without_quotes(str(each.get("reason", ""))) for each in (causes[0], deepest))
    return str(causes[0].get("type", "unknown")), reason if below in reason else f"{reason} ({below})"


def _sentence(error: TransportError) -> str:
    return f"{type(error).__name__} ({error.info.__class__.__name__})"


def _text(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool) else value
