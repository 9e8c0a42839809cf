import { defineCheck } from "../check.ts"

export const proof = defineCheck({
  id: "proof",
  asks: "Whether the queries of the releases that serve, and of the one to come, still work after what is due",
  otherwise: "stop",
  look: async ({ foresee }) => (await foresee?.())?.proof,
})
