"""Keys of LiteLLM's `config.yaml` that have no effect here, and what to do instead.

A key is refused where the gateway would be less safe, or answer otherwise, than its operator believes; the others are
told as warnings, so that the file loads as it is. A `*` in a key matches any text: LiteLLM adds keys to its families
with each release. `CLASS.KEY` is the key of one settings class.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from openai_grpc_server.config.patterns import Wildcard


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A key that has no effect here.

    Attributes:
        instead: The remedy.
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
    (
        "api_version azure_ad_token tenant_id client_id client_secret",
        "Azure's versioned API is not spoken: use its /openai/v1 base URL as api_base, and its api_key",
    ),
    (
        (
            "vertex_project vertex_location vertex_credentials aws_access_key_id aws_secret_access_key "
            "aws_region_name aws_session_token region_name aws_* vertex_* azure_scope azure_username "
            "azure_password enable_azure_* watsonx_* chatgpt_* responses_api_version use_xai_oauth gdc_* "
            "predibase_tenant_id"
        ),
        "every upstream speaks OpenAI's REST: put a gateway that translates in front of the others",
    ),
    (
        (
            "guardrails prompt_injection_detection_params blocked_user_list banned_keywords_list "
            "google_moderation_confidence_threshold llm_guard_mode enforced_params guardrail_list policies "
            "policy_attachments openai_moderations_model_name llamaguard_* presidio_* output_parse_pii "
            "skip_*_in_guardrail guardrail_* enable_json_schema_validation"
        ),
        "content is not inspected: put a service that does between the callers and the gateway",
    ),
    (
        (
            "custom_auth custom_auth_run_common_checks enable_jwt_auth litellm_jwtauth enable_oauth2_auth "
            "enable_oauth2_proxy_auth oauth2_config_mappings custom_sso custom_ui_sso_sign_in_handler "
            "role_permissions service_account_settings"
        ),
        "callers show keys (general_settings.keys), certificates or tokens (general_settings.identities)",
    ),
    ("allowed_ips use_x_forwarded_for", "let the network or the mesh decide which hosts reach the port"),
    ("trusted_proxy_ranges", "server.trusted_peers names the proxies whose connections carry the calls of many"),
    ("enforce_user_param validate_end_user_id_in_db", "callers set user themselves"),
    (
        ("use_azure_key_vault use_google_kms secret_manager_client key_management_system key_management_settings"),
        "secrets come from the environment (os.environ/NAME) or a file (api_key_file, master_key_file)",
    ),
    ("access_windows blocked", "keep models that may not be called out of the file"),
    ("team_id team_public_model_name", "general_settings.keys say which models a key may use"),
    ("block_requests_for_models_without_pricing", "give each model its prices: model_info, or server.prices_file"),
    (
        "fail_closed_* enforce_fallback_model_access apply_user_budget_to_team_keys",
        "limits of keys always refuse calls when they can't be counted; a key needs its fallbacks among its models",
    ),
    (
        "user_url_validation user_url_allowed_hosts provider_url_destination_allowed_hosts *_allowed_hosts",
        "the gateway fetches no URL of a caller's, and upstreams are those of this file",
    ),
    ("overwrite_user_with_key_hash", "callers set user themselves"),
    ("allowed_routes public_routes admin_only_routes", "say which RPCs a key may call: general_settings.keys, rpcs"),
    (
        "configurable_clientside_auth_params allow_client_side_credentials allow_client_keepalive_override",
        "a call can't choose its upstream: configure a deployment and name it",
    ),
    (
        "mock_response mock_timeout mock_tool_calls network_mock",
        "answers are never made up: point api_base at a mock server",
    ),
    (
        (
            "max_budget budget_duration soft_budget provider_budget_config tag_budget_config budget_* "
            "max_user_budget max_end_user_budget max_end_user_budget_id default_soft_budget "
            "default_max_internal_user_budget default_api_key_tpm_limit default_api_key_rpm_limit "
            "priority_reservation priority_reservation_settings"
        ),
        "limits and budgets belong to keys: general_settings.keys, with rpm, tpm and max_budget",
    ),
    (
        "tags tag_regex enable_tag_filtering tag_filtering_match_any tag_routing_prefix allow_fail_open",
        "give the deployments different model_name values",
    ),
    ("order", "use fallbacks between two model_name values, or weight"),
    ("merge_reasoning_content_in_choices", "reasoning stays in reasoning_content: read it there"),
    (
        "prompt_id prompt_variables prompt_label global_*_config dotprompt_content global_prompt_directory",
        "write the prompt in the call",
    ),
    ("model_alias_map", "use router_settings.model_group_alias"),
    (
        (
            "auto_router_* complexity_router_* adaptive_router_* quality_router_* routing_groups model_priorities "
            "embedding_model "
        ),
        "callers name the model; fallbacks and router_settings.model_group_alias lead to others",
    ),
    (
        "token_exchange_* openai_identity_* openai_service_account_id proxy_auth kubernetes_pod_discovery",
        "give each model its api_key, or api_key_file, which is read anew when it changes",
    ),
    ("rpd tpd daily_reset_time", "limits are those of a minute: rpm and tpm"),
    ("switchyard_router_config", "callers name the model; router_settings.fallbacks lead to others"),
    ("itpm otpm", "tpm counts tokens in and out together"),
    ("LitellmParams.num_retries", "max_retries is the deployment's own; num_retries belongs to router_settings"),
    (
        "custom_provider_map custom_handler",
        "every upstream speaks OpenAI's REST: put a gateway that translates there",
    ),
    ("model_info", "move it next to litellm_params"),
)

WITHOUT_EFFECT = (
    (
        (
            "callbacks success_callback failure_callback service_callback service_callbacks input_callback "
            "audit_log_callbacks batch_line_item_callbacks callback_settings langfuse_default_tags "
            "default_team_settings s3_callback_params datadog_params post_call_rules pre_call_rules "
            "logged_real_time_event_types langfuse_* langsmith_* datadog_* s3_* gcs_* argilla_* newrelic_params "
            "aws_sqs_callback_params generic_logger_headers generic_api_* pointfive_params zerobus_params "
            "standard_logging_payload_excluded_fields cold_storage_custom_logger store_audit_logs "
            "allow_dynamic_callback_disabling disable_streaming_logging otel otel_* tracing debug_level "
            "suppress_debug_info suppress_startup_output log_client_error_tracebacks "
            "log_auth_failure_key_identity request_correlation_in_logs error_logs "
            "disable_requester_ip_address_logging litellm_trace_id"
        ),
        "read the log, one JSON line an RPC on standard error",
    ),
    ("set_verbose", "start with --detailed-debug, or set server.log.level: debug"),
    ("json_logs", "logs are JSON already: server.log.format"),
    (
        (
            "turn_off_message_logging redact_user_api_key_info redact_messages_in_exceptions "
            "log_raw_request_response global_disable_no_log_param"
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
            "maximum_spend_logs_retention_period proxy_budget_rescheduler_min_time "
            "proxy_budget_rescheduler_max_time use_shared_health_check disable_spend_updates maximum_* database_* "
            "spend_* use_spend_logs_* supported_db_objects user_api_key_cache_ttl user_api_key_cache_max_size "
            "request_tag_mappings db_model disable_end_user_cost_tracking "
            "disable_end_user_cost_tracking_prometheus_only enable_end_user_cost_tracking_prometheus_only "
            "disable_budget_reservation coordination_redis enable_redis_auth_cache "
            "proxy_config_reload_interval_seconds scheduled_job_stagger disable_add_user_agent_to_request_tags "
            "extra_spend_tag_headers created_at created_by updated_at updated_by"
        ),
        "there is no database: models and keys are in this file; SIGHUP reads it again",
    ),
    (
        (
            "ui_access_mode ui_username ui_password ui_logo_path disable_admin_ui litellm_license "
            "pass_through_endpoints allow_user_auth default_internal_user_params default_user_params "
            "default_key_generate_params upperbound_key_generate_params key_generation_settings "
            "default_team_params default_redirect_url proxy_base_url internal_user_budget_duration "
            "max_internal_user_budget max_ui_session_budget user_header_name user_header_mappings "
            "disable_master_key_return default_team_disabled user_mcp_management_mode password_policy_* "
            "failed_login_* max_failed_login_* disable_password_login_* disable_env_credential_login "
            "dangerously_permit_weak_or_unset_master_key enable_key_alias_format_validation key_alias_pattern "
            "custom_key_policy custom_key_update custom_team_metadata_validate team_metadata_schema "
            "self_serve_budget_policy default_in_memory_ttl default_redis_ttl default_redis_batch_cache_expiry "
            "default_key_max_budget_alert_emails personal_key_model_access_from_teams "
            "disable_auto_add_proxy_admin_to_teams enable_public_model_hub control_plane_url worker_registry "
            "plugins classifier_plugin allow_cli_sso_* use_client_credentials_pass_through_routes pass_through_* "
            "enable_openai_websocket_passthrough claude_code_* enable_claude_code_gateway skill_* agent_* agents "
            "blog_posts_url autorouter_presets_url member_auto_router"
        ),
        "there is no web interface and no management API: this file is all",
    ),
    (
        (
            "alerting alerting_threshold alert_types alert_to_webhook_url alerting_args "
            "slack_msg_printing_options spend_report_frequency alerting_config alert_type_config email"
        ),
        "let your monitoring alert on the health service and the logs",
    ),
    (
        (
            "background_health_checks health_check_interval health_check_details health_check_timeout "
            "health_check_model health_check_voice disable_background_health_check health_check_* "
            "background_health_check_* enable_health_check_routing model_list_healthy_only "
            "check_provider_endpoint"
        ),
        "calls show which deployments fail; check-config --live asks each once",
    ),
    (
        (
            "cache cache_params caching caching_groups cache_responses "
            "enable_caching_on_provider_specific_optional_params client_ttl cache_kwargs caching_with_models "
            "disable_anthropic_gemini_context_caching_transform"
        ),
        "replies are not cached; the upstream's own prompt cache works as ever",
    ),
    (
        "max_parallel_requests global_max_parallel_requests",
        "server.max_concurrent_rpcs limits all calls; a key's max_parallel_requests its own",
    ),
    ("max_request_size_mb max_response_size_mb max_file_size_mb *_max_input_chars", "server.max_message_bytes"),
    ("custom_key_generate litellm_key_header_name", "server.key_header names the metadata key"),
    (
        "prometheus_* custom_prometheus_* require_auth_for_metrics_endpoint",
        "server.metrics_port serves metrics of Prometheus",
    ),
    ("enable_preview_features", "nothing is held back: leave it out"),
    (
        "disable_responses_id_security allow_unmanaged_response_ids",
        "stored objects always belong to the key that made them",
    ),
    ("ignore_invalid_deployments", "a file with a problem is refused as a whole; check-config finds all of them"),
    (
        (
            "optional_pre_call_checks deployment_affinity_ttl_seconds model_group_affinity_config "
            "provider_affinity_header"
        ),
        "stored objects are asked for where they were made; other calls go by routing_strategy",
    ),
    (
        (
            "default_priority polling_interval max_in_flight_requests_per_worker max_queued_requests_per_worker "
            "admission_*"
        ),
        "no call waits in a queue: server.max_concurrent_rpcs limits them",
    ),
    (
        (
            "disable_retry_on_max_parallel_request_limit_error disable_fallbacks_on_per_model_rate_limits retry "
            "num_retries_per_request"
        ),
        "what may be tried again follows from the status; router_settings.num_retries says how often",
    ),
    ("LitellmSettings.max_fallbacks", "it belongs to router_settings"),
    ("enable_pre_call_check", "the upstream says when a request is too long for its model"),
    (
        "stream_timeout_by_service_tier timeout_by_service_tier",
        "timeout and stream_timeout are the same for all tiers",
    ),
    (
        (
            "supports_* supports_tool_search supports_video_input supported_* thinking_* reasoning_contexts "
            "reasoning_modes reasoning_effort_levels default_reasoning_effort token_count_* ptu_* tier "
            "internal_router_model max_embedding_batch_size output_vector_size prompt_cache_min_tokens "
            "provider_specific_entry pricing_provider litellm_provider enforce_supported_endpoints "
            "use_openai_responses_path uses_embed_content key bedrock_output_config_effort_ceiling"
        ),
        "facts of this kind are not used; parameter_values and unsupported_tools say what a model does not take",
    ),
    (
        (
            "adapters apply_search_free_tier common_cloud_provider_auth_params "
            "enable_model_config_credential_overrides force_redis_hash_tag_grouping logging models_by_provider "
            "prompt_name_config_map safe_memory_mode disable_model_info_refresh model_list_set list_* in_memory_* "
            "initialized_* thought_signature_in_tool_call_id fireworks_forward_user_id"
        ),
        "leave it out",
    ),
    ("longer_context_model_fallback_dict", "use context_window_fallbacks"),
    ("model_fallbacks", "use fallbacks"),
    ("assistants_config router_general_settings model_group_settings", "leave it out"),
    ("disable_hf_tokenizer_download disable_token_counter", "no tokenizer is used: upstreams report usage"),
    ("disable_stop_sequence_limit LITELLM_DISABLE_STOP_SEQUENCE_LIMIT", "stop sequences are passed on, however many"),
    (
        (
            "disable_add_transform_inline_image_block disable_copilot_system_to_assistant enable_anthropic_* "
            "anthropic_* strip_anthropic_* bedrock_* gemini_* enable_gemini_* disable_vertex_* "
            "use_chat_completions_url_for_anthropic_messages route_all_chat_openai_to_responses "
            "openai_system_messages_first custom_prompt_dict add_function_to_prompt disable_add_prefix_to_prompt "
            "reasoning_auto_summary reasoning_effort_rounding filter_invalid_headers"
        ),
        "requests are sent as callers wrote them; litellm_params.model chooses the API (openai/responses/NAME)",
    ),
    ("cancel_on_disconnect", "server.on_cancel says what a caller who goes ends"),
    ("keepalive_seconds sse_keepalive_*", "HTTP/2 pings keep a connection: server.keepalive"),
    (
        "include_cost_in_streaming_usage cost_discount_config cost_margin_config model_cost_map_url",
        "the cost is in call_info; prices are those of model_info and server.prices_file",
    ),
    (
        (
            "*_cost_per_* cost_per_* cache_*_cost cache_*_cost_* explicit_*_cost search_free_requests "
            "web_search_billing_unit tiered_pricing off_peak_pricing *_uplift_multiplier*"
        ),
        (
            "counted are input_cost_per_token, output_cost_per_token, cache_read_input_token_cost and "
            "output_cost_per_video_per_second"
        ),
    ),
    (
        (
            "openai_key azure_key anthropic_key ai21_key aleph_alpha_key amazon_nova_api_key baseten_key "
            "bytez_key clarifai_key cloudflare_api_key cohere_key cometapi_key databricks_key datarobot_key "
            "gdc_key gigachat_key gradient_ai_api_key groq_key heroku_key huggingface_key inception_key "
            "infinity_key lemonade_key llama_api_key maritalk_key nebius_key nlp_cloud_key novita_api_key "
            "ollama_key openai_like_key openrouter_key ovhcloud_key predibase_key replicate_key sap_service_key "
            "snowflake_key togetherai_api_key token vercel_ai_gateway_key wandb_key xai_key"
        ),
        "write it into the api_key of each model",
    ),
    ("use_litellm_proxy use_client", "name the proxy in api_base, and the model as litellm_proxy/NAME"),
    ("return_wildcard_routes", "ListModels lists the names that callers may use"),
    ("include_call_id_in_error_body expose_*", "errors name the call in their details"),
    ("infer_model_from_keys", 'give each model of model_list a name; model_name: "*" takes any'),
    ("modify_params", "requests are sent as callers wrote them, except for what drop_params drops"),
    (
        "mcp_servers mcp_aliases mcp_tools mcp_* public_mcp_*",
        "MCP servers are tools of the Responses API: callers name them in tools",
    ),
    (
        (
            "vector_store_registry search_tools files_settings finetune_settings assistant_settings prompts "
            "default_vertex_config vector_store_* files_* max_batch_* max_file_* require_managed_files "
            "sandbox_tools search_tool_* agent_list websearch_interception_params allowed_client_side_s3_* "
            "allowed_file_extensions blocked_file_extensions enable_loadbalancing_on_batch_endpoints "
            "track_unmanaged_batch_cost transcribe_media_buckets bucket_name allow_legacy_cloud_file_ids "
            "dynamodb_* responses milvus_* valkey_* vector_* index_name missing_session_id responses_websocket_*"
        ),
        "the gateway serves chat, responses, completions, embeddings, audio and models",
    ),
    ("forward_traceparent_to_llm_provider", "traceparent is always passed on"),
    ("forward_client_headers_to_llm_api", "server.extra_headers names the headers that callers may add"),
    ("add_user_information_to_llm_headers", "who calls is not told to the upstream"),
    ("retry_policy model_group_retry_policy allowed_fails_policy", "what may be tried again follows from the status"),
    ("routing_strategy_args weights", "the strategies have no arguments"),
    ("redis_db redis_ssl redis_username", "put it into redis_url: rediss://user:password@host:port/db"),
    ("reject_clientside_metadata_tags", "metadata is passed on; tags in it choose nothing here"),
    ("image_generation_model moderation_model", "images and moderation are not served"),
    ("use_in_pass_through", "there are no pass-through endpoints"),
    ("num_workers", "server.workers, or serve --workers"),
    ("completion_model", "serve --model sends every call to one model"),
    (
        "default_litellm_params default_max_parallel_requests",
        "write it into each model's litellm_params; anchors and << help",
    ),
    (
        "force_ipv4 aiohttp_trust_env disable_aiohttp_* use_aiohttp_transport http2 *client_session",
        "the network is used as it is found",
    ),
    ("ssl_ecdh_curve ssl_security_level", "TLS is as this machine's OpenSSL sets it"),
    (
        "public_model_groups public_model_groups_links access_groups discoverable public_*",
        "general_settings.keys say which models a key may use",
    ),
)

UNSUPPORTED: Mapping[str, Unsupported] = {**table(WITHOUT_EFFECT, refused=False), **table(REFUSED, refused=True)}


@cache
def families() -> tuple[tuple[Wildcard, Unsupported], ...]:
    """Returns the keys with a `*`, the longest first."""
    keys = sorted((key for key in UNSUPPORTED if "*" in key), key=len, reverse=True)
    return tuple((Wildcard(key), UNSUPPORTED[key]) for key in keys)


def unsupported(key: str) -> Unsupported | None:
    """Returns the entry of a key that has no effect, or of its family, or None."""
    if known := UNSUPPORTED.get(key):
        return known
    return next((known for pattern, known in families() if pattern.matches(key)), None)


# Keys that have a settings class, by class and name, but that nothing reads yet. Ours are refused, LiteLLM's told.
NOT_YET: Mapping[str, Unsupported] = {
    "RouterSettings.enable_pre_call_checks": Unsupported("the upstream says when a request is too long for its model"),
    "ModelInfo.max_input_tokens": Unsupported("the upstream says when a request is too long for its model"),
}
