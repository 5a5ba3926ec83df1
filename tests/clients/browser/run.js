/** Opens a page in a headless Chromium, calls one of its functions, and prints the result as JSON. */
import chromium from "@sparticuz/chromium";
import { launch } from "puppeteer-core";

const [url, name, values] = process.argv.slice(2);
// The package's own arguments turn off what keeps the pages of one origin from another's.
const args = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage"];
const browser = await launch({ args, executablePath: await chromium.executablePath(), headless: "shell" });
try {
  const page = await browser.newPage();
  await page.goto(url);
  const result = await page.evaluate((called, given) => globalThis[called](...given), name, JSON.parse(values));
  console.log(JSON.stringify(result));
} finally {
  await browser.close();
}
