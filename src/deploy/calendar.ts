/** A stretch of each week in which deploys may begin. */
export interface Window {
  /** As it was written. */
  readonly text: string
  /** 0 is Sunday. */
  readonly days: ReadonlySet<number>
  /** Minutes since midnight; `to` may lie before `from`, then it ends on the next day. */
  readonly from: number
  readonly to: number
  /** As in the IANA database. */
  readonly zone: string
}

/** A stretch of time in which none may. Both days belong to it. */
export interface Freeze {
  readonly text: string
  /** `2026-12-20` */
  readonly from: string
  readonly to: string
  readonly zone: string
  readonly reason?: string
}

const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

/** How a window and a freeze are written, for messages. */
export const windowForm = "Mon-Thu 09:00-16:00 Europe/Berlin"
export const freezeForm = "2026-12-20..2027-01-05 Europe/Berlin because of the holidays"

/** Reads `Mon-Thu 09:00-16:00 Europe/Berlin`; without a zone UTC is meant. Undefined where it is not written so. */
export function parseWindow(text: string): Window | undefined {
  const match = /^(\S+)\s+(\d\d?):(\d\d)-(\d\d?):(\d\d)(?:\s+(\S+))?$/.exec(text.trim())
  if (match === null) return undefined
  const [, dayText = "", fromHour, fromMinute, toHour, toMinute, zone = "UTC"] = match
  const days = parseDays(dayText)
  const from = minutes(fromHour, fromMinute)
  const to = minutes(toHour, toMinute)
  if (days === undefined || from === undefined || to === undefined || from === to || !isZone(zone))
    return undefined
  return { text, days, from, to, zone }
}

function parseDays(text: string): ReadonlySet<number> | undefined {
  if (text.toLowerCase() === "daily") return new Set([0, 1, 2, 3, 4, 5, 6])
  const days = new Set<number>()
  for (const part of text.toLowerCase().split(",")) {
    const [first = "", last = first] = part.split("-")
    const from = dayNames.indexOf(first)
    const to = dayNames.indexOf(last)
    if (from < 0 || to < 0) return undefined
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day)
      if (day === to) break
    }
  }
  return days
}

function minutes(hour: string | undefined, minute: string | undefined): number | undefined {
  const value = Number(hour) * 60 + Number(minute)
  return Number(minute) < 60 && value <= 24 * 60 ? value : undefined
}

/** Reads `2026-12-20..2027-01-05 Europe/Berlin because of the holidays`; zone and reason may be left out. */
export function parseFreeze(text: string): Freeze | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?(?:\s+(?!because\b)(\S+))?(?:\s+because\s+(?:of\s+)?(.+))?$/.exec(
      text.trim(),
    )
  if (match === null) return undefined
  const [, from = "", to = from, zone = "UTC", reason] = match
  if (!isDate(from) || !isDate(to) || to < from || !isZone(zone)) return undefined
  return { text, from, to, zone, ...(reason === undefined ? {} : { reason }) }
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone })
    return true
  } catch {
    return false
  }
}

interface LocalTime {
  readonly date: string
  readonly day: number
  readonly minute: number
}

function localTime(now: Date, zone: string): LocalTime {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(now)
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ""
  return {
    date: `${part("year")}-${part("month")}-${part("day")}`,
    day: dayNames.indexOf(part("weekday").toLowerCase()),
    minute: Number(part("hour")) * 60 + Number(part("minute")),
  }
}

/** Tells whether a window is open. */
export function isOpen({ days, from, to, zone }: Window, now: Date): boolean {
  const { day, minute } = localTime(now, zone)
  if (from < to) return days.has(day) && minute >= from && minute < to
  return (days.has(day) && minute >= from) || (days.has((day + 6) % 7) && minute < to)
}

/** Tells whether a freeze is on. */
export function isFrozen({ from, to, zone }: Freeze, now: Date): boolean {
  const { date } = localTime(now, zone)
  return date >= from && date <= to
}

/** Returns when one of the windows opens next, to the quarter of an hour; undefined where none does within eight days. */
export function nextOpening(windows: readonly Window[], now: Date): Date | undefined {
  const quarter = 15 * 60_000
  const start = Math.ceil(now.getTime() / quarter) * quarter
  for (let step = 0; step < 8 * 24 * 4; step += 1) {
    const moment = new Date(start + step * quarter)
    if (windows.some((window) => isOpen(window, moment))) return moment
  }
  return undefined
}
