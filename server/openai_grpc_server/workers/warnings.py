"""What of a configuration means less with several workers, which share neither memory nor calls."""

from openai_grpc_server.config import Config, Problem


def worker_warnings(config: Config) -> tuple[Problem, ...]:
    """Returns what whoever runs several workers should know of a configuration; with one there is nothing to know."""
    if config.server.workers == 1:
        return ()
    found: list[Problem] = []
    upstreams = {(each.base_url, each.api_key, each.organization, each.project) for each in config.deployments}
    general = config.general
    if len(upstreams) > 1 and general.sealing_key is None and general.master_key is None:
        hint = "set sealing_key, so that the ids of stored objects say where they are"
        found.append(Problem("workers don't know what the others have stored where", "general_settings", hint))
    shared = config.router.redis_url is not None
    if not shared and any(each.rpm is not None or each.tpm is not None for each in config.deployments):
        hint = "with redis_url they count together"
        found.append(Problem("each worker has its part of rpm and tpm of deployments", "router_settings", hint))
    return tuple(found)
