import fc from "fast-check"
import { expect, test } from "vitest"
import { revision } from "./drawn-graph.ts"
import type { Revision } from "./revision.ts"
import { packRevisions, unpackRevisions } from "./revision-columns.ts"

const word = fc.oneof(fc.string(), fc.constantFrom('"quoted"', "[list]", "two\nlines", "", "plain"))
const some = fc.record(
  {
    parents: fc.array(word, { maxLength: 3 }),
    labels: fc.array(word, { maxLength: 2 }),
    title: word,
    downFile: word,
    phase: fc.constantFrom("expand" as const, "contract" as const),
    lockTimeoutMs: fc.nat(),
    repeatable: fc.boolean(),
    why: word,
    accepts: fc.array(fc.record({ rule: word, because: word }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
)

test("whatever is packed is unpacked", () => {
  const revisions = fc.array(
    some.map((facts) => revision("r", facts as Partial<Revision>)),
    { maxLength: 5 },
  )
  fc.assert(
    fc.property(revisions, revisions, (first, second) => {
      const packed = packRevisions({ revisions: first, repeatables: second })
      expect(unpackRevisions(packed)).toEqual({ revisions: first, repeatables: second })
    }),
  )
})
