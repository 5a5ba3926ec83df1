"""Services of the contract, on top of `base`."""

from openai_grpc_server.services.audio import AudioService
from openai_grpc_server.services.base import Service
from openai_grpc_server.services.batches import BatchesService
from openai_grpc_server.services.chat import ChatService, CompletionsService, DecisionsService, ModerationsService
from openai_grpc_server.services.conversations import ConversationsService
from openai_grpc_server.services.embeddings import EmbeddingsService
from openai_grpc_server.services.files import ContentProvenanceChecksService, FilesService, UploadsService
from openai_grpc_server.services.images import ImagesService
from openai_grpc_server.services.models import ModelsService
from openai_grpc_server.services.raw import RawService
from openai_grpc_server.services.realtime import RealtimeService
from openai_grpc_server.services.responses import ResponsesService
from openai_grpc_server.services.videos import VideosService

SERVICES: tuple[type[Service], ...] = (
    ChatService,
    ResponsesService,
    EmbeddingsService,
    AudioService,
    CompletionsService,
    ModelsService,
    ImagesService,
    ModerationsService,
    RawService,
    ConversationsService,
    FilesService,
    UploadsService,
    BatchesService,
    DecisionsService,
    ContentProvenanceChecksService,
    VideosService,
    RealtimeService,
)
