"""Certificates for tests: an authority, and certificates signed by it."""

import subprocess
from pathlib import Path


class Authority:
    """A certificate authority.

    Args:
        directory: Where its files go.

    Attributes:
        certificate: The PEM file of its certificate.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self._directory = directory
        self.certificate = directory / "ca.pem"
        self._key = directory / "ca.key"
        _openssl("req", "-x509", *_new_key(self._key), "-out", self.certificate, "-subj", "/CN=test authority")

    def issue(self, name: str) -> tuple[Path, Path]:
        """Issues a certificate for localhost; returns the PEM files of it and of its key."""
        certificate, key = self._directory / f"{name}.pem", self._directory / f"{name}.key"
        signed_by = ("-CA", self.certificate, "-CAkey", self._key)
        subject = ("-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        _openssl("req", "-x509", *_new_key(key), *signed_by, "-out", certificate, *subject)
        return certificate, key


def _new_key(file: Path) -> tuple[object, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", file)


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
