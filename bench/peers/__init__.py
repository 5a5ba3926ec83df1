"""Other gateways in front of the same upstream: `python -m bench.peers` installs and checks them."""

from bench.peers.envoy import ENVOY
from bench.peers.install import PeerUnavailableError
from bench.peers.litellm import LITELLM
from bench.peers.peer import Peer
from bench.peers.portkey import PORTKEY

__all__ = ["PEERS", "Peer", "PeerUnavailableError"]

PEERS = (LITELLM, PORTKEY, ENVOY)
