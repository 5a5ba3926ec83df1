//! Streams a chat: `openai-grpc-chat QUESTION...`, from the gateway at `OPENAI_GRPC_ADDRESS`.
use std::{
    env,
    error::Error,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use openai_grpc::v1::{
    ChatCompletionContent, ChatCompletionRequestMessage, ChatCompletionRequestUserMessage,
    CreateChatCompletionRequest, chat_completion_content::Kind as Content,
    chat_completion_request_message::Kind as Role, chat_service_client::ChatServiceClient,
};
use tonic::{Request, Status, transport::Endpoint};

/// What build.rs generated.
mod openai_grpc {
    #[allow(dead_code, clippy::all)]
    pub mod v1 {
        tonic::include_proto!("openai_grpc.v1");
    }
}

const CONTRACT_REVISION: u32 = 2; // of the descriptor set, so that a newer gateway answers in its terms
const MAX_MESSAGE_BYTES: usize = 64 << 20; // the gateway's own limit

fn user(text: String) -> ChatCompletionRequestMessage {
    let content = ChatCompletionContent {
        kind: Some(Content::Text(text)),
    };
    let message = ChatCompletionRequestUserMessage {
        content: Some(content),
        ..Default::default()
    };
    ChatCompletionRequestMessage {
        kind: Some(Role::User(message)),
    }
}

async fn chat(question: String) -> Result<(), Box<dyn Error>> {
    let address = env::var("OPENAI_GRPC_ADDRESS").unwrap_or("localhost:50051".into());
    let channel = Endpoint::from_shared(format!("http://{address}"))?
        .connect_timeout(Duration::from_secs(10))
        .http2_keep_alive_interval(Duration::from_secs(30))
        .connect()
        .await?;
    let mut client = ChatServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
    let mut request = Request::new(CreateChatCompletionRequest {
        model: Some(env::var("MODEL").unwrap_or("gpt-4o-mini".into())),
        messages: vec![user(question)],
        ..Default::default()
    });
    request.set_timeout(Duration::from_secs(120));
    let metadata = request.metadata_mut();
    metadata.insert("openai-grpc-contract", CONTRACT_REVISION.into());
    if let Ok(key) = env::var("OPENAI_GRPC_API_KEY") {
        metadata.insert("authorization", format!("Bearer {key}").parse()?);
    }
    // Dropping the stream cancels the call, and the request upstream.
    let mut stream = client.stream_chat_completion(request).await?.into_inner();
    let mut out = io::stdout();
    while let Some(chunk) = stream.message().await? {
        for choice in chunk.choices {
            let text = choice.delta.and_then(|delta| delta.content);
            out.write_all(text.unwrap_or_default().as_bytes())?;
        }
        out.flush()?;
    }
    writeln!(out)?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let question = env::args().skip(1).collect::<Vec<_>>().join(" ");
    let Err(error) = chat(question).await else {
        return ExitCode::SUCCESS;
    };
    match error.downcast_ref::<Status>() {
        Some(status) => eprintln!("{:?}: {}", status.code(), status.message()),
        None => eprintln!("{error:?}"),
    }
    ExitCode::FAILURE
}
