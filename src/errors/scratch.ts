import { defineErrors } from "./define.ts"

export const scratchErrors = defineErrors<never>({})
