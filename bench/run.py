#!/usr/bin/env python3
"""Whole processes, side by side, on the same server: brownfield, the engine's own dump, and the bare catalog queries.

    bench/run.py [--tables 1000 5000] [--rounds 7] [--servers pg17 mysql9.7 maria11.8]

Starts the servers with the test suite's script, loads the generated schemas, runs the candidates interleaved (so that all
see the same load), and writes bench/RESULTS.md with medians and ratios. The snapshot and the document are written to a
file, the dumps too.
"""
import argparse
import datetime
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVERS = ROOT / "tests/it/support/servers.sh"
PROGRAM = ROOT / "target/release/brownfield"
# Tables of the drawing that is measured.
DRAWN = 2000


def run(command, **options):
    """Runs a command that must succeed and returns what it prints."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr[-2000:]}")
    return done.stdout


def timed(command, output, environment=None):
    """Wall-clock seconds and CPU seconds of a whole process that writes to a file, from its start to its end.

    The file is new: to empty an old one, and to close one that was emptied, takes some file systems as long as a
    process that writes little.
    """
    output.unlink(missing_ok=True)
    before = os.times()
    with open(output, "wb") as stream:
        start = time.perf_counter()
        done = subprocess.run(command, check=False, stdout=stream, stderr=subprocess.PIPE, env=environment)
        elapsed = time.perf_counter() - start
    after = os.times()
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr.decode()[-2000:]}")
    return elapsed, after.children_user + after.children_system - before.children_user - before.children_system


def start(names):
    text = run(["bash", SERVERS, "start", "--while-pid", str(os.getpid()), *names])
    return dict(re.findall(r"export (\w+)='(.*)'", text))


def cache():
    return pathlib.Path(run(["bash", SERVERS, "cache"]).strip())


def postgres_bin():
    run(["bash", SERVERS, "fetch", "pgclient"])
    return sorted((cache() / "pgclient/usr/lib/postgresql").iterdir())[-1] / "bin"


def bare_queries(folder, target):
    """What a snapshot asks the server on one connection, as the program itself tells it, as one script for psql."""
    command = [PROGRAM, "-vv", "snapshot", "--connections", "1", target]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    messages = re.findall(r"^TRACE (.*?)^ round_trip=\d+$", told, re.MULTILINE | re.DOTALL)
    script = folder / "queries.sql"
    script.write_text("".join(messages))
    return script


def postgres_case(url, tables, folder):
    clients = postgres_bin()
    database = f"bench_{tables}"
    psql = [clients / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    run([*psql, "-d", url, "-c", f"DROP DATABASE IF EXISTS {database}", "-c", f"CREATE DATABASE {database}"])
    target = url.rsplit("/", 1)[0] + "/" + database
    ddl = folder / "ddl.sql"
    ddl.write_text(run([sys.executable, ROOT / "bench/generate.py", "postgresql", str(tables)]))
    run([*psql, "-d", target, "-f", ddl])
    run([*psql, "-d", target, "-c", "VACUUM ANALYZE"])
    queries = bare_queries(folder, target)
    return target, {
        "bare queries (psql)": [*psql, "-At", "-d", target, "-f", queries],
        "brownfield snapshot": [PROGRAM, "snapshot", target],
        "brownfield doc": [PROGRAM, "doc", target],
        "pg_dump --schema-only": [clients / "pg_dump", "--schema-only", "-d", target],
    }


def mysql_programs(name):
    """The client program and the dump program. MariaDB's servers are packaged without the latter."""
    tree = "mariaclient" if name.startswith("maria") else name
    run(["bash", SERVERS, "fetch", tree])
    prefix = "mariadb" if name.startswith("maria") else "mysql"
    folder = cache() / tree / "usr/bin"
    return folder / prefix, folder / ("mariadb-dump" if prefix == "mariadb" else "mysqldump")


def mysql_case(name, url, tables, folder):
    maria = name.startswith("maria")
    client, dump = mysql_programs(name)
    user, password, host, port = re.match(r"mysql://([^:]+):([^@]+)@([^:]+):(\d+)/", url).groups()
    options = ["--no-defaults", f"--host={host}", f"--port={port}", f"--user={user}", f"--password={password}"]
    if maria:
        options.append("--skip-ssl")
    ddl = folder / "ddl.sql"
    ddl.write_text(run([sys.executable, ROOT / "bench/generate.py", "mariadb" if maria else "mysql", str(tables)]))
    schemas = re.findall(r"CREATE DATABASE (\w+)", ddl.read_text())
    drop = "".join(f"DROP DATABASE IF EXISTS {schema};" for schema in schemas)
    run([client, *options, "-e", drop])
    with open(ddl, "rb") as stream:
        run([client, *options], stdin=stream)
    target = url.rsplit("/", 1)[0] + "/"
    only = [f"--schema={schema}" for schema in schemas]
    dump_options = [*options, "--no-data", "--routines", "--triggers", "--events"]
    if not maria:
        dump_options.append("--set-gtid-purged=OFF")
    label = "mariadb-dump --no-data" if maria else "mysqldump --no-data"
    return target, {
        "brownfield snapshot": [PROGRAM, "snapshot", target, *only],
        "brownfield doc": [PROGRAM, "doc", target, *only],
        label: [dump, *dump_options, "--databases", *schemas],
    }


def measure(candidates, rounds, folder):
    times = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, command in candidates.items():
            times[name].append(timed(command, folder / "output"))
    return {name: tuple(statistics.median(column) for column in zip(*values)) for name, values in times.items()}


def drawing(url, folder, rounds):
    """Milliseconds that the layout, drawing and writing of 2,000 tables take inside a run, as `-v` tells them."""
    target, _ = postgres_case(url, DRAWN, folder)
    snapshot = folder / "drawn.json"
    run([PROGRAM, "snapshot", target, "-o", snapshot])
    times = []
    for _ in range(rounds):
        done = subprocess.run([PROGRAM, "-v", "doc", "--format", "svg", snapshot], check=True, capture_output=True, text=True)
        times.append(int(re.search(r"the answer is written milliseconds=(\d+)", done.stderr).group(1)))
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--servers", nargs="+", default=["pg17", "mysql9.7", "maria11.8"])
    parser.add_argument("--program", type=pathlib.Path, help="measure this program and build none")
    arguments = parser.parse_args()
    global PROGRAM
    if arguments.program:
        PROGRAM = arguments.program
    else:
        run(["cargo", "build", "--release", "--quiet"], cwd=ROOT)
    variables = start(arguments.servers)
    header = [
        "# Benchmarks",
        "",
        f"Written by `bench/run.py`: {os.cpu_count()} cores, medians of interleaved rounds, whole processes, output to a file. The ratio is to",
        "the engine's own dump program. CPU is the client's. Rows of servers that a run leaves out stay from an earlier one.",
        "A single round on a machine that does other work is a rough figure.",
        "",
        "| server | tables | candidate | wall s | CPU s | ratio to dump | rounds | date |",
        "|---|---:|---|---:|---:|---:|---:|---|",
    ]
    results_file = ROOT / "bench/RESULTS.md"
    before = results_file.read_text().splitlines()
    drawn = next((before[at - 1 : at + 2] for at, line in enumerate(before) if line.startswith("Layout")), [])
    lines = [
        line
        for line in before
        if line.startswith("| ") and line.split()[1] not in ["server", *arguments.servers]
    ]
    for name in arguments.servers:
        url = variables[f"TEST_{name.upper().replace('.', '_')}_URL"]
        for tables in arguments.tables:
            with tempfile.TemporaryDirectory() as folder:
                folder = pathlib.Path(folder)
                case = postgres_case(url, tables, folder) if name.startswith("pg") else mysql_case(name, url, tables, folder)
                rounds = arguments.rounds if name.startswith("pg") else min(arguments.rounds, 3)
                results = measure(case[1], rounds, folder)
            dump = next(wall for label, (wall, _) in results.items() if "dump" in label)
            for label, (wall, cpu) in results.items():
                lines.append(f"| {name} | {tables} | {label} | {wall:.2f} | {cpu:.2f} | {wall / dump:.3f} | {rounds} | {datetime.date.today()} |")
                print(lines[-1], flush=True)
        if name.startswith("pg"):
            with tempfile.TemporaryDirectory() as folder:
                milliseconds = drawing(url, pathlib.Path(folder), arguments.rounds)
            drawn = [
                "",
                f"Layout, drawing and writing of {DRAWN:,} tables as SVG (`brownfield -v doc --format svg`), without reading and judging them:",
                f"{milliseconds:.0f} ms, median of {arguments.rounds}, {datetime.date.today()}.",
            ]
            print(drawn[-1], flush=True)
    results_file.write_text("\n".join(header + lines + drawn) + "\n")
    run(["bash", SERVERS, "stop", variables["DBSERVERS_RUN"]])


main()
