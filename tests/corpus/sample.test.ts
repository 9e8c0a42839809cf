import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type EmbeddedServer, startServer } from "../../src/scratch/embedded.ts"
import { type Outcome, Workbench } from "../catalog/workbench.ts"
import { howMany } from "../how-many.ts"
import { absent, readPair, sampleNames } from "./corpus.ts"

/** pg_dump of Debian 12 is of this major, so that it is there as a witness where nothing else is installed. */
const major = 15

const skipped = absent ?? (howMany === "few" ? "TEST_CASES=some takes them, as .ci/run does" : undefined)

// Pairs of schemas from the test suites of other tools; `npm run test:corpus` runs them all, on all majors.
describe.skipIf(skipped !== undefined)(
  `150 pairs of the corpus${skipped === undefined ? "" : ` (${skipped})`}`,
  () => {
    let servers: readonly EmbeddedServer[] = []
    let bench: Workbench

    beforeAll(async () => {
      servers = await Promise.all(
        [1, 2].map(() => startServer({ major, settings: { wal_level: "logical" } })),
      )
      const urls = servers.map((server) => server.url()) as [string, string]
      bench = await Workbench.open(urls, { dump: "forward", ownServers: true })
    })

    afterAll(async () => {
      await bench[Symbol.asyncDispose]()
      await Promise.all(servers.map((server) => server.stop()))
    })

    test("plans lead there and back", { timeout: 600_000 }, async () => {
      const failed: (Outcome & { readonly pair: string })[] = []
      for (const name of sampleNames()) {
        const outcomes = await bench.check(readPair(name))
        failed.push(
          ...outcomes.filter(({ status }) => status !== "converged").map((each) => ({ pair: name, ...each })),
        )
      }
      expect(failed).toEqual([])
    })
  },
)
