/** Page of the admin port: reads what the port serves once a second, and draws it. */

const SECOND = 1000;
const KEPT = 120; // samples of a chart: two minutes
const WIDTH = 240;
const HEIGHT = 60;
const MOST_ROWS = 200;
const SVG = "http://www.w3.org/2000/svg";

const at = (id) => document.getElementById(id);
const key = () => at("key").value;

/** Requests a path of this port; the key goes into the header only. */
async function ask(path, options = {}) {
  const headers = { ...(key() ? { authorization: `Bearer ${key()}` } : {}), ...options.headers };
  const response = await fetch(path, { ...options, headers, cache: "no-store", credentials: "omit" });
  if (!response.ok) {
    const told = await response.json().catch(() => ({}));
    throw new Error(told.error?.message ?? `HTTP ${response.status}`);
  }
  return response;
}

const read = async (path) => (await ask(path)).json();

async function change(path, value) {
  const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
  try {
    show(await (await ask(path, options)).json());
    tell("");
  } catch (error) {
    tell(error.message);
  }
}

function tell(text) {
  at("notice").textContent = text;
  at("notice").hidden = !text;
}

const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** Returns the samples of a page of metrics, by name. */
export function samples(page) {
  const found = new Map();
  for (const line of page.split("\n")) {
    const match = SAMPLE.exec(line);
    if (match === null) {
      continue;
    }
    const [, name, labels = "", value] = match;
    const plain = (text) => text.replace(/\\[n"\\]/g, (escaped) => ESCAPES[escaped]);
    const pairs = [...labels.matchAll(LABEL)].map(([, label, text]) => [label, plain(text)]);
    found.set(name, [...(found.get(name) ?? []), { ...Object.fromEntries(pairs), value: Number(value) }]);
  }
  return found;
}

const sum = (values) => values.reduce((total, { value }) => total + value, 0);

function totals(found) {
  const of = (name) => found.get(`openai_grpc_${name}`) ?? [];
  const ended = of("calls_total");
  return {
    calls: sum(ended),
    errors: sum(ended.filter(({ status }) => status !== "OK")),
    tokens: sum(of("tokens_total")) + sum(of("estimated_tokens_total")),
    cost: sum(of("cost_dollars_total")),
  };
}

const history = { calls: [], rate: [], errors: [], tokens: [], cost: [] };
let before;

function add(name, value) {
  const kept = history[name];
  kept.push(Math.max(0, value));
  kept.splice(0, kept.length - KEPT);
  at(`${name}-now`).textContent = number(value);
  draw(at(`${name}-chart`), kept);
}

function draw(chart, values) {
  const top = Math.max(...values) || 1;
  const x = (index) => WIDTH - ((values.length - 1 - index) * WIDTH) / (KEPT - 1);
  const y = (value) => HEIGHT - 2 - (value / top) * (HEIGHT - 6);
  const points = values.map((value, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`);
  const path = chart.querySelector("path") ?? chart.appendChild(document.createElementNS(SVG, "path"));
  path.setAttribute("d", `M${x(0).toFixed(1)} ${HEIGHT} L${points.join(" L")} L${WIDTH} ${HEIGHT} Z`);
  chart.setAttribute("aria-label", `${chart.getAttribute("aria-label").split(":")[0]}: ${number(values.at(-1))}, at most ${number(top)}`);
}

const number = (value) => (value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : value.toPrecision(2));
const time = (seconds) => (seconds === null ? "–" : seconds < 60 ? `${seconds.toFixed(seconds < 10 ? 2 : 0)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`);
const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`);

/** Fills the body of a table. A cell is a text, or a text and its class. */
function fill(id, rows, none) {
  const made = rows.slice(0, MOST_ROWS).map((cells) => {
    const row = document.createElement("tr");
    for (const cell of cells) {
      const [text, kind] = Array.isArray(cell) ? cell : [cell, ""];
      const made = row.insertCell();
      made.textContent = text ?? "–";
      made.className = kind;
    }
    return row;
  });
  if (made.length === 0) {
    const row = document.createElement("tr");
    const cell = row.insertCell();
    cell.colSpan = 9;
    cell.className = "none";
    cell.textContent = none;
    made.push(row);
  }
  at(id).replaceChildren(...made);
}

function show(state) {
  const badge = at("state");
  badge.textContent = state.draining ? "draining" : state.ready ? "serving" : "starting";
  badge.className = state.ready ? "badge" : "badge bad";
  at("facts").textContent = `version ${state.version}, for ${time(state.uptime_seconds)}${state.workers ? `, ${state.workers} workers` : ""}`;
  document.body.classList.toggle("single", !state.workers);
  at("drain").disabled = state.draining;
  at("undrain").disabled = !state.draining;
  if (document.activeElement !== at("level")) {
    at("level").value = state.log_level;
  }
}

function showDeployments(deployments, ended) {
  const count = (name, failed) => sum(ended.filter((each) => each.deployment === name && (!failed || each.status !== "OK")));
  const state = (each) => (each.cooldown_seconds > 0 ? [`cooled down, ${time(each.cooldown_seconds)}`, "bad"] : each.usable ? "in use" : ["being probed", "bad"]);
  const rows = deployments.map((each) => [
    [each.worker ?? "", "process"], each.model ?? "any", each.name, state(each), each.in_flight,
    time(each.latency_seconds.stream), time(each.latency_seconds.unary), number(count(each.name, false)), number(count(each.name, true)),
  ]);
  fill("deployments", rows, "none");
}

function showFailures(ended) {
  const failed = ended.filter(({ status, value }) => status !== "OK" && value > 0).sort((one, other) => other.value - one.value);
  fill("failures", failed.map((each) => [each.status, each.reason, each.model, each.deployment, number(each.value)]), "none");
}

function showCalls(calls) {
  at("calls-count").textContent = calls.length > MOST_ROWS ? `(${MOST_ROWS} of ${calls.length})` : "";
  const rows = calls.map((each) => [
    [each.worker ?? "", "process"], each.id, each.method, each.caller, each.model, each.deployment,
    time(each.age_seconds), each.messages_sent, size(each.bytes_received + each.bytes_sent),
  ]);
  fill("calls", rows, "none");
}

function showConnections(connections) {
  at("connections-count").textContent = connections.length > MOST_ROWS ? `(${MOST_ROWS} of ${connections.length})` : "";
  const rows = connections.map((each) => [[each.worker ?? "", "process"], each.peer, each.protocol, time(each.age_seconds), each.calls]);
  fill("connections", rows, "none");
}

async function refresh() {
  const [state, calls, connections, deployments, page] = await Promise.all([
    read("state"), read("calls"), read("connections"), read("deployments"), ask("metrics").then((response) => response.text()),
  ]);
  const found = samples(page);
  const ended = found.get("openai_grpc_calls_total") ?? [];
  const now = { ...totals(found), when: performance.now() };
  show(state);
  showCalls(calls.calls);
  showConnections(connections.connections);
  showDeployments(deployments.deployments, ended);
  showFailures(ended);
  add("calls", calls.calls.length);
  if (before) {
    const seconds = (now.when - before.when) / SECOND;
    const rate = (name) => (now[name] - before[name]) / seconds;
    add("rate", rate("calls"));
    add("errors", rate("errors"));
    add("tokens", rate("tokens"));
    add("cost", rate("cost") * 3600);
  }
  before = now;
  at("total-calls").textContent = number(now.calls);
  at("total-errors").textContent = number(now.errors);
  at("total-tokens").textContent = number(now.tokens);
  at("total-cost").textContent = `$${now.cost.toFixed(now.cost < 1 ? 4 : 2)}`;
}

async function run() {
  try {
    await refresh();
    tell("");
  } catch (error) {
    at("state").textContent = "no answer";
    at("state").className = "badge bad";
    tell(error.message);
  }
  setTimeout(run, SECOND);
}

at("settings").addEventListener("submit", (event) => event.preventDefault());
at("drain").addEventListener("click", () => change("drain", {}));
at("undrain").addEventListener("click", () => change("undrain", {}));
at("level").addEventListener("change", () => change("log-level", { level: at("level").value }));
run();
