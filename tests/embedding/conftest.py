"""The databases of the store's tests."""

from tests.store.conftest import database_url, empty_file, postgres_store_url

__all__ = ["database_url", "empty_file", "postgres_store_url"]
