"""The revision of the contract. Generated: do not edit."""

from typing import Final

CONTRACT_REVISION: Final = 2
"""The revision of the contract that this code is generated from: clients send it as `openai-grpc-contract`."""
