"""What can go wrong between us and the engine, in the three kinds that callers treat differently."""

from __future__ import annotations

from core.errors import MicropoolsError, Unavailable


class EngineError(MicropoolsError):
    """The engine gave no usable answer. `retryable` says whether the same request may succeed later."""

    title = "The search engine could not answer"
    retryable = False


class EngineUnavailable(EngineError, Unavailable):
    """No connection, no answer in time, or an answer that means "not now" (429, 502, 503, 504)."""

    title = "The search engine is not available"
    retryable = True


class EnginePartial(EngineUnavailable):
    """Some shards failed or ran out of time. Half an answer reads like "no match", so it is no answer."""


class EngineRefused(EngineError):
    """The engine understood and said no; the same request will be refused again.

    `kind` is the engine's own name of the error (`resource_already_exists_exception`), `reason` its sentence.
    """

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(f"The search engine refused the request ({kind}): {reason}")
        self.engine_status = status
        self.kind = kind
        self.reason = reason


#: Answers that mean "not now": too many requests, and a gateway or node that is going or coming.
NOT_NOW = frozenset({429, 502, 503, 504})

#: A node that was to answer a part of the question went while it did. Another one holds the same.
LOST_ON_THE_WAY = frozenset(
    {
        "node_closed_exception",
        "node_disconnected_exception",
        "node_not_connected_exception",
        "connect_transport_exception",
        "send_request_transport_exception",
        "receive_timeout_transport_exception",
    }
)

#: What is wrong with the engine and not with what it was sent, whatever status it gives it: an index that takes no
#: writes (403 where an operator closed it, 429 where the disk is nearly full), a disk that is full (500), a node that
#: is closing (500). Counted as the fault of a row, ten of these would set everybody aside in a quarter of an hour.
NOT_NOW_KINDS = frozenset(
    {
        "cluster_block_exception",
        "circuit_breaking_exception",
        "i_o_exception",
        "already_closed_exception",
        "alreadyclosed_exception",
        *LOST_ON_THE_WAY,
        "index_closed_exception",
        "no_shard_available_action_exception",
        "unavailable_shards_exception",
        "rejected_execution_exception",
        "opensearch_rejected_execution_exception",
    }
)

#: The body is larger than the engine takes; the same in smaller pieces may pass.
TOO_LARGE = 413


def is_not_now(status: int, kind: str) -> bool:
    """Whether the same request may succeed later, by the status of the answer and the engine's name of the error."""
    return status in NOT_NOW or kind in NOT_NOW_KINDS
