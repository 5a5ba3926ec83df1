// Code generated from the contract. DO NOT EDIT.

package openaigrpcv1

// ContractRevision is the revision of the contract that this code is generated from: clients send it as
// openai-grpc-contract.
const ContractRevision = 2
