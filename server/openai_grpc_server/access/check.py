"""What is wrong with the keys and prices of a configuration, before anything is served."""

from openai_grpc_server.access.keyring import keyring
from openai_grpc_server.access.ownership import ownership
from openai_grpc_server.access.prices import load_prices
from openai_grpc_server.config import Config, ConfigError, Problem


def check_access(config: Config) -> None:
    """Checks keys, what ids are sealed with, and the file of prices.

    Raises:
        ConfigError: With every problem.
    """
    problems: list[Problem] = []
    try:
        ownership(config.general, keyring(config.general), several_upstreams=True)
    except ConfigError as error:
        problems += error.problems
    try:
        load_prices(config.server.prices_file)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(*problems)
