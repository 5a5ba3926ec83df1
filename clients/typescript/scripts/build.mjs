/**
 * Builds `dist`: ES modules and CommonJS, with declarations.
 *
 * `npm install <folder>` runs this without the development dependencies of the folder: then they are installed first, as
 * are the dependencies, which a link to the folder needs in it.
 */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
const windows = process.platform === "win32";

function run(command, ...args) {
  const env = { ...process.env };
  for (const name of ["npm_config_global", "npm_config_omit", "npm_config_production", "npm_config_prefix"]) {
    delete env[name]; // those of the installation around this one
  }
  execFileSync(command, args, { cwd: folder, env, stdio: "inherit", shell: windows });
}

if (!existsSync(`${folder}/node_modules/typescript/package.json`)) {
  run("npm", "ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund");
}
rmSync(`${folder}/dist`, { recursive: true, force: true });
run(process.execPath, "node_modules/typescript/bin/tsc");
run(process.execPath, "node_modules/typescript/bin/tsc", "-p", "tsconfig.cjs.json");
writeFileSync(`${folder}/dist/cjs/package.json`, '{"type": "commonjs"}\n');
