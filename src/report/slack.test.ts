import { expect, test } from "vitest"
import { printSlack } from "./slack.ts"

test("a message says what became of it, and nothing in it calls a channel or makes a link", () => {
  expect(
    printSlack({
      command: "deploy",
      exit: 1,
      database: "shop",
      environment: "prod",
      release: "v2",
      user: "ada",
      link: "https://ci.example/runs/1",
      text: "",
      diagnostics: [
        {
          code: "statement-failed",
          severity: "error",
          message: "<!channel> & <https://evil.example|here> ```",
        },
        { code: "statement-failed", severity: "note", message: "not told" },
      ],
    }),
  ).toBe(`:x: *lockstep deploy* ended with 1 on shop (prod) for v2 by ada <https://ci.example/runs/1|log>
\`\`\`error: &lt;!channel&gt; &amp; &lt;https://evil.example|here&gt; ''' [statement-failed]\`\`\``)
})

test("a long message is cut, and what was open is closed", () => {
  const message = "x".repeat(5000)
  const text = printSlack({
    command: "deploy",
    exit: 1,
    text: "",
    diagnostics: [{ code: "statement-failed", severity: "error", message }],
  })
  expect(text.length).toBeLessThan(4000)
  expect(text.split("```")).toHaveLength(3)
})
