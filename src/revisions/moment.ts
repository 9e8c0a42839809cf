import { ToolError } from "../diagnostic.ts"

/** A point in time, in the parts that file names and ids are made of. */
export interface Moment {
  readonly yyyy: string
  readonly MM: string
  readonly dd: string
  readonly HH: string
  readonly mm: string
  readonly ss: string
  /** Seconds since 1970. */
  readonly epoch: string
  /** Milliseconds since 1970. */
  readonly epochMs: string
  /** ISO 8601, with the offset of the time zone: `2026-01-02T12:00:00+01:00`, `2026-01-02T11:00:00Z`. */
  readonly iso: string
}

/**
 * Takes a time apart in a time zone of the IANA database.
 *
 * @throws ToolError `invalid-config` where there is no such zone
 */
export function momentOf(now: Date, timezone = "UTC"): Moment {
  const parts = new Map(
    formatter(timezone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ""
  const date = { yyyy: part("year"), MM: part("month"), dd: part("day") }
  const time = { HH: part("hour"), mm: part("minute"), ss: part("second") }
  const offset = part("timeZoneName").replace("GMT", "") || "Z"
  const epochMs = now.getTime()
  return {
    ...date,
    ...time,
    epoch: String(Math.floor(epochMs / 1000)),
    epochMs: String(epochMs),
    iso: `${date.yyyy}-${date.MM}-${date.dd}T${time.HH}:${time.mm}:${time.ss}${offset === "+00:00" ? "Z" : offset}`,
  }
}

/** `yyyyMMddHHmmss` */
export function timestampOf({ yyyy, MM, dd, HH, mm, ss }: Moment): string {
  return [yyyy, MM, dd, HH, mm, ss].join("")
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  const two = "2-digit"
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
      timeZoneName: "longOffset",
    })
  } catch {
    throw new ToolError("invalid-config", `there is no time zone ${timeZone}`, {
      hint: "use a name of the IANA database such as Europe/Berlin, or UTC",
      subject: "names.timezone",
    })
  }
}
