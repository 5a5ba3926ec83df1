/** Addresses of gateways. */

/** Where a client looks for a gateway if neither an argument nor `OPENAI_GRPC_ADDRESS` says. */
export const defaultAddress = "localhost:50051";

const defaultPort = 50051;

/**
 * Reads the addresses of one or more gateways.
 *
 * @param address `host`, `host:port` or `[IPv6]:port`; several in a list, or separated by commas. Without one,
 *   `OPENAI_GRPC_ADDRESS`, or else `localhost:50051`. The port is 50051 where none is given.
 * @returns `host:port` of each, without repetitions.
 * @throws TypeError An address has a scheme or a path, or is otherwise invalid.
 */
export function parseAddresses(address: string | readonly string[] | undefined): string[] {
  const given = address ?? (process.env["OPENAI_GRPC_ADDRESS"] || defaultAddress);
  const texts = (typeof given === "string" ? [given] : given).flatMap((each) => each.split(","));
  const found = new Set(texts.map((text) => text.trim()).filter(Boolean).map(parseAddress));
  if (found.size === 0) {
    throw new TypeError("no address of a gateway: give one such as localhost:50051");
  }
  return [...found];
}

function parseAddress(text: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    const tls = scheme === "https" ? ", and set the option tls" : "";
    throw new TypeError(`invalid address ${text}: leave out ${scheme}://${tls}, as in localhost:50051`);
  }
  if (/[/?#@\s\\]/.test(text)) {
    throw new TypeError(`invalid address ${text}: must be host:port, such as localhost:50051`);
  }
  const [, bracketed, named, port] = /^(?:\[([0-9a-f:.%]+)\]|([^:[\]]+))(?::(\d+))?$/i.exec(text) ?? [];
  const bare = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? text : undefined; // IPv6 without a port
  const host = named ?? `[${bracketed ?? bare ?? ""}]`;
  if (host === "[]") {
    throw new TypeError(`invalid address ${text}: must be host:port, such as localhost:50051`);
  }
  const number = port === undefined ? defaultPort : Number(port);
  if (number < 1 || number > 65535) {
    throw new TypeError(`invalid port ${number} in ${text}: must be 1 to 65535`);
  }
  return `${host}:${number}`;
}
