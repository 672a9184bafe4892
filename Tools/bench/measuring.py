"""What the benches beside peers have in common: servers that are started and looked at, rounds, medians, tables."""

import contextlib
import json
import pathlib
import platform
import select
import statistics
import subprocess
import sys
import threading
import time


def machine():
    """What the figures were measured on."""
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown processor")
        file.seek(0)
        cores = sum(line.startswith("processor") for line in file)
    return f"{cores} x {model}, {platform.system()} {platform.release()}, {time.strftime('%Y-%m-%d')}"


def first_line(process, seconds):
    """The first line that a program prints, which says that it is ready."""
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    line = process.stdout.readline() if ready else b""
    if not line:
        raise RuntimeError(f"{process.args[0]} did not begin within {seconds} seconds")
    return line.decode().strip()


def rest(process, seconds):
    """What a program prints after its first line, until it has ended, for which it has some seconds before it is killed. Unlike
    communicate(), this has what was read together with the first line."""
    killer = threading.Timer(seconds, process.kill)
    killer.start()
    try:
        said = process.stdout.read()
        process.wait()
    finally:
        killer.cancel()
    return said.decode()


class Server:
    """A server's process, which prints its address first and ends at SIGTERM."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        try:
            self.address = first_line(self.process, 30).split()[-1]
        except RuntimeError:
            self.process.kill()
            raise

    def memory(self):
        """Resident bytes."""
        return resident(self.process.pid)

    def end(self):
        """Tells it to end, and returns what it says then."""
        self.process.terminate()
        return rest(self.process, 30)


@contextlib.contextmanager
def running(command, environment=None):
    server = Server(command, environment)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.end()


def resident(process_id):
    """Resident bytes of a process."""
    with open(f"/proc/{process_id}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))


def figures(command, seconds):
    """Runs a program that measures for some seconds and prints its figures as JSON."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=seconds + 120)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr.strip()}")
    sys.stderr.write(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def stripped_size(program):
    """Bytes of a program without symbols."""
    stripped = pathlib.Path(f"{program}.stripped")
    subprocess.run(["strip", "-o", stripped, program], check=True)
    try:
        return stripped.stat().st_size
    finally:
        stripped.unlink()


def spread(values, form):
    """Median, and from where to where."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def table(title, head, rows):
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print(f"\n{title}")
    for row in [head, *rows]:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip(), flush=True)


def verdict(is_reached):
    return "reached" if is_reached else "MISSED"
