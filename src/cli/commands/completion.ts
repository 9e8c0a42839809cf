import { defineCommand } from "../command.ts"

export const completion = defineCommand({
  name: "completion",
  description: "Prints a script.",
  examples: [],
  run: () => ({ text: "" }),
})
