"""Providers in LiteLLM's model names that speak OpenAI's REST, with their base URLs.

Bases and variables are those that LiteLLM documents for each provider.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Mode = Literal["chat", "responses", "completions"]

OPENAI = ("openai", "custom_openai", "openai_like", "text-completion-openai")


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider whose servers speak OpenAI's REST.

    Attributes:
        name: The prefix of its models, without the slash.
        base_url: Its well-known base URL; empty: each operator has another.
        key: The environment variable of its key.
        others: Other names of that variable.
        path: A part of the path that tells its OpenAI-compatible API from its own; empty: it has one API.
        hosts: End of the host names to which `path` applies.
        bare: Whether `/v1` is added to an `api_base` without a path, as LiteLLM calls the server's own API there.
    """

    name: str
    base_url: str = ""
    key: str = ""
    others: tuple[str, ...] = ()
    path: str = ""
    hosts: str = ""
    bare: bool = False

    @property
    def base(self) -> str:
        """The environment variable of its base URL."""
        return f"{self.key.removesuffix('_KEY')}_BASE" if self.key.endswith("_API_KEY") else ""

    def has(self, url: str) -> bool:
        """Returns whether a base URL is at the provider's host."""
        return bool(self.base_url) and host(url) == host(self.base_url)

    def misses_path(self, url: str) -> bool:
        """Returns whether a base URL is that of another API of the provider."""
        return bool(self.path) and host(url).endswith(self.hosts) and self.path not in urlsplit(url).path


def host(url: str) -> str:
    """Returns the host of a URL; empty if it is invalid."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


HOSTED = """
mistral https://api.mistral.ai/v1 MISTRAL_API_KEY
codestral https://codestral.mistral.ai/v1 CODESTRAL_API_KEY
xai https://api.x.ai/v1 XAI_API_KEY
deepseek https://api.deepseek.com/v1 DEEPSEEK_API_KEY
groq https://api.groq.com/openai/v1 GROQ_API_KEY
openrouter https://openrouter.ai/api/v1 OPENROUTER_API_KEY
together_ai https://api.together.xyz/v1 TOGETHER_AI_API_KEY TOGETHER_API_KEY TOGETHERAI_API_KEY
fireworks_ai https://api.fireworks.ai/inference/v1 FIREWORKS_AI_API_KEY FIREWORKS_API_KEY FIREWORKSAI_API_KEY
perplexity https://api.perplexity.ai PERPLEXITYAI_API_KEY PERPLEXITY_API_KEY
cerebras https://api.cerebras.ai/v1 CEREBRAS_API_KEY
sambanova https://api.sambanova.ai/v1 SAMBANOVA_API_KEY
nvidia_nim https://integrate.api.nvidia.com/v1 NVIDIA_NIM_API_KEY
deepinfra https://api.deepinfra.com/v1/openai DEEPINFRA_API_KEY
anyscale https://api.endpoints.anyscale.com/v1 ANYSCALE_API_KEY
moonshot https://api.moonshot.ai/v1 MOONSHOT_API_KEY
dashscope https://dashscope-intl.aliyuncs.com/compatible-mode/v1 DASHSCOPE_API_KEY
volcengine https://ark.cn-beijing.volces.com/api/v3 VOLCENGINE_API_KEY
zai https://api.z.ai/api/paas/v4 ZAI_API_KEY
minimax https://api.minimax.io/v1 MINIMAX_API_KEY
modelscope https://api-inference.modelscope.cn/v1 MODELSCOPE_API_KEY
novita https://api.novita.ai/v3/openai NOVITA_API_KEY
hyperbolic https://api.hyperbolic.xyz/v1 HYPERBOLIC_API_KEY
nebius https://api.studio.nebius.ai/v1 NEBIUS_API_KEY
featherless_ai https://api.featherless.ai/v1 FEATHERLESS_AI_API_KEY
friendliai https://api.friendli.ai/serverless/v1 FRIENDLI_API_KEY
galadriel https://api.galadriel.com/v1 GALADRIEL_API_KEY
github https://models.github.ai/inference GITHUB_API_KEY
meta_llama https://api.llama.com/compat/v1 LLAMA_API_KEY
lambda_ai https://api.lambda.ai/v1 LAMBDA_API_KEY
inception https://api.inceptionlabs.ai/v1 INCEPTION_API_KEY
v0 https://api.v0.dev/v1 V0_API_KEY
vercel_ai_gateway https://ai-gateway.vercel.sh/v1 VERCEL_AI_GATEWAY_API_KEY
wandb https://api.inference.wandb.ai/v1 WANDB_API_KEY
baseten https://inference.baseten.co/v1 BASETEN_API_KEY
ai21 https://api.ai21.com/studio/v1 AI21_API_KEY
ai21_chat https://api.ai21.com/studio/v1 AI21_API_KEY
nscale https://inference.api.nscale.com/v1 NSCALE_API_KEY
morph https://api.morphllm.com/v1 MORPH_API_KEY
scaleway https://api.scaleway.ai/v1 SCW_SECRET_KEY
synthetic https://api.synthetic.new/openai/v1 SYNTHETIC_API_KEY
nano-gpt https://nano-gpt.com/api/v1 NANOGPT_API_KEY
poe https://api.poe.com/v1 POE_API_KEY
chutes https://llm.chutes.ai/v1 CHUTES_API_KEY
veniceai https://api.venice.ai/api/v1 VENICE_AI_API_KEY
publicai https://api.publicai.co/v1 PUBLICAI_API_KEY
xiaomi_mimo https://api.xiaomimimo.com/v1 XIAOMI_MIMO_API_KEY
aiml https://api.aimlapi.com/v1 AIML_API_KEY
cometapi https://api.cometapi.com/v1 COMETAPI_KEY
edenai https://api.edenai.run/v3 EDENAI_API_KEY
ovhcloud https://oai.endpoints.kepler.ai.cloud.ovh.net/v1 OVHCLOUD_API_KEY
"""

# Servers that operators run themselves, some of them at an address that their documentation fixes.
OWN = """
hosted_vllm - HOSTED_VLLM_API_KEY
vllm - HOSTED_VLLM_API_KEY
litellm_proxy - LITELLM_PROXY_API_KEY
llamafile http://127.0.0.1:8080/v1 LLAMAFILE_API_KEY
lm_studio http://localhost:1234/v1 LM_STUDIO_API_KEY
xinference http://127.0.0.1:9997/v1 XINFERENCE_API_KEY
lemonade http://localhost:8000/api/v1 LEMONADE_API_KEY
docker_model_runner http://localhost:12434/engines/llama.cpp/v1 DOCKER_MODEL_RUNNER_API_KEY
infinity - INFINITY_API_KEY
compactifai https://api.compactif.ai/v1 COMPACTIFAI_API_KEY
datarobot - DATAROBOT_API_KEY
heroku - HEROKU_API_KEY
gradient_ai - GRADIENT_AI_API_KEY
"""

PROVIDERS: Mapping[str, Provider] = {
    each.name: each
    for each in (
        *(
            Provider(name, "" if url == "-" else url, key, tuple(others))
            for name, url, key, *others in (line.split() for line in f"{HOSTED}{OWN}".splitlines() if line)
        ),
        Provider("ollama", "http://localhost:11434/v1", "OLLAMA_API_KEY", bare=True),
        Provider("ollama_chat", "http://localhost:11434/v1", "OLLAMA_API_KEY", bare=True),
        Provider("azure", "", "AZURE_API_KEY", (), "/openai/v1", "azure.com"),
        Provider("azure_text", "", "AZURE_API_KEY", (), "/openai/v1", "azure.com"),
        Provider("azure_ai", "", "AZURE_AI_API_KEY", (), "/openai/v1", "azure.com"),
        Provider(
            "gemini",
            "https://generativelanguage.googleapis.com/v1beta/openai",
            "GEMINI_API_KEY",
            ("GOOGLE_API_KEY",),
            "/openai",
            "googleapis.com",
        ),
        Provider("databricks", "", "DATABRICKS_API_KEY", (), "/serving-endpoints", "databricks.com"),
        Provider("cloudflare", "", "CLOUDFLARE_API_KEY", (), "/ai/v1", "cloudflare.com"),
    )
}

# Providers without an API of OpenAI's kind.
UNTRANSLATED = """
aleph_alpha assemblyai auto_router amazon_nova aws_polly black_forest_labs bytez chatgpt clarifai custom
deepgram elevenlabs fal_ai gigachat github_copilot jina_ai langgraph maritalk nlp_cloud oci oobabooga palm
petals predibase ragflow recraft replicate runwayml sagemaker sagemaker_chat sagemaker_nova sap snowflake
stability text-completion-codestral topaz triton voyage watsonx watsonx_text
"""

# Providers whose own API is another one, each with its OpenAI-compatible base URL, if it has one.
OTHERS: Mapping[str, str] = {
    "anthropic": "https://api.anthropic.com/v1",
    "anthropic_text": "https://api.anthropic.com/v1",
    "bedrock": "https://bedrock-runtime.REGION.amazonaws.com/openai/v1",
    "bedrock_converse": "https://bedrock-runtime.REGION.amazonaws.com/openai/v1",
    "cohere": "https://api.cohere.ai/compatibility/v1",
    "cohere_chat": "https://api.cohere.ai/compatibility/v1",
    "huggingface": "https://router.huggingface.co/v1",
    "vertex_ai": ("https://aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION/endpoints/openapi"),
    "vertex_ai_beta": ("https://aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION/endpoints/openapi"),
    **dict.fromkeys(UNTRANSLATED.split(), ""),
}

# Upstreams whose own names of models begin with those of providers.
AGGREGATORS = frozenset(
    {
        "ai-gateway.vercel.sh",
        "api.aimlapi.com",
        "api.edenai.run",
        "models.github.ai",
        "openrouter.ai",
        "router.huggingface.co",
        "router.requesty.ai",
    }
)


@dataclass(frozen=True, slots=True)
class Split:
    """Parts of a LiteLLM model name.

    Attributes:
        model: The upstream's name of the model.
        mode: The upstream API that serves chat.
        provider: Its provider; None: OpenAI, or whoever is at the base URL.
        other: The name of a provider that speaks no OpenAI; empty: it does.
    """

    model: str
    mode: Mode = "chat"
    provider: Provider | None = None
    other: str = ""


def split_provider(model: str, provider: str | None = None, url: str | None = None) -> Split:
    """Strips a provider's prefix, and an optional `responses/` after it, from a model.

    Args:
        model: LiteLLM's name of the model.
        provider: `custom_llm_provider`, which goes before the prefix.
        url: The base URL of the model, if the file has one.
    """
    prefix, slash, rest = model.partition("/")
    if provider is not None:
        prefix, rest = provider, model.removeprefix(f"{provider}/")
    elif not slash:
        return Split(model)
    if url and host(url) in AGGREGATORS and prefix not in OPENAI:
        known = PROVIDERS.get(prefix)
        if known is None or not known.has(url):
            return Split(model)
    if prefix in OTHERS:
        compatible = url is not None and OTHERS[prefix] != "" and url.rstrip("/") == OTHERS[prefix]
        return Split(rest) if compatible else Split(rest, other=prefix)
    if prefix not in OPENAI and prefix not in PROVIDERS:
        return Split(model)
    mode: Mode = "completions" if prefix in {"text-completion-openai", "azure_text"} else "chat"
    if rest.startswith("responses/"):
        mode, rest = "responses", rest.removeprefix("responses/")
    return Split(rest, mode, PROVIDERS.get(prefix))


def is_provider(name: str) -> bool:
    """Returns whether LiteLLM is known to have a provider of this name."""
    return name in OPENAI or name in PROVIDERS or name in OTHERS
