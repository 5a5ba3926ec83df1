// Generated: do not edit.
package io.github.openai_grpc;

/** The revision of the contract that this library is generated from: clients send it as openai-grpc-contract. */
public final class ContractRevision {
  /** The revision, from 1 on. */
  public static final int VALUE = 2;

  private ContractRevision() {}
}
