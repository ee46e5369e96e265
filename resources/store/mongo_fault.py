"""What the driver's errors mean: for an operator, for a caller, and for whoever may try again.

https://github.com/mongodb/specifications/blob/master/source/transactions/transactions.md#error-labels
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import ConnectionFailure, DocumentTooLarge, ExecutionTimeout, OperationFailure, PyMongoError

from resources.store.fault import unavailable
from resources.store.port import TooCostly, TooLarge

REFUSED = (13, 18)  # Unauthorized, AuthenticationFailed
IN_THE_WAY = (24, 112, 117)  # LockTimeout, WriteConflict, ConflictingOperationInProgress
OVERSIZE = (10334, 17280, 17419, 17420)  # BSONObjectTooLarge, a key too long for an index, two of an update's result


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what the driver raises into Unavailable."""
    try:
        yield
    except PyMongoError as fault:
        if undecided(fault):
            text = "the database did not say whether it has stored the change", "変更が保存されたか確認できません"
        elif isinstance(fault, ConnectionFailure):
            text = "the database cannot be reached", "データベースに接続できません"
        elif fault.timeout:
            text = "the database does not answer in time", "データベースが時間内に応答しません"
        elif isinstance(fault, OperationFailure) and fault.code in REFUSED:
            text = "the database refuses the user or the password", "データベースの認証に失敗しました"
        else:
            text = f"the database cannot be used: {_kind(fault)}", f"データベースを使えません: {_kind(fault)}"
        raise unavailable(*text) from fault


@contextmanager
def writing(reference: str) -> Iterator[None]:
    """Turn what the driver and the server say of a document that is too large into TooLarge."""
    try:
        yield
    except (DocumentTooLarge, OperationFailure) as fault:
        if isinstance(fault, OperationFailure) and fault.code not in OVERSIZE:
            raise
        raise TooLarge(f"{reference} is larger than a document of the database may be") from fault


@contextmanager
def asking() -> Iterator[None]:
    """Turn what is said of a question that is too large, too deep, or takes too long into TooCostly."""
    try:
        yield
    except (DocumentTooLarge, RecursionError) as fault:
        raise TooCostly("the question is larger than the database takes") from fault
    except ExecutionTimeout as fault:
        raise TooCostly("the question took longer than a question may") from fault


def _kind(fault: PyMongoError) -> str:
    """What kind of fault it is. Its own words may tell a document, as those of a key that is there twice do."""
    kind = type(fault).__name__
    if not isinstance(fault, OperationFailure):
        return kind
    return f"{kind} {fault.code} {(fault.details or {}).get('codeName', '')}".strip()


def passing(fault: BaseException) -> bool:
    """Whether another transaction was in the way, or the connection failed before the commit: nothing is stored.

    Not every server that speaks the protocol labels its conflicts, so the codes count too.
    """
    if not isinstance(fault, PyMongoError) or undecided(fault):
        return False
    by_code = isinstance(fault, OperationFailure) and fault.code in IN_THE_WAY
    return by_code or fault.has_error_label("TransientTransactionError")


def undecided(fault: PyMongoError) -> bool:
    """Whether a commit may have been stored or not."""
    return fault.has_error_label("UnknownTransactionCommitResult")
