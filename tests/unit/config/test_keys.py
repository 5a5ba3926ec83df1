"""Every key of the configuration is described, in the schema, and read by something."""

import ast
import dataclasses
import json
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import openai_grpc_server
from openai_grpc_server.config import ConfigError, DeploymentConfig, RouterConfig, load_config
from openai_grpc_server.config.schema import attributes, schema
from openai_grpc_server.config.settings import Settings
from openai_grpc_server.config.unsupported import NOT_YET, UNSUPPORTED

PACKAGE = Path(openai_grpc_server.__file__).parent
RESOLVED = (DeploymentConfig, RouterConfig)


def settings_classes(kind: Any = Settings) -> Iterator[Any]:
    """Yields a settings class and those of its fields, however deep."""
    pending = [kind]
    while pending:
        each = pending.pop()
        if dataclasses.is_dataclass(each):
            yield each
            pending.extend(typing.get_type_hints(each).values())
        pending.extend(typing.get_args(each))


CLASSES = list(dict.fromkeys(settings_classes()))
KEYS = [(kind, each.name) for kind in CLASSES for each in dataclasses.fields(kind)]
IDS = [f"{kind.__name__}.{name}" for kind, name in KEYS]


@cache
def names_read(*, resolved: bool) -> set[str]:
    """The attributes, and the names in texts, that the package reads; `resolved`: outside of `config`."""
    found: set[str] = set()
    for file in PACKAGE.rglob("*.py"):
        if resolved and file.parent.name == "config":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


@pytest.mark.parametrize(("kind", "name"), KEYS, ids=IDS)
def test_a_key_is_described_and_read(kind: Any, name: str) -> None:
    assert attributes(kind)[name].endswith(".")
    not_yet = f"{kind.__name__}.{name}" in NOT_YET
    assert not_yet or name in names_read(resolved=False)
    assert not_yet or name in properties(kind) or name == "parameters"


@pytest.mark.parametrize("kind", RESOLVED)
def test_what_is_resolved_is_read(kind: Any) -> None:
    unread = {each.name for each in dataclasses.fields(kind)} - names_read(resolved=True)
    not_yet = {key.rpartition(".")[2] for key in NOT_YET}
    assert unread - not_yet == set()


def properties(kind: Any) -> dict[str, Any]:
    whole = schema()
    described = whole if kind is Settings else whole["$defs"][kind.__name__]
    return typing.cast("dict[str, Any]", described["properties"])


@pytest.mark.parametrize("key", NOT_YET)
def test_what_nothing_reads_is_a_key(key: str) -> None:
    assert key in IDS
    assert key.rpartition(".")[2] not in names_read(resolved=True)


def test_keys_of_litellm_that_are_not_supported_are_no_keys_here() -> None:
    sections = {name for kind, name in KEYS if kind.__name__ in {"LitellmSettings", "RouterSettings", "Settings"}}
    assert sections & set(UNSUPPORTED) == set()


WITHOUT_EFFECT = {
    "a callback": (
        "litellm_settings: {success_callback: [langfuse]}",
        "1:20: the key 'success_callback' is not supported (read the log, one JSON line an RPC on standard error)",
    ),
    "a database": ("general_settings: {database_url: x}", "1:20: the key 'database_url' is not supported (there is no"),
    "a note of the operator's": (
        "model_list: [{model_name: a, litellm_params: {model: m}, model_info: {team: x}}]",
        "1:71: unknown key 'team'",
    ),
    "a mode that is not served": (
        "model_list: [{model_name: a, litellm_params: {model: m}, model_info: {mode: rerank}}]",
        (
            "1:71: mode 'rerank' is not served "
            "(chat, responses, embeddings, audio, images, videos, moderations, batches and realtime are)"
        ),
    ),
    "a mode that is a slip": (
        "model_list: [{model_name: a, litellm_params: {model: m}, model_info: {mode: respones}}]",
        "1:71: unknown mode 'respones' (known: chat, responses, completion,",
    ),
    "a key for no model": (
        (
            "model_list: [{model_name: a, litellm_params: {model: m}}]\n"
            "general_settings: {keys: [{name: k, hash: x, models: [a, 'b*']}]}"
        ),
        "2:46: unknown model: no model_name matches 'b*' (model_list has 'a' (m))",
    ),
    "what nothing reads yet": (
        "router_settings: {enable_pre_call_checks: true}",
        "1:19: the key 'enable_pre_call_checks' is not supported yet (",
    ),
    "a model of another provider": (
        "model_list: [{model_name: a, litellm_params: {model: mistralai/large}}]",
        "1:47: OpenAI has no model 'mistralai/large' (is its provider another one?",
    ),
    "a base URL without /v1": (
        "model_list: [{model_name: a, litellm_params: {model: m, api_base: 'http://h'}}]",
        "1:57: calls may answer 404: api_base has no /v1 in it, which most servers need",
    ),
    "a base URL with an endpoint": (
        "model_list: [{model_name: a, litellm_params: {model: m, api_base: 'http://h/v1/chat/completions'}}]",
        "1:57: calls may answer 404: api_base ends with /chat/completions, which the gateway adds itself",
    ),
}


@pytest.mark.parametrize(("text", "expected"), WITHOUT_EFFECT.values(), ids=WITHOUT_EFFECT)
def test_warning(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    (warning,) = load_config(file, {}).warnings
    assert str(warning).startswith(f"{file}:{expected}")


def test_warnings_are_told_with_problems(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("general_settings: {database_url: x, zzz: 1}")
    with pytest.raises(ConfigError, match="unknown key 'zzz'") as caught:
        load_config(file, {})
    (warning,) = caught.value.warnings
    assert "the key 'database_url' is not supported" in str(warning)


# Keys of LiteLLM's reference of settings, without those of other products' sections.
DOCUMENTED = {
    "": """
        environment_variables callback_settings credential_list guardrails mcp_servers vector_store_registry
        search_tools prompts files_settings finetune_settings assistant_settings agents policies
    """,
    "litellm_settings": """
        success_callback failure_callback callbacks service_callback service_callbacks turn_off_message_logging
        modify_params enable_preview_features LITELLM_DISABLE_STOP_SEQUENCE_LIMIT redact_user_api_key_info
        mcp_aliases langfuse_default_tags set_verbose json_logs default_fallbacks request_timeout force_ipv4
        content_policy_fallbacks context_window_fallbacks cache cache_params disable_end_user_cost_tracking
        disable_end_user_cost_tracking_prometheus_only key_generation_settings
        disable_add_transform_inline_image_block use_chat_completions_url_for_anthropic_messages
        disable_hf_tokenizer_download enable_json_schema_validation enable_key_alias_format_validation
        disable_copilot_system_to_assistant return_response_headers organization api_base api_key headers
        project prometheus_initialize_budget_metrics priority_reservation public_model_groups store_audit_logs
        openai_key max_fallbacks model_fallbacks reasoning_auto_summary
    """,
    "general_settings": """
        completion_model disable_spend_logs disable_spend_updates disable_master_key_return
        disable_retry_on_max_parallel_request_limit_error disable_reset_budget
        disable_adding_master_key_hash_to_db disable_responses_id_security enable_jwt_auth enforce_user_param
        reject_clientside_metadata_tags allowed_routes key_management_system master_key database_url
        database_connection_pool_limit database_connection_timeout allow_requests_on_db_unavailable custom_auth
        max_parallel_requests global_max_parallel_requests infer_model_from_keys background_health_checks
        health_check_interval alerting alerting_threshold use_client_credentials_pass_through_routes
        health_check_details public_routes alert_types enforced_params enable_oauth2_auth use_x_forwarded_for
        service_account_settings image_generation_model store_model_in_db supported_db_objects
        user_mcp_management_mode store_prompts_in_spend_logs max_request_size_mb max_response_size_mb
        proxy_budget_rescheduler_min_time proxy_budget_rescheduler_max_time proxy_batch_write_at
        proxy_batch_polling_interval alerting_args custom_key_generate allowed_ips embedding_model
        default_team_disabled alert_to_webhook_url key_management_settings allow_user_auth
        user_api_key_cache_ttl disable_prisma_schema_update litellm_key_header_name moderation_model custom_sso
        allow_client_side_credentials admin_only_routes use_azure_key_vault use_google_kms
        spend_report_frequency ui_access_mode litellm_jwtauth litellm_license oauth2_config_mappings
        pass_through_endpoints enable_oauth2_proxy_auth forward_openai_org_id forward_client_headers_to_llm_api
        maximum_spend_logs_retention_period maximum_spend_logs_retention_interval
        maximum_spend_logs_cleanup_cron mcp_internal_ip_ranges password_policy_min_length role_permissions
    """,
    "router_settings": """
        routing_strategy redis_host redis_password redis_port redis_db redis_url enable_pre_call_check
        enable_pre_call_checks content_policy_fallbacks fallbacks enable_tag_filtering tag_filtering_match_any
        cooldown_time disable_cooldowns retry_policy allowed_fails allowed_fails_policy
        default_max_parallel_requests default_priority polling_interval max_fallbacks default_litellm_params
        timeout stream_timeout debug_level client_ttl cache_kwargs routing_strategy_args model_group_alias
        num_retries default_fallbacks caching_groups alerting_config assistants_config set_verbose retry_after
        provider_budget_config model_group_retry_policy context_window_fallbacks cache_responses
        router_general_settings optional_pre_call_checks deployment_affinity_ttl_seconds
        ignore_invalid_deployments search_tools guardrail_list routing_groups
    """,
    "litellm_params": """
        custom_llm_provider api_version azure_ad_token tenant_id region_name vertex_project aws_access_key_id
        aws_role_name watsonx_region_name tpm rpm itpm otpm timeout stream_timeout max_retries organization
        litellm_credential_name max_file_size_mb max_budget budget_duration use_in_pass_through
        use_litellm_proxy use_chat_completions_api merge_reasoning_content_in_choices model_info mock_response
        tags tag_regex auto_router_config complexity_router_config order weight max_parallel_requests
        num_retries cooldown_time input_cost_per_token output_cost_per_token input_cost_per_second
        output_cost_per_image cache_creation_input_token_cost cache_read_input_token_cost
        cache_read_input_token_cost_flex input_cost_per_token_batches tiered_pricing
        configurable_clientside_auth_params
    """,
    "model_info": """
        id mode base_model max_tokens db_model tier team_id access_groups supports_prompt_caching
        supports_computer_use supports_url_context supports_tool_search input_cost_per_audio_token
        cache_creation_input_token_cost litellm_provider supported_endpoints health_check_model created_at
    """,
}


@pytest.mark.parametrize("section", DOCUMENTED)
def test_a_documented_key_is_served_or_named(tmp_path: Path, section: str) -> None:
    file = tmp_path / "config.yaml"
    for key in DOCUMENTED[section].split():
        model: dict[str, Any] = {"model_name": "a", "litellm_params": {"model": "openai/a"}, "model_info": {}}
        whole: dict[str, Any] = {"model_list": [model]}
        place = model[section] if section in model else whole.setdefault(section, {}) if section else whole
        place[key] = None
        file.write_text(json.dumps(whole))
        try:
            told = load_config(file, {}).warnings
        except ConfigError as error:
            told = (*error.problems, *error.warnings)
        assert "unknown key" not in "".join(map(str, told)), key
