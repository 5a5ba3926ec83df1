"""Self-signed certificate for connections to this machine."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files.

    Attributes:
        chain: The certificate.
        private_key: Its private key.
    """

    chain: Path
    private_key: Path


def certificate(directory: Path) -> Certificate:
    """Makes a certificate.

    Args:
        directory: For its files.
    """
    made = Certificate(directory / "certificate.pem", directory / "private.key")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", made.private_key)
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    command = ("openssl", "req", "-x509", "-days", "2", *key, *names, "-out", made.chain)
    subprocess.run([str(each) for each in command], check=True, capture_output=True)
    return made
