import { defineErrors } from "./define.ts"

export const runnerErrors = defineErrors<never>({})
