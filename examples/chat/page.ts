/**
 * A chat and request inspector: a web page on the generated client, which calls the gateway by gRPC-Web.
 *
 * `send` makes a call and keeps all of it as a `Call`, `show` puts a call into the inspector. The rest is the form.
 */
import { create, createRegistry, fromBinary, toJson } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { errorInfo, file_google_rpc_error_details, retryDelay, sendContract, toOpenAIJson } from "openai-grpc";
import {
  type ChatCompletion,
  type ChatCompletionChunk,
  ChatService,
  type CreateChatCompletionRequest,
  CreateChatCompletionRequestSchema,
  ModelsService,
} from "openai-grpc/v1";

/** A message of the conversation. */
interface Turn {
  readonly role: "user" | "assistant";
  text: string;
}

/** A call and what came of it. Times are milliseconds since its start. */
interface Call {
  readonly request: CreateChatCompletionRequest;
  readonly began: number;
  readonly events: { readonly at: number; readonly text: string; readonly json: string }[];
  sent: Headers | undefined;
  header: Headers | undefined;
  trailer: Headers | undefined;
  first: number | undefined;
  ended: number | undefined;
  /** The gRPC status, such as `RESOURCE_EXHAUSTED`; undefined while the call runs. */
  status: string | undefined;
  error: ConnectError | undefined;
  reply: ChatCompletion | undefined;
  usage: ChatCompletionChunk["usage"];
}

const other = "";
const shownEvents = 1000;
// The list of models does not say which of them chat.
const otherKinds = /whisper|transcri|tts|audio|embed|image|dall-e|sora|moderation|realtime|rerank|guard/i;
const path = `${ChatService.typeName}/${ChatService.method.streamChatCompletion.name}`;
const details = createRegistry(file_google_rpc_error_details);
// The page is at `chat` beside the calls, wherever a proxy has put the gateway.
const baseUrl = new URL(".", location.href).href.replace(/\/$/, "");
const keyHeader = document.querySelector<HTMLMetaElement>("meta[name=key-header]")?.content ?? "authorization";

const on = {
  model: element("model", HTMLSelectElement),
  otherField: element("other-field", HTMLElement),
  other: element("other", HTMLInputElement),
  key: element("key", HTMLInputElement),
  system: element("system", HTMLTextAreaElement),
  temperature: element("temperature", HTMLInputElement),
  limit: element("limit", HTMLInputElement),
  notice: element("notice", HTMLElement),
  messages: element("messages", HTMLElement),
  empty: element("empty", HTMLElement),
  composer: element("composer", HTMLFormElement),
  prompt: element("prompt", HTMLTextAreaElement),
  send: element("send", HTMLButtonElement),
  stop: element("stop", HTMLButtonElement),
  status: element("status", HTMLElement),
  timeline: element("timeline", SVGElement),
  ticks: element("ticks", SVGElement),
};
const tabs = [...document.querySelectorAll<HTMLButtonElement>("[role=tab]")];

let turns: Turn[] = [];
let running: AbortController | undefined;
let shown: Call | undefined;
let isDrawn = true;

function element<T extends Element>(id: string, type: abstract new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) {
    throw new TypeError(`the page has no ${id}`);
  }
  return found;
}

function made<K extends keyof HTMLElementTagNameMap>(name: K, className: string, ...children: (Node | string)[]) {
  const node = document.createElement(name);
  node.className = className;
  node.append(...children);
  return node;
}

// ---- calls

/** Returns a transport that sends the key, and tells the headers of a call. */
function transport(tell?: (sent: Headers) => void) {
  const withKey: Interceptor = (next) => (request) => {
    const key = on.key.value.trim();
    if (key) {
      request.header.set(keyHeader, keyHeader.toLowerCase() === "authorization" ? `Bearer ${key}` : key);
    }
    tell?.(new Headers(request.header));
    return next(request);
  };
  return createGrpcWebTransport({ baseUrl, interceptors: [sendContract, withKey] });
}

function chosenModel(): string {
  return on.model.value === other ? on.other.value.trim() : on.model.value;
}

function number(input: HTMLInputElement): number | undefined {
  return Number.isFinite(input.valueAsNumber) ? input.valueAsNumber : undefined;
}

function request(): CreateChatCompletionRequest {
  const messages = turns.map(({ role, text }) =>
    role === "user"
      ? { kind: { case: role, value: { content: { kind: { case: "text" as const, value: text } } } } }
      : { kind: { case: role, value: { content: text } } },
  );
  const system = on.system.value.trim();
  const instructions = { content: { kind: { case: "text" as const, value: system } } };
  const temperature = number(on.temperature);
  const limit = number(on.limit);
  const model = chosenModel();
  return create(CreateChatCompletionRequestSchema, {
    messages: [...(system ? [{ kind: { case: "system" as const, value: instructions } }] : []), ...messages],
    streamOptions: { includeUsage: true },
    callOptions: { accumulate: true },
    ...(model ? { model } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    ...(limit === undefined ? {} : { maxCompletionTokens: Math.trunc(limit) }),
  });
}

/** Makes the call of the conversation so far; tells each piece of text. */
async function run(call: Call, signal: AbortSignal, tell: (text: string) => void): Promise<void> {
  const at = () => performance.now() - call.began;
  const client = createClient(ChatService, transport((sent) => (call.sent = sent)));
  try {
    const chunks = client.streamChatCompletion(call.request, {
      signal,
      onHeader: (header) => {
        call.header = header;
        facts(call);
      },
      onTrailer: (trailer) => (call.trailer = trailer),
    });
    for await (const chunk of chunks) {
      const { accumulated, ...rest } = chunk;
      call.reply = accumulated ?? call.reply;
      call.usage = rest.usage ?? call.usage;
      const delta = rest.choices.find(({ index }) => (index ?? 0) === 0)?.delta;
      const text = delta?.content ?? delta?.refusal ?? "";
      call.events.push({ at: at(), text, json: toOpenAIJson(rest) });
      if (text) {
        call.first ??= at();
        tell(text);
      }
      draw(call);
    }
    call.status = "OK";
  } catch (reason) {
    call.error = ConnectError.from(reason);
    call.status = statusName(call.error.code);
  }
  call.ended = at();
}

/** Returns gRPC's name of a status. */
function statusName(code: Code): string {
  return code === Code.Canceled ? "CANCELLED" : Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

// ---- conversation

async function send(): Promise<void> {
  const text = on.prompt.value.trim();
  if (!text || running) {
    return;
  }
  const controller = (running = new AbortController());
  on.prompt.value = "";
  on.empty.hidden = true;
  turns.push({ role: "user", text });
  message("user", "You").text.textContent = text;
  const call: Call = {
    request: request(),
    began: performance.now(),
    events: [],
    sent: undefined,
    header: undefined,
    trailer: undefined,
    first: undefined,
    ended: undefined,
    status: undefined,
    error: undefined,
    reply: undefined,
    usage: undefined,
  };
  const reply = message("assistant", call.request.model ?? "The gateway's model");
  const words = document.createTextNode("");
  reply.text.append(words);
  reply.article.classList.add("running");
  on.messages.ariaBusy = "true"; // a screen reader reads the reply when it is whole
  busy(true);
  show(call);
  await run(call, controller.signal, (piece) => {
    const follows = isAtEnd(on.messages);
    words.appendData(piece);
    if (follows) {
      on.messages.scrollTop = on.messages.scrollHeight;
    }
  });
  running = undefined;
  reply.article.classList.remove("running");
  on.messages.ariaBusy = "false";
  busy(false);
  if (on.messages.contains(reply.article)) {
    if (words.data) {
      turns.push({ role: "assistant", text: words.data });
    } else {
      turns.pop(); // a question without an answer is not asked again
    }
    finish(reply.article, call);
  }
  if (shown === call && call.error && !controller.signal.aborted) {
    select("tab-status");
  }
  facts(call);
}

function message(role: Turn["role"], name: string) {
  const text = made("div", "text");
  const article = made("article", `message ${role}`, made("h3", "", name), text);
  on.messages.append(article);
  on.messages.scrollTop = on.messages.scrollHeight;
  return { article, text };
}

/** Says below a reply how its call ended, with a button that shows it in the inspector. */
function finish(article: HTMLElement, call: Call): void {
  if (call.error && call.status !== "CANCELLED") {
    article.append(made("p", "failure", `${call.status ?? ""}: ${call.error.rawMessage}`));
  }
  const said = [
    call.status === "CANCELLED" ? "Stopped" : "",
    call.first === undefined ? "" : `${milliseconds(call.first)} to the first token`,
    call.ended === undefined ? "" : `${milliseconds(call.ended)} in all`,
    call.usage?.completionTokens === undefined ? "" : `${call.usage.completionTokens} tokens`,
  ];
  const inspect = made("button", "", "Inspect");
  inspect.type = "button";
  inspect.ariaPressed = "true";
  inspect.addEventListener("click", () => {
    show(call);
    press(inspect);
    view("inspector");
  });
  article.append(made("footer", "", inspect, said.filter(Boolean).join(", ")));
  press(inspect);
  on.messages.scrollTop = on.messages.scrollHeight;
}

function press(button: HTMLButtonElement): void {
  for (const each of on.messages.querySelectorAll("button")) {
    each.ariaPressed = String(each === button);
  }
}

function busy(isBusy: boolean): void {
  on.send.hidden = isBusy;
  on.stop.hidden = !isBusy;
  if (document.activeElement === document.body) {
    (isBusy ? on.stop : on.prompt).focus({ preventScroll: true }); // the button that had the focus is hidden
  }
}

function stop(): void {
  running?.abort(new DOMException("stopped on this page", "AbortError"));
}

function reset(): void {
  stop();
  turns = [];
  for (const each of on.messages.querySelectorAll(".message")) {
    each.remove();
  }
  on.empty.hidden = false;
  on.prompt.focus();
}

// ---- inspector

function milliseconds(value: number): string {
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(2)} s`;
}

/** Shows a call in the inspector. */
function show(call: Call): void {
  shown = call;
  fill("panel-events", "");
  facts(call);
}

/** Shows in the next frame what has come of a call. */
function draw(call: Call): void {
  if (shown === call && isDrawn) {
    isDrawn = false;
    requestAnimationFrame(() => {
      isDrawn = true;
      if (shown === call) {
        update(call);
      }
    });
  }
}

/** Shows what each event changes. */
function update(call: Call): void {
  const end = call.ended ?? performance.now() - call.began;
  const made = call.usage?.completionTokens;
  const span = call.first === undefined || made === undefined ? 0 : (end - call.first) / 1000;
  fill("status", call.status ?? "streaming");
  const kinds: Record<string, string> = { "": "active", OK: "ok", CANCELLED: "" };
  on.status.className = `badge ${kinds[call.status ?? ""] ?? "bad"}`;
  fill("count", call.events.length ? `(${call.events.length})` : "");
  fill("first", call.first === undefined ? "–" : milliseconds(call.first));
  fill("total", milliseconds(end));
  fill("tokens-in", String(call.usage?.promptTokens ?? "–"));
  fill("tokens-out", String(made ?? "–"));
  fill("rate", span > 0 && made !== undefined ? (made / span).toFixed(1) : "–");
  on.ticks.setAttribute("d", call.events.map(({ at }) => `M${((at / end) * 996 + 2).toFixed(1)} 0V20`).join(""));
  on.timeline.setAttribute("aria-label", `${call.events.length} events in ${milliseconds(end)}`);
  addEvents(call);
}

/** Shows all of a call, if it is the one that is shown. */
function facts(call: Call): void {
  if (shown !== call) {
    return;
  }
  update(call);
  fill("method", path);
  panel("panel-request", [heading("OpenAI's JSON"), code(toOpenAIJson(call.request))]);
  panel("panel-metadata", [
    ...pairs("Request", call.sent),
    ...pairs("Response, before the first message", call.header),
    ...pairs("Trailers", call.trailer ?? (call.header ? undefined : call.error?.metadata)),
  ]);
  panel("panel-reply", replyOf(call));
  panel("panel-status", statusOf(call));
}

function fill(id: string, text: string): void {
  const node = element(id, HTMLElement);
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function panel(id: string, children: Node[]): void {
  element(id, HTMLElement).replaceChildren(...children);
}

/** Adds the events that are not shown yet; of many the last ones stay. */
function addEvents(call: Call): void {
  const node = element("panel-events", HTMLElement);
  const list = node.querySelector("ol") ?? node.appendChild(made("ol", "events"));
  const last = Number(list.lastElementChild?.querySelector(".number")?.textContent ?? 0);
  const from = Math.max(last, call.events.length - shownEvents);
  const added = call.events.slice(from).map(({ at, text, json }, index) => {
    const time = made("time", "", `+${at.toFixed(1)} ms`);
    const body = made("div", "", ...(text ? [made("strong", "", JSON.stringify(text))] : []), made("span", "", json));
    return made("li", "", made("span", "number", String(from + index + 1)), time, body);
  });
  const follows = isAtEnd(node);
  list.append(...added);
  while (list.children.length > shownEvents) {
    list.firstElementChild?.remove();
  }
  if (follows && call.ended === undefined) {
    node.scrollTop = node.scrollHeight;
  }
}

/** Tells whether what is scrolled shows its end, where its reader wants to see what comes. */
function isAtEnd(node: HTMLElement): boolean {
  return node.scrollHeight - node.scrollTop - node.clientHeight < 40;
}

function replyOf(call: Call): Node[] {
  if (call.reply) {
    return [heading("All events together, as OpenAI's JSON"), code(toOpenAIJson(call.reply))];
  }
  const cut = call.events.length ? "The stream did not end: see its events." : "The call has no reply: see its status.";
  return [made("p", "note", call.status === undefined ? "Shown once the stream has ended." : cut)];
}

function statusOf(call: Call): Node[] {
  const { error } = call;
  const told: [string, string][] = [["status", call.status ?? "the call runs"]];
  if (!error) {
    return [list(told)];
  }
  const info = errorInfo(error);
  const delay = retryDelay(error);
  told.push(["message", error.rawMessage]);
  if (info) {
    told.push(["reason", info.reason]);
  }
  if (delay !== undefined) {
    told.push(["retry after", milliseconds(delay)]);
  }
  const nodes: Node[] = [list(told)];
  for (const detail of error.details) {
    if (!("type" in detail)) {
      continue; // one that this page would send
    }
    const schema = details.getMessage(detail.type);
    const text = schema
      ? JSON.stringify(toJson(schema, fromBinary(schema, detail.value), { registry: details }))
      : JSON.stringify([...detail.value]);
    nodes.push(heading(detail.type), code(text));
  }
  return nodes;
}

function heading(text: string): HTMLElement {
  return made("h3", "", text);
}

function code(json: string): HTMLElement {
  return made("pre", "", indented(json));
}

function list(given: Iterable<readonly [string, string]>): HTMLElement {
  return made("dl", "pairs", ...[...given].flatMap(([name, value]) => [made("dt", "", name), made("dd", "", value)]));
}

function pairs(title: string, headers: Headers | undefined): Node[] {
  const shownValue = (name: string, value: string) => (name === keyHeader.toLowerCase() ? "(the key)" : value);
  const found = [...(headers ?? [])].map(([name, value]) => [name, shownValue(name, value)] as const);
  return [heading(title), found.length ? list(found) : made("p", "note", "none")];
}

/** Indents compact JSON by its text: numbers stay as they are, however long. */
function indented(json: string): string {
  let depth = 0;
  const line = (by: number) => `\n${"  ".repeat((depth += by))}`;
  return json.replace(/"(?:[^"\\]|\\.)*"|\{\}|\[\]|[{[\]},:]/g, (token) => {
    switch (token) {
      case "{":
      case "[":
        return token + line(1);
      case "}":
      case "]":
        return line(-1) + token;
      case ",":
        return token + line(0);
      case ":":
        return ": ";
      default:
        return token;
    }
  });
}

function select(id: string): void {
  for (const tab of tabs) {
    const isSelected = tab.id === id;
    tab.ariaSelected = String(isSelected);
    tab.tabIndex = isSelected ? 0 : -1;
    element(tab.id.replace("tab", "panel"), HTMLElement).hidden = !isSelected;
  }
}

function view(name: "chat" | "inspector"): void {
  document.body.dataset["view"] = name;
  for (const each of ["chat", "inspector"]) {
    element(`view-${each}`, HTMLButtonElement).ariaPressed = String(each === name);
  }
}

// ---- models

async function listModels(): Promise<void> {
  const before = on.model.value;
  let names: string[] = [];
  let problem = "";
  try {
    const { data } = await createClient(ModelsService, transport()).listModels({});
    names = data.map(({ id }) => id ?? "").filter(Boolean);
  } catch (reason) {
    const error = ConnectError.from(reason);
    problem =
      error.code === Code.Unauthenticated
        ? "This gateway takes calls with a key: enter it above."
        : `The models could not be listed: ${error.rawMessage}`;
  }
  on.notice.hidden = !problem;
  on.notice.textContent = problem;
  on.model.replaceChildren(...names.map((name) => new Option(name, name)), new Option("Another model …", other));
  const usual = names.find((name) => !otherKinds.test(name)) ?? names[0] ?? other;
  on.model.value = names.includes(before) ? before : usual;
  on.otherField.hidden = on.model.value !== other;
}

// ---- form

on.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  void send();
});
on.prompt.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    void send();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    stop();
  }
});
on.stop.addEventListener("click", stop);
element("reset", HTMLButtonElement).addEventListener("click", reset);
element("settings", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
on.key.addEventListener("change", () => void listModels());
on.model.addEventListener("change", () => {
  on.otherField.hidden = on.model.value !== other;
  if (!on.otherField.hidden) {
    on.other.focus();
  }
});
for (const name of ["chat", "inspector"] as const) {
  element(`view-${name}`, HTMLButtonElement).addEventListener("click", () => view(name));
}
for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => select(tab.id));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -index, End: tabs.length - 1 - index }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = tabs[(index + step + tabs.length) % tabs.length];
      next?.focus();
      next?.click();
    }
  });
}
fill("origin", location.host);
void listModels();
