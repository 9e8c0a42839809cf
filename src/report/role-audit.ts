import type { AccessPath, Excess, RoleAudit } from "../api/roles-audit.ts"
import type { Colors } from "./colors.ts"
import { count } from "./count.ts"

/** Prints what the audit says of one role: paths with their chains and fixes, then what is merely excess. */
export function printAudit({ role, paths, excess, unseen, accepted }: RoleAudit, paint: Colors): string {
  const verdict =
    paths.length === 0
      ? `${paint.green("no path")}: ${role} can read and write, and no more`
      : `${paint.red(count(paths.length, "path"))}: ${role} can do more than read and write`
  return [
    verdict,
    ...paths.map((path) => printPath(path, paint)),
    ...accepted.map(({ id, because }) => paint.dim(`accepted: ${id} because ${because}`)),
    ...(excess.length === 0 ? [] : ["", `${paint.yellow("excess")}, but no path:`]),
    ...excess.map((each) => printExcess(each, paint)),
    "",
    paint.dim(`not seen: ${unseen.join("; ")}`),
  ].join("\n")
}

function printPath({ id, chain, fix }: AccessPath, paint: Colors): string {
  return [
    "",
    paint.bold(id),
    ...chain.map((step) => `  ${step}`),
    ...fix
      .split("\n")
      .map((line, index) => `  ${index === 0 ? "close it: " : "          "}${paint.cyan(line)}`),
  ].join("\n")
}

function printExcess({ message, fix }: Excess, paint: Colors): string {
  return `  ${message}\n    ${paint.dim(fix.replaceAll("\n", " "))}`
}
