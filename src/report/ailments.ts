import type { Ailment } from "../api/doctor.ts"
import type { Colors } from "./colors.ts"

/** Prints what is wrong, what was seen of it, and the ways out, the best first. */
export function printAilments(ailments: readonly Ailment[], paint: Colors): string {
  return ailments
    .map(({ name, evidence, details, remedies }) =>
      [
        `${paint.red("✗")} ${paint.bold(name)}: ${evidence}`,
        ...details.map((detail) => paint.dim(`    ${detail}`)),
        ...remedies.map(
          ({ run, says }, index) => `  ${index === 0 ? "do" : "or"}: ${paint.cyan(run)}\n      ${says}`,
        ),
      ].join("\n"),
    )
    .join("\n")
}
