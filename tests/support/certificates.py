"""Certificates for tests: an authority, and certificates signed by it."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec


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

    def issue(
        self, name: str, names: str = "DNS:localhost,IP:127.0.0.1", subject: str | None = None
    ) -> tuple[Path, Path]:
        """Issues a certificate; returns the PEM files of it and of its key.

        Args:
            name: Name of the files, and its common name.
            names: Its alternative names, as OpenSSL writes them.
            subject: Its subject, as OpenSSL writes it, in place of the common name.
        """
        certificate, key = self._directory / f"{name}.pem", self._directory / f"{name}.key"
        signed_by = ("-CA", self.certificate, "-CAkey", self._key)
        shown = ("-subj", subject or f"/CN={name}", "-addext", f"subjectAltName={names}")
        _openssl("req", "-x509", *_new_key(key), *signed_by, "-out", certificate, *shown)
        return certificate, key

    def revoke(self, *certificates: Path) -> Path:
        """Returns the file of a list of revoked certificates, which it replaces."""
        file = self._directory / "crl.pem"
        authority = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder(authority.subject, now, now + timedelta(days=1))
        for each in certificates:
            serial = x509.load_pem_x509_certificate(each.read_bytes()).serial_number
            builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(serial, now).build())
        key = cast("ec.EllipticCurvePrivateKey", load_pem_private_key(self._key.read_bytes(), None))
        file.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
        return file


def _new_key(file: Path) -> tuple[object, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", file)


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
