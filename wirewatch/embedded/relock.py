"""Writes `jars.lock` anew: `python -m wirewatch.embedded.relock`, after `KAFKA_VERSION` has changed.

jgo resolves Kafka's dependencies as Maven would. Kafka logs through slf4j 1.7; the binding to Java's own logging
(`!`: it brings no dependency management of its own, which would pull Kafka's clients to another version) needs no
configuration file format or thread of its own, and starts sooner than log4j.
"""

import hashlib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from jgo.maven import Artifact, MavenContext, PythonResolver

from wirewatch.embedded.jars import KAFKA_VERSION, LOCK_FILE, Jar, lock_text

ROOTS: Final = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-jdk14:1.7.36!")


def main() -> None:
    """Resolve, download, hash, write."""
    with TemporaryDirectory() as folder:
        context = MavenContext(resolver=PythonResolver(), repo_cache=Path(folder), timeout=60)
        roots, others = context.resolver.resolve([context.create_dependency(root) for root in ROOTS])
        jars = [_jar(dependency.artifact) for dependency in (*roots, *others)]
    Path(__file__).with_name(LOCK_FILE).write_text(lock_text(jars), encoding="utf-8")
    sys.stdout.write(f"{LOCK_FILE}: {len(jars)} jars, {sum(jar.size for jar in jars)} bytes\n")


def _jar(artifact: Artifact) -> Jar:
    content = Path(artifact.resolve()).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Jar(digest, len(content), artifact.groupId, artifact.artifactId, artifact.version)


if __name__ == "__main__":
    main()
