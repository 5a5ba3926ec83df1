"""The version of this distribution."""

from importlib.metadata import PackageNotFoundError, version


def package_version() -> str:
    """Returns the version; `0` from a checkout that is not installed."""
    try:
        return version("openai-grpc")
    except PackageNotFoundError:
        return "0"
