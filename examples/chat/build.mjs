/**
 * Bundles the page into the server's package: `npm ci && npm run build`, which `make generate` does.
 *
 * The client is taken from its sources in this repository. A program of one's own has `openai-grpc` as a dependency.
 */
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const client = fileURLToPath(new URL("../../clients/typescript/src", import.meta.url));

/** Takes what the client depends on from this folder: whether the client's is installed must not change the bundle. */
const dependencies = {
  name: "dependencies",
  setup(bundle) {
    bundle.onResolve({ filter: /^@(bufbuild|connectrpc)\// }, ({ path, kind, pluginData }) => {
      if (path === "@connectrpc/connect-node") {
        return { path, external: true }; // of the client for Node, which the page does not use
      }
      return pluginData === "here" ? undefined : bundle.resolve(path, { kind, resolveDir: here, pluginData: "here" });
    });
  },
};

await build({
  absWorkingDir: here,
  entryPoints: ["index.html", "page.ts", "style.css"],
  outdir: "../../server/openai_grpc_server/listen/http/chat",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  loader: { ".html": "copy" },
  alias: { "openai-grpc": `${client}/index.ts`, "openai-grpc/v1": `${client}/openai_grpc/v1/index.ts` },
  plugins: [dependencies],
  external: ["node:*"],
  banner: {
    js: [
      "// Generated from examples/chat by `make generate`: do not edit.",
      "// Includes @bufbuild/protobuf (Apache-2.0 AND BSD-3-Clause: Buf Technologies, Inc.; Google Inc.),",
      "// @connectrpc/connect and @connectrpc/connect-web (Apache-2.0: The Connect Authors).",
    ].join("\n"),
  },
});
