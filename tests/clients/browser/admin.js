/** Uses the admin page of a gateway in a headless Chromium, and prints what it showed as JSON. */
import chromium from "@sparticuz/chromium";
import { launch } from "puppeteer-core";

const [url, key] = process.argv.slice(2);
const args = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"];
const browser = await launch({ args, executablePath: await chromium.executablePath(), headless: "shell" });
const shown = { origins: new Set(), errors: [], widths: [] };
try {
  const page = await browser.newPage();
  page.on("console", (message) => message.type() === "error" && shown.errors.push(message.text()));
  page.on("pageerror", (error) => shown.errors.push(error.message));
  page.on("request", (request) => !request.url().startsWith("data:") && shown.origins.add(new URL(request.url()).origin));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(url);
  const until = (test, ...values) => page.waitForFunction(test, { timeout: 20_000 }, ...values);
  const state = (expected) => until((name) => document.getElementById("state").textContent === name, expected);
  const width = async () => shown.widths.push(await page.evaluate(() => document.documentElement.scrollWidth));

  await state("no answer");
  shown.asked = await page.$eval("#notice", (node) => node.textContent);
  shown.refused = shown.errors.splice(0).every((text) => text.includes("401"));
  await page.type("#key", key);
  await state("serving");
  shown.errors.length = 0;
  // A rate needs two readings.
  await until(() => document.querySelector("#rate-chart path") !== null);
  shown.seen = await page.evaluate(() => {
    const rows = (id) => [...document.querySelectorAll(`#${id} tr`)].map((row) => [...row.cells].map((cell) => cell.textContent));
    const text = (id) => document.getElementById(id).textContent;
    return {
      calls: rows("calls"),
      deployments: rows("deployments"),
      failures: rows("failures"),
      connections: rows("connections"),
      totals: Object.fromEntries(["calls", "errors", "tokens", "cost"].map((name) => [name, text(`total-${name}`)])),
      paths: [...document.querySelectorAll("svg path")].map((path) => path.getAttribute("d")),
      labels: [...document.querySelectorAll("svg")].map((chart) => chart.getAttribute("aria-label")),
      level: document.getElementById("level").value,
      workers: getComputedStyle(document.querySelector("th.process")).display,
    };
  });
  await width();
  await page.setViewport({ width: 360, height: 640 });
  await width();
  await page.setViewport({ width: 1280, height: 900 });

  await page.select("#level", "error");
  await until(() => document.getElementById("level").value === "error");
  await page.click("#drain");
  await state("draining");
  shown.draining = await (await fetch(`${url}readyz`)).status;
  await page.click("#undrain");
  await state("serving");
  shown.serving = await (await fetch(`${url}readyz`)).status;

  const controls = [];
  const collect = ({ role, name, children = [] }) => {
    if (["textbox", "combobox", "button", "columnheader", "img"].includes(role)) {
      controls.push({ role, name });
    }
    children.forEach(collect);
  };
  collect(await page.accessibility.snapshot({ interestingOnly: false }));
  shown.controls = controls;
  shown.markup = await page.content();
  shown.stored = await page.evaluate(() => ({ local: localStorage.length, session: sessionStorage.length, cookie: document.cookie }));
  console.log(JSON.stringify({ ...shown, origins: [...shown.origins] }));
} finally {
  await browser.close();
}
