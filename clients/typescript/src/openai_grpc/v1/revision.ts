// Generated: do not edit.

/** The revision of the contract that this code is generated from: clients send it as `openai-grpc-contract`. */
export const contractRevision = 2;
