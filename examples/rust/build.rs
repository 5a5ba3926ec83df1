//! Generates the client from the descriptor set of a release, `openai_grpc.binpb` or `OPENAI_GRPC_DESCRIPTORS`.
use std::{env, error::Error, fs};

use prost::Message;
use prost_types::FileDescriptorSet;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=OPENAI_GRPC_DESCRIPTORS");
    let path = env::var("OPENAI_GRPC_DESCRIPTORS").unwrap_or("openai_grpc.binpb".into());
    println!("cargo::rerun-if-changed={path}");
    let bytes = fs::read(&path).map_err(|error| format!("can't read {path}: {error}"))?;
    let descriptors = FileDescriptorSet::decode(&*bytes)?;
    tonic_prost_build::configure()
        .build_server(false)
        // Its constructor `connect` has the name of the RPC `Connect`: the channel is made by `Endpoint`.
        .build_transport(false)
        .compile_fds(descriptors)?;
    Ok(())
}
