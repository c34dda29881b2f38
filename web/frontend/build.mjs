// Builds the pages' scripts, styles and fonts into ../static/dist, with hashed names and a manifest.
import { context, build } from "esbuild";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, "..", "static", "dist");
const watch = process.argv.includes("--watch");

/** Writes logical name -> hashed file name, last and in one step: a manifest names only whole files. */
const manifest = {
  name: "manifest",
  setup(bundle) {
    bundle.onEnd(async (result) => {
      if (result.errors.length) return;
      const names = {};
      for (const [file, output] of Object.entries(result.metafile.outputs)) {
        if (output.entryPoint) {
          const source = path.basename(output.entryPoint);
          names[source] = path.relative(target, path.resolve(here, file));
          if (output.cssBundle) names["app.css"] = path.relative(target, path.resolve(here, output.cssBundle));
        }
      }
      await mkdir(target, { recursive: true });
      const file = path.join(target, "manifest.json");
      await writeFile(`${file}.new`, JSON.stringify(names, null, 2) + "\n");
      await rename(`${file}.new`, file);
      const kept = new Set(Object.keys(result.metafile.outputs).map((name) => path.basename(name)));
      for (const name of await readdir(target)) {
        if (name !== "manifest.json" && !kept.has(name)) await rm(path.join(target, name), { force: true });
      }
    });
  },
};

const options = {
  absWorkingDir: here,
  entryPoints: ["scripts/app.js"],
  outdir: target,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".woff": "empty" },
  metafile: true,
  legalComments: "linked",
  logLevel: "info",
  plugins: [manifest],
};

if (watch) {
  await (await context(options)).watch();
} else {
  await build(options);
}
