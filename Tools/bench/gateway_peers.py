"""The gateways beside which the gateway bench measures: installed into the bench's build folder, started, and told apart by where they listen."""

import contextlib
import os
import pathlib
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv

import measuring

FOLDER = pathlib.Path(__file__).resolve().parent / ".build/gateway"
NGINX = FOLDER / "nginx/usr/sbin/nginx"
PYTHON = FOLDER / "venv/bin/python"
PACKAGES = ["litellm[proxy]==1.108.7", "tensorzero==2026.6.0"]
MODEL = "claude-haiku-4-5"


def install():
    """Fetches nginx from Debian, unpacked and not installed, so that none is started, and the others from PyPI."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not NGINX.exists():
        subprocess.run(["apt-get", "download", "nginx"], cwd=FOLDER, stderr=subprocess.DEVNULL)
        for package in FOLDER.glob("nginx_*.deb"):
            subprocess.run(["dpkg", "-x", package, FOLDER / "nginx"], check=True)
    for package in PACKAGES:
        if not PYTHON.exists():
            venv.create(PYTHON.parent.parent, with_pip=True)
        done = subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", package])
        if done.returncode != 0:
            print(f"{package} could not be installed", file=sys.stderr)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """A gateway that runs: where requests are posted, with which key, and what file holds one."""

    def __init__(self, name, process, url, body, key="simulated", at_once=32):
        self.name, self.process, self.url, self.body, self.key, self.at_once = name, process, url, body, key, at_once

    def warm(self, calls=20):
        """Makes some calls, of which the first may take seconds."""
        headers = {
            "content-type": "application/json", "anthropic-version": "2023-06-01", "x-api-key": self.key,
            "authorization": f"Bearer {self.key}"}
        for _ in range(calls):
            request = urllib.request.Request(self.url, data=self.body.read_bytes(), headers=headers)
            try:
                urllib.request.urlopen(request, timeout=60).read()
            except OSError as error:
                raise RuntimeError(f"a call failed: {error}") from error

    def memory(self):
        """Resident bytes, those of its children among them."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return sum(measuring.resident(each) for each in [self.process.pid, *children])


@contextlib.contextmanager
def _process(command, **options):
    process = subprocess.Popen([str(part) for part in command], stderr=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(url, process, seconds=90):
    """Waits until something answers there, whatever it says."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}")


@contextlib.contextmanager
def nginx(provider, folder, bodies):
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(f"""
        daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
        events {{ worker_connections 1024; }}
        http {{
            access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
            uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; client_body_buffer_size 64k; keepalive_requests 100000000;
            upstream provider {{ server {provider.removeprefix("http://")}; keepalive 64; keepalive_requests 100000000; }}
            server {{
                listen 127.0.0.1:{port};
                location / {{ proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; }}
            }}
        }}""")
    if os.geteuid() == 0:
        folder.chmod(0o755)
    with _process([NGINX, "-c", configuration, "-p", folder]) as process:
        _await(f"http://127.0.0.1:{port}/", process)
        yield Peer("nginx", process, f"http://127.0.0.1:{port}/v1/messages", bodies["messages"])


TENSORZERO = """
import sys
from openai import OpenAI
from tensorzero import patch_openai_client
client = patch_openai_client(OpenAI(api_key="simulated"), config_file=sys.argv[1], async_setup=False)
print(client.base_url, flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def tensorzero(provider, folder, bodies):
    configuration = folder / "tensorzero.toml"
    configuration.write_text(f"""
        [gateway]
        observability.enabled = false
        [models.judge]
        routing = ["fake"]
        [models.judge.providers.fake]
        type = "anthropic"
        model_name = "{MODEL}"
        api_base = "{provider}/v1"
        """)
    environment = {**os.environ, "ANTHROPIC_API_KEY": "simulated", "TENSORZERO_DISABLE_PSEUDONYMOUS_USAGE_ANALYTICS": "1"}
    with _process(
        [PYTHON, "-c", TENSORZERO, configuration], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        # Warnings come the same way.
        url = next((line for line in map(bytes.decode, process.stdout) if line.startswith("http")), "").strip().rstrip("/")
        if not url:
            raise RuntimeError("TensorZero did not begin")
        yield Peer("TensorZero", process, f"{url}/chat/completions", bodies["tensorzero"])


@contextlib.contextmanager
def litellm(provider, folder, bodies):
    port, key = free_port(), f"sk-{secrets.token_hex(16)}"
    configuration = folder / "litellm.yaml"
    configuration.write_text(
        f"model_list:\n  - model_name: judge\n    litellm_params:\n      model: anthropic/{MODEL}\n"
        f"      api_base: {provider}\n      api_key: simulated\n")
    environment = {
        **os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION",
        "LITELLM_MASTER_KEY": key, "PATH": f"{PYTHON.parent}:{os.environ['PATH']}"}
    command = [
        PYTHON.parent / "litellm", "--config", configuration, "--host", "127.0.0.1", "--port", port, "--num_workers", "1",
        "--telemetry", "False"]
    with _process(command, stdout=subprocess.DEVNULL, env=environment) as process:
        _await(f"http://127.0.0.1:{port}/health/liveliness", process)
        # With 32 at once its answers take a second and more; its rate is the highest with few.
        yield Peer("LiteLLM", process, f"http://127.0.0.1:{port}/v1/messages", bodies["litellm"], key, at_once=8)


def available():
    """What starts each of those that are here, by name; of the others it is told how they are fetched."""
    peers = {"nginx": (nginx, NGINX), "TensorZero": (tensorzero, PYTHON), "LiteLLM": (litellm, PYTHON.parent / "litellm")}
    found = {name: start for name, (start, program) in peers.items() if program.exists()}
    if "TensorZero" in found and subprocess.run([PYTHON, "-c", "import tensorzero"], capture_output=True).returncode != 0:
        del found["TensorZero"]
    for name in peers:
        if name not in found:
            print(f"{name} is not here and left out; Tools/bench/gateway --install fetches it", file=sys.stderr)
    return found
