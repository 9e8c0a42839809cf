import { readFileSync } from "node:fs"
import { Ajv2020 } from "ajv/dist/2020.js"

type Schema = Readonly<Record<string, unknown>>

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true })
const validators = new Map<string, ReturnType<typeof ajv.compile>>()

/**
 * Parses what a command printed with `--json`, and compares it with the command's published schema.
 * Properties that the schema does not name are refused here, although the published one lets them grow.
 */
export function checkedJson(command: string, stdout: string): Readonly<Record<string, unknown>> {
  const document: unknown = JSON.parse(stdout)
  let validate = validators.get(command)
  if (validate === undefined) {
    const path = new URL(`../../docs/schemas/${command}.json`, import.meta.url)
    validate = ajv.compile(closed(JSON.parse(readFileSync(path, "utf8"))))
    validators.set(command, validate)
  }
  if (!validate(document)) throw new Error(`${command} --json: ${ajv.errorsText(validate.errors)}\n${stdout}`)
  return document as Readonly<Record<string, unknown>>
}

function closed(schema: unknown): Schema {
  const close = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(close)
    if (typeof value !== "object" || value === null) return value
    const inner = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, close(each)]))
    const isOpenObject =
      inner.type === "object" && inner.properties !== undefined && inner.additionalProperties === undefined
    return isOpenObject ? { ...inner, additionalProperties: false } : inner
  }
  return close(schema) as Schema
}
