"""The read model's tables: what stood on the topics, laid out for pages. It holds no truth; without it, it is rebuilt."""

import sqlite3
from pathlib import Path
from typing import Final

# Another layout is another number: an older file is thrown away and read anew from the topics.
LAYOUT: Final = 7
# Changes that a page which was away may ask for; one that was away longer loads anew.
KEPT_CHANGES: Final = 20_000

TABLES: Final = """
CREATE TABLE positions (topic TEXT, partition INTEGER, offset INTEGER, PRIMARY KEY (topic, partition));
CREATE TABLE clusters (
    id TEXT PRIMARY KEY, headline TEXT NOT NULL DEFAULT '', url TEXT, first TEXT NOT NULL DEFAULT '',
    last TEXT NOT NULL DEFAULT '', changed INTEGER NOT NULL DEFAULT 0, stories INTEGER NOT NULL DEFAULT 0,
    outlets INTEGER NOT NULL DEFAULT 0, merged_into TEXT, langs TEXT NOT NULL DEFAULT ' ',
    desks TEXT NOT NULL DEFAULT ' ', kinds TEXT NOT NULL DEFAULT ' ', priority TEXT, polarity TEXT,
    severity INTEGER, figure REAL, unit TEXT, qualifier TEXT, record INTEGER NOT NULL DEFAULT 0,
    metric TEXT, state TEXT NOT NULL DEFAULT '', by TEXT, body BLOB
);
CREATE INDEX clusters_changed ON clusters (changed DESC, id);
CREATE INDEX clusters_merged ON clusters (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX clusters_told ON clusters (changed DESC, id) WHERE priority IS NOT NULL;
CREATE INDEX clusters_wide ON clusters (last DESC, id) WHERE outlets >= 3;
CREATE INDEX clusters_found ON clusters (changed DESC, id) WHERE kinds <> ' ';
CREATE VIRTUAL TABLE words USING fts5 (headline, cluster UNINDEXED, tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE word_rows (row INTEGER PRIMARY KEY, cluster TEXT NOT NULL, story TEXT NOT NULL);
CREATE UNIQUE INDEX word_rows_of ON word_rows (cluster, story);
CREATE INDEX word_rows_story ON word_rows (story) WHERE story <> '';
CREATE TABLE stories (
    id TEXT PRIMARY KEY, cluster TEXT NOT NULL, feed TEXT NOT NULL, source TEXT NOT NULL, at TEXT NOT NULL,
    lang TEXT, title TEXT NOT NULL, verdict TEXT NOT NULL,
    came INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX stories_cluster ON stories (cluster, at);
CREATE INDEX stories_feed ON stories (feed, cluster);
CREATE TABLE detections (id TEXT PRIMARY KEY, cluster TEXT NOT NULL, at TEXT NOT NULL, came INTEGER NOT NULL,
    body BLOB NOT NULL);
CREATE INDEX detections_cluster ON detections (cluster, at);
CREATE TABLE alerts (
    id TEXT, revision INTEGER, endpoint TEXT, webhook TEXT, cluster TEXT NOT NULL, at TEXT NOT NULL,
    came INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (id, revision, endpoint)
);
CREATE INDEX alerts_cluster ON alerts (cluster);
CREATE TABLE held (id TEXT PRIMARY KEY, cluster TEXT NOT NULL, desk TEXT NOT NULL, reason TEXT NOT NULL,
    detail TEXT NOT NULL, title TEXT NOT NULL, at TEXT NOT NULL, came INTEGER NOT NULL);
CREATE INDEX held_cluster ON held (cluster, at);
CREATE TABLE deliveries (
    webhook TEXT, endpoint TEXT, attempt INTEGER, alert TEXT NOT NULL, revision INTEGER NOT NULL, outcome TEXT NOT NULL,
    reason TEXT NOT NULL, at TEXT NOT NULL, status INTEGER, seconds REAL NOT NULL,
    came INTEGER NOT NULL, PRIMARY KEY (webhook, endpoint, attempt)
);
CREATE INDEX deliveries_alert ON deliveries (alert);
CREATE INDEX deliveries_endpoint ON deliveries (endpoint, at);
CREATE TABLE pending (key TEXT PRIMARY KEY, endpoint TEXT NOT NULL, due TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE records (metric TEXT PRIMARY KEY, last TEXT NOT NULL, steps INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE pairs (pair TEXT PRIMARY KEY, last TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE wire_time (one INTEGER PRIMARY KEY, ahead REAL NOT NULL);
CREATE TABLE deadlines (id TEXT PRIMARY KEY, until TEXT NOT NULL, cluster TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE feeds (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE added_feeds (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE feed_days (feed TEXT, day TEXT, stories INTEGER NOT NULL, PRIMARY KEY (feed, day));
CREATE TABLE acts (id TEXT PRIMARY KEY, cluster TEXT NOT NULL, act TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
    until TEXT, note TEXT NOT NULL);
CREATE INDEX acts_cluster ON acts (cluster, at);
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE dead (
    partition INTEGER, offset INTEGER, topic TEXT NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,
    size INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (partition, offset)
);
CREATE TABLE minutes (topic TEXT, minute INTEGER, messages INTEGER NOT NULL, PRIMARY KEY (topic, minute));
CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL);
"""


def open_store(file: Path, *, anew: bool = False) -> sqlite3.Connection:
    """Return the read model for writing; a new and empty one where there is none, or one of another layout."""
    if anew:
        _remove(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    store = _connect(file)
    try:
        layout = store.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError:
        layout = -1
    if layout == LAYOUT:
        return store
    store.close()
    if layout != 0:
        _remove(file)
    store = _connect(file)
    store.executescript(TABLES)
    store.execute(f"PRAGMA user_version = {LAYOUT}")
    return store


def open_reading(file: Path) -> sqlite3.Connection:
    """Return the read model for reading, alone."""
    store = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    store.row_factory = sqlite3.Row
    return store


def _connect(file: Path) -> sqlite3.Connection:
    store = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    store.row_factory = sqlite3.Row
    try:
        store.execute("PRAGMA journal_mode = WAL")
        # What a crash of the machine takes is read again.
        store.execute("PRAGMA synchronous = OFF")
    except sqlite3.DatabaseError:
        # No database, or a broken one: the caller sees that by its layout.
        pass
    return store


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
