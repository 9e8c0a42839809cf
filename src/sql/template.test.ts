import { describe, expect, test } from "vitest"
import { ToolError } from "../diagnostic.ts"
import { substitute } from "./template.ts"

const variables = { tenant: "acme", "app.role": "app_rw", empty: "" }

function filled(text: string): string {
  return substitute({ text, file: "a.sql", line: 1 }, variables).text
}

test.each([
  ["a name", "create schema ${tenant};", "create schema acme;"],
  ["part of a name", "tenant_${tenant}_x.t", "tenant_acme_x.t"],
  [
    "inside quotes",
    `select '\${tenant}', "\${tenant}", $$\${tenant}$$, $a$ \${tenant} $a$`,
    `select 'acme', "acme", $$acme$$, $a$ acme $a$`,
  ],
  ["inside rows", "copy t from stdin;\n1\t${tenant}\n\\.\n", "copy t from stdin;\n1\tacme\n\\.\n"],
  ["side by side", "${tenant}${tenant}", "acmeacme"],
  ["with a dot in its name, and blanks", "to ${ app.role }", "to app_rw"],
  ["that is empty", "a${empty}b", "ab"],
  ["behind an identifier that ends in a dollar sign", "a$${tenant}", "a$acme"],
])("replaces a variable: %s", (_what, text, expected) => {
  expect(filled(text)).toBe(expected)
})

test.each([
  ["comments", "select 1 -- ${other}\n /* ${tenant} */"],
  ["an array in dollar quotes", "select $${tenant,other}$$::text[], $${tenant}$$::text[]"],
  ["a dollar quote with a tag", "do $body${tenant}$body$"],
  ["braces that hold no name", "'^[0-9]${2}' ~ '${}' ~ '${a b}'"],
  ["parameters and prices", "select $1, 'for $5 {each}'"],
])("leaves alone: %s", (_what, text) => {
  expect(filled(text)).toBe(text)
})

test("a backslash keeps it literal", () => {
  expect(filled("select '\\${tenant} and ${tenant}'")).toBe("select '${tenant} and acme'")
})

test("lines and file stay", () => {
  const source = { text: "\n${tenant}", file: "a.sql", line: 7 }
  expect(substitute(source, variables)).toEqual({ text: "\nacme", file: "a.sql", line: 7 })
})

describe("an undeclared variable", () => {
  function errorOf(text: string, declared: Record<string, string>): ToolError {
    try {
      substitute({ text, file: "a.sql", line: 5 }, declared)
    } catch (error) {
      if (error instanceof ToolError) return error
      throw error
    }
    throw new Error("nothing was thrown")
  }

  test("is named with its line and what is near", () => {
    const error = errorOf("select 1;\nselect '${tenand}'", variables)
    expect(error.code).toBe("undeclared-variable")
    expect(error.facts).toMatchObject({
      subject: "tenand",
      location: { file: "a.sql", line: 6 },
      details: ["declared: app.role, empty, tenant"],
      hint: "did you mean ${tenant}?",
    })
  })

  test("is not found on the prototype of the variables", () => {
    expect(errorOf("${toString}", {}).facts.details).toEqual(["no variables are declared"])
  })
})
