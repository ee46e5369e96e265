"""What the driver's errors mean for an operator.

https://github.com/mongodb/specifications/blob/master/source/transactions/transactions.md#error-labels
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from resources.store.fault import unavailable


@contextmanager
def speaking() -> Iterator[None]:
    """Turn what the driver raises into Unavailable."""
    try:
        yield
    except PyMongoError as fault:
        if fault.has_error_label("UnknownTransactionCommitResult"):
            text = "the database did not say whether it has stored the change", "変更が保存されたか確認できません"
        elif isinstance(fault, ConnectionFailure):
            text = "the database cannot be reached", "データベースに接続できません"
        elif isinstance(fault, OperationFailure) and fault.code in (13, 18):
            text = "the database refuses the user or the password", "データベースの認証に失敗しました"
        else:
            text = f"the database cannot be used: {fault}", f"データベースを使えません: {fault}"
        raise unavailable(*text) from fault
