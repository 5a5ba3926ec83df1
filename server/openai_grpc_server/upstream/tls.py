"""TLS towards the upstream."""

from __future__ import annotations

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsOptions:
    """How upstream's certificate is checked, and ours is shown.

    Attributes:
        verify: Checks the certificate and the host name. Without it anybody can pose as the upstream.
        ca_file: PEM file of the authorities to trust, instead of the system's.
        client_cert: PEM file of the certificate to show, with its chain.
        client_key: PEM file of its key, if `client_cert` does not hold it.
    """

    verify: bool = True
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None

    def context(self) -> ssl.SSLContext:
        """Reads the files.

        Raises:
            OSError: A file cannot be read, or (as `ssl.SSLError`) holds no usable certificate or key.
        """
        context = ssl.create_default_context(cafile=self.ca_file)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.client_cert:
            context.load_cert_chain(self.client_cert, self.client_key)
        return context
