import { folder } from "./folder.ts"
import type { Guard } from "./guard.ts"
import { heads } from "./heads.ts"
import { lint } from "./lint.ts"
import { proof } from "./proof.ts"
import { replay } from "./replay.ts"
import { rollbacks } from "./rollbacks.ts"
import { schema } from "./schema.ts"
import { snapshot } from "./snapshot.ts"

/** The guards of `check`, in the order in which they are asked. */
export const guards: readonly Guard[] = [folder, heads, replay, snapshot, schema, rollbacks, lint, proof]
