"""Corpora of thousands of documents: their tables in a store of Parquet files, made by one process, many, or a cluster.

What is needed of other libraries comes with the extra ``[scale]``, and is imported where it is used.
"""

from wsis_nlp.scale.building import Build, build_store
from wsis_nlp.scale.running import connected
from wsis_nlp.scale.store import Store, open_store

__all__ = ["Build", "Store", "build_store", "connected", "open_store"]
