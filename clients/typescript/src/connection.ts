/** Connections to one or more gateways, and the transport over them. */
import { readFileSync } from "node:fs";
import type { Http2Session, SecureClientSessionOptions } from "node:http2";
import { isIP } from "node:net";

import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { Http2SessionManager } from "@connectrpc/connect-node";

import { notConnected } from "./errors.js";
import { grpcTransport } from "./grpc.js";
import { maxMessageBytes, transportOptions } from "./transport.js";

/** TLS to a gateway. Each of `ca`, `cert` and `key` is PEM text, its bytes, or the path of a file. */
export interface TlsOptions {
  /** Certificates of the authorities to trust. Default: those of Node. */
  readonly ca?: string | Uint8Array;
  /** The client's certificate, where the gateway asks for one. */
  readonly cert?: string | Uint8Array;
  /** The private key of `cert`. */
  readonly key?: string | Uint8Array;
  /** The name that the gateway's certificate must have. Default: the host of the address. */
  readonly serverName?: string;
}

/** Settings of the connections. */
export interface ConnectionOptions {
  /** TLS; `true` with Node's authorities. Default: plaintext, or as `OPENAI_GRPC_TLS` and its relatives say. */
  readonly tls?: boolean | TlsOptions;
  /** Largest message in either direction, in bytes. Default: 64 MiB, the gateway's own limit. */
  readonly maxMessageBytes?: number;
  /** A ping after so many milliseconds of silence, while a call is active. Default: 30,000. */
  readonly keepaliveMs?: number;
  /** A connection that leaves a ping unanswered for so many milliseconds is given up. Default: 20,000. */
  readonly keepaliveTimeoutMs?: number;
  /** How long to wait for a connection, in milliseconds, before the next address. Default: 10,000. */
  readonly connectTimeoutMs?: number;
}

const firstCooldown = 1000; // milliseconds; it doubles with each failure
const longestCooldown = 60_000;

interface Target {
  readonly address: string;
  readonly manager: SessionManager;
  failures: number;
  /** When it is tried again before others, as `performance.now()`. */
  retryAt: number;
}

/**
 * Connections that keep the process alive only while a call needs them. For Node, and so for the class below this one,
 * a stream lasts until all that came of it is read, also where its call has ended or is cancelled.
 */
class SessionManager extends Http2SessionManager {
  private readonly active = new WeakMap<Http2Session, number>();

  override async request(...call: Parameters<Http2SessionManager["request"]>) {
    const stream = await super.request(...call);
    const close = stream.close.bind(stream);
    stream.close = (code, callback) => {
      close(code, callback);
      stream.destroy();
    };
    const { session } = stream;
    if (session) {
      this.count(session, 1);
      const settle = () => {
        stream.off("trailers", settle).off("close", settle);
        this.count(session, -1);
      };
      stream.on("trailers", settle).on("close", settle);
    }
    return stream;
  }

  private count(session: Http2Session, change: 1 | -1): void {
    const active = (this.active.get(session) ?? 0) + change;
    this.active.set(session, active);
    if (active === 0) {
      session.unref();
    } else if (change === 1) {
      session.ref();
    }
  }
}

/** Connections to several gateways, in turn; one that can't be reached is left out for a while. */
export class Pool {
  /** Carries calls over the connections. */
  readonly transport: Transport;
  private readonly targets: readonly Target[];
  private readonly connectTimeoutMs: number;
  private turn = 0;
  private closed = false;

  /**
   * @param addresses `host:port` of each gateway.
   * @param options The settings of each connection.
   * @param interceptors The outermost first.
   * @throws TypeError A file of a certificate or key can't be read, or options contradict each other.
   */
  constructor(addresses: readonly string[], options: ConnectionOptions, interceptors: readonly Interceptor[]) {
    const tls = tlsOptions(options.tls);
    this.connectTimeoutMs = options.connectTimeoutMs ?? 10_000;
    const pings = {
      pingIntervalMs: options.keepaliveMs ?? transportOptions.pingIntervalMs,
      pingTimeoutMs: options.keepaliveTimeoutMs ?? transportOptions.pingTimeoutMs,
      pingIdleConnection: false,
    };
    const scheme = tls ? "https" : "http";
    this.targets = addresses.map((address) => {
      const manager = new SessionManager(`${scheme}://${address}`, pings, tls);
      return { address, manager, failures: 0, retryAt: 0 };
    });
    this.transport = grpcTransport({
      baseUrl: `${scheme}://${addresses[0] ?? ""}`,
      maxMessageBytes: options.maxMessageBytes ?? maxMessageBytes,
      interceptors: [...interceptors],
      connect: (signal) => this.ready(signal),
    });
  }

  /** Closes all connections: calls that are active end, and later ones fail. */
  close(): void {
    this.closed = true;
    for (const { manager } of this.targets) {
      manager.abort(new ConnectError("the client was closed", Code.Canceled));
    }
  }

  /** Returns the connection to a gateway, once it is open. */
  private async ready(signal: AbortSignal): Promise<SessionManager> {
    if (this.closed) {
      throw new ConnectError("the client is closed: make another one", Code.FailedPrecondition);
    }
    const now = performance.now();
    const turn = this.turn++ % this.targets.length;
    const ordered = [...this.targets.slice(turn), ...this.targets.slice(0, turn)];
    const failed: string[] = [];
    for (const target of [
      ...ordered.filter(({ retryAt }) => retryAt <= now),
      ...ordered.filter(({ retryAt }) => retryAt > now),
    ]) {
      if (await this.connected(target, signal)) {
        target.failures = target.retryAt = 0;
        return target.manager;
      }
      target.failures++;
      target.retryAt = performance.now() + Math.min(longestCooldown, firstCooldown * 2 ** (target.failures - 1));
      failed.push(`${target.address}: ${reasonOf(target.manager.error())}`);
    }
    throw notConnected(`no gateway can be reached (${failed.join("; ")})`);
  }

  private async connected({ address, manager }: Target, signal: AbortSignal): Promise<boolean> {
    const state = manager.state();
    if (state === "open" || state === "idle") {
      return (await manager.connect()) !== "error"; // which pings a connection that was long silent
    }
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      };
      const onAbort = () => {
        settle();
        reject(ConnectError.from(signal.reason, Code.Canceled));
      };
      const timer = setTimeout(() => {
        manager.abort(new ConnectError(`no connection to ${address} in time`, Code.Unavailable));
      }, this.connectTimeoutMs);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) {
        onAbort();
      }
      void manager.connect().then((reached) => {
        settle();
        resolve(reached !== "error");
      });
    });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? ConnectError.from(error).rawMessage : "not connected";
}

function tlsOptions(given: boolean | TlsOptions | undefined): SecureClientSessionOptions | undefined {
  const options = given ?? tlsFromEnvironment();
  if (options === false) {
    return undefined;
  }
  const { ca, cert, key, serverName }: TlsOptions = options === true ? {} : options;
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError(`the option tls.${cert === undefined ? "cert" : "key"} is missing: give both cert and key`);
  }
  return {
    ...(ca !== undefined && { ca: pem("ca", ca) }),
    ...(cert !== undefined && { cert: pem("cert", cert) }),
    ...(key !== undefined && { key: pem("key", key) }),
    ...(serverName !== undefined && !isIP(serverName) && { servername: serverName }),
  };
}

function tlsFromEnvironment(): boolean | TlsOptions {
  const variable = (name: string) => process.env[`OPENAI_GRPC_${name}`] || undefined;
  const [ca, cert, key, serverName] = ["CA_FILE", "CERT_FILE", "KEY_FILE", "SERVER_NAME"].map(variable);
  const asked = variable("TLS");
  if (asked !== undefined && !/^(0|1|true|false|yes|no|on|off)$/i.test(asked)) {
    throw new TypeError(`invalid OPENAI_GRPC_TLS ${asked}: must be 1 or 0`);
  }
  if (asked === undefined ? ca === undefined && cert === undefined : /^(0|false|no|off)$/i.test(asked)) {
    return false;
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { serverName }),
  };
}

function pem(name: string, given: string | Uint8Array): string | Buffer {
  if (typeof given !== "string") {
    return Buffer.from(given);
  }
  if (given.includes("-----BEGIN")) {
    return given;
  }
  try {
    return readFileSync(given);
  } catch (error) {
    throw new TypeError(`the file of the option tls.${name} can't be read: ${(error as Error).message}`, { cause: error });
  }
}
