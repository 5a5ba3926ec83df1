/** Uses the chat page of a gateway in a headless Chromium, and prints what it showed as JSON. */
import chromium from "@sparticuz/chromium";
import { launch } from "puppeteer-core";

const [url, key] = process.argv.slice(2);
const args = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"];
const browser = await launch({ args, executablePath: await chromium.executablePath(), headless: "shell" });
const shown = { origins: new Set(), errors: [], widths: [], tabs: [] };
try {
  const page = await browser.newPage();
  page.on("console", (message) => message.type() === "error" && shown.errors.push(message.text()));
  page.on("pageerror", (error) => shown.errors.push(error.message));
  page.on("request", (request) => !request.url().startsWith("data:") && shown.origins.add(new URL(request.url()).origin));
  await page.setViewport({ width: 1280, height: 800 });
  await page.goto(url);

  const text = (selector) => page.$eval(selector, (node) => node.textContent.trim());
  const until = (test, ...values) => page.waitForFunction(test, { timeout: 20_000 }, ...values);
  const focused = () => page.evaluate(() => document.activeElement.id);
  const status = (expected) => until((name) => document.getElementById("status").textContent === name, expected);
  const width = async () => shown.widths.push(await page.evaluate(() => document.documentElement.scrollWidth));

  /** Writes a message to a model, and sends it by the keyboard. */
  async function send(model, message) {
    await page.$eval("#other", (node) => (node.value = ""));
    await page.type("#other", model);
    await page.type("#prompt", message);
    await page.keyboard.press("Enter");
  }

  /** What the page shows of the last call. */
  function seen() {
    return page.evaluate(() => {
      const each = (selector) => [...document.querySelectorAll(selector)].map((node) => node.textContent);
      const inner = (id) => document.getElementById(id).textContent;
      return {
        status: inner("status"),
        text: each(".message.assistant .text").at(-1),
        failure: each(".failure").at(-1),
        request: document.querySelector("#panel-request pre").textContent,
        reply: document.querySelector("#panel-reply pre")?.textContent,
        events: each(".events li div span"),
        times: each(".events time"),
        metadata: inner("panel-metadata"),
        detail: inner("panel-status"),
        figures: Object.fromEntries([...document.querySelectorAll("#figures dd")].map(({ id, textContent }) => [id, textContent])),
      };
    });
  }

  await until(() => !document.getElementById("notice").hidden);
  shown.asked = await text("#notice");
  await page.type("#key", key);
  await page.keyboard.press("Tab");
  await until(() => document.getElementById("notice").hidden);
  await page.select("#model", "");
  await page.click("summary");
  await page.type("#system", "Be brief.");
  await page.type("#limit", "50");

  await send("m", "hello");
  await status("OK");
  shown.reply = await seen();

  await page.setViewport({ width: 360, height: 640 });
  await width();
  await page.click("#view-inspector");
  await width();
  await page.setViewport({ width: 1280, height: 800 });

  await send("endless", "go on");
  await until(() => document.querySelector(".running .text").textContent);
  await page.keyboard.press("Escape");
  await status("CANCELLED");
  shown.stopped = await seen();

  await send("rate-limited", "more");
  await status("RESOURCE_EXHAUSTED");
  await until(() => document.getElementById("tab-status").ariaSelected === "true");
  shown.failed = await seen();

  await page.focus("#tab-status");
  for (const pressed of ["ArrowLeft", "ArrowRight", "ArrowRight", "End"]) {
    await page.keyboard.press(pressed);
    shown.tabs.push(await focused());
  }
  const controls = [];
  const roles = ["textbox", "combobox", "button", "tab", "log", "spinbutton"];
  const collect = ({ role, name, children = [] }) => {
    if (roles.includes(role)) {
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
