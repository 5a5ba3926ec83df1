/** A JSON reader and writer that change no number and no string. */

/** JSON that can't be read as a message, or a message that has no JSON. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  /** Where, in Protobuf's field names: `messages[2].content`. Empty for the whole value. */
  readonly path: string;
  /** What is wrong there. It quotes names of fields, never values. */
  readonly reason: string;

  constructor(reason: string, path = "") {
    super(path ? `${path}: ${reason}` : reason);
    this.reason = reason;
    this.path = path;
  }

  /** Returns the same error, seen from the message around it. */
  below(step: string): CodecError {
    const dot = this.path && !this.path.startsWith("[") ? "." : "";
    return new CodecError(this.reason, `${step}${dot}${this.path}`);
  }
}

/** A JSON number that neither a 64-bit integer nor a double holds. */
export class RawNumber {
  /** The number as it was written. */
  constructor(readonly token: string) {}
}

/** A JSON value. Integers beyond 2^53 are `bigint`; lone surrogates in strings are kept. */
export type Json = null | boolean | number | bigint | string | RawNumber | Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [key: string]: Json;
}

/** Tells whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RawNumber);
}

// A number of at most 15 digits with an exponent of at most two survives a double. What may not is read by `Reader`.
const suspect = /[0-9.]{16}|[0-9][eE][-+]?[0-9]{3}/;
const suspectInVector = /(?<![0-9.])[0-9]{16,}(?![0-9.eE])|[0-9]{300}|[0-9][eE][-+]?[0-9]{3}/;

/**
 * Reads JSON text exactly.
 *
 * @param text The text.
 * @param rounded Whether fractions that a double does not hold are rounded to it, as in vectors.
 * @throws CodecError It is not JSON, or nested too deeply.
 */
export function parseJson(text: string, rounded = false): Json {
  if (hasLoneSurrogate(text)) {
    throw new CodecError("not UTF-8");
  }
  if ((rounded ? suspectInVector : suspect).test(text)) {
    return new Reader(text, rounded).read();
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new CodecError(`not JSON: ${error instanceof SyntaxError ? describe(error) : "unreadable"}`);
  }
}

/** Writes a JSON value as compact text. */
export function writeJson(value: Json): string {
  if (typeof value === "bigint") {
    return value.toString();
  }
  if (value instanceof RawNumber) {
    return value.token;
  }
  if (Array.isArray(value)) {
    return `[${value.map(writeJson).join()}]`;
  }
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`)
      .join()}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new CodecError("JSON has no such number");
  }
  return JSON.stringify(value);
}

/** Tells whether a string has half of a surrogate pair alone, which UTF-8, and so Protobuf, can't hold. */
export function hasLoneSurrogate(text: string): boolean {
  return !(text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** Sets a key of an object, also one that JavaScript takes for the prototype. */
export function setKey<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/** The message of a syntax error without the text around it, which may be the user's. */
function describe(error: SyntaxError): string {
  const place = /at position \d+( \(line \d+ column \d+\))?/.exec(error.message);
  return place ? `unexpected text ${place[0]}` : "unexpected end or text";
}

const numberToken = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const space = /[ \t\n\r]*/y;
const bounds = { least: -(2n ** 63n), most: 2n ** 64n - 1n };

class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly rounded: boolean,
  ) {}

  read(): Json {
    const value = this.value();
    this.skip();
    if (this.at < this.text.length) {
      this.fail();
    }
    return value;
  }

  private value(): Json {
    this.skip();
    switch (this.text[this.at]) {
      case "{":
        return this.object();
      case "[":
        return this.array();
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(): JsonObject {
    const object: JsonObject = {};
    this.at++;
    if (this.next("}")) {
      return object;
    }
    do {
      this.skip();
      const key = this.string();
      if (!this.next(":")) {
        this.fail();
      }
      setKey(object, key, this.value());
    } while (this.next(","));
    return this.next("}") ? object : this.fail();
  }

  private array(): Json[] {
    const array: Json[] = [];
    this.at++;
    if (this.next("]")) {
      return array;
    }
    do {
      array.push(this.value());
    } while (this.next(","));
    return this.next("]") ? array : this.fail();
  }

  private string(): string {
    // Long strings are searched, as the engine's stack bounds what one match of an alternative can repeat.
    let end = this.at + 1;
    if (this.text[this.at] !== '"') {
      this.fail();
    }
    for (;;) {
      end = this.text.indexOf('"', end);
      if (end < 0) {
        this.fail();
      }
      let slashes = 0;
      while (this.text[end - 1 - slashes] === "\\") {
        slashes++;
      }
      if (slashes % 2 === 0) {
        break;
      }
      end++;
    }
    const token = this.text.slice(this.at, end + 1);
    try {
      const value = JSON.parse(token) as string;
      this.at = end + 1;
      return value;
    } catch {
      return this.fail();
    }
  }

  private number(): Json {
    numberToken.lastIndex = this.at;
    const found = numberToken.exec(this.text);
    if (!found) {
      return this.fail();
    }
    this.at = numberToken.lastIndex;
    const [token, fraction, exponent] = found;
    const value = Number(token);
    if (fraction === undefined && exponent === undefined) {
      if (Number.isSafeInteger(value)) {
        return value;
      }
      if (token.length > 20) {
        return new RawNumber(token);
      }
      const whole = BigInt(token);
      return whole >= bounds.least && whole <= bounds.most ? whole : new RawNumber(token);
    }
    const same = Number.isFinite(value) && (this.rounded || decimal(token) === decimal(String(value)));
    return same ? value : new RawNumber(token);
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) {
      this.fail();
    }
    this.at += word.length;
    return value;
  }

  private next(character: string): boolean {
    this.skip();
    if (this.text[this.at] !== character) {
      return false;
    }
    this.at++;
    return true;
  }

  private skip(): void {
    space.lastIndex = this.at;
    space.exec(this.text);
    this.at = space.lastIndex;
  }

  private fail(): never {
    throw new CodecError(`not JSON: unexpected text at position ${this.at}`);
  }
}

/** Returns one text for all numbers that are the same as decimals. */
function decimal(token: string): string {
  const [mantissa = "", exponent = "0"] = token.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  if (trimmed === "") {
    return "0";
  }
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - trimmed.length);
  return `${mantissa.startsWith("-") ? "-" : ""}${trimmed}e${power}`;
}
