import { describe, expect, test } from "vitest"
import { bandText, forecastBy, sum } from "./forecast.ts"

/** 1 GB of 10 million rows: five seconds to read on the modest server that guesses are about. */
const large = { bytes: 1e9, rows: 10e6 }

describe("a forecast", () => {
  test("is a wide guess where nothing was recorded", () => {
    const { band, measured } = forecastBy([])
    expect(measured).toBe(0)
    expect(bandText(band("scan", large))).toBe("1.3 s to 20 s")
  })

  test("is as narrow as what was recorded of the same work", () => {
    // Half the size took 1 s, so this server is two and a half times as fast as the modest one.
    const { band } = forecastBy([{ kind: "scan", bytes: 0.5e9, rows: 5e6, ms: 1000 }])
    expect(bandText(band("scan", large))).toBe("1.3 s to 3 s")
  })

  test("of other work knows the machine only", () => {
    const { band } = forecastBy([{ kind: "scan", bytes: 0.5e9, rows: 5e6, ms: 1000 }])
    expect(bandText(band("rewrite", large))).toBe("4.4 s to 40 s")
  })

  test("spans what was recorded, however it differed", () => {
    const { band, expectedMs } = forecastBy([
      { kind: "scan", ...large, ms: 1500 },
      { kind: "scan", ...large, ms: 3000 },
      { kind: "scan", ...large, ms: 6000 },
    ])
    expect(bandText(band("scan", large))).toBe("1 s to 9 s")
    expect(expectedMs("scan", large)).toBe(3000)
  })
})

test("bands of work that is done one after the other add up", () => {
  const total = sum([
    { fromMs: 10, toMs: 40 },
    { fromMs: 60_000, toMs: 240_000 },
  ])
  expect(bandText(total)).toBe("60 s to 4 min")
  expect(bandText(sum([]))).toBe("a moment")
})
