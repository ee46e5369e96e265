"""Which addresses name a store."""

from __future__ import annotations

import gc

import pytest

from resources.store.mongo import MongoStore
from resources.store.open import opened
from resources.store.port import Unavailable
from resources.store.sqlite import SqliteStore


@pytest.mark.parametrize("address", ["sqlite:///var/lib/tsunagu", "/var/lib/tsunagu", "data", "./データ"])
def test_a_folder_is_a_sqlite_store(address):
    assert isinstance(opened(address), SqliteStore)


@pytest.mark.parametrize("address", ["mongodb://db/tsunagu", "mongodb://u:p@a,b/tsunagu?replicaSet=r"])
def test_a_mongodb_address_with_a_database_is_a_mongo_store(address):
    assert isinstance(opened(address), MongoStore)


@pytest.mark.parametrize("address", ["", "mongodb://db", "mongodb://db/", "sqlite://data", "postgres://db/x"])
def test_any_other_address_is_refused(address):
    with pytest.raises(Unavailable, match="is no store"):
        opened(address)


def test_a_refused_address_does_not_give_the_password_away():
    with pytest.raises(Unavailable) as raised:
        opened("mongodb://someone:geheim@db")
    assert "geheim" not in str(raised.value) + raised.value.__notes__[0]


# pymongo 4.20 leaves the socket open that its monitor is connecting when the client is closed.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_server_that_is_not_there_is_said(run):
    store = opened("mongodb://127.0.0.1:1/tsunagu?serverSelectionTimeoutMS=200")
    with pytest.raises(Unavailable, match="the database cannot be reached"):
        run(store.open())
    gc.collect()


def test_a_mongodb_address_that_is_malformed_is_said(run):
    store = opened("mongodb://[::1/tsunagu")
    with pytest.raises(Unavailable, match="address of the database `tsunagu` is malformed"):
        run(store.open())
