// Builds static/src into static/dist: stylesheet, scripts, fonts. `--watch` keeps doing so.
import { spawn } from "node:child_process";
import { copyFile, cp, mkdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import * as esbuild from "esbuild";

const source = "static/src";
const target = "static/dist";
const watching = process.argv.includes("--watch");

// One entry for every page, and one for each page that needs something large of its own.
const entries = ["main", "sw", "board", "rules", "dashboard", "charts"].map((name) => `${source}/js/${name}.js`).filter(existsSync);

// English and German need no other subset of Inter.
const fonts = ["inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2"];

async function copyImages() {
  if (existsSync(`${source}/img`)) await cp(`${source}/img`, `${target}/img`, { recursive: true });
}

async function copyFonts() {
  await mkdir(`${target}/fonts`, { recursive: true });
  for (const font of fonts) {
    await copyFile(`node_modules/@fontsource-variable/inter/files/${font}`, `${target}/fonts/${font}`);
  }
}

function buildStyles() {
  const args = ["-i", `${source}/css/app.css`, "-o", `${target}/app.css`, "--minify"];
  if (watching) args.push("--watch=always");
  const tailwind = spawn("node_modules/.bin/tailwindcss", args, { stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve, reject) => {
    tailwind.on("error", reject);
    tailwind.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`tailwindcss ended with ${code}`))));
  });
}

async function buildScripts() {
  const options = {
    entryPoints: entries,
    outdir: target,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    logLevel: "info",
    legalComments: "none",
  };
  if (!watching) return esbuild.build(options);
  return (await esbuild.context(options)).watch();
}

if (!watching) await rm(target, { recursive: true, force: true });
await Promise.all([copyFonts(), copyImages()]);
await Promise.all([buildStyles(), buildScripts()]);
