"""Keys of LiteLLM's `config.yaml` that have no effect here, and what to do instead.

A key is refused where the gateway would be less safe, or answer otherwise, than its operator believes; the others are
told as warnings, so that the file loads as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A key that has no effect here.

    Attributes:
        instead: What to do instead.
        refused: Whether a file that has the key can't be used.
    """

    instead: str
    refused: bool = False


def table(rows: Iterable[tuple[str, str]], *, refused: bool) -> dict[str, Unsupported]:
    """Makes a table of rows with several keys each, separated by blanks."""
    return {key: Unsupported(instead, refused) for keys, instead in rows for key in keys.split()}


REFUSED = (
    ("environment_variables", "set them in the environment of the process"),
    ("credential_list litellm_credential_name", "give each model its api_key as os.environ/NAME"),
    ("include", "write one file; YAML's anchors and << save repetition"),
    (
        "api_version azure_ad_token tenant_id client_id client_secret",
        "Azure's versioned API is not spoken: use its /openai/v1 base URL as api_base, and its api_key",
    ),
    (
        (
            "custom_llm_provider vertex_project vertex_location vertex_credentials aws_access_key_id "
            "aws_secret_access_key aws_region_name aws_session_token region_name"
        ),
        "every upstream speaks OpenAI's REST: put a gateway that translates in front of the others",
    ),
    (
        (
            "guardrails prompt_injection_detection_params blocked_user_list "
            "banned_keywords_list google_moderation_confidence_threshold llm_guard_mode enforced_params"
        ),
        "content is not inspected: put a service that does between the callers and the gateway",
    ),
    (
        "custom_auth enable_jwt_auth litellm_jwtauth enable_oauth2_auth enable_oauth2_proxy_auth custom_sso",
        "callers show keys (general_settings.keys) or client certificates (server.tls.client_ca)",
    ),
    ("allowed_ips use_x_forwarded_for", "let the network or the mesh decide which hosts reach the port"),
    ("enforce_user_param", "callers set user themselves"),
    ("allowed_routes public_routes admin_only_routes", "say which RPCs a key may call: general_settings.keys, rpcs"),
    ("configurable_clientside_auth_params", "a call can't choose its upstream: configure a deployment and name it"),
    ("mock_response mock_timeout mock_tool_calls", "answers are never made up: point api_base at a mock server"),
    ("max_budget budget_duration soft_budget", "budgets belong to keys: general_settings.keys, max_budget"),
    ("tags enable_tag_filtering", "give the deployments different model_name values"),
    ("order", "use fallbacks between two model_name values, or weight"),
    ("merge_reasoning_content_in_choices", "reasoning stays in reasoning_content: read it there"),
    (
        "prompt_id prompt_variables prompt_label dotprompt_content global_prompt_directory",
        "write the prompt in the call",
    ),
    ("model_alias_map", "use router_settings.model_group_alias"),
    ("model_info", "move it next to litellm_params"),
)

WITHOUT_EFFECT = (
    (
        (
            "callbacks success_callback failure_callback service_callback input_callback audit_log_callbacks "
            "callback_settings langfuse_default_tags default_team_settings s3_callback_params datadog_params "
            "post_call_rules pre_call_rules"
        ),
        "read the log, one JSON line an RPC on standard error",
    ),
    (
        "set_verbose",
        "start with --detailed-debug, or set server.log.level: debug",
    ),
    ("json_logs", "logs are JSON already: server.log.format"),
    (
        (
            "turn_off_message_logging redact_user_api_key_info redact_messages_in_exceptions log_raw_request_response "
            "global_disable_no_log_param"
        ),
        "what callers and models say is never logged",
    ),
    ("telemetry", "nothing is reported to anyone: leave it out"),
    (
        (
            "database_url database_connection_pool_limit database_connection_timeout database_type database_args "
            "use_redis_transaction_buffer store_model_in_db store_prompts_in_spend_logs disable_spend_logs "
            "disable_adding_master_key_hash_to_db disable_reset_budget proxy_batch_write_at "
            "proxy_batch_polling_interval allow_requests_on_db_unavailable disable_prisma_schema_update "
            "maximum_spend_logs_retention_period "
            "proxy_budget_rescheduler_min_time proxy_budget_rescheduler_max_time use_shared_health_check"
        ),
        "there is no database: models and keys are in this file; SIGHUP reads it again",
    ),
    (
        (
            "ui_access_mode ui_username ui_password ui_logo_path disable_admin_ui litellm_license "
            "pass_through_endpoints allow_user_auth default_internal_user_params default_user_params "
            "default_key_generate_params upperbound_key_generate_params key_generation_settings "
            "default_team_params default_redirect_url "
            "proxy_base_url internal_user_budget_duration max_internal_user_budget max_ui_session_budget "
            "user_header_name user_header_mappings key_management_system key_management_settings"
        ),
        "there is no web interface and no management API: this file is all",
    ),
    (
        (
            "alerting alerting_threshold alert_types alert_to_webhook_url alerting_args slack_msg_printing_options "
            "spend_report_frequency"
        ),
        "let your monitoring alert on the health service and the logs",
    ),
    (
        (
            "background_health_checks health_check_interval health_check_details health_check_timeout "
            "health_check_model health_check_voice disable_background_health_check"
        ),
        "calls show which deployments fail; check-config --live asks each once",
    ),
    (
        (
            "cache cache_params caching caching_groups cache_responses "
            "enable_caching_on_provider_specific_optional_params client_ttl cache_kwargs"
        ),
        "replies are not cached; the upstream's own prompt cache works as ever",
    ),
    (
        "max_parallel_requests global_max_parallel_requests",
        "server.max_concurrent_rpcs limits all calls; a key's max_parallel_requests its own",
    ),
    ("max_request_size_mb max_response_size_mb max_file_size_mb", "server.max_message_bytes"),
    ("custom_key_generate litellm_key_header_name", "server.key_header names the metadata key"),
    ("infer_model_from_keys", 'give each model of model_list a name; model_name: "*" takes any'),
    ("modify_params", "requests are sent as callers wrote them, except for what drop_params drops"),
    ("mcp_servers mcp_aliases mcp_tools", "MCP servers are tools of the Responses API: callers name them in tools"),
    (
        (
            "vector_store_registry search_tools files_settings finetune_settings assistant_settings prompts "
            "default_vertex_config"
        ),
        "the gateway serves chat, responses, completions, embeddings, audio and models",
    ),
    ("forward_traceparent_to_llm_provider", "traceparent is always passed on"),
    ("forward_client_headers_to_llm_api", "server.extra_headers names the headers that callers may add"),
    ("add_user_information_to_llm_headers", "who calls is not told to the upstream"),
    ("retry_policy model_group_retry_policy allowed_fails_policy", "what may be tried again follows from the status"),
    ("routing_strategy_args default_max_parallel_requests", "the strategies have no arguments"),
    ("redis_db redis_ssl redis_username", "put it into redis_url: rediss://user:password@host:port/db"),
    ("use_in_pass_through", "there are no pass-through endpoints"),
    ("num_workers", "server.workers, or serve --workers"),
    ("completion_model", "serve --model sends every call to one model"),
    ("default_litellm_params", "write it into each model's litellm_params; anchors and << help"),
    ("force_ipv4 aiohttp_trust_env disable_aiohttp_transport", "the network is used as it is found"),
    ("ssl_ecdh_curve ssl_security_level", "TLS is as this machine's OpenSSL sets it"),
    (
        "public_model_groups public_model_groups_links access_groups",
        "general_settings.keys say which models a key may use",
    ),
)

UNSUPPORTED: Mapping[str, Unsupported] = {**table(WITHOUT_EFFECT, refused=False), **table(REFUSED, refused=True)}

# Keys that have a settings class, by class and name, but that nothing reads yet. Ours are refused, LiteLLM's told.
NOT_YET: Mapping[str, Unsupported] = {
    "RouterSettings.enable_pre_call_checks": Unsupported("the upstream says when a request is too long for its model"),
    "ModelInfo.max_input_tokens": Unsupported("the upstream says when a request is too long for its model"),
}
